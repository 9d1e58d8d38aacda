"""One run, from wherever it stands to its close: list, compare, conclude, apply, close.

Each stage keeps what it has done in the same transaction in which it does it. A process may be killed anywhere, and the
same run may be delivered twice, to one worker or to several at once: the end is the same.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy.exc import DBAPIError

from ckan import model as ckan_model

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import applying, closing, listing, queueing
from ckanext.smartregion.harvest.engine.closing import OUTCOMES
from ckanext.smartregion.harvest.engine.comparing import print_of
from ckanext.smartregion.harvest.engine.indexing import IndexUnavailable
from ckanext.smartregion.harvest.engine.listing import NotYetError
from ckanext.smartregion.harvest.engine.lock import LostLockError, alone
from ckanext.smartregion.harvest.engine.outage import database_is_away, in_each_others_way
from ckanext.smartregion.harvest.engine.pulse import CancelledError, Pulse, Told, silent
from ckanext.smartregion.harvest.model import staging
from ckanext.smartregion.harvest.sentences import say

__all__ = ["OUTCOMES", "BusyError", "run", "summary"]

log = logging.getLogger(__name__)

# With fewer steps than this another worker would only be in the way.
WORTH_SHARING = 2 * applying.CHUNK


class BusyError(Exception):
    """The source is being run by another process."""


def run(run_id: str, told: Told = silent, *, turn: float | None = None) -> dict[str, Any]:
    """Execute a run as far as it goes in one turn (in seconds; None for to the end); gives its summary.

    Where another process is at the run and applies its plan, lend it a hand.
    """
    row = ckan_model.Session.get(model.Run, run_id)
    source = ckan_model.Session.get(model.Source, row.source_id) if row else None
    if row is None or source is None or row.status not in model.LIVE:
        return {}
    with alone(source.id) as lock:
        pulse = Pulse(run_id, told, turn, queueing.others_wait, lock.check)
        ckan_model.Session.refresh(row)  # another process may have ended it before we came to the lock
        if row.status not in model.LIVE:
            return {}
        if lock:
            _guarded(source, row, pulse)
        elif row.stage == "applying":
            _lend_a_hand(source, row, pulse)
        else:
            raise BusyError(source.name)
    return summary(row)


def summary(row: model.Run) -> dict[str, Any]:
    """The last line of a run: its id, its status and its counts."""
    return {"run": row.id, "status": row.status, **{name: row.counts.get(name, 0) for name in OUTCOMES}}


def _guarded(source: model.Source, row: model.Run, pulse: Pulse) -> None:
    """All stages; whatever stops them is the end of the run, and is said."""
    if row.cancelled:  # while its process was gone
        return closing.end(row, "cancelled")
    _take_up(source, row)
    row.status, row.started, row.heartbeat = "running", row.started or model.now(), model.now()
    ckan_model.Session.commit()
    try:
        _stages(source, row, pulse)
    except NotYetError as later:
        queueing.put_off(row, later.until)
    except CancelledError:
        ckan_model.Session.rollback()
        closing.end(row, "cancelled")
    except Exception as error:
        if isinstance(error, LostLockError) or database_is_away(error):
            raise  # the scheduler finds the run silent, once it can be found at all
        log.exception("Run %s of source %s stopped", row.id, source.name)
        ckan_model.Session.rollback()
        closing.end(row, "failed", _why(error))
    return None


def _why(error: Exception) -> dict[str, str]:
    if isinstance(error, IndexUnavailable):
        return say("index-away")
    return say("stopped", reason=f"{type(error).__name__}: {error}"[:200])


def _lend_a_hand(source: model.Source, row: model.Run, pulse: Pulse) -> None:
    """Do some steps of a run that another process closes; what we leave behind unindexed, that one indexes."""
    try:
        applying.work(source, row, pulse, shared=True)
    except (CancelledError, IndexUnavailable) as error:
        ckan_model.Session.rollback()
        log.info("Run %s needs no more help: %s", row.id, type(error).__name__)


def _stages(source: model.Source, row: model.Run, pulse: Pulse) -> None:
    if row.stage == "listing":
        if not listing.carry_on(source, row, pulse):
            return queueing.give_way(row)
        listing.conclude(source, row)
    if row.stage == "applying":
        shared = staging.waiting(row.id) > WORTH_SHARING and pulse.turn is not None
        if shared:
            queueing.call_for_help(row)
        if not _applied(source, row, pulse, shared=shared):
            return queueing.give_way(row)
    return None


def _applied(source: model.Source, row: model.Run, pulse: Pulse, *, shared: bool) -> bool:
    """Whether all steps are done and the run is closed."""
    while applying.work(source, row, pulse, shared=shared):
        try:
            closing.close(source, row, pulse)
            return True
        except closing.LeftOverError:
            continue
        except DBAPIError as error:  # two sources with a dataset in common: each marks what the other is to read anew
            if not in_each_others_way(error):
                raise
            ckan_model.Session.rollback()
    return False


def _take_up(source: model.Source, row: model.Run) -> None:
    """We hold the lock, so any other run that says it is running has lost its process.

    A new run goes on where the last one ended if that one broke off: it has staged what it had listed and planned.
    """
    for other in model.runs(source.id):
        if other.status == "running" and other.id != row.id:
            closing.lose(other)
    if row.started is None and (former := _broken_off(source, row)):
        staging.hand_over(former, row)
        former.stage = "closed"
        ckan_model.Session.commit()


def _broken_off(source: model.Source, row: model.Run) -> model.Run | None:
    """The last run of the source if it failed with work at hand, and would list today as it did then."""
    ended = (each for each in model.runs(source.id) if each.id != row.id and each.status not in model.LIVE)
    former = next(ended, None)
    if former is None or former.status != "failed" or former.stage == "closed" or not former.pages:
        return None
    # A listing that an error of ours stopped would be stopped there again: it begins anew.
    if former.stage == "listing" and former.error not in (say("lost"), say("stuck")):
        return None
    return former if former.fingerprint == print_of(source) else None
