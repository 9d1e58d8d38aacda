"""How a prepared dictionary becomes statements: tables say which field is written how; here is what reads them.

A `Thing` is a kind of node: its types, and one `Field` (values), `Part` (nodes) or `Own` (a node made of the dictionary
itself) for each name in the dictionary. Every dictionary that is written has its IRI as ``uri``, so none is nameless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from typing import Any, NamedTuple

from ckanext.smartregion.feeds.description.iris import part_iri
from ckanext.smartregion.feeds.emission import TYPE, Statement, Value
from ckanext.smartregion.feeds.terms import XSD

Record = dict[str, Any]
_iri = lru_cache(maxsize=10_000)(partial(Value, is_iri=True))  # most are said again and again
DATATYPE_OF_LENGTH = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}


class Field(NamedTuple):
    """Values below one predicate; ``type`` is the class of what they point at, where a reader expects one."""

    name: str
    predicate: str
    write: Callable[[Any], Iterable[Value]]
    type: str = ""

    def say(self, subject: str, value: Any, record: Record) -> Iterator[Statement]:
        """What the field says of its subject."""
        for written in self.write(value):
            yield subject, self.predicate, written
            if self.type:
                yield written.text, TYPE, _iri(self.type)


class Part(NamedTuple):
    """Nodes of their own below one predicate: a dictionary or several."""

    name: str
    predicate: str
    thing: Thing

    def say(self, subject: str, value: Any, record: Record) -> Iterator[Statement]:
        """What the field says of its subject, and what its nodes are."""
        for part in value if isinstance(value, list) else [value]:
            yield subject, self.predicate, Value(part["uri"], True)
            yield from described(part, self.thing)


class Own(NamedTuple):
    """A node that holds other fields of the same dictionary, such as the checksum of a file."""

    name: str
    predicate: str
    thing: Thing
    ending: str

    def say(self, subject: str, value: Any, record: Record) -> Iterator[Statement]:
        """What the field says of its subject, and what its node is."""
        node = part_iri(record["home"], self.ending)
        yield subject, self.predicate, Value(node, True)
        yield from described({**record, "uri": node}, self.thing)


class Thing(NamedTuple):
    """A kind of node: its classes and its fields."""

    types: tuple[str, ...]
    fields: tuple[Field | Part | Own, ...]

    def with_fields(self, *fields: Field | Part | Own) -> Thing:
        """The same kind of node, which says more."""
        return Thing(self.types, (*self.fields, *fields))


def described(record: Record, thing: Thing) -> Iterator[Statement]:
    """All that is said of a record as such a thing, its parts included."""
    subject = record["uri"]
    for kind in thing.types:
        yield subject, TYPE, _iri(kind)
    for field in thing.fields:
        if value := record.get(field.name):
            yield from field.say(subject, value, record)


# -- how a field's value is written


def link(value: str) -> list[Value]:
    """One IRI."""
    return [_iri(value)]


def links(value: Iterable[str]) -> list[Value]:
    """Several IRIs."""
    return [_iri(iri) for iri in value]


def email(value: str) -> list[Value]:
    """An e-mail address as an IRI."""
    return [Value("mailto:" + value, True)]


def texts(value: dict[str, str]) -> list[Value]:
    """One text per language."""
    return [Value(text, False, language) for language, text in value.items()]


def one_text(value: dict[str, str]) -> list[Value]:
    """The first language that has a text, where a profile allows one only."""
    return texts(value)[:1]


def words(value: dict[str, list[str]]) -> list[Value]:
    """Several texts per language."""
    return [Value(word, False, language) for language, found in value.items() for word in found]


def plain(value: Any) -> list[Value]:
    """A text of no language, such as an identifier."""
    return [Value(str(value))]


def moment(value: str) -> list[Value]:
    """A year, a month, a day or a moment."""
    return [Value(value, False, "", DATATYPE_OF_LENGTH.get(len(value), XSD.dateTime))]


def typed(datatype: str) -> Callable[[Any], list[Value]]:
    """One value, or several, of a data type."""

    def write(value: Any) -> list[Value]:
        values = value if isinstance(value, list) else [value]
        return [Value(str(each), False, "", datatype) for each in values]

    return write
