"""A run under way as it is kept: its pages, and the steps still to be done. A killed run is taken up here."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Container, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import sqlalchemy as sa

from ckan import model

from ckanext.smartregion.harvest.conversation import Said
from ckanext.smartregion.harvest.model.tables import Outcome, Record, Run, Source, StagedPage, StagedStep
from ckanext.smartregion.harvest.plan import Step
from ckanext.smartregion.harvest.roll import Called, Roll
from ckanext.smartregion.harvest.walking import Remembered, Walked, place

WHERE_IT_STANDS = ("stage", "cursor", "pages", "listed", "total", "unchanged", "fingerprint", "tally", "notes")

KEPT_VERSIONS = """
    UPDATE smartregion_outcome SET raw = NULL, dataset = NULL WHERE dataset IS NOT NULL AND id IN (
        SELECT id FROM (
            SELECT id, row_number() OVER (PARTITION BY record_id ORDER BY moment DESC, id) AS age
            FROM smartregion_outcome WHERE dataset IS NOT NULL AND record_id IN (
                SELECT record_id FROM smartregion_outcome WHERE run_id = :run AND record_id IS NOT NULL)
        ) versions WHERE age > :kept)
"""


def remembered(source_id: str, fingerprint: str, known: Container[str]) -> dict[str, Remembered]:
    """The pages of the last complete listing by their place, as far as they would be read today as they were then.

    A page that named a record which is not known (any more) has to be read again, whatever the far end says of it.
    """
    query = model.Session.query(StagedPage).join(Run, Run.id == StagedPage.run_id)
    query = query.filter(StagedPage.source_id == source_id, Run.fingerprint == fingerprint, Run.stage == "closed")
    pages = query.order_by(Run.finished, StagedPage.number).all()
    return {page.place: _as_remembered(page, known) for page in pages}


def _as_remembered(page: StagedPage, known: Container[str]) -> Remembered:
    said = _said(page.said) if all(key in known for key in page.keys) else {}
    return Remembered(tuple(page.keys), page.next, page.total, said, tuple(page.left_out))


def _said(stored: Mapping[str, Any]) -> dict[str, Said]:
    return {url: Said(**facts) for url, facts in stored.items()}


def keep_page(run: Run, walked: Walked, excluded: Iterable[str]) -> None:
    """A page that was listed: whom it named, and how to ask for it again."""
    left = set(excluded)
    page = StagedPage(
        run_id=run.id,
        number=walked.number,
        source_id=run.source_id,
        place=place(walked.cursor),
        next=walked.next,
        total=walked.total,
        keys=[key for key in walked.keys if key not in left],
        left_out=[*(key for key in walked.keys if key in left), *walked.left_out],
        said={url: said.as_dict() for url, said in walked.said.items()},
    )
    model.Session.add(page)


def keep_steps(run: Run, steps: Iterable[Step], *, state: str = "todo") -> None:
    """Steps to be done, after those that are there."""
    last = model.Session.query(sa.func.max(StagedStep.position)).filter_by(run_id=run.id).scalar()
    rows = [
        {
            "run_id": run.id,
            "position": position,
            "state": state,
            "package_id": step.package_id,
            "step": step.staged(),
        }
        for position, step in enumerate(steps, start=(last or 0) + 1)
    ]
    if rows:
        model.Session.execute(sa.insert(StagedStep), rows)


def listed_keys(run_id: str) -> set[str]:
    """Whom the pages of a run have named so far."""
    rows = model.Session.query(StagedPage.keys).filter_by(run_id=run_id).all()
    return {key for (keys,) in rows for key in keys}


def roll(run_id: str) -> Roll:
    """The roll of a run so far, as its pages were kept."""
    pages = model.Session.query(StagedPage).filter_by(run_id=run_id).order_by(StagedPage.number)
    return Roll.of(Called(json.loads(each.place), (*each.keys, *each.left_out)) for each in pages)


def failed_ids(run_id: str) -> list[str]:
    """The remote ids of records of a run that could not be read."""
    query = model.Session.query(StagedStep.step["remote_id"].astext).filter(StagedStep.run_id == run_id)
    return [row[0] for row in query.filter(StagedStep.step["act"].astext == "fail").all()]


def claim_steps(run_id: str, count: int) -> list[StagedStep]:
    """The next steps that nobody else is doing, ours until this transaction ends."""
    query = model.Session.query(StagedStep).filter_by(run_id=run_id, state="todo")
    return query.order_by(StagedStep.position).limit(count).with_for_update(skip_locked=True).all()


def waiting(run_id: str, state: str = "todo") -> int:
    """How many steps of a run are in this state, those included that somebody is at."""
    return model.Session.query(StagedStep).filter_by(run_id=run_id, state=state).count()


def written(source_id: str) -> list[str]:
    """The datasets of a source that are written and may not be in the search index yet, by whatever run."""
    query = model.Session.query(StagedStep.package_id).filter(StagedStep.run_id.in_(_runs_of(source_id)))
    return [row[0] for row in query.filter(StagedStep.state == "written").distinct().all() if row[0]]


def mark_written(source_id: str) -> None:
    """They are in the search index now."""
    query = sa.update(StagedStep).where(StagedStep.run_id.in_(_runs_of(source_id)), StagedStep.state == "written")
    model.Session.execute(query.values(state="done"), execution_options={"synchronize_session": False})


def _runs_of(source_id: str) -> sa.Select[tuple[str]]:
    return sa.select(Run.id).where(Run.source_id == source_id)


def mark(run_id: str, before: str, after: str, package_ids: Iterable[str] | None = None) -> None:
    """Move the steps of a run from one state to the next: all, or those about some datasets."""
    query = sa.update(StagedStep).where(StagedStep.run_id == run_id, StagedStep.state == before)
    if package_ids is not None:
        query = query.where(StagedStep.package_id.in_(list(package_ids)))
    model.Session.execute(query.values(state=after), execution_options={"synchronize_session": False})


def settle(steps: Mapping[str, tuple[str, str | None]]) -> None:
    """Say of steps, by id, in which state each is now and which dataset it was about: one statement for all."""
    rows = [(step_id, state, package_id) for step_id, (state, package_id) in steps.items()]
    columns = (sa.column(name, sa.Text) for name in ("id", "state", "package_id"))
    now = sa.values(*columns, name="now").data(rows)
    change = sa.update(StagedStep).where(StagedStep.id == now.c.id)
    change = change.values(state=now.c.state, package_id=sa.cast(now.c.package_id, sa.Text))
    model.Session.execute(change, execution_options={"synchronize_session": False})


def hand_over(former: Run, to: Run) -> None:
    """Let another run go on where a former one ended: its pages and steps, and where it stood."""
    for table in (StagedPage, StagedStep):
        change = sa.update(table).where(table.run_id == former.id).values(run_id=to.id)
        model.Session.execute(change, execution_options={"synchronize_session": False})
    # `started` as well: what changed at the far end since then has not been listed.
    for name in (*WHERE_IT_STANDS, "started"):
        setattr(to, name, getattr(former, name))


def forget(run: Run) -> None:
    """Nothing of what a run has listed is to be done."""
    for table in (StagedPage, StagedStep):
        model.Session.execute(sa.delete(table).where(table.run_id == run.id))
    run.pages, run.listed, run.unchanged, run.total, run.tally = 0, 0, 0, None, {}


def drop(run_id: str, *, keep_pages: bool) -> None:
    """Forget the steps of a run but those that wait for a person; and its pages where they are not to be remembered."""
    model.Session.execute(sa.delete(StagedStep).where(StagedStep.run_id == run_id, StagedStep.state != "asked"))
    if not keep_pages:
        model.Session.execute(sa.delete(StagedPage).where(StagedPage.run_id == run_id))


def drop_others(run: Run) -> None:
    """A complete listing replaces what was remembered before, and what an older run still asked."""
    for table in (StagedPage, StagedStep):
        others = sa.select(Run.id).where(Run.source_id == run.source_id, Run.id != run.id)
        model.Session.execute(sa.delete(table).where(table.run_id.in_(others)))


def doubt(run_id: str, keys: Iterable[str]) -> None:
    """Pages that named one of these records are read in full next time, whatever the far end says of them."""
    wanted = list(keys)
    if wanted:
        change = sa.update(StagedPage).where(StagedPage.run_id == run_id, StagedPage.keys.overlap(wanted))
        model.Session.execute(change.values(said={}), execution_options={"synchronize_session": False})


def look_again(package_id: str, *, but: str | None = None) -> None:
    """Have every record of a dataset read anew by the next run of its source, whatever the far end says of its page.

    ``but`` is the id of a source that need not.
    """
    records = model.Session.query(Record).filter(Record.package_id == package_id, Record.source_id != but).all()
    for record in records:
        record.hash = record.raw_hash = ""
        pages = sa.update(StagedPage).where(StagedPage.source_id == record.source_id)
        pages = pages.where(StagedPage.keys.overlap([record.key])).values(said={})
        # A list of what has changed since the last time would not name it.
        whole = sa.update(Source).where(Source.id == record.source_id).values(fingerprint="")
        for change in (pages, whole):
            model.Session.execute(change, execution_options={"synchronize_session": False})


def back_again(source_id: str, listed: AbstractSet[str]) -> None:
    """Records that were missing and are listed again are no longer marked."""
    marked = sa.select(Record.key).where(Record.source_id == source_id, Record.missing_since.isnot(None))
    if back := listed & set(model.Session.scalars(marked)):
        change = sa.update(Record).where(Record.source_id == source_id, Record.key.in_(back))
        model.Session.execute(change.values(missing_since=None), execution_options={"synchronize_session": False})


def counted(run_id: str) -> dict[str, int]:
    """How many outcomes of each kind a run has."""
    query = model.Session.query(Outcome.outcome, sa.func.count()).filter_by(run_id=run_id).group_by(Outcome.outcome)
    return dict(row._tuple() for row in query.all())


def failed_keys(run_id: str) -> list[str]:
    """The remote ids that a run failed on, or the run that it took up."""
    query = model.Session.query(StagedStep.step["remote_id"].astext).filter_by(run_id=run_id, state="failed")
    return [row[0] for row in query.all()]


def trim_versions(run_id: str, kept: int) -> None:
    """Keep the content of the last versions of each record that a run touched."""
    model.Session.execute(sa.text(KEPT_VERSIONS), {"run": run_id, "kept": kept})


def trim_runs(source_id: str, before: dt.datetime) -> None:
    """Forget runs that ended long ago, with their outcomes; the last one stays."""
    ended = sa.select(Run.id).where(Run.source_id == source_id, Run.finished < before)
    newest = sa.select(Run.id).where(Run.source_id == source_id).order_by(Run.queued.desc()).limit(1)
    model.Session.execute(sa.delete(Run).where(Run.id.in_(ended), Run.id.notin_(newest)))
