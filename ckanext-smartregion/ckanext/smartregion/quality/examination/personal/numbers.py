"""National numbers of people and account numbers: told by their check digits."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator

Spans = Iterator[tuple[int, int]]
BETWEEN = r"[ .\-/\u00a0\u202f]"
NATIONAL = rf"[0-9]{{2}}{BETWEEN}?[0-9]{{2}}{BETWEEN}?[0-9]{{2}}{BETWEEN}{{0,3}}[0-9]{{3}}{BETWEEN}?[0-9]{{2}}"
# Not inside a longer number, nor behind the decimal point of a coordinate.
_NATIONAL = re.compile(rf"(?<![0-9])(?<![0-9][.,]){NATIONAL}(?![0-9])(?![.,][0-9])", re.ASCII)
DIGITS = 11
# Numbers of people without a registered address have their month raised by 20 (sex unknown) or 40.
RAISED = 20
LAST_SERIAL = 998
_BARE = re.compile(r"\s*(?:\S{0,200}/)?[0-9]{11}\s*", re.ASCII)
# Of numbers of eleven digits one in five hundred passes for that of a person; of those that begin with a day one in 80.
MANY, BY_CHANCE = 20, 0.05
IBAN = r"[A-Za-z]{2}[0-9]{2}(?:[ .\-]?[A-Za-z0-9]){11}"
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?=[ .\-]?[A-Za-z0-9])", re.ASCII)
# Signs of an account number by country, from the registry of ISO 13616.
LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL", 19: "MK SI", 20: "AT BA EE KZ LT LU XK", 21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip


def national_numbers(text: str, today: dt.date | None = None) -> Spans:
    """Where national numbers of people born by a day stand in a text; without a day, in any future too."""
    for found in _NATIONAL.finditer(text):
        if is_national_number(re.sub("[^0-9]", "", found[0]), today or dt.date.max):
            yield found.span()


def is_bare(text: str) -> bool:
    """Whether a text is eleven digits and nothing else, or the end of an address: it may be a code as well."""
    return _BARE.fullmatch(text) is not None


def are_codes(bare: int, valid: int) -> bool:
    """Whether the bare numbers of a column are rather codes of another kind: of many, no more pass than by chance."""
    return bare >= MANY and valid <= BY_CHANCE * bare


def is_national_number(digits: str, today: dt.date) -> bool:
    """Whether eleven digits are those of a person: a birth date, a serial number, and 97 less the rest by 97.

    For people born from 2000 on, a 2 stands before the nine digits of which the rest is taken.
    """
    nine, check = int(digits[:9]), int(digits[9:])
    if not 1 <= int(digits[6:9]) <= LAST_SERIAL:
        return False
    centuries = [century for century, before in ((1900, 0), (2000, 2 * 10**9)) if 97 - (before + nine) % 97 == check]
    return any(_is_birth(century + int(digits[:2]), digits[2:6], today) for century in centuries)


def _is_birth(year: int, month_and_day: str, today: dt.date) -> bool:
    """A day up to today; where month or day is not known, zeros stand for it."""
    month, day = int(month_and_day[:2]), int(month_and_day[2:])
    month -= RAISED * min(month // RAISED, 2)
    if month > 12 or day > (calendar.monthrange(year, month)[1] if month else 31):
        return False
    return dt.date(year, month or 1, (day if month else 0) or 1) <= today


def ibans(text: str) -> Spans:
    """Where account numbers stand in a text, in groups or not."""
    for found in _IBAN.finditer(text):
        signs = _signs(text, found.start(), LENGTHS.get(found[0][:2].upper(), 0))
        if signs and is_iban("".join(text[at] for at in signs).upper()):
            yield signs[0], signs[-1] + 1


def _signs(text: str, start: int, length: int) -> list[int]:
    """The places of so many letters and digits from one on; none where they end before, or go on behind."""
    places: list[int] = []
    at = start
    while at < len(text) and len(places) < length:
        if text[at].isascii() and text[at].isalnum():
            places.append(at)
        elif text[at] not in " .-\u00a0\u202f":
            return []
        at += 1
    goes_on = at < len(text) and text[at].isascii() and text[at].isalnum()
    return places if len(places) == length and not goes_on else []


def is_iban(signs: str) -> bool:
    """Whether the rest by 97 is 1, with the first four signs at the end and letters as numbers."""
    return int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1
