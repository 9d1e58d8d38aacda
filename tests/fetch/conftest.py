"""A client that may call the far end, and how its calls fail."""

from __future__ import annotations

import pytest
from far_end import FarEnd

from ckanext.smartregion.fetch import Client, FetchError, Policy


@pytest.fixture
def client(far_end: FarEnd) -> Client:
    """A client that may call the far end and does not wait long for it."""
    return Client(Policy(allow_private=(far_end.host,), back_off=0.01, longest_wait=1))


@pytest.fixture
def failure():
    """The error with which a fetch ends."""

    def failed(client: Client, url: str, **options) -> FetchError:
        with pytest.raises(FetchError) as caught:
            client.get(url, **options)
        return caught.value

    return failed
