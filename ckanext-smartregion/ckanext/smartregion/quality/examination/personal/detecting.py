"""The kinds of personal data: what to look for in a column, and how to be sure."""

import datetime as dt
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from ckanext.smartregion.quality.examination.personal.contacts import PHONE, emails, phones
from ckanext.smartregion.quality.examination.personal.names import TITLED, WHOLE, names
from ckanext.smartregion.quality.examination.personal.numbers import (
    IBAN,
    NATIONAL,
    Spans,
    ibans,
    is_national_number,
    national_numbers,
)

NATIONAL_NUMBER, NAME = "national-number", "name"
PREFIX = "personal-"


@dataclass(frozen=True)
class Kind:
    """One kind of personal data.

    cue: found by Polars wherever `find` finds anything. find: the places in a text. label: a column outside the
    contract with such a label is believed, then `believed` says whether a whole cell is of the kind.
    """

    name: str
    cue: str
    find: Callable[[str], Spans]
    label: re.Pattern[str] | None = None
    believed: Callable[[str], bool] | None = None

    @property
    def rule(self) -> str:
        """The name of its rule in policies and reports."""
        return PREFIX + self.name

    def is_in(self, text: str, label: str = "") -> bool:
        """Whether a text of a column with this label holds such data."""
        if next(self.find(text), None) is not None:
            return True
        return self.is_believed(label) and self.believed is not None and self.believed(text)

    def is_believed(self, label: str) -> bool:
        """Whether the label of a column says that such data stand in it."""
        return bool(self.label and self.label.search(label))


def kinds(today: dt.date | None = None) -> dict[str, Kind]:
    """Every kind by name; nobody is born after today."""
    day = today or dt.date.max
    national = partial(national_numbers, today=day)
    return {
        kind.name: kind
        for kind in (
            Kind(
                NATIONAL_NUMBER, f"(?:^|[^0-9]){NATIONAL}(?:$|[^0-9])", national,
                _label("niss|insz|r?rn|nrn|num[ée]ro national|registre national|rijksregister|nationalregister"),
                partial(_is_short_national_number, today=day),
            ),
            Kind("iban", f"(?:^|[^A-Za-z0-9]){IBAN}", ibans),
            Kind("email", ".@....", emails),
            Kind("phone", f"(?:^|[^0-9A-Za-z+]){PHONE}(?:$|[^0-9])", phones,
                 _label(r"t[ée]l(?:[ée]phone)?|telef(?:oo|o)n\w*|phone|gsm|mobile|handy|portable"), _is_bare_phone),
            Kind(NAME, rf"{WHOLE}|(?:^|[^A-Za-z.]){TITLED}", names,
                 _label(r"pr[ée]noms?|voorna(?:am|men)|vornamen?|first.?name|given.?name|last.?name|surname|"
                        r"nom de famille|familienaam|familienname|achternaam"), _is_word),
        )
    }  # fmt: skip


def _label(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", re.IGNORECASE)


def _is_short_national_number(text: str, today: dt.date) -> bool:
    """A number of which a spreadsheet has taken away the zeros at its beginning."""
    digits = text.strip()
    return digits.isascii() and digits.isdecimal() and 6 < len(digits) <= 11 and is_national_number(
        digits.zfill(11), today
    )  # fmt: skip


def _is_bare_phone(text: str) -> bool:
    return re.fullmatch(r"\+?[0-9]{8,13}", re.sub(r"[\s.()\-/]", "", text)) is not None


def _is_word(text: str) -> bool:
    return any(sign.isalpha() for sign in text)


def cue_of(wanted: Collection[Kind]) -> str:
    """One expression that is found wherever one of the cues is."""
    return "|".join(f"(?:{kind.cue})" for kind in wanted)
