"""From a step of the plan to the catalogue, and into the memory of what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import writing
from ckanext.smartregion.harvest.engine.fitting import reasons
from ckanext.smartregion.harvest.plan import Step, identity
from ckanext.smartregion.harvest.records import Change
from ckanext.smartregion.harvest.sentences import say

LONGEST_VALUE = 500


@dataclass(frozen=True)
class Done:
    """What a step came to, and with which dataset."""

    outcome: str
    package_id: str | None
    problem: dict[str, str] | None = None
    refused: tuple[Change, ...] = ()


def apply(source: model.Source, run: model.Run, step: Step) -> str:
    """Do one step and remember it; gives the outcome: created, updated, withdrawn, held or failed."""
    known = step.known.package_id if step.known else None
    try:
        done = _do(source, step, known)
    except tk.ValidationError as error:
        ckan_model.Session.rollback()
        done = _refused(known, error)
    except Exception as error:  # one record never stops the others
        ckan_model.Session.rollback()
        done = Done("failed", known, say("failed", reason=f"{type(error).__name__}: {error}"[:200]))
    _remember(source, run, step, done)
    ckan_model.Session.commit()
    return done.outcome


def _do(source: model.Source, step: Step, known: str | None) -> Done:
    if step.act == "withdraw" and known:
        writing.withdraw(known)
        return Done("withdrawn", known)
    if step.candidate is None:
        return Done("failed", known, step.problem)
    identifier = known or writing.package_id(source.id, identity(step.remote_id))
    written = writing.write(source, identifier, step.candidate)
    return Done(written.outcome, written.package_id, refused=written.refused)


def _refused(known: str | None, error: tk.ValidationError) -> Done:
    """A published dataset whose new version does not pass the gate is held; anything else was not valid."""
    if "verdict" in error.error_dict:
        return Done("held", known)
    return Done("failed", known, say("refused", reason="; ".join(reasons(error.error_dict))[:400]))


def _remember(source: model.Source, run: model.Run, step: Step, done: Done) -> None:
    """Store what was done: with the run, and in the mapping unless it failed."""
    made = (*step.candidate.changes, *done.refused) if step.candidate else ()
    changes = [_shortened(change.as_dict()) for change in made]
    ckan_model.Session.add(
        model.Outcome(
            run_id=run.id,
            outcome=done.outcome,
            remote_id=step.remote_id,
            address=step.record.address if step.record else "",
            title=_title(step),
            package_id=done.package_id,
            changes=changes,
            problem=done.problem,
        )
    )
    if done.outcome != "failed" and done.package_id:
        _map(source, run, step, done, changes)


def _map(source: model.Source, run: model.Run, step: Step, done: Done, changes: list[dict[str, Any]]) -> None:
    key = identity(step.remote_id)
    row = model.record(source.id, key)
    if row is None:
        row = model.Record(source_id=source.id, key=key, remote_id=step.remote_id, package_id=done.package_id)
        ckan_model.Session.add(row)
    row.run_id, row.changed = run.id, model.now()
    row.state = {"held": "held", "withdrawn": "withdrawn"}.get(done.outcome, "published")
    if step.candidate and step.record:
        # A held version is remembered as well: the same again is no news and is not judged again.
        row.hash, row.changes, row.address = step.candidate.hash, changes, step.record.address


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
