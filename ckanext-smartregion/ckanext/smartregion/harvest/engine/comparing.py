"""From a page of a listing to steps of a plan: what is known of each record, what it maps to, whose twin it is."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion.harvest import model, plan
from ckanext.smartregion.harvest.engine.edits import theirs
from ckanext.smartregion.harvest.engine.owners import owner, speaks_for
from ckanext.smartregion.harvest.fingerprint import fingerprint
from ckanext.smartregion.harvest.records import Candidate, Record, RecordError, Source
from ckanext.smartregion.harvest.sameness import common, marks, same
from ckanext.smartregion.harvest.sentences import say
from ckanext.smartregion.harvest.tallying import tally
from ckanext.smartregion.harvest.walking import Walked, identity
from ckanext.smartregion.harvesters import harvester

HALF_PAIRS = re.compile("[\ud800-\udfff]")


def as_source(row: model.Source, *, since: Any = None) -> Source:
    """A source as the harvesters know it."""
    return Source(row.name, row.kind, row.url, row.options, since)


def print_of(row: model.Source) -> str:
    """The fingerprint of a source; whose its datasets are belongs to it."""
    return fingerprint(as_source(row), speaks_for(row), str(row.any_organization), str(row.precedence))


def as_text(record: Record) -> str:
    """The same for the same answer of the far end, in whatever order it named its properties."""
    return json.dumps([record.payload, record.address, record.remote_id], sort_keys=True, ensure_ascii=False)


def unstorable(text: str) -> dict[str, str] | None:
    """Why a record can't be kept: PostgreSQL takes no null character and no half of a character pair."""
    if "\\u0000" not in text and not HALF_PAIRS.search(text):
        return None
    return say("broken-characters")


@dataclass
class Compared:
    """What a page came to: its steps, how many of its records are unchanged, and the keys of those left out.

    `unknown` says that the far end names a record as unchanged that is not known here: it has to be listed in full.
    """

    steps: list[plan.Step] = field(default_factory=list)
    unchanged: int = 0
    excluded: set[str] = field(default_factory=set)
    unknown: bool = False
    tally: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass
class Sifted:
    """A page whose unchanged records are counted: what is known of the others, and those that have to be mapped."""

    known: dict[str, plan.Known]
    found: Compared
    changed: list[Record] = field(default_factory=list)

    def known_of(self, record: Record) -> plan.Known | None:
        """What is remembered of a record."""
        return self.known.get(identity(record.remote_id))


Mapped = tuple[Candidate | None, dict[str, str] | None]
"""What a record maps to, or why it maps to nothing."""

# What becomes of these steps depends on what other sources have published by now.
UNSETTLED = ("create", "hold", "conflict")


