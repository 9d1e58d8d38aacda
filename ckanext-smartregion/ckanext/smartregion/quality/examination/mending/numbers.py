"""Numbers as people write them: decimal commas, spaces or points between thousands, a unit or a currency behind."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ckanext.smartregion.quality.examination.mending.reading import Evidence, Field, Reading, folded

BEHIND = re.compile(r"\(([^()]*)\)\s*$")
OR = re.compile(r"\s+(?:ou|of|oder|or)\s+")
EURO = ("eur", "€", "euro", "euros")
MONEY = re.compile(r"^([-+]?)\s*€\s*([-+]?)")
PLAIN = re.compile(r"[-+]?\d+(?:\.\d+)?")
DECIMAL_COMMA = re.compile(r"([-+]?\d+),(\d+)")
# Three digits behind a comma, and at most three before it: what the English write for thousands.
ONE_GROUP = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
# Between thousands: a space or an apostrophe; points before a decimal comma or twice; commas before a point or twice.
GROUPED = (
    (re.compile(r"[-+]?\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d+)?"), " '’"),
    (re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+,\d+|[-+]?\d{1,3}(?:\.\d{3}){2,}"), "."),
    (re.compile(r"[-+]?\d{1,3}(?:,\d{3})+\.\d+|[-+]?\d{1,3}(?:,\d{3}){2,}"), ","),
)
# In a column of whole numbers; three zeros may be thousands.
IDLE = re.compile(r"([-+]?\d+)\.0{1,2}")
# What shows how commas are meant in a column: between thousands for certain, or before decimals.
ENGLISH = r"^\s*[-+]?\d{1,3}(?:,\d{3})+\.\d+\s*$|^\s*[-+]?\d{1,3}(?:,\d{3}){2,}\s*$"
SURE_COMMA = r"^\s*[-+]?(?:\d+,(?:\d{1,2}|\d{4,})|(?:0\d*|\d{4,}),\d+)(?:\D.*)?$"
CODE_OF_SHEET = re.compile(r"(\d+)[.,]0")


def number_readings(text: str, field: Field, evidence: Evidence) -> Iterator[Reading]:
    """The numbers that a text may mean in a column of numbers or whole numbers."""
    bare, behind = without_unit(text, field)
    if ONE_GROUP.fullmatch(bare) and not evidence.decimal_comma:
        yield Reading(bare.replace(",", ""), (*behind, "thousands"), certain=False)
    for plain, kinds in _plain(bare):
        yield Reading(_written(plain, field), (*behind, *kinds))
        if field["type"] == "integer" and (idle := IDLE.fullmatch(plain)):
            yield Reading(idle[1], (*behind, *kinds, "idle-decimals"))


def year_readings(text: str, _field: Field, _evidence: Evidence) -> Iterator[Reading]:
    """The year that a spreadsheet wrote with decimals: 2024.0."""
    if found := CODE_OF_SHEET.fullmatch(text):
        yield Reading(found[1], ("idle-decimals",))


def code_readings(text: str, _field: Field, _evidence: Evidence) -> Iterator[Reading]:
    """The code that a spreadsheet took for a number: 5000.0."""
    if found := CODE_OF_SHEET.fullmatch(text):
        yield Reading(found[1], ("idle-decimals",))


def without_unit(text: str, field: Field) -> tuple[str, tuple[str, ...]]:
    """The text without the unit or the euro sign that the column's own title names, and what was taken away."""
    own = units(field)
    if "€" in own and (sign := MONEY.match(text)):
        return sign[1] + sign[2] + text[sign.end() :].strip(), ("currency",)
    found = re.fullmatch(r"(.*\d)\s*([^\d\s.,][^.,]*)", text)
    if found and _unit(found[2]) in own:
        return found[1].strip(), ("currency" if _unit(found[2]) in EURO else "unit",)
    return text, ()


def units(field: Field) -> frozenset[str]:
    """How the unit of a column may be written, from the brackets behind its titles: Power (kW)."""
    titles = field.get("title") or {}
    return _units(tuple(map(str, titles.values() if isinstance(titles, dict) else [titles])))


@lru_cache(maxsize=1_000)
def _units(titles: tuple[str, ...]) -> frozenset[str]:
    found = {
        _unit(unit) for title in titles for behind in BEHIND.findall(title) for unit in OR.split(behind) if unit.strip()
    }
    return frozenset(found | set(EURO)) if "eur" in found else frozenset(found)


def _unit(text: str) -> str:
    return folded(text).replace(" ", "")


def _plain(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A number with a decimal point and nothing else."""
    if PLAIN.fullmatch(text):
        yield text, ()
    if comma := DECIMAL_COMMA.fullmatch(text):
        yield f"{comma[1]}.{comma[2]}", ("decimal-comma",)
    for pattern, signs in GROUPED:
        if pattern.fullmatch(text):
            joined = text.translate(dict.fromkeys(map(ord, signs)))
            kinds = ("thousands", "decimal-comma") if "," in joined else ("thousands",)
            yield joined.replace(",", "."), kinds


def _written(plain: str, field: Field) -> str:
    mark: Any = field.get("decimalChar", ".")
    return plain if mark == "." else plain.replace(".", mark)
