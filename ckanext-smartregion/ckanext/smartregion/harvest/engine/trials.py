"""Trials: what a worker tries out while a page waits, a preview or a probe. They are kept in Redis for a while.

A trial is an action, asked in somebody's name. Whoever asks the same again meanwhile gets what is kept. What is asked
is sealed, for it may hold credentials.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from redis import RedisError

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis

from ckanext.smartregion import config
from ckanext.smartregion.harvest import credentials, model
from ckanext.smartregion.harvest.engine.pulse import Told
from ckanext.smartregion.harvest.engine.queueing import QUEUE

log = logging.getLogger(__name__)

KEPT = dt.timedelta(minutes=15)
# A worker tells of each page; one page may take five minutes.
SILENCE = dt.timedelta(minutes=6)
ENDED = ("done", "refused", "failed")
SMALL = ("asked", "state", "stage", "counts", "queued", "told")


@dataclass(frozen=True)
class Trial:
    """A trial as it stands: queued, running, done, refused (`refused` says why, by field), failed or lost.

    `counts` is how far it is in its `stage`; `asked` is what the action was asked, in the name of `user`.
    """

    id: str
    action: str
    asked: dict[str, Any]
    user: str
    state: str
    queued: str
    told: str
    stage: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        """Whether there is still something to wait for."""
        return self.state in ("queued", "running")


def name(action: str, *about: Any) -> str:
    """The id of the trial about something: the same for the same."""
    return hashlib.sha256(json.dumps([action, *about], sort_keys=True).encode()).hexdigest()[:32]


def begin(trial_id: str, action: str, asked: Mapping[str, Any], user: str) -> None:
    """Hand a trial to the workers, unless it is there already; raises RedisError where Redis is away."""
    from ckanext.smartregion.harvest.jobs import try_out

    moment = model.now().isoformat()
    sealed = credentials.seal({"action": action, "asked": dict(asked), "user": user})
    with _redis().pipeline() as redis:
        redis.hsetnx(_key(trial_id), "asked", sealed)
        redis.expire(_key(trial_id), KEPT)
        if not redis.execute()[0]:
            return
    _note(trial_id, state="queued", queued=moment, told=moment)
    try:
        tk.enqueue_job(try_out, [trial_id], title=f"trial {trial_id}", queue=QUEUE, rq_kwargs={"timeout": _longest()})
    except RedisError:
        forget(trial_id)
        raise


def find(trial_id: str) -> Trial | None:
    """A trial that is kept; None where there is none, or not any more."""
    found = dict(zip(SMALL, _redis().hmget(_key(trial_id), SMALL), strict=True))
    if not found["asked"] or not found["queued"]:
        return None
    what = credentials.open(found["asked"].decode())
    told, state = found["told"].decode(), found["state"].decode()
    if state == "running" and model.now() - dt.datetime.fromisoformat(told) > SILENCE:
        state = "lost"
    stage, counts = (found["stage"] or b"").decode(), json.loads(found["counts"] or "{}")
    return Trial(trial_id, **what, state=state, queued=found["queued"].decode(), told=told, stage=stage, counts=counts)


def result(trial_id: str) -> Any:
    """What came of a trial that is done, or why it was refused; None where it is not kept any more."""
    packed = _redis().hget(_key(trial_id), "result")
    return json.loads(zlib.decompress(packed)) if packed else None


def forget(trial_id: str) -> None:
    """Let the next who asks have it tried anew."""
    _redis().delete(_key(trial_id))


def carry_out(trial_id: str) -> None:
    """Do what a trial asks for and keep what comes of it; one that has ended already stays as it is."""
    trial = find(trial_id)
    if trial is None or trial.state in ENDED:
        return

    def told(stage: str, counts: dict[str, int]) -> None:
        _note(trial_id, stage=stage, counts=json.dumps(counts), told=model.now().isoformat())

    _note(trial_id, state="running", told=model.now().isoformat())
    state, found = _tried(trial, told)
    _note(trial_id, state=state, told=model.now().isoformat(), result=zlib.compress(json.dumps(found).encode()))


def _tried(trial: Trial, told: Told) -> tuple[str, Any]:
    try:
        context: Any = {"user": trial.user, "smartregion_told": told}
        return "done", tk.get_action(trial.action)(context, trial.asked)
    except tk.ValidationError as error:
        return "refused", error.error_summary
    except Exception:
        log.exception("Trial %s of %s stopped", trial.id, trial.action)
        return "failed", None


def _note(trial_id: str, **facts: Any) -> None:
    """Write what is known of a trial; with an end to it, also where it was forgotten meanwhile."""
    with _redis().pipeline() as redis:
        redis.hset(_key(trial_id), mapping=facts)
        redis.expire(_key(trial_id), KEPT)
        redis.execute()


def _redis() -> Any:
    return connect_to_redis()


def _key(trial_id: str) -> str:
    return f"ckan:{tk.config['ckan.site_id']}:trial:{trial_id}"


def _longest() -> int:
    return int(config.harvest_preview_seconds() + 2 * SILENCE.total_seconds())
