"""Whether a new version of a file is plausible beside the published one: what differs sharply, with the figures. Pure.

Both are compared by their profiles (quality/examination/profile.py). How far is too far stands in the policy of the
contract, else in schemas/plausibility.yaml; few rows are not compared, for there chance alone makes large differences.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from babel.numbers import format_decimal

from ckanext.smartregion.quality.report import beside
from ckanext.smartregion.quality.rules import LanguageMap, filled, words
from ckanext.smartregion.schemas.named import FileContract
from ckanext.smartregion.schemas.table_plausibility import QUANTILES, limit
from ckanext.smartregion.schemas.vocabulary import LANGUAGES

Finding = dict[str, Any]
Profile = Mapping[str, Any]
Told = tuple[str, str | None, dict[str, Any]]
"""A rule, the column that it is about, and the figures of its sentence."""

LOCALES = {"fr": "fr_BE", "nl": "nl_BE", "de": "de_BE", "en": "en_GB"}
KM_PER_DEGREE = 111.195
# A side of the area that moves less is not told, however small the area is.
LEAST_MOVE_KM = 1.0
AT = {share: at for at, share in enumerate(QUANTILES)}
DECILES = [AT[tenths / 10] for tenths in range(1, 10)]


def implausible(new: Profile, former: Profile, contract: FileContract) -> list[Finding]:
    """What of a new version can hardly be right, beside the published one; findings in the shape of a report's."""
    told = list(_Comparison(new, former, contract).told())
    return [beside(rule, column, values, contract) for rule, column, values in told]


def confirmed(findings: Iterable[Finding], confirmation: Mapping[str, Any] | None) -> list[Finding]:
    """The findings, those that block turned into warnings that say who confirmed these bytes, why and when."""
    if confirmation is None:
        return list(findings)
    lifted = {"severity": "warn", "confirmed": dict(confirmation)}
    return [finding | lifted if finding["severity"] == "block" else finding for finding in findings]


class _Comparison:
    """Two profiles of files under one contract; of what is no table only rows and places are known."""

    def __init__(self, new: Profile, former: Profile, contract: FileContract) -> None:
        self.new, self.former, self.contract = new, former, contract
        self.least = self.limit("least-rows")

    def limit(self, rule: str, column: str | None = None) -> float:
        return limit(self.contract.plausibility, rule, column)

    def told(self) -> Iterator[Told]:
        """What differs too much: of the table as a whole first, then column by column."""
        if self.former["rows"] < self.least:
            return
        yield from self._rows()
        yield from self._place(None)
        for name in self.contract.field_names:
            yield from self._place(name)
            if name in self.new["columns"] and name in self.former["columns"]:
                yield from self._column(name, self.new["columns"][name], self.former["columns"][name])

    def _rows(self) -> Iterator[Told]:
        now, before = self.new["rows"], self.former["rows"]
        lost = (before - now) / before
        if lost > self.limit("rows-lost"):
            yield "rows-lost", None, {"now": figure(now), "before": figure(before), "percent": percent(lost)}

    def _place(self, name: str | None) -> Iterator[Told]:
        """The area of a column's places; without a column, that of all places of a file that is no table."""
        now, before = (profile["boxes"].get(name or "") for profile in (self.new, self.former))
        if now is None or before is None:
            return
        moved, extent = _moved_km(now, before)
        if moved > max(LEAST_MOVE_KM, self.limit("box-moved", name) * extent):
            yield "box-moved", name, {"now": area(now), "before": area(before), "km": figure(moved)}

    def _column(self, name: str, now: Profile, before: Profile) -> Iterator[Told]:
        yield from self._empty(name, now, before)
        if "sum" in now and "sum" in before:
            yield from self._sum(name, now, before)
        if min(now["filled"], before["filled"]) < self.least:
            return
        if "counts" in now and "counts" in before:
            yield from self._shares(name, now["counts"], before["counts"])
        if now.get("quantiles") and before.get("quantiles"):
            yield from self._values(name, now, before)

    def _empty(self, name: str, now: Profile, before: Profile) -> Iterator[Told]:
        if self.new["rows"] < self.least:
            return
        share, former = 1 - now["filled"] / self.new["rows"], 1 - before["filled"] / self.former["rows"]
        if share - former > self.limit("cells-emptied", name):
            yield "cells-emptied", name, {"now": percent(share), "before": percent(former)}

    def _sum(self, name: str, now: Profile, before: Profile) -> Iterator[Told]:
        if before["filled"] < self.least or not before["sum"]:
            return
        times = abs(now["sum"]) / abs(before["sum"])
        if times >= self.limit("sum-grown", name):
            figures = {"now": figure(now["sum"]), "before": figure(before["sum"]), "times": figure(times)}
            yield "sum-grown", name, figures

    def _shares(self, name: str, now: Mapping[str, int], before: Mapping[str, int]) -> Iterator[Told]:
        moved = distance(now, before)
        if moved - distance_by_chance(now, before) <= self.limit("shares-changed", name):
            return
        value = max(now, key=lambda one: abs(_share(now, one) - _share(before, one)))
        yield (
            "shares-changed",
            name,
            {
                "value": self._label(name, value),
                "now": percent(_share(now, value)),
                "before": percent(_share(before, value)),
                "moved": percent(moved),
            },
        )

    def _label(self, name: str, value: str) -> LanguageMap:
        field = next(one for one in self.contract.fields if one["name"] == name)
        return field.get("labels", {}).get(value) or dict.fromkeys(LANGUAGES, value)

    def _values(self, name: str, now: Profile, before: Profile) -> Iterator[Told]:
        new, former = now["quantiles"], before["quantiles"]
        moved = shift(new, former) - shift_by_chance(now["filled"], before["filled"])
        if moved > self.limit("values-shifted", name):
            quartiles = {"low": new[AT[0.25]], "high": new[AT[0.75]]}
            before_them = {"low_before": former[AT[0.25]], "high_before": former[AT[0.75]]}
            yield "values-shifted", name, {key: figure(value) for key, value in (quartiles | before_them).items()}


