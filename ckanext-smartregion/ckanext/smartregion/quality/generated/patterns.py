"""Texts that fit a pattern, by number: other numbers give other texts, so that a column stays without repetition."""

import re
import string
from functools import cache
from itertools import count
from math import gcd, prod
from re import _constants as sre  # pyright: ignore[reportAttributeAccessIssue]
from re import _parser as sre_parser  # pyright: ignore[reportAttributeAccessIssue]
from typing import Any

LETTERS = string.ascii_lowercase + string.digits + string.ascii_uppercase
SIGNS = LETTERS + "-._ "
CATEGORIES = {sre.CATEGORY_DIGIT: string.digits, sre.CATEGORY_WORD: LETTERS + "_", sre.CATEGORY_SPACE: " "}
LONGEST_TAIL = 6  # what a repetition adds at most to the fewest that it asks for
SCATTER = 0x9E3779B1  # odd and large: neighbours in number are no neighbours in text


def text_at(pattern: str, number: int) -> str:
    """The text of this number; after `texts_of(pattern)` numbers they begin again.

    Raises ValueError for what the lint of contracts refuses anyway, such as a look-around.
    """
    tree, size = _parsed(pattern)
    text = _all(tree, number * _step(size) % size)
    if not re.fullmatch(pattern, text):
        raise ValueError(f"No text could be made for the pattern {pattern}.")
    return text


def texts_of(pattern: str) -> int:
    """How many texts there are before the first comes again."""
    return _parsed(pattern)[1]


@cache
def _parsed(pattern: str) -> tuple[Any, int]:
    tree = _frozen(sre_parser.parse(pattern))
    return tree, _size_of_all(tree)


def _frozen(part: Any) -> Any:
    """What was parsed, as tuples within tuples, of which sizes and signs can be remembered."""
    return tuple(map(_frozen, part)) if isinstance(part, (list, tuple, sre_parser.SubPattern)) else part


@cache
def _step(size: int) -> int:
    """A step without a common divisor with the size: all numbers below it are met once."""
    return next(step for step in count(SCATTER) if gcd(step, size) == 1)


@cache
def _size_of_all(tree: Any) -> int:
    return prod(_size(operation, value) for operation, value in tree)


@cache
def _size(operation: Any, value: Any) -> int:
    if operation in (sre.LITERAL, sre.AT):
        return 1
    if operation is sre.BRANCH:
        return sum(map(_size_of_all, value[1]))
    if operation is sre.SUBPATTERN:
        return _size_of_all(value[3])
    if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        return sum(_size_of_all(value[2]) ** times for times in _times(value))
    return len(_signs(operation, value))


def _all(tree: Any, number: int) -> str:
    """The text of a sequence: the number written in the sizes of its parts."""
    parts = []
    for operation, value in tree:
        number, own = divmod(number, _size(operation, value))
        parts.append(_one(operation, value, own))
    return "".join(parts)


def _one(operation: Any, value: Any, number: int) -> str:
    if operation is sre.LITERAL:
        return chr(value)
    if operation is sre.AT:
        return ""
    if operation is sre.BRANCH:
        return _chosen([(part, _size_of_all(part)) for part in value[1]], number)
    if operation is sre.SUBPATTERN:
        return _all(value[3], number)
    if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        once = _size_of_all(value[2])
        return _chosen([(value[2] * times, once**times) for times in _times(value)], number)
    return _signs(operation, value)[number]


def _chosen(parts: list[tuple[Any, int]], number: int) -> str:
    for part, size in parts:
        if number < size:
            return _all(part, number)
        number -= size
    raise IndexError(number)


def _times(repeat: Any) -> range:
    fewest, most = int(repeat[0]), int(repeat[1])
    return range(fewest, min(most, fewest + LONGEST_TAIL) + 1)


@cache
def _signs(operation: Any, value: Any) -> str:
    """The signs that may stand at one place; of what is nearly everything, letters and digits."""
    if operation is sre.ANY:
        return LETTERS
    if operation is sre.NOT_LITERAL:
        return "".join(sign for sign in SIGNS if sign != chr(value))
    if operation is not sre.IN:
        raise ValueError("A part of the pattern is not known.")
    if value[0][0] is sre.NEGATE:
        excluded = "".join(_members(value[1:]))
        return "".join(sign for sign in LETTERS if sign not in excluded)
    return "".join(dict.fromkeys("".join(_members(value))))


def _members(parts: Any) -> list[str]:
    found = []
    for kind, value in parts:
        if kind is sre.LITERAL:
            found.append(chr(value))
        elif kind is sre.RANGE:
            found.append("".join(map(chr, range(value[0], value[1] + 1))))
        elif kind is sre.CATEGORY and value in CATEGORIES:
            found.append(CATEGORIES[value])
        else:
            raise ValueError("A part of the pattern is not known.")
    return found
