"""From one row of an inventory to a draft: which cell becomes which field. Cleaning is left to the rules. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ckanext.smartregion.harvest.mapping.inventory_columns import Header, read_header
from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.harvest.rules import dates
from ckanext.smartregion.harvest.rules.addresses import is_web
from ckanext.smartregion.harvest.sentences import say

Row = Mapping[str, str]
# Addresses stand apart by a semicolon, or by a blank before the next one; a blank inside one belongs to it.
BETWEEN_ADDRESSES = re.compile(r"\s*[;\n|]\s*|[\s,]+(?=https?://)")
BETWEEN_VALUES = re.compile(r"\s*[;|\n]\s*")
MAIL = re.compile(r"<?\b([^@\s<>;,]+@[^@\s<>;,]+\.[^@\s<>;,.]+)>?")


def cell(row: Row, header: Header, column: str) -> str:
    """What a row says in a column."""
    return row.get(header.columns.get(column, ""), "").strip()


def remote_id(row: Row, header: Header) -> str:
    """What a row is recognised by: its identifier, else its first address, else its title; a title may be renamed."""
    files = BETWEEN_ADDRESSES.split(cell(row, header, "files"))
    return cell(row, header, "identifier") or files[0] or cell(row, header, "title")


def problem(row: Row, header: Header, number: int) -> dict[str, str] | None:
    """What the people who keep the list have to mend in a row, naming row, column and value; None when it is well."""
    titled = cell(row, header, "title") or any(_translated(row, header, "title").values())
    if not titled:
        return say("row-empty", row=number, column=header.columns.get("title", "title"))
    for column in ("files", "page"):
        for text in _addresses(row, header, column):
            if not is_web(text):
                return say("row-address", row=number, column=header.columns[column], value=text)
    modified = cell(row, header, "modified")
    if modified and not dates.read(modified):
        return say("row-date", row=number, column=header.columns["modified"], value=modified)
    return None


def draft(row: Row) -> Draft:
    """The fields of a dataset as its row states them."""
    header = read_header(row)
    page, publisher = _addresses(row, header, "page"), cell(row, header, "publisher")
    period, place = cell(row, header, "period"), cell(row, header, "place")
    found: Draft = {
        "title_translated": _translated(row, header, "title"),
        "notes_translated": _translated(row, header, "description"),
        "tags_translated": {
            language: BETWEEN_VALUES.split(text) for language, text in _translated(row, header, "keywords").items()
        },
        "theme": _values(row, header, "theme"),
        "license": _values(row, header, "licence"),
        "frequency": cell(row, header, "frequency"),
        "language": _values(row, header, "language"),
        "identifier": cell(row, header, "identifier"),
        "modified": cell(row, header, "modified"),
        "url": page[0] if page else "",
        "contact": _contact(cell(row, header, "contact")),
        "temporal_coverage": [{"text": period}] if period else [],
        "spatial_coverage": [{"text": place}] if place else [],
        "publisher": [{"name": publisher}] if publisher else [],
        "resources": list(_resources(row, header)),
    }
    return {field: value for field, value in found.items() if value}


def _translated(row: Row, header: Header, column: str) -> dict[str, str]:
    """A text in the languages of its columns; one without a language takes that of the header, if it has one."""
    own = {language: row[name].strip() for (part, language), name in header.translations.items() if part == column}
    plain = {header.language: cell(row, header, column)}
    return {language: text for language, text in {**plain, **own}.items() if text}


def _values(row: Row, header: Header, column: str) -> list[str]:
    return [text for text in BETWEEN_VALUES.split(cell(row, header, column)) if text]


def _addresses(row: Row, header: Header, column: str) -> list[str]:
    return [text for text in BETWEEN_ADDRESSES.split(cell(row, header, column)) if text]


def _contact(text: str) -> list[Draft]:
    """Name and mail address in any order: "Mobilité <a@b.be>", "a@b.be, Mobilité"."""
    match = MAIL.search(text)
    name = MAIL.sub("", text).strip(" ,;:()<>-\n")
    found = {"name": name, "email": match[1] if match else ""}
    return [{key: value for key, value in found.items() if value}] if text else []


def _resources(row: Row, header: Header) -> Iterator[Draft]:
    """A file per address; formats go with them one by one, or one goes with all."""
    files, formats = _addresses(row, header, "files"), re.split(r"[\s;,|]+", cell(row, header, "format"))
    formats = formats * len(files) if len(formats) == 1 else formats
    for at, address in enumerate(files):
        stated = formats[at] if len(formats) == len(files) else ""
        yield {"url": address, "download_url": address} | ({"format": stated} if stated else {})
