"""The third stage of a run: do the steps of its plan, a few in one transaction, side by side with other workers.

What a step writes (dataset, mapping, outcome, and that it is done) is committed together: a process that is killed
leaves the whole of it or nothing, and another one takes the steps up. The search index follows the commit; until it
has, the step counts as written and not as done.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DBAPIError

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import indexing, transactions, writing
from ckanext.smartregion.harvest.engine.comparing import Comparison
from ckanext.smartregion.harvest.engine.edits import theirs
from ckanext.smartregion.harvest.engine.fitting import reasons
from ckanext.smartregion.harvest.engine.lock import LostLockError
from ckanext.smartregion.harvest.engine.lookups import asked_once
from ckanext.smartregion.harvest.engine.outage import database_is_away
from ckanext.smartregion.harvest.engine.pulse import CancelledError, Pulse
from ckanext.smartregion.harvest.model import staging
from ckanext.smartregion.harvest.plan import Step
from ckanext.smartregion.harvest.records import Change
from ckanext.smartregion.harvest.sameness import marks
from ckanext.smartregion.harvest.sentences import say
from ckanext.smartregion.harvest.walking import identity

log = logging.getLogger(__name__)

CHUNK = 50
# Towards the end of what several processes share, so that none of them waits long for the last chunk of another.
SMALLEST, SHARES = 5, 6
LONGEST_VALUE = 500


@dataclass(frozen=True)
class Done:
    """What a step came to, and with which dataset; `indexed` is the dataset that was written and has to be indexed."""

    outcome: str
    package_id: str | None
    problem: dict[str, str] | None = None
    refused: tuple[Change, ...] = ()
    indexed: str | None = None
    follow_up: Any = None

    @property
    def state(self) -> str:
        """Where its step stands now."""
        return "failed" if self.outcome == "failed" else "written" if self.indexed else "done"

    @property
    def about(self) -> str | None:
        """The dataset that its step is about."""
        return self.indexed or self.package_id


def work(source: model.Source, run: model.Run, pulse: Pulse, *, shared: bool = False) -> bool:
    """Do steps of the run until none is left to be taken; false when it has to give way before.

    `shared` says that other processes take some of them too.
    """
    while rows := staging.claim_steps(run.id, _share(run) if shared else CHUNK):
        _chunk(source, run, rows, pulse)
        pulse.tell("applied", lambda: staging.counted(run.id))
        pulse.beat()
        if pulse.over():
            return False
    ckan_model.Session.rollback()  # what was looked at is not held
    return True


def _share(run: model.Run) -> int:
    """How many steps to take at once of those that are left."""
    return max(SMALLEST, min(CHUNK, staging.waiting(run.id) // SHARES))


def _chunk(source: model.Source, run: model.Run, rows: list[model.StagedStep], pulse: Pulse) -> None:
    """Some steps in one transaction, in one go; where one of them upsets it, each in its own."""
    ids = [row.id for row in rows]
    try:
        with transactions.in_one_go():
            done = _together(source, run, rows, pulse)
        ckan_model.Session.commit()
    except Exception as error:
        _rescue(error)
        done = [each for row_id in ids if (each := _alone(source, run, row_id, pulse))]
    _after(run, done)


def _together(source: model.Source, run: model.Run, rows: list[model.StagedStep], pulse: Pulse) -> list[Done]:
    """The datasets one by one, and what is remembered of them in a few statements for all; the caller commits."""
    steps = _steps(source, rows)
    records = model.records_by_key(source.id, [identity(step.remote_id) for step in steps])
    ids = [_identifier(source, step) for step in steps]
    names = [writing.name_of(step.candidate.dataset) for step in steps if step.candidate]
    present = writing.present_of(ids, names)
    with asked_once({*ids, *names} - present):
        done = [_do(source, step, records.get(identity(step.remote_id)), present, pulse) for step in steps]
    _remember_all(source, run, rows, steps, records, done)
    return done


def _steps(source: model.Source, rows: list[model.StagedStep]) -> list[Step]:
    """What is to be done, as things stand now."""
    return Comparison(source).as_of_now([Step.taken_up(row.step) for row in rows])


def _rescue(error: Exception) -> None:
    """Roll back; where the run is to stop, or the database is gone, there is nobody to tell, and nothing is lost."""
    if isinstance(error, CancelledError | LostLockError) or database_is_away(error):
        raise error
    ckan_model.Session.rollback()


def _alone(source: model.Source, run: model.Run, row_id: str, pulse: Pulse) -> Done | None:
    """One step in a transaction of its own; what goes wrong there is the step's outcome."""
    for last in (False, False, True):
        query = ckan_model.Session.query(model.StagedStep).filter_by(id=row_id, state="todo")
        if (row := query.with_for_update(skip_locked=True).first()) is None:
            return None
        try:
            (done,) = _together(source, run, [row], pulse)
            ckan_model.Session.commit()
            return done
        except DBAPIError as error:  # two workers at the same keyword: one of them has to try again
            _rescue(error)
            if last:
                return _failed(source, run, row_id, error)
        except Exception as error:  # one record never stops the others
            _rescue(error)
            return _failed(source, run, row_id, error)
    return None


