"""How a prepared dictionary becomes descriptions: tables say which field is written how; here is what reads them.

A `Thing` is a kind of node: its types, and one `Field` (values), `Part` (nodes) or `Own` (a node made of the dictionary
itself) for each name in the dictionary. Every dictionary that is written has its IRI as ``uri``, so none is nameless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from ckanext.smartregion.feeds.description.iris import part_iri
from ckanext.smartregion.feeds.emission import (
    MOMENT,
    TYPE,
    Description,
    Descriptions,
    Value,
    Values,
    iri,
    legal_iri,
    literal,
)
from ckanext.smartregion.feeds.terms import XSD

Record = dict[str, Any]
DATATYPE_OF_LENGTH = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}


class Field(NamedTuple):
    """Values below one predicate; ``type`` is the class of what they point at, where a reader expects one."""

    name: str
    predicate: str
    write: Callable[[Any], Values]
    type: str = ""

    def say(self, value: Any, record: Record, said: Descriptions) -> Values:
        """What the field says of its subject; of what its values point at, that it is of the class."""
        values, nothing_else = self.write(value), _only(self.type)
        for each in values:
            _add(said, each.text, nothing_else)
        return values


class Part(NamedTuple):
    """Nodes of their own below one predicate: a dictionary or several."""

    name: str
    predicate: str
    thing: Thing

    def say(self, value: Any, record: Record, said: Descriptions) -> Values:
        """What the field says of its subject; what its nodes are is added to what is said."""
        parts = value if isinstance(value, list) else [value]
        for part in parts:
            _describe(said, part, self.thing, part["uri"])
        return _in_order([iri(part["uri"]) for part in parts])


class Own(NamedTuple):
    """A node that holds other fields of the same dictionary, such as the checksum of a file."""

    name: str
    predicate: str
    thing: Thing
    ending: str

    def say(self, value: Any, record: Record, said: Descriptions) -> Values:
        """What the field says of its subject; what its node is is added to what is said."""
        node = part_iri(record["home"], self.ending)
        _describe(said, record, self.thing, node)
        return (iri(node),)


class Thing:
    """A kind of node: its classes and its fields, which it keeps in the order that they are written in."""

    def __init__(self, types: tuple[str, ...], fields: tuple[Field | Part | Own, ...]) -> None:
        self.types, self.fields = types, fields
        kinds = tuple(sorted(map(iri, types)))
        every = (Field("uri", TYPE, lambda _: kinds), *fields)  # whatever has an IRI is of its classes
        in_order = sorted(every, key=attrgetter("predicate"))
        self.names = [field.name for field in in_order]
        # Most fields write their value and say nothing of anything else.
        self.rows: list[tuple[str, Callable[..., Values], bool]] = [
            (field.predicate, field.write, True)
            if isinstance(field, Field) and not field.type
            else (field.predicate, field.say, False)
            for field in in_order
        ]

    def with_fields(self, *fields: Field | Part | Own) -> Thing:
        """The same kind of node, which says more."""
        return Thing(self.types, (*self.fields, *fields))


def describe(*records: tuple[Record, Thing]) -> Descriptions:
    """All that is to say of some records as such things, their parts too, in order; each record has its ``uri``."""
    said: Descriptions = {}
    for record, thing in records:
        _describe(said, record, thing, record["uri"])
    return {subject: said[subject] for subject in sorted(said)}


def _describe(said: Descriptions, record: Record, thing: Thing, subject: str) -> None:
    of: dict[str, Values] = {}
    for value, row in zip(map(record.get, thing.names), thing.rows, strict=True):
        if value:
            predicate, say, alone = row
            values = say(value) if alone else say(value, record, said)
            if predicate in of:
                values = _in_order((*of[predicate], *values))
            if values:
                of[predicate] = values
    _add(said, legal_iri(subject), of)


def _add(said: Descriptions, subject: str, of: Description) -> None:
    """Add what is said of a subject; most subjects have one description, or several times the same."""
    known = said.setdefault(subject, of)
    if known is not of and known != of:
        both = ((name, (*known.get(name, ()), *of.get(name, ()))) for name in sorted({*known, *of}))
        said[subject] = {name: _in_order(values) for name, values in both}


@cache
def _only(kind: str) -> Description:
    """That something is of a class, and nothing else."""
    return {TYPE: (iri(kind),)}


def _in_order(values: Iterable[Value]) -> Values:
    return tuple(sorted(set(values)))


# -- how a field's value is written: in order, each value once


@lru_cache(maxsize=10_000)  # codes, mostly
def link(value: str) -> Values:
    """One IRI."""
    return (iri(value),)


def links(value: Iterable[str]) -> Values:
    """Several IRIs."""
    return _links(tuple(value))


@lru_cache(maxsize=10_000)
def _links(value: tuple[str, ...]) -> Values:
    return _in_order([iri(each) for each in value])


def email(value: str) -> Values:
    """An e-mail address as an IRI."""
    return (iri("mailto:" + value),)


def texts(value: dict[str, str]) -> Values:
    """One text per language."""
    return tuple(sorted([literal(text, language) for language, text in value.items()]))


def one_text(value: dict[str, str]) -> Values:
    """The first language that has a text, where a profile allows one only."""
    return tuple(literal(text, language) for language, text in value.items())[:1]


def words(value: dict[str, list[str]]) -> Values:
    """Several texts per language."""
    return _in_order([literal(word, language) for language, found in value.items() for word in found])


def plain(value: Any) -> Values:
    """A text of no language, such as an identifier."""
    return (literal(str(value)),)


@lru_cache(maxsize=10_000)
def moment(value: str) -> Values:
    """A year, a month, a day or a moment."""
    return (literal(value, "", DATATYPE_OF_LENGTH.get(len(value), MOMENT)),)


def typed(datatype: str) -> Callable[[Any], Values]:
    """One value, or several, of a data type."""

    def write(value: Any) -> Values:
        if isinstance(value, list):
            return _in_order([literal(str(each), "", datatype) for each in value])
        return (literal(str(value), "", datatype),)

    return write
