"""A client that may call the far end that replays catalogues."""

from __future__ import annotations

import pytest
from far_end import FarEnd

from ckanext.smartregion.fetch import Client, Policy


@pytest.fixture
def client(far_end: FarEnd) -> Client:
    """A client that may call the far end and does not wait long for it."""
    return Client(Policy(allow_private=(far_end.host,), attempts=1, total=20))
