"""Lint of patterns: one that could take seconds, or that engines read differently, is refused with a sentence."""

import re
from collections.abc import Iterator
from re import _constants as sre  # pyright: ignore[reportAttributeAccessIssue]
from re import _parser as sre_parser  # pyright: ignore[reportAttributeAccessIssue]
from typing import Any

# Above this many ways to split one cell between the parts of a pattern, a cell could take seconds.
MOST_WAYS = 100_000
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)


def pattern_faults(pattern: str) -> Iterator[str]:
    """Sentences that say why a pattern is unsafe: it must be decided quickly and mean the same in every engine."""
    try:
        tree = sre_parser.parse(pattern)
    except (re.error, RecursionError, OverflowError, TypeError) as error:
        yield f"the pattern is not a regular expression ({error})."
        return
    if _has_bare_alternatives(pattern):
        yield "alternatives stand inside brackets: (a|b)."
    yield from sorted(set(_walk(tree, repeated=False)))
    if _ways(tree) > MOST_WAYS:
        yield "the pattern could take very long on some texts; use fewer open-ended repetitions."


def _has_bare_alternatives(pattern: str) -> bool:
    """frictionless puts ^ and $ around a pattern, so ^a|b$ would take any text that begins with a."""
    marked = sre_parser.parse(f"\x01\x01{pattern}\x02\x02")  # the marks keep the parser from merging a|b into [ab]
    return any(operation is sre.BRANCH for operation, _ in marked)


def _walk(tree: Any, *, repeated: bool) -> Iterator[str]:
    for operation, value in tree:
        if operation in (sre.ASSERT, sre.ASSERT_NOT, sre.GROUPREF, sre.GROUPREF_EXISTS):
            yield "look-around and back-references are not allowed."
        elif operation in REPEATS:
            low, high, _ = value
            if repeated and low != high:
                yield "a repetition inside a repetition is not allowed."
        for child in _children(operation, value):
            yield from _walk(child, repeated=repeated or (operation in REPEATS and value[1] > 1))


def _children(operation: Any, value: Any) -> list[Any]:
    if operation in REPEATS:
        return [value[2]]
    if operation is sre.SUBPATTERN:
        return [value[3]]
    if operation is sre.BRANCH:
        return list(value[1])
    return [value] if operation is sre.ATOMIC_GROUP else []


def _ways(tree: Any) -> int:
    """An upper bound on how many ways the repetitions of a pattern can share one text; an open end counts 1,000."""
    ways = 1
    for operation, value in tree:
        if operation in REPEATS:
            ways *= min(int(value[1]) - int(value[0]) + 1, 1000)
        for child in _children(operation, value):
            ways *= _ways(child)
    return ways
