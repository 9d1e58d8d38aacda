"""One column of a table: which of its cells are wrong, and what each of them surely meant."""

from collections.abc import Callable
from dataclasses import dataclass

from ckanext.smartregion.quality.examination.compiled import Column
from ckanext.smartregion.quality.examination.mending import choices, moments, numbers, places
from ckanext.smartregion.quality.examination.mending.reading import Evidence, Field, Reader, Reading, tidied

# The readers of each type of column; those of a column of text that lists its choices are in CHOICES.
READERS: dict[str, tuple[Reader, ...]] = {
    "number": (numbers.number_readings,),
    "integer": (numbers.number_readings,),
    "boolean": (choices.truth_readings,),
    "date": (moments.date_readings,),
    "datetime": (moments.moment_readings,),
    "time": (moments.time_readings,),
    "year": (numbers.year_readings,),
    "yearmonth": (moments.year_month_readings,),
    "geopoint": (places.point_readings,),
    "geojson": (places.geometry_readings,),
    "string": (numbers.code_readings,),
}
CHOICES: tuple[Reader, ...] = (choices.choice_readings,)
# No value but a geometry is longer, and patterns are slow on what is.
LONGEST = 200
# Why a cell is left: the first that holds of its text, its field and its column.
REASONS: dict[str, Callable[[str, Field, Evidence], bool]] = {
    "empty": lambda text, _field, _evidence: not text,
    "two-digit-year": lambda text, field, _: field["type"] in ("date", "datetime") and moments.is_short_year(text),
    "month-first": lambda text, field, evidence: (
        field["type"] in ("date", "datetime") and evidence.month_first and moments.is_month_or_day(text)
    ),
    "no-time": lambda text, field, evidence: (
        field["type"] == "datetime" and any(moments.date_readings(text, field, evidence))
    ),
    "metres": lambda text, field, _: field["type"] == "number" and is_degrees(field) and places.is_in_metres(text),
    "unclear": lambda *_: True,
}
SEVERAL = "several-readings"


def is_degrees(field: Field) -> bool:
    """Whether a column of numbers holds a longitude or a latitude, by its limits or its name."""
    limits = field.get("constraints", {})
    bounded = "minimum" in limits and "maximum" in limits and -180 <= limits["minimum"] <= limits["maximum"] <= 180
    return bounded and field["name"].casefold() in ("lon", "lat", "long", "longitude", "latitude", "x", "y")


@dataclass(frozen=True, slots=True)
class Mended:
    """What becomes of a text: another text and the kinds of mending, or the reason why it is left; neither: right."""

    text: str
    kinds: tuple[str, ...] = ()
    left: str | None = None


class CellMender:
    """Mends the texts of one column, each once; what it gives passes the column's own judge."""

    def __init__(self, column: Column, field: Field, evidence: Evidence) -> None:
        self.column, self.field, self.evidence = column, field, evidence
        listed = field["type"] == "string" and "enum" in field.get("constraints", {})
        self._readers = CHOICES if listed else READERS.get(field["type"], ())

    def mend(self, text: str) -> Mended:
        """The text as it surely was meant, or why it is left."""
        if self.passes(text, empty=True):
            return Mended(text)
        tidy = tidied(text)
        if tidy.kinds and self.passes(tidy.text):
            return Mended(tidy.text, tidy.kinds)
        found = self._meanings(tidy.text)
        if len(found) == 1 and (reading := next(iter(found.values()))).certain:
            return Mended(reading.text, (*tidy.kinds, *reading.kinds))
        return Mended(text, left=SEVERAL if found else self._reason(tidy.text))

    def passes(self, text: str, *, empty: bool = False) -> bool:
        """Whether the judge of the column takes a text, as a value or, where asked for, as a sign for none."""
        said = self.column.judge(text)
        return not said.rules and not said.unstorable and (empty or said.value is not None)

    def _meanings(self, text: str) -> dict[str | None, Reading]:
        """The readings that pass, one of each value."""
        if len(text) > LONGEST and self.field["type"] != "geojson":
            return {}
        found: dict[str | None, Reading] = {}
        for read in self._readers:
            for reading in read(text, self.field, self.evidence):
                if self.passes(reading.text):
                    found.setdefault(self.column.judge(reading.text).value, reading)
        return found

    def _reason(self, text: str) -> str:
        if len(text) > LONGEST:
            return "unclear"
        return next(name for name, holds in REASONS.items() if holds(text, self.field, self.evidence))
