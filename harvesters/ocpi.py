"""`ocpi`: the charging locations of an OCPI server, page by page, as one dataset or one per operator."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from ckanext.smartregion.fetch import Response
from ckanext.smartregion.harvest.conversation import Conversation
from ckanext.smartregion.harvest.mapping import ocpi as ocpi_mapping
from ckanext.smartregion.harvest.mapping.mobility import OPTIONS, finished, licences
from ckanext.smartregion.harvest.options import COMMON
from ckanext.smartregion.harvest.reading import reader
from ckanext.smartregion.harvest.reading.ocpi_locations import Total
from ckanext.smartregion.harvest.records import Candidate, Cursor, ListingError, Option, Page, Record, Source
from ckanext.smartregion.harvest.sentences import say

MOST_BYTES = 64 * 1024 * 1024
MOST_LOCATIONS = 500_000
MOST_GROUPS = 200
# The newest that this kind was written for comes first.
VERSIONS = ("2.2.1", "2.2", "2.3.0", "2.1.1")
NEXT = re.compile(r"<([^<>]*)>\s*;[^,<]*\brel=\"?next\"?", re.IGNORECASE)
IN_ADDRESS = re.compile(r"/(2\.\d(?:\.\d)?)(?:/|$)")
ALL = "all"
NOTHING: dict[str, Any] = {
    "version": "",
    "groups": {},
    "left": {},
    "twins": 0,
    "broken": 0,
    "seen": 0,
    "starts": [],
    "before": [],
}


class Ocpi:
    """Sums the locations up as it goes: the cursor carries the sum, and the last page brings what it makes."""

    kind = "ocpi"
    title = {
        "fr": "Points de recharge OCPI",
        "nl": "OCPI-laadpunten",
        "de": "OCPI-Ladepunkte",
        "en": "OCPI charging points",
    }
    options = (
        *COMMON,
        *OPTIONS,
        Option(
            "split",
            {
                "fr": "Un jeu de données pour tout (all), par party_id (party) ou par exploitant (operator)",
                "nl": "Eén dataset voor alles (all), per party_id (party) of per exploitant (operator)",
                "de": "Ein Datensatz für alles (all), je party_id (party) oder je Betreiber (operator)",
                "en": "One dataset for all (all), per party_id (party) or per operator (operator)",
            },
            default=ALL,
            choices=(ALL, "party", "operator"),
        ),
    )
    newest_first = False

    def list(self, source: Source, ask: Conversation, cursor: Cursor | None) -> Page:
        """One answer: the versions, the endpoints of one, or a page of locations added to the sum."""
        state = cursor or NOTHING | {"url": source.url, "address": ""}
        split = str(source.options.get("split") or ALL)
        answer, found = _fetched(ask, state, split)
        if "groups" not in found:
            return Page(next=_onwards(state, found), gathering=True)
        state = _added(state, found)
        following = _following(answer, state, found)
        if following:
            return Page(next=state | {"url": following}, gathering=True)
        _check(answer, state)
        return Page(tuple(_records(source, state, split)))

    def map(self, record: Record, source: Source) -> Candidate:
        """The sum of the locations as a candidate."""
        payload, total = record.payload, record.payload["total"]
        stated, told = licences(source, ())
        found = ocpi_mapping.draft(total, payload, source.url) | {"license": stated}
        changes = (*record.changes, *ocpi_mapping.changes(payload))
        return finished(found, source, changes, (*ocpi_mapping.findings(total, payload), *told))


def _fetched(ask: Conversation, state: Cursor, split: str) -> tuple[Response, dict[str, Any]]:
    """The answer and what the child process found in it."""
    with tempfile.TemporaryDirectory(prefix="ocpi-") as folder:
        body = Path(folder, "answer.json")
        answer = ask.download(state["url"], body, accept="application/json", max_bytes=MOST_BYTES)
        return answer, reader.read("ocpi", b"", state["url"], path=str(body), split=split, before=state["before"])


def _onwards(state: Cursor, found: dict[str, Any]) -> Cursor:
    """From the versions to the endpoints of the best, from there to the locations."""
    here = state["url"]
    if "versions" in found:
        version = next((name for name in VERSIONS if found["versions"].get(name)), "")
        address = found["versions"].get(version, "")
    else:
        version = found["version"]
        endpoints = [each for each in found["endpoints"] if each["identifier"] == "locations"]
        senders = [each["url"] for each in endpoints if each["role"] in ("SENDER", "") and each["url"]]
        address = senders[0] if senders else ""
    if not address:
        raise ListingError(say("ocpi-none", url=here, reason="no version 2.x, or no endpoint locations"))
    return state | {"url": urljoin(here, address), "version": version}


def _added(state: Cursor, found: dict[str, Any]) -> Cursor:
    """The state with one more page added to it; a page that begins like one before goes round in a circle."""
    here, start = state["url"], found["ids"][0] if found["ids"] else ""
    if start and start in state["starts"]:
        raise ListingError(say("loop", url=here))
    groups = state["groups"] | {key: _sum(state["groups"].get(key), page) for key, page in found["groups"].items()}
    seen = state["seen"] + found["seen"]
    if seen > MOST_LOCATIONS or len(groups) > MOST_GROUPS:
        raise ListingError(
            say("ocpi-too-many", url=here, limit=MOST_LOCATIONS if seen > MOST_LOCATIONS else MOST_GROUPS)
        )
    left = {reason: state["left"].get(reason, 0) + number for reason, number in found["left"].items()}
    version = state["version"] or (match[1] if (match := IN_ADDRESS.search(urlsplit(here).path)) else "")
    return state | {
        "address": state["address"] or here,
        "version": version,
        "groups": groups,
        "left": state["left"] | left,
        "twins": state["twins"] + found["twins"],
        "broken": state["broken"] + found["broken"],
        "seen": seen,
        "starts": [*state["starts"], *filter(None, (start,))],
        "before": found["ids"],
    }


def _sum(known: dict[str, Any] | None, page: dict[str, Any]) -> dict[str, Any]:
    return Total.of(known).take(Total.of(page)).as_dict() if known else page


def _following(answer: Response, state: Cursor, found: dict[str, Any]) -> str:
    """The address of the next page: the Link header's, or the next offset where only a total is announced."""
    here = state["url"]
    if match := NEXT.search(answer.headers.get("link", "")):
        if not found["seen"]:
            raise ListingError(say("loop", url=here))
        return urljoin(here, match[1].strip())
    if found["seen"] and state["seen"] < _total(answer):
        parts = urlsplit(here)
        query = [(name, value) for name, value in parse_qsl(parts.query) if name != "offset"]
        return urlunsplit(parts._replace(query=urlencode([*query, ("offset", str(state["seen"]))])))
    return ""


def _total(answer: Response) -> int:
    stated = answer.headers.get("x-total-count", "").strip()
    return int(stated) if stated.isascii() and stated.isdigit() else 0


def _check(answer: Response, state: Cursor) -> None:
    """A list that ends early, or that shows nothing to the public, must not empty what is published."""
    if state["seen"] < _total(answer):
        raise ListingError(say("ocpi-fewer", url=state["address"], total=_total(answer), found=state["seen"]))
    if not any(each["locations"] for each in state["groups"].values()):
        raise ListingError(say("ocpi-empty", url=state["address"]))


def _records(source: Source, state: Cursor, split: str) -> list[Record]:
    facts = {name: state[name] for name in ("address", "version", "left", "twins", "broken")} | {"split": split}
    return [
        Record(f"{source.url}#{key}" if key else source.url, facts | {"key": key, "total": total}, state["address"])
        for key, total in sorted(state["groups"].items())
    ]