def _failed(source: model.Source, run: model.Run, row_id: str, error: Exception) -> Done | None:
    row = ckan_model.Session.get(model.StagedStep, row_id)
    if row is None:
        return None
    log.warning("Source %s, %s: %s", source.name, row.step["remote_id"], error, exc_info=error)
    done = Done("failed", row.package_id, say("failed", reason=f"{type(error).__name__}: {error}"[:200]))
    step = Step.taken_up(row.step)
    _remember_all(source, run, [row], [step], model.records_by_key(source.id, [identity(step.remote_id)]), [done])
    ckan_model.Session.commit()
    return done


def _after(run: model.Run, done: Iterable[Done]) -> None:
    """What needs committed datasets: the index first, then what the gate has left to do."""
    ids = [each.indexed for each in done if each.indexed]
    if not ids:
        return
    indexing.index(ids)
    for each in done:
        if each.follow_up:
            writing.follow_up(each.follow_up)
    staging.mark(run.id, "written", "done", ids)
    ckan_model.Session.commit()


def _do(source: model.Source, step: Step, record: model.Record | None, present: set[str], pulse: Pulse) -> Done:
    pulse.beat()  # a dataset with files may take a while
    try:
        return _write(source, step, record, present)
    except tk.ValidationError as error:
        return _refused(step, error)


def _write(source: model.Source, step: Step, record: model.Record | None, present: set[str]) -> Done:
    if step.act == "fail" or (step.candidate is None and step.act not in ("withdraw", "miss")):
        return Done("failed", step.package_id, step.problem)
    if step.act == "miss":
        return Done("missing", step.package_id)
    if step.act == "withdraw":
        return _withdraw(record, step)
    if step.act == "conflict":
        return _link(record, step)
    assert step.candidate is not None  # noqa: S101 - said above
    identifier = _identifier(source, step)
    candidate = theirs(identifier, step.candidate) if step.package_id else step.candidate
    written = writing.write(source, identifier, candidate, present_ids=present, deferred=True)
    return Done(written.outcome, written.package_id, None, written.refused, written.package_id, written)


def _identifier(source: model.Source, step: Step) -> str:
    """The dataset that a step is about, or is going to make."""
    return step.package_id or writing.package_id(source.id, identity(step.remote_id))


def _withdraw(record: model.Record | None, step: Step) -> Done:
    """Take a dataset out of the catalogue; a copy of another source's dataset only loses its link."""
    if record is None or record.state == "linked" or not step.package_id:
        return Done("withdrawn", step.package_id)
    writing.withdraw(step.package_id, deferred=True)
    staging.look_again(
        step.package_id, but=record.source_id
    )  # another source may show the same dataset, linked until now
    return Done("withdrawn", step.package_id, indexed=step.package_id)


def _link(record: model.Record | None, step: Step) -> Done:
    """The dataset comes from nearer its origin: ours is a link to it; a double we may have made before goes."""
    if record is None or record.state not in ("published", "held") or record.package_id == step.package_id:
        return Done("linked", step.package_id)
    writing.withdraw(record.package_id, deferred=True)
    return Done("linked", step.package_id, indexed=record.package_id)


