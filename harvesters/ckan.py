"""`ckan`: the packages of another CKAN portal by its Action API; only what changed, where everything else is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from ckanext.smartregion.fetch import FetchError, Response
from ckanext.smartregion.harvest.conversation import Conversation
from ckanext.smartregion.harvest.mapping.ckan_portal import draft
from ckanext.smartregion.harvest.mapping.plain_values import text
from ckanext.smartregion.harvest.options import COMMON
from ckanext.smartregion.harvest.reading.json_answers import ACCEPT, MOST_BYTES, read_json
from ckanext.smartregion.harvest.records import Candidate, Cursor, ListingError, Option, Page, Record, Source
from ckanext.smartregion.harvest.rules import normalise
from ckanext.smartregion.harvest.sentences import say

ACTION = "/api/3/action"
ROWS = 100
# Portals cap this to what they give at once, 1,000 as a rule.
ID_ROWS = 10_000
# A package is found by its date only when the index has it; and clocks differ a little.
MARGIN = dt.timedelta(minutes=2)
# Kept as packages by CKAN's extensions, and no datasets.
NO_DATASETS = frozenset({"harvest", "showcase"})
PAGES = ("/api/", "/dataset", "/organization", "/group", "/catalog", "/harvest")
LOCALES = ("/fr", "/nl", "/de", "/en")


@dataclass(frozen=True)
class Found:
    """One answer of the search: the packages, how many there are in all, how many were asked for at once."""

    items: list[Any]
    count: int
    rows: int
    answer: Response


class Ckan:
    """Lists by a stable order; where all is known up to a moment, lists what changed since and names all the others."""

    kind = "ckan"
    title = {"fr": "Portail CKAN", "nl": "CKAN-portaal", "de": "CKAN-Portal", "en": "CKAN portal"}
    options = (
        *COMMON,
        Option(
            "organization",
            {
                "fr": "Seulement cette organisation du portail (son nom dans l’adresse)",
                "nl": "Alleen deze organisatie van het portaal (haar naam in het adres)",
                "de": "Nur diese Organisation des Portals (ihr Name in der Adresse)",
                "en": "Only this organisation of the portal (its name in the address)",
            },
        ),
        Option(
            "fq",
            {
                "fr": "Filtre dans la langue de recherche de CKAN, par exemple tags:mobilité",
                "nl": "Filter in de zoektaal van CKAN, bijvoorbeeld tags:mobiliteit",
                "de": "Filter in der Suchsprache von CKAN, zum Beispiel tags:Mobilität",
                "en": "Filter in CKAN’s search language, for example tags:mobility",
            },
        ),
        Option(
            "page_size",
            {
                "fr": "Jeux de données par page (1 à 1000)",
                "nl": "Datasets per pagina (1 tot 1000)",
                "de": "Datensätze pro Seite (1 bis 1000)",
                "en": "Datasets per page (1 to 1000)",
            },
            default=ROWS,
            type=int,
        ),
        Option(
            "api",
            {
                "fr": "Chemin de l’API, si le portail n’est pas à la racine, par exemple /data/api/3/action",
                "nl": "Pad van de API als het portaal niet op de root staat, bijvoorbeeld /data/api/3/action",
                "de": "Pfad der API, falls das Portal nicht im Stamm liegt, zum Beispiel /data/api/3/action",
                "en": "Path of the API, where the portal is not at the root, for example /data/api/3/action",
            },
        ),
    )

    newest_first = False

    def list(self, source: Source, ask: Conversation, cursor: Cursor | None) -> Page:
        """One page of all packages, or of those that changed since what is known."""
        if cursor is None and source.since:
            return _what_changed(source, ask) or _all(source, ask, {})
        return _changed(source, ask, cursor) if cursor and "since" in cursor else _all(source, ask, cursor or {})

    def map(self, record: Record, source: Source) -> Candidate:
        """One package as a candidate."""
        language = str(source.options.get("language") or "fr")
        return normalise(draft(record.payload, _base(source), language), source, record.changes)


def _all(source: Source, ask: Conversation, cursor: Cursor) -> Page:
    """A page of the whole list; `left` counts what was left out so far, for the far end counts it too."""
    start = int(cursor.get("start", 0))
    found = _search(source, ask, conditional=True, start=start, rows=int(cursor.get("rows", _rows(source))))
    records = _records(found.items, source, start)
    left = int(cursor.get("left", 0)) + len(found.items) - len(records)
    following = start + len(found.items)
    if found.items and following < found.count:
        cursor = {"start": following, "rows": found.rows, "left": left}
        return Page(tuple(records), cursor, found.count if not left else None, ordered=True)
    return Page(tuple(records), total=found.count - left, ordered=True)


def _what_changed(source: Source, ask: Conversation) -> Page | None:
    """The first page of what changed; None where the far end can't tell: it then has to be read as a whole.

    Who is there, and since when as it is, comes in one answer; where it names all and nothing is new, that is all.
    """
    moment = _utc(source.since) - MARGIN
    try:
        there = _there(source, ask, 0)
        if (behind := _behind(there.answer)) > MARGIN:
            moment -= behind
        if len(there.items) == there.count and all(_is_known(item, moment) for item in _datasets(there)):
            return Page((), total=len(names := _identifiers(there)), present=names)
        since = _written(moment)
        found = _search(source, ask, start=0, rows=_rows(source), since=since)
        known = _names(source, ask, there, quiet=not found.count)
    except (ListingError, FetchError) as error:
        if isinstance(error, FetchError) and error.kind != "too-large":
            raise
        return None
    return _page_of_changed(source, found, {"since": since, "start": 0}, known)


def _changed(source: Source, ask: Conversation, cursor: Cursor) -> Page:
    """A further page of what changed; the last one names everything that is there."""
    found = _search(source, ask, start=cursor["start"], rows=cursor["rows"], since=cursor["since"])
    if found.count < cursor["count"]:
        raise ListingError(say("list-shifted", url=_action(source)))
    last = cursor["start"] + len(found.items) >= found.count or not found.items
    return _page_of_changed(source, found, cursor, _names(source, ask) if last else ())


def _page_of_changed(source: Source, found: Found, cursor: Cursor, known: tuple[str, ...]) -> Page:
    records = tuple(_records(found.items, source, cursor["start"]))
    following = cursor["start"] + len(found.items)
    if found.items and following < found.count:
        return Page(records, {"since": cursor["since"], "start": following, "rows": found.rows, "count": found.count})
    return Page(records, total=len(known), present=known)


def _names(source: Source, ask: Conversation, there: Found | None = None, *, quiet: bool = False) -> tuple[str, ...]:
    """Every identifier that is there; `there` is the first answer, where it has come already.

    `quiet` says that nothing has changed: a list of names that is what it was then vouches for the identifiers.
    """
    there = there or _there(source, ask, 0)
    names, start = _identifiers(there), len(there.items)
    if quiet and start < there.count:
        _ask_for_names(source, ask)
    while start < there.count:
        if not there.items:
            raise ListingError(say("fewer-than-announced", total=there.count, found=start))
        there = _there(source, ask, start)
        names, start = names + _identifiers(there), start + len(there.items)
    return names


def _there(source: Source, ask: Conversation, start: int) -> Found:
    """A short answer: who is there, and since when as it is; raises ListingError where the portal knows none."""
    there = _search(source, ask, start=start, rows=ID_ROWS, fl="id,dataset_type,metadata_modified")
    if any(not isinstance(item, dict) or "resources" in item for item in there.items):  # before CKAN 2.9
        raise ListingError(say("unreadable", url=_action(source), reason="no list of identifiers"))
    return there


def _datasets(there: Found) -> Iterator[dict[str, Any]]:
    return (item for item in there.items if item.get("dataset_type") not in NO_DATASETS)


def _identifiers(there: Found) -> tuple[str, ...]:
    return tuple(text(item.get("id")) for item in _datasets(there))


def _is_known(item: dict[str, Any], moment: dt.datetime) -> bool:
    """Whether a dataset has an identifier and says that it was last changed before a moment."""
    try:
        changed = dt.datetime.fromisoformat(text(item.get("metadata_modified")))
    except ValueError:
        return False
    return bool(text(item.get("id"))) and _utc(changed) < moment


def _ask_for_names(source: Source, ask: Conversation) -> None:
    """Raise Unchanged where the one list without a cap is what it was; it knows no filter, so there may be none."""
    if text(source.options.get("fq")) or text(source.options.get("organization")):
        return
    try:
        ask.page(f"{_action(source)}/package_list", accept=ACCEPT, max_bytes=MOST_BYTES)
    except FetchError:
        return  # switched off, or too long: the identifiers are read to their end


def _search(
    source: Source, ask: Conversation, *, rows: int, since: str = "", conditional: bool = False, **query: Any
) -> Found:
    """One search; a page that is too heavy is asked for again in smaller ones."""
    organization, wanted = text(source.options.get("organization")), text(source.options.get("fq"))
    filters = [wanted, f'organization:"{organization}"' if organization else ""]
    filters += [f"metadata_modified:[{since} TO *]" if since else ""]
    asked = {"fq": " AND ".join(f"({each})" if len([*filter(None, filters)]) > 1 else each for each in filters if each)}
    while True:
        query = {"sort": "id asc", **query, "rows": rows}
        url = f"{_action(source)}/package_search?" + urlencode({k: v for k, v in (asked | query).items() if v != ""})
        try:
            answer = (ask.page if conditional else ask.get)(url, accept=ACCEPT, max_bytes=MOST_BYTES)
        except FetchError as error:
            if error.kind == "too-large" and rows > 1 and "fl" not in query:
                rows = max(1, rows // 5)
                continue
            if error.status in (400, 409):
                raise ListingError(say("question-refused", url=url, reason=f"status {error.status}")) from error
            raise
        items, count = _result(read_json(answer, url), url)
        return Found(items, count, rows, answer)


def _result(found: Any, url: str) -> tuple[list[Any], int]:
    """Packages and count of an answer; anything else that is valid JSON is not CKAN's."""
    if isinstance(found, dict) and found.get("success") is False:
        error = found.get("error")
        reason = text(error.get("message")) or text(error) if isinstance(error, dict) else text(error)
        raise ListingError(say("question-refused", url=url, reason=reason[:200] or "success: false"))
    result = found.get("result") if isinstance(found, dict) else None
    items, count = (result.get("results"), result.get("count")) if isinstance(result, dict) else (None, None)
    if not isinstance(items, list) or not isinstance(count, int) or isinstance(count, bool):
        raise ListingError(say("unreadable", url=url, reason="no result with count and results"))
    return items, count


