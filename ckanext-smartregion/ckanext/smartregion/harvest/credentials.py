"""Credentials of sources at rest: sealed with a key of this installation, so that a copy of the database opens nothing.

The key follows from the option `credentials_key`, or from CKAN's SECRET_KEY where there is none; what SECRET_KEY has
sealed can still be opened once the option is set.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import ckan.plugins.toolkit as tk

from ckanext.smartregion import config
from ckanext.smartregion.harvest.records import ListingError
from ckanext.smartregion.harvest.sentences import say

PURPOSE = b"smartregion: credentials of sources"


class SealError(ListingError):
    """Sealed credentials that can't be opened; the source can't be listed until they are entered anew."""


def seal(credentials: Mapping[str, Any]) -> str:
    """A dictionary as sealed text, different each time; printable and safe to store."""
    return _box().encrypt(json.dumps(dict(credentials)).encode()).decode()


def open(sealed: str) -> dict[str, Any]:
    """The dictionary in a sealed text; raises SealError when it was sealed with another key or is damaged."""
    try:
        return json.loads(_box().decrypt(sealed.encode()))
    except (InvalidToken, ValueError):
        raise SealError(say("credentials-sealed")) from None


def _box() -> MultiFernet:
    secrets = [config.harvest_credentials_key(), tk.config["SECRET_KEY"]]
    return MultiFernet([Fernet(_key(secret)) for secret in secrets if secret])


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
