"""Credentials of sources at rest: sealed, so that a copy of the database opens nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ckanext.smartregion import sealing
from ckanext.smartregion.harvest.records import ListingError
from ckanext.smartregion.harvest.sentences import say

PURPOSE = b"smartregion: credentials of sources"


class SealError(ListingError):
    """Sealed credentials that can't be opened; the source can't be listed until they are entered anew."""


def seal(credentials: Mapping[str, Any]) -> str:
    """A dictionary as sealed text, different each time; printable and safe to store."""
    return sealing.seal(PURPOSE, json.dumps(dict(credentials)))


def open(sealed: str) -> dict[str, Any]:
    """The dictionary in a sealed text; raises SealError when it was sealed with another key or is damaged."""
    try:
        return json.loads(sealing.unseal(PURPOSE, sealed))
    except ValueError:
        raise SealError(say("credentials-sealed")) from None
