"""The client of a run, with the limits that the configuration sets."""

from __future__ import annotations

from ckanext.smartregion import config
from ckanext.smartregion.fetch import Client, Policy


def client() -> Client:
    """A client that says who it is and how to reach its people."""
    return Client(
        Policy(
            agent=f"smartregion/0.1 (+{config.fetch_contact()})",
            pause=config.fetch_pause(),
            allow_private=tuple(config.fetch_allow_private()),
        )
    )
