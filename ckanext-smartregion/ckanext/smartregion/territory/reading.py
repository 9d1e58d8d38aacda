"""Reads the tables of schemas/reference once, and keeps them as records."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from .records import Agency, Arrondissement, Body, Box, Municipality, Owner, Point, Province, slugify

Row = dict[str, str]

LANGUAGES = ("fr", "nl", "de", "en")
REFERENCE = Path(str(files("ckanext.smartregion.schemas"))) / "reference"


def read(name: str) -> list[Row]:
    """Read one table of the reference data."""
    with (REFERENCE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def municipalities() -> tuple[Municipality, ...]:
    """The 261 municipalities in force, by NIS code."""
    return tuple(_municipality(row) for row in read("municipalities.csv"))


@cache
def former_municipalities() -> tuple[Municipality, ...]:
    """The municipalities under codes that have ended, each with its successor."""
    return tuple(_municipality(row) for row in read("former_codes.csv"))


@cache
def provinces() -> tuple[Province, ...]:
    """The five provinces, by NIS code."""
    return tuple(_province(row) for row in read("provinces.csv"))


@cache
def arrondissements() -> tuple[Arrondissement, ...]:
    """The arrondissements in force and the former one, by NIS code."""
    return tuple(_arrondissement(row) for row in read("arrondissements.csv"))


@cache
def agencies() -> tuple[Agency, ...]:
    """The intermunicipal agencies that may act as referents, by name."""
    members: dict[str, list[str]] = defaultdict(list)
    for row in read("agency_members.csv"):
        members[row["agency"]].append(row["nis_code"])
    return tuple(_agency(row, members[row["slug"]]) for row in read("agencies.csv"))


@cache
def bodies() -> tuple[Body, ...]:
    """The Region, its administrations, operators and institutes; the Region itself comes first."""
    return tuple(_body(row) for row in read("bodies.csv"))


@cache
def owners() -> dict[str, Owner]:
    """Every owner there is today, by slug."""
    everybody = (*municipalities(), *provinces(), *agencies(), *bodies())
    return {owner.slug: owner for owner in everybody}


@cache
def aliases() -> tuple[Row, ...]:
    """Further names of owners: exonyms, former names, short forms."""
    return tuple(read("aliases.csv"))


@cache
def origins() -> tuple[Row, ...]:
    """Where each figure and name comes from, under which licence, and the sentence to show with it."""
    return tuple(read("origins.csv"))


@cache
def _exonyms() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in aliases():
        if row["kind"] == "exonym":
            found[row["owner"]][row["language"]] = row["name"]
    return found


def _municipality(row: Row) -> Municipality:
    slug = slugify(row["name_fr"])
    own = (row["language"], row["facilities"], "fr")
    return Municipality(
        kind="municipality",
        slug=slug,
        titles=_named(row, "name") if row["name_de"] else {**_named(row, "name"), **_exonyms().get(slug, {})},
        languages=tuple(dict.fromkeys(language for language in own if language)),
        nis=row["nis_code"],
        cbe=row.get("cbe") or None,
        province=row["province_nis"],
        arrondissement=row["arrondissement_nis"],
        nuts3=row["nuts3"] or None,
        postal_codes=tuple(row["postal_codes"].split()),
        population=int(row["population"]) if row["population"] else None,
        population_date=_day(row["population_date"]),
        centre=_point(row),
        bbox=_box(row["bbox"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=_day(row.get("valid_to", "")),
        successor=row.get("successor_nis") or None,
    )


def _province(row: Row) -> Province:
    return Province(
        kind="province",
        slug=row["slug"],
        titles=_named(row, "title"),
        languages=("fr", "de") if row["nis_code"] == "60000" else ("fr",),
        nis=row["nis_code"],
        cbe=row["cbe"] or None,
        names=_named(row, "name"),
        nuts2=row["nuts2"],
    )


def _arrondissement(row: Row) -> Arrondissement:
    return Arrondissement(
        nis=row["nis_code"],
        titles=_named(row, "name"),
        province=row["province_nis"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
    )


def _agency(row: Row, members: list[str]) -> Agency:
    return Agency(
        kind="agency",
        slug=row["slug"],
        titles=dict.fromkeys(LANGUAGES, row["name"]),
        languages=("fr",),
        nis=None,
        cbe=row["cbe"] or None,
        full_name=row["full_name"],
        province=row["province_nis"],
        members=tuple(members),
        territory=row["territory"],
        as_of=row["as_of"],
        confidence=row["confidence"],
        source=row["source"],
    )


def _body(row: Row) -> Body:
    return Body(
        kind=row["kind"],  # pyright: ignore[reportArgumentType]: a test holds the file to the kinds
        slug=row["slug"],
        titles=_named(row, "title"),
        languages=tuple(row["languages"].split()),
        nis=row["nis_code"] or None,
        cbe=row["cbe"] or None,
        parent=row["parent"] or None,
        portal=row["portal"] == "yes",
    )


def _named(row: Row, column: str) -> dict[str, str]:
    found = {language: row.get(f"{column}_{language}", "") for language in LANGUAGES}
    return {language: name for language, name in found.items() if name}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _point(row: Row) -> Point | None:
    return (float(row["lon"]), float(row["lat"])) if row["lon"] else None


def _box(text: str) -> Box | None:
    if not text:
        return None
    west, south, east, north = map(float, text.split())
    return (west, south, east, north)
