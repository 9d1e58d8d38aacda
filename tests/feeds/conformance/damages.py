"""Ways to spoil a description: each takes the values of one property, and gives what becomes of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from ckanext.smartregion.feeds.conformance.facts import Described
from ckanext.smartregion.feeds.emission import TYPE, Value

from tests.feeds.examples import EU

XSD = "http://www.w3.org/2001/XMLSchema#"
OTHER = Value("https://example.be/other", is_iri=True)
AT_ONCE = 60  # properties spoiled in one description; each is spoiled once in every way

Damage = Callable[[list[Value]], list[Value]]

DAMAGES: dict[str, Damage] = {
    "left out": lambda values: [],
    "said twice": lambda values: [*values, OTHER if values[0].is_iri else values[0]._replace(text="other")],
    "a text in place of an address": lambda values: [Value(values[0].text), *values[1:]],
    "an address in place of a text": lambda values: [OTHER, *values[1:]],
    "from another list": lambda values: [Value(EU + "frequency/ANNUAL", is_iri=True), *values[1:]],
    "empty": lambda values: [values[0] if values[0].is_iri else values[0]._replace(text=""), *values[1:]],
    "without its language": lambda values: [values[0]._replace(language=""), *values[1:]],
    "in an unknown language": lambda values: [Value(values[0].text, language="zh-Hans"), *values[1:]],
    "in a language of the region": lambda values: [Value(values[0].text, language="FR-be"), *values[1:]],
    "as a date": lambda values: [Value("2026-02-31", datatype=XSD + "date"), *values[1:]],
    "as a moment": lambda values: [Value("2026-02-28T10:00:00Z", datatype=XSD + "dateTime"), *values[1:]],
    "as a year": lambda values: [Value("2026", datatype=XSD + "gYear"), *values[1:]],
    "as a number": lambda values: [Value("-1", datatype=XSD + "decimal"), *values[1:]],
    "as a number that is none": lambda values: [Value("much", datatype=XSD + "nonNegativeInteger"), *values[1:]],
    "as a duration": lambda values: [Value("a day", datatype=XSD + "duration"), *values[1:]],
    "as odd bytes": lambda values: [Value("0f0", datatype=XSD + "hexBinary"), *values[1:]],
}


def damaged(description: Described, damage: Damage) -> Iterator[Described]:
    """Copies of a description, in which together one of each property of each kind of thing is damaged."""
    places: dict[tuple[str, ...], tuple[str, str]] = {}
    for subject, of in description.items():
        kinds = sorted(value.text for value in of.get(TYPE, ()))
        for predicate in of:
            places.setdefault((*kinds, predicate), (subject, predicate))
    order = sorted(places.values())
    random.Random(len(order)).shuffle(order)
    for start in range(0, len(order), AT_ONCE):
        copy = {subject: {name: list(values) for name, values in of.items()} for subject, of in description.items()}
        for subject, predicate in order[start : start + AT_ONCE]:
            copy[subject][predicate] = list(dict.fromkeys(damage(copy[subject][predicate])))
        yield {subject: {name: values for name, values in of.items() if values} for subject, of in copy.items()}
