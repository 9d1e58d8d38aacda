"""Rules about numbers that carry check digits: which of some distinct texts do not match their own."""

import string
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from ckanext.smartregion.quality.examination.rules.listing import wrong_item
from ckanext.smartregion.quality.examination.rules.surroundings import Judged, Surroundings

# What people write between groups of digits.
PUNCTUATION = r"[ .\-/\u{a0}\u{202f}]"
LONGEST_EAN, LONGEST_IBAN = 18, 34
CPV_WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7)
LETTERS = {letter: str(value) for value, letter in enumerate(string.ascii_uppercase, start=10)}
# So many digits, with a remainder of two before them, fit into an integer of 64 bits.
PIECE = 15


def check_digits(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows with a number whose check digits do not match, or that has not the form of its scheme at all."""

    def wrong(texts: pl.Series) -> pl.Series:
        plain = pl.col("text").str.replace_all(PUNCTUATION, "").str.to_uppercase()
        right = SCHEMES[said["scheme"]](pl.col("text"))
        return texts.alias("text").to_frame().with_columns(plain).select(~right.fill_null(value=False)).to_series()

    return wrong_item(frame, said["column"], said["separator"], wrong)


def enterprise_number(text: pl.Expr) -> pl.Expr:
    """Ten digits, the first 0 or 1, BE before them or not; the last two are 97 less the rest of the others by 97."""
    digits = text.str.strip_prefix("BE")
    whole = digits.str.contains(r"^[01][0-9]{9}$")
    return whole & (97 - whole_number(digits, 0, 8) % 97 == whole_number(digits, 8, 2))


def national_number(text: pl.Expr) -> pl.Expr:
    """Eleven digits; for people born from 2000 on, a 2 stands before the nine from which the last two are reckoned."""
    nine, check = whole_number(text, 0, 9), whole_number(text, 9, 2)
    matches = (97 - nine % 97 == check) | (97 - (2 * 10**9 + nine) % 97 == check)
    return text.str.contains(r"^[0-9]{11}$") & matches


def ean(text: pl.Expr) -> pl.Expr:
    """8, 12, 13, 14 or 18 digits; weighed 1 and 3 by turns from the right, they add up to a multiple of ten."""
    padded = text.str.zfill(LONGEST_EAN)
    weighed = [whole_number(padded, at, 1) * (3 if at % 2 == 0 else 1) for at in range(LONGEST_EAN)]
    return text.str.contains(r"^([0-9]{8}|[0-9]{12}|[0-9]{13}|[0-9]{14}|[0-9]{18})$") & (sum_of(weighed) % 10 == 0)


def cpv(text: pl.Expr) -> pl.Expr:
    """Eight digits, and a ninth or none: the last digit of the eight, weighed 3, 7, 1 and so on, added up."""
    weighed = [whole_number(text, at, 1) * weight for at, weight in enumerate(CPV_WEIGHTS)]
    matches = text.str.contains(r"^[0-9]{9}$") & (sum_of(weighed) % 10 == whole_number(text, 8, 1))
    return text.str.contains(r"^[0-9]{8}$") | matches


def iban(text: pl.Expr) -> pl.Expr:
    """Country, check digits, account: with the first four signs at the end and letters as numbers it is 1 by 97."""
    turned = (text.str.slice(4) + text.str.slice(0, 4)).str.replace_many(LETTERS)
    digits = turned.str.zfill(PIECE * -(-2 * LONGEST_IBAN // PIECE))
    rest = pl.lit(0, pl.Int64)
    for at in range(0, 2 * LONGEST_IBAN, PIECE):
        rest = (rest * 10**PIECE + whole_number(digits, at, PIECE)) % 97
    is_long_enough = ~text.str.starts_with("BE") | (text.str.len_chars() == 16)
    return text.str.contains(r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$") & is_long_enough & (rest == 1)


def whole_number(text: pl.Expr, at: int, length: int) -> pl.Expr:
    """Some digits of a text as a number; null where they are none."""
    return text.str.slice(at, length).cast(pl.Int64, strict=False)


def sum_of(terms: list[pl.Expr]) -> pl.Expr:
    """The sum of columns; null where one is."""
    return pl.sum_horizontal(terms, ignore_nulls=False)


SCHEMES: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "enterprise-number": enterprise_number,
    "ean": ean,
    "cpv": cpv,
    "iban": iban,
    "national-number": national_number,
}
