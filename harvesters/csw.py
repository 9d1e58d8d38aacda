"""`csw`: a geographic catalogue by CSW 2.0.2, its records in ISO 19139, ISO 19115-3 or DCAT-AP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ckanext.smartregion.fetch import FetchError
from ckanext.smartregion.harvest.conversation import Conversation
from ckanext.smartregion.harvest.mapping import dcat as dcat_mapping
from ckanext.smartregion.harvest.mapping import iso as iso_mapping
from ckanext.smartregion.harvest.mapping.services import SERVICES, is_left_out
from ckanext.smartregion.harvest.options import COMMON, refusal
from ckanext.smartregion.harvest.reading import reader
from ckanext.smartregion.harvest.records import Candidate, Change, Cursor, ListingError, Option, Page, Record, Source
from ckanext.smartregion.harvest.rules import normalise
from ckanext.smartregion.harvest.sentences import say

# What can be asked for, best first: output -> (schema of the answer, type names of the query).
SCHEMAS = {
    "iso19115-3": (("http://standards.iso.org/iso/19115/-3/mdb/2.0", "mdb:MD_Metadata"),),
    "iso19139": (("http://www.isotc211.org/2005/gmd", "gmd:MD_Metadata"),),
    "dcat": (("http://data.europa.eu/r5r/", "dcat-ap"), ("http://www.w3.org/ns/dcat#", "csw:Record")),
}
BRIEF = ("http://www.opengis.net/cat/csw/2.0.2", "csw:Record")
PAGE = 50
MANY = 500
MOST_BYTES = 50 * 1024 * 1024
ACCEPT = "application/xml, text/xml;q=0.9, */*;q=0.1"
FILTER = (
    '<ogc:Filter xmlns:ogc="http://www.opengis.net/ogc"><ogc:PropertyIsGreaterThanOrEqualTo>'
    "<ogc:PropertyName>apiso:Modified</ogc:PropertyName><ogc:Literal>{}</ogc:Literal>"
    "</ogc:PropertyIsGreaterThanOrEqualTo></ogc:Filter>"
)


class Csw:
    """Asks GetRecords by GET, in full pages sorted by identifier; a modified-since listing names all that is there."""

    kind = "csw"
    title = {
        "fr": "Catalogue géographique (CSW)",
        "nl": "Geografische catalogus (CSW)",
        "de": "Geodatenkatalog (CSW)",
        "en": "Geographic catalogue (CSW)",
    }
    options = (
        *COMMON,
        Option(
            "output",
            {
                "fr": "Forme des fiches : auto (ISO 19115-3 si offerte, sinon ISO 19139) ou celle-ci",
                "nl": "Vorm van de fiches: auto (ISO 19115-3 indien aangeboden, anders ISO 19139) of deze",
                "de": "Form der Einträge: auto (ISO 19115-3, falls angeboten, sonst ISO 19139) oder diese",
                "en": "Form of the records: auto (ISO 19115-3 if offered, else ISO 19139) or this one",
            },
            default="auto",
            choices=("auto", *SCHEMAS),
        ),
        Option(
            "page_size",
            {
                "fr": "Nombre de fiches par page",
                "nl": "Aantal fiches per pagina",
                "de": "Anzahl der Einträge je Seite",
                "en": "Number of records per page",
            },
            default=PAGE,
            type=int,
        ),
        SERVICES,
    )

    newest_first = False

    def list(self, source: Source, ask: Conversation, cursor: Cursor | None) -> Page:
        """One page of records; where a moment is given, of those changed since, and then of all identifiers."""
        if problem := refusal(self.options, source.options):
            raise ListingError(problem)
        at = cursor or {"start": 1, "found": 0, "schema": _schema(source, ask)}
        return _present(source, ask, at) if at.get("brief") else _records(source, ask, at)

    def map(self, record: Record, source: Source) -> Candidate:
        """One sheet or one dataset's tree as a candidate."""
        if "sheet" in record.payload:
            return normalise(iso_mapping.draft(record.payload["sheet"]), source, record.changes)
        mapped, changes = dcat_mapping.draft(record.payload)
        return normalise(mapped, source, (*record.changes, *changes))


def _records(source: Source, ask: Conversation, at: Cursor) -> Page:
    address = _question(source, at)
    # A page of changes is made of two listings: no one answer decides what stands on it.
    fetch = ask.get if source.since else ask.page
    answer = _read(fetch(address, accept=ACCEPT, max_bytes=MOST_BYTES).body, address, "records")
    shown = [each for each in answer["records"] if not is_left_out(source, _level(each))]
    following, total = _following(at, answer), answer["total"]
    if following is None and not source.since:
        _complete(at, answer)
    if following is None and source.since:
        following = {"start": 1, "found": 0, "brief": True}
    whole = len(shown) == len(answer["records"]) and not source.since and source.options.get("services") != "leave"
    return Page(
        tuple(_shown(source, answer, shown, at)),
        next=following,
        total=total if whole else None,
        gathering=bool(source.since),
        ordered=True,
    )


def _present(source: Source, ask: Conversation, at: Cursor) -> Page:
    """Identifiers alone, so that what has vanished is known though only what has changed was listed."""
    address = _question(source, at)
    answer = _read(ask.get(address, accept=ACCEPT, max_bytes=MOST_BYTES).body, address, "identifiers")
    following = _following(at, answer)
    if following is None:
        _complete(at, answer)
    return Page(next=following and {**following, "brief": True}, present=tuple(answer["identifiers"]), gathering=True)


