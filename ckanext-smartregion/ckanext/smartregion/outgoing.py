"""The client for what leaves the house, with the limits, the name and the manners that the configuration gives it."""

from __future__ import annotations

from typing import Any

from ckanext.smartregion import config, politeness, workers
from ckanext.smartregion.fetch import Client, Credentials, Policy, Quiet


def quiet_hours() -> tuple[Quiet, ...]:
    """The hours in which hosts are not called; raises ValueError with a sentence when they can't be read."""
    return tuple(map(Quiet.parse, config.fetch_quiet()))


def client(*credentials: Credentials, **limits: Any) -> Client:
    """A client that says who it is and how to reach its people; ``limits`` are those of a fetch policy.

    It shares its manners towards each host with all other workers, and shows ``credentials`` to their own host alone.
    """
    policy = Policy(
        agent=f"smartregion/0.1 (+{config.fetch_contact()})",
        pause=config.fetch_pause(),
        at_once=config.fetch_at_once(),
        quiet=quiet_hours(),
        allow_private=tuple(config.fetch_allow_private()),
        **limits,
    )
    return Client(policy, manners=politeness.shared(), credentials=credentials, aside=workers.aside)
