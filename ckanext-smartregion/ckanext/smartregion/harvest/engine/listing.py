"""The first stage of a run: list the source page by page, compare, and keep what is to be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ckan import model as ckan_model

from ckanext.smartregion.fetch import Client, Credentials, FetchError
from ckanext.smartregion.harvest import credentials, model
from ckanext.smartregion.harvest.engine.ahead import Beside, mapped_ahead
from ckanext.smartregion.harvest.engine.comparing import Compared, Comparison, as_source, keys_of
from ckanext.smartregion.harvest.engine.lock import still_ours
from ckanext.smartregion.harvest.engine.lookups import asked_once
from ckanext.smartregion.harvest.engine.owners import is_there
from ckanext.smartregion.harvest.engine.pulse import Pulse
from ckanext.smartregion.harvest.engine.vanishing import vanished
from ckanext.smartregion.harvest.model import staging
from ckanext.smartregion.harvest.records import EndlessError, ListingError
from ckanext.smartregion.harvest.sentences import say
from ckanext.smartregion.harvest.walking import Walk, Walked, identity
from ckanext.smartregion.harvesters import harvester
from ckanext.smartregion.outgoing import client

# A far end may take a while to show what it has: rather ask for some minutes twice.
OVERLAP = dt.timedelta(minutes=5)
MOST_NOTES = 100

# In the cursor of a run: that its list is at its end, or why it broke off.
END, BROKEN = "end", "broken"


class NotYetError(Exception):
    """The far end is to be left in peace until a moment: the run is put off."""

    def __init__(self, until: dt.datetime) -> None:
        self.until = until
        super().__init__(until.isoformat())


def carry_on(source: model.Source, run: model.Run, pulse: Pulse) -> bool:
    """List from where the run stands; false when it gives way before the end. Why it broke off is kept."""
    try:
        return _pages(source, run, pulse)
    except (FetchError, ListingError) as error:
        ckan_model.Session.rollback()
        if until := getattr(error, "until", None):
            raise NotYetError(until) from error
        if isinstance(error, EndlessError):
            staging.forget(run)
        run.cursor = {BROKEN: error.texts}
    return True


def _pages(source: model.Source, run: model.Run, pulse: Pulse) -> bool:
    comparison = Comparison(source)
    run.fingerprint = comparison.print
    walk = walk_of(source, comparison)
    walk.roll, walk.number, walk.total = staging.roll(run.id), run.pages, run.total
    if run.cursor and END in run.cursor:
        walk.close()
        return True
    with Beside(comparison.map) as beside:
        for walked, sifted, mapped in mapped_ahead(walk.pages(run.cursor), comparison.sift, beside):
            with asked_once():
                compared = comparison.compared(sifted, mapped)
            _keep(run, walked, compared)
            pulse.tell("listed", lambda: {"listed": run.listed})
            pulse.beat()
            if walked.next is not None and pulse.over():
                return False
    return True


def walk_of(source: model.Source, comparison: Comparison) -> Walk:
    """The walk through a source, with what is remembered of the last one; none where its organisation is gone."""
    if not is_there(source):
        raise ListingError(say("no-organization", source=source.title or source.name))
    since = None
    if source.listed and source.fingerprint == comparison.print:
        since = source.listed - OVERLAP
    pages = staging.remembered(source.id, comparison.print, keys_of(source.id))
    return Walk(harvester(source.kind), as_source(source, since=since), client_of(source), pages)


def client_of(source: model.Source) -> Client:
    """The client that may log in at the far end of a source."""
    if not source.credentials:
        return client(unprotected=True)  # open data may come over http, and the run tells it
    return client(Credentials.from_dict(credentials.open(source.credentials)))


def _keep(run: model.Run, walked: Walked, compared: Compared) -> None:
    """A page and what it asks to be done, and where to go on, in one transaction."""
    still_ours(run)
    staging.keep_page(run, walked, compared.excluded)
    staging.keep_steps(run, compared.steps)
    run.cursor = {END: True} if walked.next is None else walked.next
    run.pages = walked.number
    run.listed += len(walked.fresh) + len(walked.quiet)
    run.total = max(run.total or 0, walked.total) if walked.total is not None else run.total
    run.unchanged += compared.unchanged
    run.notes = [*run.notes, *news(walked, run.notes)][:MOST_NOTES]
    run.tally = {name: added(run.tally.get(name, {}), more) for name, more in compared.tally.items()}
    if compared.unknown:
        run.fingerprint = ""  # next time the list is asked for in full
    ckan_model.Session.commit()


def news(walked: Walked, told: Collection[dict[str, str]]) -> list[dict[str, str]]:
    """What a page gives to tell, each once: how it came, and who came more than once."""
    twins = list(dict.fromkeys(walked.twins))[:MOST_NOTES]
    notes = (*walked.notes, *(say("twice", id=remote_id) for remote_id in twins))
    return [note for note in notes if note not in told]


def added(counts: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    """Two counts as one."""
    return {name: counts.get(name, 0) + more.get(name, 0) for name in sorted(counts.keys() | more.keys())}


def broken(run: model.Run) -> dict[str, str] | None:
    """Why the list of a run broke off; None where it came to its end."""
    return (run.cursor or {}).get(BROKEN)


def conclude(source: model.Source, run: model.Run) -> None:
    """The second stage: what has vanished, and what of it may go; then the plan of the run stands."""
    listed, failed = staging.listed_keys(run.id), {identity(each) for each in staging.failed_ids(run.id)}
    missing = vanished(source, listed, failed, complete=broken(run) is None)
    staging.keep_steps(run, missing.steps)
    staging.keep_steps(run, missing.asked, state="todo" if run.confirmed else "asked")
    staging.back_again(source.id, listed)
    run.notes = [*run.notes, *(missing.notes if not (run.confirmed and missing.asked) else ())]
    run.stage = "applying"
    ckan_model.Session.commit()