def distance(now: Mapping[str, int], before: Mapping[str, int]) -> float:
    """Total variation distance: the share of the rows, 0 to 1, that would have to bear another value."""
    return sum(abs(_share(now, value) - _share(before, value)) for value in {*now, *before}) / 2


def distance_by_chance(now: Mapping[str, int], before: Mapping[str, int]) -> float:
    """The distance that two random samples of these sizes from one table have on average."""
    both = {value: now.get(value, 0) + before.get(value, 0) for value in {*now, *before}}
    sizes = 1 / max(sum(now.values()), 1) + 1 / max(sum(before.values()), 1)
    spread = (math.sqrt(_share(both, value) * (1 - _share(both, value)) * sizes) for value in both)
    return sum(spread) * math.sqrt(2 / math.pi) / 2


def _share(counts: Mapping[str, int], value: str) -> float:
    return counts.get(value, 0) / max(sum(counts.values()), 1)


def shift(now: Sequence[float], before: Sequence[float]) -> float:
    """How far the nine deciles have shifted on average, in interquartile ranges of the former values.

    Where the middle half of the former values is one and the same, the range of the middle eight tenths stands for it,
    else a tenth of that value, else 1.
    """
    middle = before[AT[0.75]] - before[AT[0.25]]
    scale = middle or before[AT[0.9]] - before[AT[0.1]] or abs(before[AT[0.5]]) / 10 or 1.0
    return sum(abs(now[at] - before[at]) for at in DECILES) / len(DECILES) / scale


def shift_by_chance(now: int, before: int) -> float:
    """The shift that two random samples of so many values of one normal distribution have on average."""
    return 0.6 * math.sqrt(1 / now + 1 / before)


def _moved_km(now: Sequence[float], before: Sequence[float]) -> tuple[float, float]:
    """How far the side that moved most has moved, and how long the former area's longer side was; kilometres."""
    middle = math.radians((before[1] + before[3]) / 2)
    along = (KM_PER_DEGREE * math.cos(middle), KM_PER_DEGREE) * 2
    moved = max(abs(one - other) * scale for one, other, scale in zip(now, before, along, strict=True))
    return moved, max((before[2] - before[0]) * along[0], (before[3] - before[1]) * along[1])


def area(box: Sequence[float]) -> LanguageMap:
    """An area in words: [west, south, east, north] in degrees."""
    sides = zip(("west", "south", "east", "north"), box, strict=True)
    return filled(words()["phrases"]["area"], {name: figure(side, digits=3) for name, side in sides})


def percent(share: float) -> LanguageMap:
    """A share in whole percent; one that is not nothing is never shown as 0 %."""
    number = round(share * 100) or (f"{share * 100:.1g}" if share > 0.0005 else 0)
    return filled(words()["phrases"]["percent"], {"number": figure(float(number))})


def figure(number: float, digits: int | None = None) -> LanguageMap:
    """A number as people of each language write it; ``digits`` behind the point, or three figures that count."""
    if digits is None:
        whole = len(str(int(abs(number))))
        digits = max(0, 3 - whole) if abs(number) >= 1 else 4
    pattern = "#,##0." + "#" * digits if digits else "#,##0"
    return {language: format_decimal(number, format=pattern, locale=LOCALES[language]) for language in LANGUAGES}