def _records(items: list[Any], source: Source, start: int) -> list[Record]:
    base = _base(source)
    found = (_record(item, base, start + number) for number, item in enumerate(items))
    return [record for record in found if record]


def _record(item: Any, base: str, number: int) -> Record | None:
    """A package under its identifier, which survives a new name; None for what is no published dataset."""
    name = text(item.get("id")) or text(item.get("name")) if isinstance(item, dict) else ""
    if not name:
        problem = say("record-without", field="id")
        return Record(f"{base}#broken-{number}", address=base, problem=problem)
    hidden = str(item.get("private")).casefold() == "true" or item.get("state", "active") != "active"
    if hidden or item.get("type") in NO_DATASETS:
        return None
    return Record(name, item, address=f"{base}/dataset/{text(item.get('name')) or name}")


def _rows(source: Source) -> int:
    asked = text(source.options.get("page_size"))
    return min(max(int(asked), 1), 1000) if asked.isdigit() else ROWS


def _utc(moment: dt.datetime | None) -> dt.datetime:
    moment = moment or dt.datetime.now(dt.UTC)
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _written(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _behind(answer: Response) -> dt.timedelta:
    """How far the clock of the far end is behind ours, for its dates are set by it."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return dt.timedelta()
    return dt.datetime.now(dt.UTC) - _utc(theirs)


def _base(source: Source) -> str:
    """The portal's own address, whichever of its pages was given."""
    parts = urlsplit(source.url)
    stated = text(source.options.get("api")).strip("/")
    path = f"/{stated}" if stated else parts.path
    for page in PAGES:
        path = path.split(page)[0]
    path = path.rstrip("/")
    path = path[:-3] if path.endswith(LOCALES) else path
    return f"{parts.scheme}://{parts.netloc}{path}"


def _action(source: Source) -> str:
    """Where the actions are: below the portal, or where the source says."""
    stated = text(source.options.get("api")).strip("/")
    parts = urlsplit(source.url)
    return f"{parts.scheme}://{parts.netloc}/{stated}" if stated else _base(source) + ACTION
