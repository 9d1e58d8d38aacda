"""A pattern of a contract in the dialect of Polars, where it surely means the same; Python's meaning is the truth."""

import re
from functools import cache
from re import _constants as sre  # pyright: ignore[reportAttributeAccessIssue]
from re import _parser as sre_parser  # pyright: ignore[reportAttributeAccessIssue]
from typing import Any

import polars as pl

# The tables of letters and digits differ by version of Unicode: what both agree upon is enough to accept a cell.
CATEGORIES = {
    sre.CATEGORY_DIGIT: "0-9",
    sre.CATEGORY_WORD: "0-9A-Za-z_",
    sre.CATEGORY_SPACE: r"\t\n\r\x0b\x0c ",
}
PLACES = {sre.AT_BEGINNING: r"\A", sre.AT_BEGINNING_STRING: r"\A", sre.AT_END: r"\z", sre.AT_END_STRING: r"\z"}
LONGEST_REPEAT = 1000


class _Unknown(Exception):  # noqa: N818 - no error: the pattern is left to Python
    """The pattern holds what may mean something else elsewhere."""


@cache
def translated(pattern: str) -> str | None:
    """The pattern as frictionless applies it (^ and $ put around it), for Polars; None where that is not certain."""
    try:
        tree = sre_parser.parse(f"^{pattern}$")
        if tree.state.flags & ~re.UNICODE:
            return None
        found = rf"\A(?:{_all(tree)})"
        pl.Series([""]).str.contains(found)
    except (_Unknown, re.error, RecursionError, OverflowError, pl.exceptions.PolarsError):
        return None
    return found


def _all(tree: Any) -> str:
    return "".join(_one(operation, value) for operation, value in tree)


def _one(operation: Any, value: Any) -> str:
    if operation is sre.LITERAL:
        return _sign(value)
    if operation is sre.NOT_LITERAL:
        return f"[^{_sign(value)}]"
    if operation is sre.ANY:
        return r"[^\n]"
    if operation is sre.IN:
        return _set(value)
    if operation is sre.AT and value in PLACES:
        return PLACES[value]
    if operation is sre.BRANCH:
        return f"(?:{'|'.join(map(_all, value[1]))})"
    if operation is sre.SUBPATTERN and not (value[1] or value[2]):
        return f"(?:{_all(value[3])})"
    if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        return _repeat(*value)
    raise _Unknown


def _repeat(low: Any, high: Any, part: Any) -> str:
    if low > LONGEST_REPEAT or (high is not sre.MAXREPEAT and high > LONGEST_REPEAT):
        raise _Unknown
    return f"(?:{_all(part)}){{{int(low)},{'' if high is sre.MAXREPEAT else int(high)}}}"


def _set(parts: Any) -> str:
    negated = parts[0][0] is sre.NEGATE
    inner = "".join(_member(kind, value, negated) for kind, value in parts[negated:])
    return f"[{'^' if negated else ''}{inner}]"


def _member(kind: Any, value: Any, negated: bool) -> str:
    if kind is sre.LITERAL:
        return _sign(value)
    if kind is sre.RANGE:
        return f"{_sign(value[0])}-{_sign(value[1])}"
    if kind is sre.CATEGORY and value in CATEGORIES and not negated:
        return CATEGORIES[value]
    raise _Unknown


def _sign(code: int) -> str:
    if 0xD800 <= code <= 0xDFFF:
        raise _Unknown
    return rf"\x{{{code:x}}}"
