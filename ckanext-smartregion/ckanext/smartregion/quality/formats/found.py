"""What a validator finds in a file: rules of its format, counted, with the first places of each."""

import datetime as dt
from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from ckanext.smartregion.quality.escaping import shown
from ckanext.smartregion.quality.examination.collecting import Collector
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.personal.masking import hidden
from ckanext.smartregion.quality.formats.fields import Fault, Field

# A format whose policy names this rule is compared with the version before.
COMPARED = "rows-lost"
ALL_PLACES = ""


class Found:
    """The findings of one check of one file.

    `settings` are those of the format contract; `today` is the day that rules look at, `until` the first day on which
    the same file may be judged otherwise. `records` counts what the file holds: features, stations, rows.
    """

    def __init__(self, policy: dict[str, str], settings: dict[str, Any], limits: Limits, today: dt.date) -> None:
        self.settings, self.limits, self.today = settings, limits, today
        self.collector = Collector(policy, limits.samples, limits.findings)
        self.records = 0
        self.invalid: set[Hashable] = set()
        # Records at fault that are counted elsewhere, as a validator of millions of rows does.
        self.invalid_beside = 0
        self.until: dt.date | None = None
        self.encoding: str | None = None
        # The area of all places: west, south, east, north.
        self._area: list[float] | None = None

    def add(self, rule: str, where: str | None, sample: dict[str, Any], record: Hashable = None, **values: Any) -> None:
        """One occurrence of a broken rule in a part of the file (`where`), at a place, in a record."""
        self.add_many(rule, where, 1, [sample], **values)
        if record is not None and self.collector.level(rule, _named(where) if where else None) != "note":
            self.invalid.add(record)

    def add_many(self, rule: str, where: str | None, count: int, samples: list[dict[str, Any]], **values: Any) -> None:
        """Many occurrences at once, of which the first ones are given."""
        if rule not in self.collector.policy:  # an older version of the contract does not know it
            return
        where = _named(where) if where else None
        name = (where or "").rpartition(".")[2]
        self.collector.add_many(rule, where, count, samples, **{"name": name, "line": None, **values})

    def fault(self, fault: Fault, field: Field, where: str, sample: dict[str, Any], record: Hashable = None) -> None:
        """A value that its field does not allow."""
        self.add(fault, where, sample, record, **field.words())

    def outside(self, longitude: float, latitude: float) -> str | None:
        """Whether a place is outside the box of the contract: nothing, or which mistake it looks like."""
        self.reaches(longitude, latitude, longitude, latitude)
        return mistake(longitude, latitude, self.settings["box"])

    def reaches(self, west: float, south: float, east: float, north: float) -> None:
        """There are places as far as this; what can't be on earth is told elsewhere."""
        if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
            area = self._area or [west, south, east, north]
            self._area = [min(west, area[0]), min(south, area[1]), max(east, area[2]), max(north, area[3])]

    def profile(self) -> dict[str, Any] | None:
        """What the next version is compared with, as a table's profile is; None where the policy compares nothing."""
        if COMPARED not in self.collector.policy:
            return None
        boxes = {ALL_PLACES: self._area} if self._area else {}
        return {"rows": self.records, "columns": {}, "boxes": boxes}

    def judge_again_on(self, day: dt.date) -> None:
        """Remember that on this day the same file may be judged otherwise."""
        if day > self.today:
            self.until = min(day, self.until or day)


def place(
    cell: str, value: Any = "", *, line: int | None = None, key: Any = "", hint: str | None = None
) -> dict[str, Any]:
    """Where something is: an address in the file, its line if it has one, the id of its record, the value found."""
    told = {"hint": {"hint": hint}} if hint else {}
    return {
        "cell": shown(cell),
        "line": line,
        "key": shown(hidden(_text(key))),
        "value": shown(hidden(_text(value))),
        **told,
    }


@lru_cache(maxsize=4096)
def _named(where: str) -> str:
    """The name of a part as a report may show it: a file's own names may hold anything."""
    return shown(hidden(where))


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    return "" if value is None else str(value)[:1000]


def mistake(longitude: float, latitude: float, box: dict[str, float]) -> str | None:
    """Nothing for a place within the box; else `swapped`, `metres`, or an empty text where nothing explains it."""
    if _within(longitude, latitude, box):
        return None
    if _within(latitude, longitude, box):
        return "swapped"
    return "metres" if abs(longitude) > 360 or abs(latitude) > 360 else ""


def _within(longitude: float, latitude: float, box: dict[str, float]) -> bool:
    return box["west"] <= longitude <= box["east"] and box["south"] <= latitude <= box["north"]
