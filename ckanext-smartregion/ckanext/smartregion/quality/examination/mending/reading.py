"""What a text may mean in a column: a reading, and the names of the rules that were applied to get there."""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Field = dict[str, Any]
"""A field of a contract, with its titles and labels in four languages."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that a cell may have meant, written as the contract asks, and the kinds of mending that led to it.

    One that is not ``certain`` is never taken: it only says that another one may be wrong.
    """

    text: str
    kinds: tuple[str, ...]
    certain: bool = True


@dataclass(slots=True)
class Evidence:
    """What all cells of a column say together of how one of them is to be read.

    ``ticked``: nothing but crosses stands in it. ``month_first``: a date can only be read month first.
    ``decimal_comma``: a comma stands before decimals where it can't part thousands. ``serials``: a number may be a day,
    as spreadsheets count them from 1900.
    """

    ticked: bool = False
    month_first: bool = False
    decimal_comma: bool = False
    serials: bool = False


Reader = Callable[[str, Field, Evidence], Iterator[Reading]]
"""All readings of a text, tidied before; whether one of them is right is not the reader's to say."""


@dataclass(slots=True)
class Tidied:
    """A text without outer spaces, odd spaces and signs that nobody sees, and what was taken away or replaced."""

    text: str
    kinds: tuple[str, ...] = field(default=())


SPACES = frozenset("\t\n\r\x0b\x0c")


def tidied(text: str) -> Tidied:
    """Every space a plain one and none outside; control and direction signs, soft hyphens and marks taken out."""
    if text.isascii() and text.isprintable() and text == text.strip():
        return Tidied(text)
    spaced = "".join(" " if _is_space(sign) else sign for sign in text)
    visible = "".join(sign for sign in spaced if unicodedata.category(sign) not in ("Cc", "Cf"))
    bare = visible.strip()
    kinds = (("control-characters",) if visible != spaced else ()) + (
        ("spaces",) if bare != visible or spaced != text else ()
    )
    return Tidied(bare, kinds)


def _is_space(sign: str) -> bool:
    return sign in SPACES or unicodedata.category(sign) == "Zs"


def folded(text: object) -> str:
    """A text as texts are compared: without accents, capitals, underscores, hyphens and spaces around or in a row.

    Other signs stay, for they may be all that tells two choices apart: A and A++.
    """
    letters = str(text if text is not None else "").casefold()
    if not letters.isascii():
        plain = unicodedata.normalize("NFKD", letters)
        letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(letters.replace("_", " ").replace("-", " ").replace("’", "'").split())
