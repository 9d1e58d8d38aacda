"""One row per dataset for people who work with tables: the columns, and how they are written as CSV. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from ckanext.smartregion.feeds.description.values import whole_day
from ckanext.smartregion.schemas import LANGUAGES, vocabulary

Dataset = dict[str, Any]
Row = dict[str, Any]
# What a column holds: a text, several texts, a number, yes or no, a day, or a moment.
COLUMNS: dict[str, str] = {
    "id": "text",
    "name": "text",
    "type": "text",
    **{f"title_{language}": "text" for language in LANGUAGES},
    **{f"description_{language}": "text" for language in LANGUAGES},
    "organisation": "text",
    "organisation_name": "text",
    "publisher": "text",
    "themes": "texts",
    "themes_fr": "texts",
    "keywords": "texts",
    "licence": "text",
    "high_value": "yes",
    "hvd_categories": "texts",
    "access_rights": "text",
    "frequency": "text",
    "languages": "texts",
    "period_start": "day",
    "period_end": "day",
    "places": "texts",
    "contact": "text",
    "contact_email": "text",
    "files": "number",
    "formats": "texts",
    "bytes": "number",
    "addresses": "texts",
    "issued": "day",
    "modified": "day",
    "metadata_created": "moment",
    "metadata_modified": "moment",
    "version": "text",
    "identifier": "text",
    "page": "text",
    "iri": "text",
}
BETWEEN = " | "
# A spreadsheet would calculate a cell that begins with one of these.
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def row(dataset: Dataset, prepared: Dataset, page: str) -> Row:
    """The row of a dataset: as everybody sees it, made ready for a feed, and the address of its page."""
    titles, notes = prepared["title_translated"], prepared["notes_translated"]
    return {
        "id": dataset["id"],
        "name": dataset["name"],
        "type": prepared["type"],
        **{f"title_{language}": titles.get(language) for language in LANGUAGES},
        **{f"description_{language}": notes.get(language) for language in LANGUAGES},
        **_people(dataset, prepared),
        **_codes(prepared),
        **_coverage(prepared),
        **_files(prepared["resources"]),
        **_dates(prepared),
        "keywords": _each_once(word for words in prepared["tags_translated"].values() for word in words),
        "version": prepared["version"] or None,
        "identifier": prepared["identifier"],
        "page": page,
        "iri": prepared["uri"],
    }


def csv_head() -> str:
    """The first line of the CSV file, behind the mark by which spreadsheets know UTF-8."""
    return "\ufeff" + _line(COLUMNS)


def csv_line(row: Row) -> str:
    """A row as a line of the CSV file."""
    return _line(_cell(row[column]) for column in COLUMNS)


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = BETWEEN.join(value) if isinstance(value, list) else str(value)
    is_formula = text.lstrip().startswith(FORMULA) or text.startswith(("\t", "\r"))
    return f"'{text}" if is_formula else text


def _people(dataset: Dataset, prepared: Dataset) -> Row:
    organisation = dataset.get("organization") or {}
    contact = next(iter(prepared["contact"]), {})
    return {
        "organisation": organisation.get("title") or organisation.get("name"),
        "organisation_name": organisation.get("name"),
        "publisher": next((one["uri"] for one in prepared["publisher"]), None),
        "contact": in_french(contact.get("name_translated")),
        "contact_email": contact.get("email") or None,
    }


def _codes(prepared: Dataset) -> Row:
    themes = [concept for iri in prepared["theme"] if (concept := vocabulary("data-theme").by_uri(iri))]
    return {
        "themes": [concept.code for concept in themes],
        "themes_fr": [concept.label("fr") for concept in themes],
        "licence": prepared["license"],
        "high_value": bool(prepared["hvd_category"]),
        "hvd_categories": prepared["hvd_category"],
        "access_rights": _code(prepared["access_rights"]),
        "frequency": _code(prepared["frequency"]),
        "languages": [_code(iri) for iri in prepared["language"]],
    }


def _coverage(prepared: Dataset) -> Row:
    periods, places = prepared["temporal_coverage"], prepared["spatial_coverage"]
    starts = sorted(_day(each["start"]) for each in periods if each["start"])
    ends = sorted(_day(each["end"]) for each in periods if each["end"])
    return {
        "period_start": starts[0] if starts else None,
        "period_end": ends[-1] if ends else None,
        "places": _each_once(in_french(each.get("name_translated")) or each.get("uri") for each in places),
    }


def _files(files: list[Dataset]) -> Row:
    return {
        "files": len(files),
        "formats": _each_once(_code(file["format"]) for file in files if file["format"]),
        "bytes": sum(file["size"] or 0 for file in files) or None,
        "addresses": _each_once(file["download_url"] or file["access_url"] for file in files),
    }


def _dates(prepared: Dataset) -> Row:
    days = {name: _day(prepared[name]) if prepared[name] else None for name in ("issued", "modified")}
    return {**days, **{name: prepared[name] for name in ("metadata_created", "metadata_modified")}}


def _day(text: str) -> str:
    return whole_day(text)[: len("2026-01-01")]


def _code(iri: str | None) -> str | None:
    """The last word of a concept's address, which is its code in all lists of the EU."""
    return urlsplit(iri).path.rpartition("/")[2] if iri else None


def in_french(texts: dict[str, str] | None) -> str | None:
    """The French text, else any other."""
    return (texts or {}).get("fr") or next(iter((texts or {}).values()), None)


def _each_once(values: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(filter(None, values)))
