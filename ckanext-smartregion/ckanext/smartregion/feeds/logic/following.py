"""Following: the process that turns changes into versions within seconds, and does what follows from them.

It looks once a second instead of being called: `NOTIFY` would make every writer of the portal wait for one lock.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from ckan import model as ckan_model

from ckanext.smartregion import config
from ckanext.smartregion.feeds import model
from ckanext.smartregion.feeds.logic import delivering, dumping, forgetting, giving_up, judging, publishing

log = logging.getLogger(__name__)
PAUSE = 1.0  # second
Turn = Callable[[], int]


def _tell() -> int:
    with ckan_model.ensure_engine().begin() as connection:
        model.remember(connection, model.FOLLOWER, dt.datetime.now(dt.UTC).isoformat())
    return 0


def _leave() -> None:
    """Say that nobody follows from now on; who is killed says nothing, and is missed after ten seconds."""
    with ckan_model.ensure_engine().begin() as connection:
        connection.execute(sa.delete(model.State).where(model.State.name == model.FOLLOWER))


def _forget() -> int:
    return forgetting.forget(config.feeds_retention_days())


# In this order; each says how much it did. A quiet turn of all is followed by a pause.
TURNS: dict[str, tuple[Turn, float]] = {  # what, and how many seconds lie at least between two turns
    "there": (_tell, 3),
    "published": (publishing.publish, 0),
    "delivered": (delivering.deliver, 0),
    "webhooks given up": (giving_up.tell, 60),
    "rendered anew": (publishing.publish_outdated, 5),
    "judged": (judging.judge, 5),
    "forgotten": (_forget, 3600),
    "dumps handed over": (dumping.take_turn, dumping.LOOK),
}


def follow(*, once: bool = False) -> Iterator[tuple[str, int]]:
    """Take turns for ever, or ``once`` until there is nothing to do; yields what was done and how much of it."""
    due = dict.fromkeys(TURNS, 0.0)
    while True:
        done = 0
        for name, (turn, pause) in TURNS.items():
            if time.monotonic() < due[name]:
                continue
            count = _taken(name, turn)
            # What still has work goes on at once.
            due[name] = 0.0 if count else time.monotonic() + pause
            done += count
            if count:
                yield name, count
        if not done and once:
            _leave()
            return
        if not done:
            time.sleep(PAUSE)


def _taken(name: str, turn: Turn) -> int:
    try:
        return turn()
    except Exception:
        # A database that restarts must not end the process; the next turn finds it again.
        log.exception("The feeds could not do this turn: %s", name)
        time.sleep(PAUSE)
        return 0
    finally:
        ckan_model.Session.remove()
