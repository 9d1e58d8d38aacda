"""Messages to webhooks, signed as Standard Webhooks says, so that any of its libraries can verify them. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PREFIX = "whsec_"
SECRET_BYTES = 32


@dataclass(frozen=True)
class Message:
    """What is sent: its id, the same however often it is tried, and its bytes."""

    id: str
    body: bytes

    def headers(self, secret: str, now: int) -> dict[str, str]:
        """The headers of one attempt; ``now`` in seconds since 1970."""
        return {
            "Content-Type": "application/json",
            "webhook-id": self.id,
            "webhook-timestamp": str(now),
            "webhook-signature": f"v1,{signature(secret, self.id, now, self.body)}",
        }


def new_secret() -> str:
    """A secret as its owner keeps it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, id: str, now: int, body: bytes) -> str:
    """HMAC-SHA256 of id, moment and body, in Base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, f"{id}.{now}.".encode() + body, hashlib.sha256).digest()).decode()


def changed(webhook: str, changes: Sequence[dict[str, Any]], *, after: int, following: str, complete: bool) -> Message:
    """The message with some changes in the form of the plain feed; ``following`` is the address of what came after.

    Where ``complete`` is false the receiver was away for too long and has to read the whole catalogue anew.
    """
    data = {"after": after, "next": following, "complete": complete, "changes": list(changes)}
    told = {"type": "catalogue.changed", "timestamp": changes[-1]["published"], "data": data}
    return Message(f"msg_{webhook}_{after}_{changes[-1]['seq']}", _bytes(told))


def trial(webhook: str, moment: str) -> Message:
    """A message that says nothing, to try a webhook with."""
    told = {"type": "webhook.test", "timestamp": moment, "data": {}}
    return Message(f"msg_{webhook}_test_{secrets.token_hex(8)}", _bytes(told))


def _bytes(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
