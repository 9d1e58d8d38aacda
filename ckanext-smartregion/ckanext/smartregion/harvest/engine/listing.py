"""From a source to a plan: list its records, map each, compare with what is known. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ckanext.smartregion.fetch import Client, FetchError
from ckanext.smartregion.harvest import model, plan, walking
from ckanext.smartregion.harvest.records import Candidate, ListingError, Record, RecordError, Source
from ckanext.smartregion.harvest.sentences import say
from ckanext.smartregion.harvesters import harvester

Progress = Callable[[str], None]


@dataclass
class Listing:
    """What a listing gave: the steps seen, and why it broke off where it did."""

    steps: list[plan.Step] = field(default_factory=list)
    error: dict[str, str] | None = None


def as_source(row: model.Source) -> Source:
    """A source as the harvesters know it."""
    return Source(row.name, row.kind, row.url, row.options)


def make(row: model.Source, client: Client, *, confirmed: bool, progress: Progress) -> tuple[plan.Plan, Listing]:
    """The plan of a run, and the listing behind it."""
    known = model.known(row.id)
    found = read(as_source(row), client, known, progress)
    return plan.make(found.steps, known, complete=found.error is None, confirmed=confirmed), found


def read(source: Source, client: Client, known: dict[str, plan.Known], progress: Progress) -> Listing:
    """List a source as far as it goes."""
    found = Listing()
    try:
        for step in _steps(source, client, known):
            found.steps.append(step)
            progress("listed")
    except (FetchError, ListingError) as error:
        found.error = error.texts
    return found


def _steps(source: Source, client: Client, known: dict[str, plan.Known]) -> Iterator[plan.Step]:
    excluded = _excluded(source)
    for page in walking.Walk(harvester(source.kind), source, client).pages():
        for record in page.fresh:
            candidate, problem = _candidate(record, source)
            if candidate and excluded & {name.strip().casefold() for name in candidate.publishers}:
                continue
            yield plan.step(record, candidate, known.get(walking.identity(record.remote_id)), problem)


def _candidate(record: Record, source: Source) -> tuple[Candidate | None, dict[str, str] | None]:
    if record.problem:
        return None, record.problem
    try:
        return harvester(source.kind).map(record, source), None
    except RecordError as error:
        return None, error.texts
    except Exception as error:  # whatever a far end has invented, the other records are not concerned
        return None, say("failed", reason=f"{type(error).__name__}: {error}"[:200])


def _excluded(source: Source) -> set[str]:
    names = str(source.options.get("exclude_publishers") or "").split(";")
    return {name.strip().casefold() for name in names if name.strip()}
