"""What a description says, as the checker asks for it: kinds, lists, and the values at the end of a way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ckanext.smartregion.feeds.emission import TYPE, Value

IN_SCHEME = "http://www.w3.org/2004/02/skos/core#inScheme"
SCHEME = "http://www.w3.org/2004/02/skos/core#ConceptScheme"
NOTHING: frozenset[str] = frozenset()

Described = Mapping[str, Mapping[str, Sequence[Value]]]


class Facts:
    """Descriptions by subject, with the look-ups that rules need."""

    def __init__(self, described: Described) -> None:
        self.described = described
        self._kinds = {
            subject: frozenset(value.text for value in of.get(TYPE, ()) if value.is_iri)
            for subject, of in described.items()
        }

    def kinds(self, subject: str) -> frozenset[str]:
        """The classes that a thing says it is of."""
        return self._kinds.get(subject, NOTHING)

    def values(self, subject: str, predicate: str) -> Sequence[Value]:
        """The values of one property of a thing."""
        return self.described.get(subject, {}).get(predicate, ())

    def schemes(self, subject: str) -> list[str]:
        """The lists that a concept says it is in; none when it names one by a text."""
        values = self.values(subject, IN_SCHEME)
        return [value.text for value in values] if all(value.is_iri for value in values) else []

    def all_schemes_are_described(self, subject: str) -> bool:
        """Whether each list that a concept is in says of itself that it is one."""
        return all(SCHEME in self.kinds(scheme) for scheme in self.schemes(subject))

    def subjects(self, predicate: str, value: Value) -> Iterator[str]:
        """The things that have this value."""
        return (subject for subject, of in self.described.items() if value in of.get(predicate, ()))


class Way:
    """How to come from a thing to the values of a rule: ways of steps, each a predicate and whether against it."""

    def __init__(self, ways: list[list[tuple[str, bool]]]) -> None:
        self._ways = ways
        # Nearly all are one step along one property: those are not walked.
        single = len(ways) == 1 and len(ways[0]) == 1 and not ways[0][0][1]
        self.predicate = ways[0][0][0] if single else ""

    def values(self, subject: str, facts: Facts) -> list[Value]:
        """The values at the end, each once."""
        found: dict[Value, None] = {}
        for way in self._ways:
            here = {Value(subject, is_iri=True): None}
            for predicate, against in way:
                here = {value: None for one in here for value in _step(one, predicate, against, facts)}
            found |= here
        return list(found)


def _step(one: Value, predicate: str, against: bool, facts: Facts) -> Iterator[Value]:
    if against:
        yield from (Value(subject, is_iri=True) for subject in facts.subjects(predicate, one))
    elif one.is_iri:
        yield from facts.values(one.text, predicate)