def _following(at: Cursor, answer: dict[str, Any]) -> Cursor | None:
    """Where the next page begins: where the far end says, else behind what came; nowhere behind an empty page."""
    count, total = answer["count"], answer["total"]
    start = answer["next"] if answer["next"] is not None else at["start"] + count
    if not count or not start or total is None or start > total:
        return None
    return {**at, "start": start, "found": at["found"] + count, "most": _most(at, total)}


def _most(at: Cursor, total: int) -> int:
    """The largest number announced so far: where it shrinks while the list is read, somebody was passed over."""
    return max(int(at.get("most", 0)), total)


def _complete(at: Cursor, answer: dict[str, Any]) -> None:
    found = at["found"] + answer["count"]
    if answer["total"] is not None and found < (most := _most(at, answer["total"])):
        raise ListingError(say("fewer-than-announced", total=most, found=found))


def _shown(source: Source, answer: dict[str, Any], shown: list[dict[str, Any]], at: Cursor) -> Iterator[Record]:
    common = [Change(**change) for change in answer["changes"]]
    for each in shown:
        changes = (*common, *(Change(**change) for change in each["changes"]))
        payload = {"sheet": each["sheet"]} if "sheet" in each else _tree(each)
        yield Record(each["id"], payload, _address(source, each["id"], at), changes)
    for number, broken in enumerate(answer["broken"]):
        name = broken["id"] or f"{source.url}#broken-{at['start']}-{number}"
        problem = say("broken-record", reason=broken["reason"])
        yield Record(name, address=_address(source, name, at), problem=problem)


def _tree(each: dict[str, Any]) -> dict[str, Any]:
    return {**each["tree"], "catalogue:language": each["languages"]}


def _level(each: dict[str, Any]) -> str:
    if "sheet" in each:
        return each["sheet"]["level"]
    return dcat_mapping.level(each["tree"])


def _schema(source: Source, ask: Conversation) -> list[str]:
    """Schema and type names to ask for; what a catalogue offers stands in its capabilities."""
    output = source.options.get("output") or "auto"
    wanted = [
        pair for name in SCHEMAS if name == output or (output == "auto" and name != "dcat") for pair in SCHEMAS[name]
    ]
    if len(wanted) == 1:
        return list(wanted[0])
    # What was asked for last time stays the question, so that an unchanged catalogue is asked nothing else.
    asked = {value for address in ask.remembered for _, value in parse_qsl(urlsplit(address).query)}
    offered = asked if any(pair[0] in asked for pair in wanted) else _offered(source, ask)
    fallback = wanted[-1] if output == "auto" else wanted[0]
    return list(next((pair for pair in wanted if pair[0] in offered), fallback))


def _offered(source: Source, ask: Conversation) -> Collection[str]:
    address = _with(source.url, {"service": "CSW", "version": "2.0.2", "request": "GetCapabilities"})
    try:
        return _read(ask.get(address, accept=ACCEPT, max_bytes=MOST_BYTES).body, address, "capabilities")["schemas"]
    except FetchError as error:
        if error.status not in (400, 404, 405, 410):
            raise
        return []


def _question(source: Source, at: Cursor) -> str:
    brief = bool(at.get("brief"))
    schema, names = BRIEF if brief else at["schema"]
    size = int(source.options.get("page_size") or PAGE)
    query = {
        "service": "CSW",
        "version": "2.0.2",
        "request": "GetRecords",
        "resultType": "results",
        "typeNames": names,
        "outputSchema": schema,
        "elementSetName": "brief" if brief else "full",
        "sortBy": "Identifier:A",
        "startPosition": at["start"],
        "maxRecords": max(size, MANY) if brief else size,
    }
    if source.since and not brief:
        query |= {
            "namespace": "xmlns(apiso=http://www.opengis.net/cat/csw/apiso/1.0)",
            "constraintLanguage": "FILTER",
            "constraint_language_version": "1.1.0",
            "constraint": FILTER.format(_moment(source.since)),
        }
    return _with(source.url, query)


def _moment(since: dt.datetime) -> str:
    """A day earlier than known: far ends keep days, in time zones of their own."""
    return (since - dt.timedelta(days=1)).date().isoformat()


def _address(source: Source, name: str, at: Cursor) -> str:
    query = {"service": "CSW", "version": "2.0.2", "request": "GetRecordById", "elementSetName": "full", "id": name}
    return _with(source.url, query | {"outputSchema": at["schema"][0]})


def _with(url: str, query: dict[str, Any]) -> str:
    """The address of a catalogue with these parameters in place of its own of the same name."""
    parts = urlsplit(url)
    names = {name.casefold() for name in query}
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name.casefold() not in names]
    return urlunsplit(parts._replace(query=urlencode([*kept, *query.items()]), fragment=""))


def _read(body: bytes, address: str, asked: str) -> dict[str, Any]:
    if not body.strip():
        raise ListingError(say("empty-body", url=address))
    if b"<html" in body[:2000].lower():
        raise ListingError(say("html", url=address))
    answer = reader.read("csw", body, address, asked=asked)
    if "exception" in answer:
        raise ListingError(say("refused-by-far-end", url=address, reason=answer["exception"]))
    return answer
