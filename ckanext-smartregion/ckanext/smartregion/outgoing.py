"""The client for what leaves the house, with the limits and the name that the configuration gives it."""

from __future__ import annotations

from typing import Any

from ckanext.smartregion import config
from ckanext.smartregion.fetch import Client, Policy


def client(**limits: Any) -> Client:
    """A client that says who it is and how to reach its people; ``limits`` are those of a fetch policy."""
    return Client(
        Policy(
            agent=f"smartregion/0.1 (+{config.fetch_contact()})",
            pause=config.fetch_pause(),
            allow_private=tuple(config.fetch_allow_private()),
            **limits,
        )
    )
