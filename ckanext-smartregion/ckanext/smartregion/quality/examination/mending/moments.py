"""Dates and moments as people write them: day first as in Belgium, months as words, the numbers of spreadsheets."""

import datetime as dt
import re
from collections.abc import Iterator

from ckanext.smartregion.belgium import BELGIUM
from ckanext.smartregion.quality.examination.mending.reading import Evidence, Field, Reading, folded

DAY_FIRST = re.compile(r"(\d{1,2})([/.\- ])(\d{1,2})\2(\d{4})")
YEAR_FIRST = re.compile(r"(\d{4})([/. -])(\d{1,2})\2(\d{1,2})")
SPOKEN = re.compile(r"(\d{1,2})(?:er|ste|\.)?\s+([^\W\d_]+)\s+(\d{4})")
MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "janvier januari januar january",
            "fevrier februari februar february",
            "mars maart marz march",
            "avril april",
            "mai mei may",
            "juin juni june",
            "juillet juli july",
            "aout augustus august",
            "septembre september",
            "octobre oktober october",
            "novembre november",
            "decembre december dezember",
        ),
        start=1,
    )
    for word in words.split()
}
MOMENT = re.compile(r"(.+?)(?:T|,?\s+)(\d{1,2})[:hH](\d{2})(?::(\d{2})(?:[.,]0+)?)?\s*(Z|[+-]\d{2}:?\d{2})?")
CLOCK = re.compile(r"(\d{1,2})\s?(?:[:hH.]\s?(\d{2})|[hH])(?::(\d{2}))?")
YEAR_MONTH = ((re.compile(r"(?P<m>\d{1,2})[/.\-](?P<y>\d{4})")), (re.compile(r"(?P<y>\d{4})[/.](?P<m>\d{1,2})")))
SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?")
# From 1954 to 2119: a smaller number may be a year, a larger one a code.
SERIALS = range(20_000, 80_000)
FIRST_SERIAL = dt.datetime(1899, 12, 30)
# Dates that can only be read month first, and those of two digits for the year.
MONTH_FIRST = r"^\s*(?:0?[1-9]|1[0-2])[/.\-](?:1[3-9]|2[0-9]|3[01])[/.\-][0-9]{4}\b"
SHORT_YEAR = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}(?:\D.*)?")
MONTH_AND_DAY = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}\b.*")


def date_readings(text: str, _field: Field, evidence: Evidence) -> Iterator[Reading]:
    """The days that a text may mean; the midnight that spreadsheets add is left out."""
    yield from _days(text, evidence)
    if evidence.serials and (serial := _serial(text)) and serial.time() == dt.time():
        yield Reading(serial.date().isoformat(), ("serial",))
    found = MOMENT.fullmatch(text)
    if found and not found[5] and (int(found[2]), int(found[3]), int(found[4] or 0)) == (0, 0, 0):
        days = [*_days(found[1], evidence), *_iso(found[1])]
        yield from (Reading(day.text, (*day.kinds, "midnight")) for day in days)


def moment_readings(text: str, _field: Field, evidence: Evidence) -> Iterator[Reading]:
    """The moments that a text may mean; without a time zone they are Brussels time, where that is certain."""
    if evidence.serials and (serial := _serial(text)):
        yield from _zoned(serial, ("serial",))
    if found := MOMENT.fullmatch(text):
        hour, minute, second = int(found[2]), int(found[3]), int(found[4] or 0)
        if hour > 23 or minute > 59 or second > 59:
            return
        for day in [*_days(found[1], evidence), *_iso(found[1])]:
            moment = dt.datetime.combine(dt.date.fromisoformat(day.text), dt.time(hour, minute, second))
            kinds = day.kinds or ("clock",)
            if found[5]:
                offset = found[5] if ":" in found[5] or found[5] == "Z" else f"{found[5][:3]}:{found[5][3:]}"
                yield Reading(moment.isoformat() + offset, kinds)
            else:
                yield from _zoned(moment, kinds)


def time_readings(text: str, _field: Field, _evidence: Evidence) -> Iterator[Reading]:
    """The time of day that a text may mean: 20h30, 20:30."""
    if found := CLOCK.fullmatch(text):
        yield Reading(f"{int(found[1]):02}:{found[2] or '00'}:{found[3] or '00'}", ("clock",))


def year_month_readings(text: str, _field: Field, _evidence: Evidence) -> Iterator[Reading]:
    """The month of a year, whichever stands first."""
    for pattern in YEAR_MONTH:
        if found := pattern.fullmatch(text):
            yield Reading(f"{found['y']}-{int(found['m']):02}", ("date-writing",))


def is_short_year(text: str) -> bool:
    """Whether a date has two digits for its year: nobody knows the century."""
    return bool(SHORT_YEAR.fullmatch(text))


def is_month_or_day(text: str) -> bool:
    """Whether month and day of a date can't be told apart where some write the month first."""
    return bool(MONTH_AND_DAY.fullmatch(text))


def _days(text: str, evidence: Evidence) -> Iterator[Reading]:
    """The days a text may mean, but for those that are written as they should be."""
    if found := DAY_FIRST.fullmatch(text):
        if not evidence.month_first:
            yield from _day(found[4], found[3], found[1], "day-first")
    elif (found := YEAR_FIRST.fullmatch(text)) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        yield from _day(found[1], found[3], found[4], "date-writing")
    elif (found := SPOKEN.fullmatch(text)) and (month := MONTHS.get(folded(found[2]))):
        yield from _day(found[3], month, found[1], "date-in-words")


def _iso(text: str) -> Iterator[Reading]:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        yield from (Reading(day.text, ()) for day in _day(text[:4], text[5:7], text[8:], ""))


def _day(year: str, month: str | int, day: str, kind: str) -> Iterator[Reading]:
    try:
        yield Reading(dt.date(int(year), int(month), int(day)).isoformat(), (kind,))
    except ValueError:
        return


def _serial(text: str) -> dt.datetime | None:
    """The moment of a number of days, as spreadsheets count them; to the second."""
    found = SERIAL.fullmatch(text)
    if not found or int(found[1]) not in SERIALS:
        return None
    seconds = round(float(f"0.{found[2] or 0}") * 86_400)
    return FIRST_SERIAL + dt.timedelta(days=int(found[1]), seconds=seconds)


def _zoned(moment: dt.datetime, kinds: tuple[str, ...]) -> Iterator[Reading]:
    """With the offset of Brussels; none in the hour that is skipped in March, nor in the one that comes twice."""
    here = moment.replace(tzinfo=BELGIUM)
    if here.utcoffset() == here.replace(fold=1).utcoffset():
        yield Reading(here.isoformat(), (*kinds, "time-zone"))