class Comparison:
    """Compares the pages of one source with what is known of it."""

    def __init__(self, row: model.Source) -> None:
        self.row, self.source = row, as_source(row)
        self.kind = harvester(row.kind)
        names = str(row.options.get("exclude_publishers") or "").split(";")
        self.excluded = {name.strip().casefold() for name in names if name.strip()}

    @cached_property
    def print(self) -> str:
        """The fingerprint of the source as it is now."""
        return print_of(self.row)

    def page(self, walked: Walked) -> Compared:
        """The steps of a page; an unchanged one has none."""
        sifted = self.sift(walked)
        return self.compared(sifted, self.map(sifted.changed))

    def sift(self, walked: Walked) -> Sifted:
        """The first part: whom a page names, and what it brings that is new."""
        known = known_of(self.row.id, [identity(record.remote_id) for record in walked.fresh])
        found = Compared(unchanged=len(keys_of(self.row.id, walked.quiet)))
        found.unknown = found.unchanged < len(walked.quiet) and not walked.unchanged
        sifted = Sifted(known, found)
        for record in walked.fresh:
            self._sift(record, sifted)
        return sifted

    def map(self, records: Iterable[Record]) -> list[Mapped]:
        """The second part, which asks nobody and may be done by another process."""
        return [self.candidate(record) for record in records]

    def compared(self, sifted: Sifted, mapped: Iterable[Mapped]) -> Compared:
        """The third part: the steps."""
        found = sifted.found
        for record, (candidate, problem) in zip(sifted.changed, mapped, strict=True):
            if candidate and self.excluded & {name.strip().casefold() for name in candidate.publishers}:
                found.excluded.add(identity(record.remote_id))
            else:
                found.steps.append(plan.step(record, candidate, sifted.known_of(record), problem))
        found.tally = tally(step.candidate for step in found.steps if step.candidate)
        self._twins(found)
        self._moved(found)
        found.unchanged += sum(step.act == "unchanged" for step in found.steps)
        found.steps = [_foreseen(self.row, step) for step in found.steps if step.act != "unchanged"]
        return found

    def _sift(self, record: Record, sifted: Sifted) -> None:
        text, known = as_text(record), sifted.known_of(record)
        record = replace(record, hash=hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest())
        if not record.problem and self._same(record, known):
            sifted.found.unchanged += 1
        elif problem := unstorable(text):
            # What can't be kept is told under a name that can.
            name = record.remote_id.encode(errors="replace").decode().replace("\x00", "?")
            sifted.found.steps.append(plan.step(Record(name), None, known, problem))
        else:
            sifted.changed.append(record)

    def _same(self, record: Record, known: plan.Known | None) -> bool:
        """Whether what the far end sent is what it sent last time, and would be read as it was read then."""
        if known is None or not known.shown or known.fingerprint != self.print:
            return False
        return known.raw_hash == record.hash

    def candidate(self, record: Record) -> Mapped:
        """What a record maps to, or why it maps to nothing."""
        if record.problem:
            return None, record.problem
        try:
            return self.kind.map(record, self.source), None
        except RecordError as error:
            return None, error.texts
        except Exception as error:  # whatever a far end has invented, the other records are not concerned
            return None, say("failed", reason=f"{type(error).__name__}: {error}"[:200])

    def _twins(self, found: Compared) -> None:
        """Turn steps about a dataset that another source shows as well into links, or take the dataset over."""
        ours = {at: marks(step.candidate) for at, step in enumerate(found.steps) if step.candidate}
        wanted = {mark for each in ours.values() for mark in each}
        others = model.relatives(self.row.id, wanted) if wanted else []
        if not others:
            return
        many = common(row.sameness for row, _ in others) | common(ours.values())
        for at, mine in ours.items():
            related = [pair for pair in others if same(mine, pair[0].sameness, many)]
            if related:
                found.steps[at] = self._related(found.steps[at], related)

    def _moved(self, found: Compared) -> None:
        """Turn steps about a dataset that is as it was, and that is now another organisation's, into updates."""
        same = {step.package_id: at for at, step in enumerate(found.steps) if step.act == "unchanged" and not step.twin}
        package = ckan_model.Package
        owners = ckan_model.Session.query(package.id, package.owner_org).filter(package.id.in_(same)) if same else ()
        for identifier, organization in owners:
            step = found.steps[same[identifier]]
            assert step.candidate is not None  # noqa: S101 - a step without one fails
            if organization != owner(self.row, step.candidate):
                found.steps[same[identifier]] = replace(step, act="update")

    def as_of_now(self, steps: list[plan.Step]) -> list[plan.Step]:
        """Steps that make or link a dataset, compared once more with the other sources.

        Since they were planned another source may have published the same dataset, or withdrawn it.
        """
        about = {at: (step.record, step.candidate) for at, step in enumerate(steps) if step.act in UNSETTLED}
        facts = [(at, record, candidate) for at, (record, candidate) in about.items() if record and candidate]
        wanted = {mark for _, _, candidate in facts for mark in marks(candidate)}
        linking = any(steps[at].act == "conflict" for at in about)
        if not linking and not (wanted and model.relatives(self.row.id, wanted)):
            return steps
        known = known_of(self.row.id, [identity(record.remote_id) for _, record, _ in facts])
        found = Compared([plan.step(each, mapped, known.get(identity(each.remote_id))) for _, each, mapped in facts])
        self._twins(found)
        now = {at: step for (at, _, _), step in zip(facts, found.steps, strict=True) if step.act != "unchanged"}
        return [now.get(at, step) for at, step in enumerate(steps)]

    def _related(self, step: plan.Step, related: list[Any]) -> plan.Step:
        row, source = min(related, key=lambda pair: (pair[1].precedence, pair[0].first_seen))
        mine = known_of(self.row.id, [identity(step.remote_id)]).get(identity(step.remote_id))
        first = mine.first_seen if mine and mine.shown else None
        nearer = plan.is_nearer((source.precedence, row.first_seen), (self.row.precedence, first))
        if not nearer and mine and mine.shown:
            return step  # ours stays; where both have made one, the other source links its own to it
        twin = plan.Twin(row.package_id, row.id, source.name, nearer)
        assert step.record is not None  # noqa: S101 - a step with a candidate has its record
        return plan.step(step.record, step.candidate, mine, None, twin)


def _foreseen(row: model.Source, step: plan.Step) -> plan.Step:
    """A step whose candidate lacks what publication needs: it will be held, as can be told without its files."""
    if step.act not in ("create", "update") or step.candidate is None:
        return step
    lacking = _gate()
    if lacking is None or not lacking({"ignore_auth": True}, _asked(row, step.candidate)):
        return step
    if step.package_id and not lacking({"ignore_auth": True}, _asked(row, theirs(step.package_id, step.candidate))):
        return step
    return replace(step, act="hold")


def _asked(row: model.Source, candidate: Candidate) -> dict[str, Any]:
    return {"dataset": {**candidate.dataset, "owner_org": owner(row, candidate)}}


def _gate() -> Any:
    """The gate's action that names what publication lacks; None where the gate is switched off."""
    try:
        return tk.get_action("smartregion_publication_lacks")
    except KeyError:
        return None


def keys_of(source_id: str, among: Collection[str] | None = None) -> set[str]:
    """The keys of the remote items of a source that are remembered; only those `among` some where given."""
    table = model.Record
    query = sa.select(table.key).where(table.source_id == source_id)
    return set(ckan_model.Session.scalars(query if among is None else query.where(table.key.in_(among))))


def known_of(source_id: str, keys: Collection[str]) -> dict[str, plan.Known]:
    """What is remembered of some remote items of a source, by key."""
    table = model.Record
    columns = (
        table.key,
        table.remote_id,
        table.package_id,
        table.hash,
        table.state,
        table.raw_hash,
        table.fingerprint,
        table.missing_since,
        table.first_seen,
    )
    query = ckan_model.Session.query(*columns).filter(table.source_id == source_id, table.key.in_(keys))
    return {row[0]: plan.Known(*row[1:]) for row in query.all()} if keys else {}
