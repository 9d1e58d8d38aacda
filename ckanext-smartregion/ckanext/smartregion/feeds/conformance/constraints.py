"""What the profiles expect, read from their tables and made ready to be asked of every dataset.

A table is a map: kind of thing -> property -> what is expected of its values:

- ``min``, ``max``: how many there are
- ``kind``: each is a ``text``, a ``thing`` or, stricter, an ``iri``: not nameless
- ``class``: each is described as of this class, or of one of these
- ``datatype``: each is a well-formed text of this type; ``date`` and ``day`` stand for several
- ``in``: each is in this list of lists.yaml, or in all of these
- ``below``: the address of each continues this one
- ``value``: this one is among them
- ``either``: each meets one of these
- ``languages``: each has a tag of these; ``once_a_language``: no two have the same; ``min_length``: in characters
- ``should``: the same words for what is recommended

A property may be a way: ``a/b`` goes on from the values of a, ``^a`` goes against the arrow, ``a | b`` takes both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ckanext.smartregion.feeds.conformance.facts import Facts, Way
from ckanext.smartregion.feeds.conformance.wellformed import WELL_FORMED
from ckanext.smartregion.feeds.emission import Value

HERE = Path(__file__).parent
NAMELESS = "_:"  # how the IRI of a blank node would begin; none of ours are
PROFILES = ("dcat-ap", "dcat-ap-hvd", "mobilitydcat-ap", "geodcat-ap", "bregdcat-ap", "statdcat-ap")
VIOLATION, WARNING = "violation", "warning"

Test = Callable[[Value, Facts], bool]
Words = dict[str, Any]


@dataclass(frozen=True)
class Rule:
    """What is expected of the values of one property (or way) of one kind of thing, under one severity."""

    profile: str
    severity: str
    path: str
    way: Way
    least: int = 0
    most: int = 0  # 0: any number
    needed: Value | None = None
    once_a_language: bool = False
    tests: tuple[tuple[str, Test], ...] = ()


@dataclass
class Expectations:
    """The rules for one kind of thing: those asked of the properties it has, and those asked of it in any case."""

    of_present: dict[str, list[Rule]] = field(default_factory=dict)
    of_absent: list[Rule] = field(default_factory=list)


@cache
def expectations(profiles: tuple[str, ...]) -> dict[str, Expectations]:
    """The rules of some of PROFILES by the IRI of the class that they are about."""
    found: dict[str, Expectations] = {}
    for profile in profiles:
        for kind, properties in _table(profile).items():
            of = found.setdefault(iri_of(kind), Expectations())
            for rule in _rules(profile, properties):
                if rule.way.predicate:
                    of.of_present.setdefault(rule.way.predicate, []).append(rule)
                if rule.least or rule.needed or not rule.way.predicate:
                    of.of_absent.append(rule)
    return found


def _rules(profile: str, properties: Words) -> Iterator[Rule]:
    for path, words in properties.items():
        required = {word: value for word, value in words.items() if word != "should"}
        for severity, asked in ((VIOLATION, required), (WARNING, words.get("should"))):
            if asked:
                yield _rule(profile, severity, path, asked)


def _rule(profile: str, severity: str, path: str, asked: Words) -> Rule:
    steps = [[_step(step) for step in way.strip().split("/")] for way in path.split(" | ")]
    iri = re.sub(r"[a-z-]+:[A-Za-z]+", lambda name: iri_of(name.group()), path)
    return Rule(
        profile,
        severity,
        iri,
        Way(steps),
        least=asked.get("min", 0),
        most=asked.get("max", 0),
        needed=Value(iri_of(asked["value"]), is_iri=True) if "value" in asked else None,
        once_a_language=asked.get("once_a_language", False),
        tests=tuple(_tests(asked)),
    )


def _step(text: str) -> tuple[str, bool]:
    return iri_of(text.removeprefix("^")), text.startswith("^")


def _tests(asked: Words) -> Iterator[tuple[str, Test]]:
    for word, expected in asked.items():
        if word in _MAKERS:
            yield word, _MAKERS[word](expected)


def every_test(asked: Words) -> Test:
    """Whether a value meets all of these words."""
    tests = [test for _, test in _tests(asked)]
    return lambda value, facts: all(test(value, facts) for test in tests)


# -- a test of each word


def _kind(expected: str) -> Test:
    if expected == "text":
        return lambda value, _: not value.is_iri
    if expected == "thing":
        return lambda value, _: value.is_iri
    return lambda value, _: value.is_iri and not value.text.startswith(NAMELESS)


def _class(expected: str | list[str]) -> Test:
    meant = _lists()["classes"]
    names = {name for one in _several(expected) for name in (one, *meant.get(one, ()))}
    classes = frozenset(map(iri_of, names))
    return lambda value, facts: value.is_iri and not classes.isdisjoint(facts.kinds(value.text))


def _datatype(expected: str) -> Test:
    types = frozenset(map(iri_of, _lists()["datatypes"].get(expected, [expected])))
    if iri_of("xsd:string") in types:
        types |= {""}
    return lambda value, _: (
        not value.is_iri
        and not value.language
        and value.datatype in types
        and WELL_FORMED.get(value.datatype, _anything)(value.text)
    )


def _anything(text: str) -> bool:
    """Any text is well formed where nothing else is known."""
    return True


def _in(expected: str | list[str]) -> Test:
    tests = [every_test(_lists()["lists"][name]) for name in _several(expected)]
    return lambda value, facts: all(test(value, facts) for test in tests)


def _scheme(expected: str) -> Test:
    iri = iri_of(expected)
    return lambda value, facts: value.is_iri and iri in facts.schemes(value.text)


def _types(expected: Words) -> Test:
    test, predicate = every_test(expected), iri_of("dct:type")
    return lambda value, facts: all(test(kind, facts) for kind in facts.values(value.text, predicate))


def _named(_: bool) -> Test:
    return lambda value, facts: facts.all_schemes_are_described(value.text)


def _begins(expected: str | list[str]) -> Test:
    starts = tuple(_several(expected))
    return lambda value, _: value.text.startswith(starts)


def _below(expected: str) -> Test:
    start = iri_of(expected) + "/"
    return lambda value, _: value.text.startswith(start) and len(value.text) > len(start)


def _either(expected: list[Words]) -> Test:
    tests = [every_test(each) for each in expected]
    return lambda value, facts: any(test(value, facts) for test in tests)


def _languages(expected: str) -> Test:
    known = frozenset(_lists()["languages"][expected])
    return lambda value, _: value.language.lower().partition("-")[0] in known


def _min_length(expected: int) -> Test:
    return lambda value, _: len(value.text) >= expected


_MAKERS: dict[str, Callable[[Any], Test]] = {
    "begins": _begins,
    "below": _below,
    "class": _class,
    "datatype": _datatype,
    "either": _either,
    "in": _in,
    "kind": _kind,
    "languages": _languages,
    "min_length": _min_length,
    "named": _named,
    "scheme": _scheme,
    "types": _types,
}


# -- the tables


@cache
def _table(profile: str) -> Words:
    return yaml.load((HERE / f"{profile}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@cache
def _lists() -> Words:
    return yaml.load((HERE / "lists.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def iri_of(name: str) -> str:
    """The IRI that a name of the tables stands for; what has none of the known prefixes stays as it is."""
    prefix, _, local = name.partition(":")
    return _lists()["prefixes"][prefix] + local if prefix in _lists()["prefixes"] else name


def _several(one_or_more: str | list[str]) -> list[str]:
    return one_or_more if isinstance(one_or_more, list) else [one_or_more]