def _refused(step: Step, error: tk.ValidationError) -> Done:
    """A published dataset whose new version does not pass the gate is held; anything else was not valid."""
    if "verdict" in error.error_dict:
        return Done("held", step.package_id)
    return Done("failed", step.package_id, say("refused", reason="; ".join(reasons(error.error_dict))[:400]))


Records = dict[str, model.Record]


def _remember_all(
    source: model.Source,
    run: model.Run,
    rows: list[model.StagedStep],
    steps: list[Step],
    records: Records,
    done: list[Done],
) -> None:
    """Store what was done: in the mapping, which is given by key, with the run, and that the steps are behind us."""
    told = [_told(step, each) for step, each in zip(steps, done, strict=True)]
    mapped = [_map(source, run, step, records, each) for step, each in zip(steps, done, strict=True)]
    for step, record, facts in zip(steps, mapped, told, strict=True):
        if record is not None and step.candidate:
            record.changes, record.findings = facts
    ckan_model.Session.flush()  # an outcome refers to its record
    for step, record, each, facts in zip(steps, mapped, done, told, strict=True):
        _remember(run, step, record, each, facts)
    staging.settle({row.id: (each.state, each.about) for row, each in zip(rows, done, strict=True)})


Told = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def _told(step: Step, done: Done) -> Told:
    """What was changed in a record on its way, and what was found in it."""
    if step.candidate is None:
        return [], []
    changes = [_shortened(change.as_dict()) for change in (*step.candidate.changes, *done.refused)]
    return changes, [finding.as_dict() for finding in step.candidate.findings]


def _remember(run: model.Run, step: Step, record: model.Record | None, done: Done, told: Told) -> None:
    """The outcome of a step, with the version that it saw."""
    candidate = step.candidate
    outcome = model.Outcome(
        run_id=run.id,
        record_id=record.id if record else None,
        outcome=done.outcome,
        remote_id=step.remote_id,
        address=step.record.address if step.record else "",
        title=_title(step),
        package_id=done.package_id,
        changes=told[0],
        findings=told[1],
        problem=done.problem,
        raw=step.record.payload if step.record and record else None,
        dataset=candidate.dataset if candidate and record else None,
    )
    ckan_model.Session.add(outcome)


STATES = {"held": "held", "withdrawn": "withdrawn", "linked": "linked"}


def _map(source: model.Source, run: model.Run, step: Step, records: Records, done: Done) -> model.Record | None:
    """The mapping of the item as it is now; none where there was none and the step failed."""
    key = identity(step.remote_id)
    row = records.get(key)
    if done.outcome == "failed" or not done.package_id:
        return row
    if done.outcome == "missing" and row:
        row.missing_since = model.now()
        return row
    if row is None:
        row = records[key] = model.Record.of(source.id, key, step.remote_id, done.package_id)
        ckan_model.Session.add(row)
    row.run_id, row.changed, row.package_id, row.missing_since = run.id, model.now(), done.package_id, None
    row.state = STATES.get(done.outcome, "published")
    if step.candidate and step.record:
        # A held version is remembered as well: the same again is no news and is not judged again.
        row.hash, row.raw_hash, row.address = step.candidate.hash, step.record.hash, step.record.address
        row.fingerprint, row.sameness = run.fingerprint, list(marks(step.candidate))
    if step.twin and not step.twin.nearer:
        _unseat(step)
    return row


def _unseat(step: Step) -> None:
    """The dataset was another source's: that one's record becomes a link to it."""
    assert step.twin is not None  # noqa: S101 - the caller looked
    former = ckan_model.Session.get(model.Record, step.twin.record_id)
    if former is not None:
        former.state, former.raw_hash = "linked", ""


def _title(step: Step) -> str:
    titles = step.candidate.dataset.get("title_translated", {}) if step.candidate else {}
    return titles.get("fr") or next(iter(titles.values()), "")


def _shortened(change: dict[str, Any]) -> dict[str, Any]:
    """Whole descriptions and lists of files would drown what was changed in them."""
    return {key: _cut(value) if key in ("before", "after") else value for key, value in change.items()}


def _cut(value: Any) -> Any:
    text = value if isinstance(value, str) else None if value is None else tk.h.dump_json(value, ensure_ascii=False)
    if text is None or len(text) <= LONGEST_VALUE:
        return value
    return text[:LONGEST_VALUE] + "…"
