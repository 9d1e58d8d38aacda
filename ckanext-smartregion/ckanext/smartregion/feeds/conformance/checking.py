"""The check of a description against profiles: what is wrong, where, and by which expectation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ckanext.smartregion.feeds.conformance.constraints import VIOLATION, Rule, expectations
from ckanext.smartregion.feeds.conformance.facts import Described, Facts
from ckanext.smartregion.feeds.emission import Value


class Result(NamedTuple):
    """One expectation that is not met.

    ``focus`` is the IRI of the thing, ``path`` the IRI of its property (or a way, with IRIs), ``value`` the one that
    is wrong where it is one; ``constraint`` is the word of the table that is not met.
    """

    focus: str
    path: str
    value: Value | None
    constraint: str
    severity: str
    profile: str

    @property
    def order(self) -> tuple[object, ...]:
        """Violations first, then by place."""
        return self.severity != VIOLATION, self.focus, self.path, self.constraint, self.value or ()


def check(described: Described, profiles: Collection[str] = ("dcat-ap",)) -> list[Result]:
    """What is wrong with some descriptions by some profiles, violations first; what several ask for is said once."""
    facts = Facts(described)
    found: dict[tuple[object, ...], Result] = {}
    for result in _results(facts, tuple(profiles)):
        found.setdefault(result[:-1], result)
    return sorted(found.values(), key=lambda each: each.order)


def _results(facts: Facts, profiles: tuple[str, ...]) -> Iterator[Result]:
    by_kind = expectations(profiles)
    for subject, of in facts.described.items():
        for expected in filter(None, map(by_kind.get, facts.kinds(subject))):
            for rule in expected.of_absent:
                if rule.way.predicate:
                    yield from _of_number(rule, subject, of.get(rule.way.predicate, ()))
                else:
                    values = rule.way.values(subject, facts)
                    yield from _of_number(rule, subject, values)
                    yield from _of_values(rule, subject, values, facts)
            for predicate, values in of.items():
                for rule in expected.of_present.get(predicate, ()):
                    yield from _of_values(rule, subject, values, facts)


def _of_number(rule: Rule, subject: str, values: Sequence[Value]) -> Iterator[Result]:
    if len(values) < rule.least:
        yield _result(rule, subject, "min")
    if rule.needed and rule.needed not in values:
        yield _result(rule, subject, "value")


def _of_values(rule: Rule, subject: str, values: Sequence[Value], facts: Facts) -> Iterator[Result]:
    if rule.most and len(values) > rule.most:
        yield _result(rule, subject, "max")
    if rule.once_a_language:
        tags = Counter(value.language.lower() for value in values if value.language)
        if any(number > 1 for number in tags.values()):
            yield _result(rule, subject, "once_a_language")
    for word, test in rule.tests:
        for value in values:
            if not test(value, facts):
                yield _result(rule, subject, word, value)


def _result(rule: Rule, subject: str, word: str, value: Value | None = None) -> Result:
    return Result(subject, rule.path, value, word, rule.severity, rule.profile)
