"""How a prepared dictionary becomes descriptions: tables say which field is written how; here is what reads them.

A `Thing` is a kind of node: its types, and one `Field` (values), `Part` (nodes) or `Own` (a node made of the dictionary
itself) for each name in the dictionary. Every dictionary that is written has its IRI as ``uri``, so none is nameless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, NamedTuple

from ckanext.smartregion.feeds.description.iris import part_iri
from ckanext.smartregion.feeds.emission import TYPE, Description, Descriptions, Value, iri, legal_iri, literal
from ckanext.smartregion.feeds.terms import XSD

Record = dict[str, Any]
DATATYPE_OF_LENGTH = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}


class Field(NamedTuple):
    """Values below one predicate; ``type`` is the class of what they point at, where a reader expects one."""

    name: str
    predicate: str
    write: Callable[[Any], list[Value]]
    type: str = ""

    def say(self, of: Description, value: Any, record: Record, said: Descriptions) -> None:
        """Add what the field says of its subject."""
        written = self.write(value)
        _add(of, self.predicate, written)
        if self.type:
            for each in written:
                _add(_of(said, each.text), TYPE, [iri(self.type)])


class Part(NamedTuple):
    """Nodes of their own below one predicate: a dictionary or several."""

    name: str
    predicate: str
    thing: Thing

    def say(self, of: Description, value: Any, record: Record, said: Descriptions) -> None:
        """Add what the field says of its subject, and what its nodes are."""
        parts = value if isinstance(value, list) else [value]
        _add(of, self.predicate, [iri(part["uri"]) for part in parts])
        for part in parts:
            describe(said, part, self.thing)


class Own(NamedTuple):
    """A node that holds other fields of the same dictionary, such as the checksum of a file."""

    name: str
    predicate: str
    thing: Thing
    ending: str

    def say(self, of: Description, value: Any, record: Record, said: Descriptions) -> None:
        """Add what the field says of its subject, and what its node is."""
        node = part_iri(record["home"], self.ending)
        _add(of, self.predicate, [iri(node)])
        describe(said, record, self.thing, node)


class Thing:
    """A kind of node: its classes and its fields, which it keeps in the order that they are written in."""

    def __init__(self, types: tuple[str, ...], fields: tuple[Field | Part | Own, ...]) -> None:
        self.types, self._kinds = types, [iri(kind) for kind in types]
        self.fields = tuple(sorted(fields, key=attrgetter("predicate")))
        self._says = [(field.name, field.say) for field in self.fields]

    def with_fields(self, *fields: Field | Part | Own) -> Thing:
        """The same kind of node, which says more."""
        return Thing(self.types, (*self.fields, *fields))

    def say(self, of: Description, record: Record, said: Descriptions) -> None:
        """Add what all fields say of a subject."""
        _add(of, TYPE, self._kinds.copy())
        for name, say in self._says:
            if value := record.get(name):
                say(of, value, record, said)


def describe(said: Descriptions, record: Record, thing: Thing, subject: str = "") -> None:
    """Add all that is to say of a record as such a thing, its parts too; the subject is its ``uri`` where not given."""
    thing.say(_of(said, legal_iri(subject or record["uri"])), record, said)


def _of(said: Descriptions, subject: str) -> Description:
    found = said.get(subject)
    if found is None:
        found = said[subject] = {}
    return found


def _add(of: Description, predicate: str, values: list[Value]) -> None:
    """Add values; the list becomes the description's own."""
    known = of.get(predicate)
    if known:
        known += values
    elif values:
        of[predicate] = values


# -- how a field's value is written


def link(value: str) -> list[Value]:
    """One IRI."""
    return [iri(value)]


def links(value: Iterable[str]) -> list[Value]:
    """Several IRIs."""
    return [iri(each) for each in value]


def email(value: str) -> list[Value]:
    """An e-mail address as an IRI."""
    return [iri("mailto:" + value)]


def texts(value: dict[str, str]) -> list[Value]:
    """One text per language."""
    return [literal(text, language) for language, text in value.items()]


def one_text(value: dict[str, str]) -> list[Value]:
    """The first language that has a text, where a profile allows one only."""
    return texts(value)[:1]


def words(value: dict[str, list[str]]) -> list[Value]:
    """Several texts per language."""
    return [literal(word, language) for language, found in value.items() for word in found]


def plain(value: Any) -> list[Value]:
    """A text of no language, such as an identifier."""
    return [literal(str(value))]


def moment(value: str) -> list[Value]:
    """A year, a month, a day or a moment."""
    return [literal(value, "", DATATYPE_OF_LENGTH.get(len(value), XSD.dateTime))]


def typed(datatype: str) -> Callable[[Any], list[Value]]:
    """One value, or several, of a data type."""

    def write(value: Any) -> list[Value]:
        values = value if isinstance(value, list) else [value]
        return [literal(str(each), "", datatype) for each in values]

    return write
