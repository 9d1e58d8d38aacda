"""The columns of a file beside those of its contract: found by name, in whatever order they stand."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ckanext.smartregion.quality.examination.reading import label_key

Problem = tuple[str, str | None, dict[str, Any]]


@dataclass(frozen=True)
class Header:
    """Which field of the contract each column of the file is (None: not in the contract), what is odd, its labels."""

    fields: list[dict[str, Any] | None]
    problems: list[Problem]
    labels: list[str] = field(default_factory=list)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Column position by field name."""
        return {field["name"]: at for at, field in enumerate(self.fields) if field}

    def descriptor(self, contract: dict[str, Any]) -> dict[str, Any]:
        """A plain Table Schema in the file's own column order, nothing of it written by the file."""
        fields = [
            _plain(field) if field else {"name": f" {at}", "type": "string"} for at, field in enumerate(self.fields)
        ]
        plain: dict[str, Any] = {"fields": fields, "missingValues": contract.get("missingValues", [""])}
        key = contract.get("primaryKey", [])
        return {**plain, "primaryKey": key} if key and set(key) <= set(self.positions) else plain


def read_header(labels: list[Any], contract: dict[str, Any]) -> Header:
    """Match the labels of a file with the fields of a contract."""
    known = {label_key(field["name"]): field for field in contract["fields"]}
    twice = {label for label, count in Counter(map(label_key, labels)).items() if count > 1 and label in known}
    seen: set[str] = set()
    fields: list[dict[str, Any] | None] = []
    problems: list[Problem] = [("duplicate-column", known[label]["name"], {"found": label}) for label in sorted(twice)]
    for at, label in enumerate(labels):
        field = None if label_key(label) in seen else known.get(label_key(label))
        problems += _label_problems(label, field, known, at)
        seen.add(label_key(label))
        fields.append(field)
    found = [field["name"] for field in fields if field]
    problems += [*_missing(found, contract), *_disorder(found, contract)]
    return Header(fields, problems, [str(label or column_letters(at)) for at, label in enumerate(labels)])


def _label_problems(label: Any, field: dict[str, Any] | None, known: dict[str, Any], at: int) -> list[Problem]:
    if field is None:
        is_copy = label_key(label) in known
        return [] if is_copy else [("extra-column", None, {"found": str(label or column_letters(at)), "at": at})]
    return [] if label == field["name"] else [("column-name", field["name"], {"found": str(label)})]


def _missing(found: list[str], contract: dict[str, Any]) -> list[Problem]:
    key = contract.get("primaryKey", [])
    absent = [field for field in contract["fields"] if field["name"] not in found]
    return [
        ("missing-column" if _needed(field, key) else "missing-optional-column", field["name"], {}) for field in absent
    ]


def _needed(field: dict[str, Any], key: list[str]) -> bool:
    return bool(field.get("constraints", {}).get("required")) or field["name"] in key


def _disorder(found: list[str], contract: dict[str, Any]) -> list[Problem]:
    wanted = [field["name"] for field in contract["fields"] if field["name"] in found]
    return [("column-order", None, {})] if found != wanted else []


def column_letters(at: int) -> str:
    """The letters a spreadsheet gives a column: 0 is A, 26 is AA."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    """The field without its texts: they are for people, and an odd example would spoil the whole schema."""
    return {name: value for name, value in field.items() if name not in ("title", "description", "example", "labels")}
