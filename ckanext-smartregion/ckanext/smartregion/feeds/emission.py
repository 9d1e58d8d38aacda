"""Statements as text in four serialisations, in a stable order: pieces, and documents made of pieces. Pure.

A piece describes some subjects whole and stands in any document as it is: all documents use the same prefixes, and
nothing is nameless. The order is that of the IRIs, so the same statements always come to the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ckanext.smartregion.feeds.terms import DCAT, PREFIXES, RDF, XSD

FORMATS = ("ttl", "xml", "jsonld", "nt")
TYPE = RDF.type
MOMENT = XSD.dateTime
_PREFIX_OF = {str(namespace): prefix for prefix, namespace in PREFIXES.items()}
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_quoted = json.encoder.encode_basestring  # a text as JSON writes it, letters beyond ASCII as they are
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')
# XML 1.0 has no place for these at all, so no serialisation has: all say the same.
_NOT_IN_TEXT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile(r'[\\"\n\r\t]')
# A parser of XML would make one line end of each pair, and of each carriage return; in an attribute a blank of each.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}
_MARKUP = re.compile('[&<>"\r]')


class Value(NamedTuple):
    """The object of a statement: an IRI, or a text with its language or the IRI of its type."""

    text: str
    is_iri: bool = False
    language: str = ""
    datatype: str = ""


Statement = tuple[str, str, Value]
Values = Sequence[Value]
Description = dict[str, Values]  # of one subject: its values by predicate
Descriptions = dict[str, Description]  # by subject


def described(statements: Iterable[Statement]) -> Descriptions:
    """The statements by subject and predicate, in order and each once; what no document can hold is taken out."""
    found: Descriptions = {}
    for subject, predicate, value in statements:
        held = iri(value.text) if value.is_iri else literal(value.text, value.language, value.datatype)
        found.setdefault(legal_iri(subject), {}).setdefault(legal_iri(predicate), []).append(held)
    return in_order(found)


def in_order(found: Descriptions) -> Descriptions:
    """Descriptions in order, each value once."""
    return {
        subject: {name: values if len(values) == 1 else sorted(set(values)) for name, values in sorted(of.items())}
        for subject, of in sorted(found.items())
    }


def statements(descriptions: Descriptions) -> Iterator[Statement]:
    """Each statement of some descriptions."""
    for subject, of in descriptions.items():
        for predicate, values in of.items():
            for value in values:
                yield subject, predicate, value


def piece(form: str, descriptions: dict[str, Description]) -> str:
    """The text of some subjects in one of FORMATS; joined by `document`."""
    write, glue = _WRITERS[form]
    return glue.join(write(subject, description) for subject, description in descriptions.items())


def document(form: str, pieces: Iterable[str]) -> str:
    """A whole document in one of FORMATS."""
    before, after = _FRAMES[form]
    return before + joined(form, pieces) + after


def joined(form: str, pieces: Iterable[str]) -> str:
    """Some pieces as they stand in a document."""
    return _WRITERS[form][1].join(filter(None, pieces))


def frame(form: str) -> tuple[str, str, str]:
    """What a document in one of FORMATS begins with, has between its pieces and ends with."""
    before, after = _FRAMES[form]
    return before, _WRITERS[form][1], after


@lru_cache(maxsize=10_000)  # most are said again and again
def iri(text: str) -> Value:
    """An IRI as a value."""
    return Value(legal_iri(text), is_iri=True)


def literal(text: str, language: str = "", datatype: str = "") -> Value:
    """A text as a value, without what no document can hold."""
    if not text.isprintable():
        text = _NOT_IN_TEXT.sub("", text)
    return _new(Value, (text, False, language, datatype))


_new = tuple.__new__  # half the time of Value's own, and there are a hundred in a dataset


@lru_cache(maxsize=10_000)
def legal_iri(text: str) -> str:
    """An IRI without what no serialisation can hold."""
    return _NOT_IN_IRI.sub(lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode()), text)


@lru_cache(maxsize=10_000)
def _short(iri: str) -> str:
    """Prefix and local name; nothing where we have no prefix for it."""
    at = max(iri.rfind("#"), iri.rfind("/")) + 1
    prefix, local = _PREFIX_OF.get(iri[:at], ""), iri[at:]
    return f"{prefix}:{local}" if prefix and _LOCAL.fullmatch(local) else ""


# -- Turtle and N-Triples


def _turtle(subject: str, description: Description) -> str:
    lines = []
    if types := _types(description):
        lines.append(f"a {', '.join([_named(value.text) for value in types])}")
    for predicate, values in description.items():
        if predicate == TYPE:
            continue
        objects = [
            _named(text) if is_iri else _literal(text, language, datatype and _named(datatype))
            for text, is_iri, language, datatype in values
        ]
        lines.append(f"{_named(predicate)} {', '.join(objects)}")
    return f"<{subject}> {_NEXT.join(lines)} .\n"


def _triples(subject: str, description: Description) -> str:
    return "".join(
        [
            f"<{subject}> <{predicate}> <{text}> .\n"
            if is_iri
            else f"<{subject}> <{predicate}> {_literal(text, language, datatype and f'<{datatype}>')} .\n"
            for predicate, values in description.items()
            for text, is_iri, language, datatype in values
        ]
    )


_NEXT = " ;\n    "


@lru_cache(maxsize=10_000)
def _named(iri: str) -> str:
    return _short(iri) or f"<{iri}>"


def _literal(text: str, language: str, datatype: str) -> str:
    if _ESCAPED.search(text):
        text = _ESCAPED.sub(lambda found: _ESCAPES[found.group()], text)
    if language:
        return f'"{text}"@{language}'
    return f'"{text}"^^{datatype}' if datatype else f'"{text}"'


def _types(description: Description) -> list[Value]:
    """The kinds of a thing, those of DCAT first: data.gov.be looks for their names."""
    found = description.get(TYPE, [])
    return sorted(found, key=_dcat_first) if len(found) > 1 else found


def _dcat_first(value: Value) -> tuple[bool, str]:
    return not value.text.startswith(DCAT.address), value.text


# -- RDF/XML


def _xml(subject: str, description: Description) -> str:
    types = _types(description)
    kind = next((value for value in types if _short(value.text)), None)
    name = _short(kind.text) if kind else "rdf:Description"
    lines = [f"  <{name} rdf:about={_attribute(subject)}>"]
    for predicate, values in description.items():
        lines += [_element(predicate, value) for value in values if value is not kind or predicate != TYPE]
    return "\n".join([*lines, f"  </{name}>\n"])


def _element(predicate: str, value: Value) -> str:
    name, more = _tag(predicate)
    text, is_iri, language, datatype = value
    if is_iri:
        return f"    <{name}{more} rdf:resource={_attribute(text)}/>"
    if language:
        more += f" xml:lang={_attribute(language)}"
    if datatype:
        more += f" rdf:datatype={_attribute(datatype)}"
    return f"    <{name}{more}>{_escaped(text)}</{name}>"


@lru_cache(maxsize=1_000)
def _tag(predicate: str) -> tuple[str, str]:
    """The name of an element, and the declaration that it needs where none of our prefixes stands for it."""
    if name := _short(predicate):
        return name, ""
    at = len(predicate) - len(re.search(r"[A-Za-z_][A-Za-z0-9_.-]*$|$", predicate).group())  # type: ignore[union-attr]
    return f"ns:{predicate[at:]}", f" xmlns:ns={_attribute(predicate[:at])}"


@lru_cache(maxsize=10_000)
def _attribute(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return _MARKUP.sub(lambda found: _ENTITIES[found.group()], text) if _MARKUP.search(text) else text


# -- JSON-LD


def _json(subject: str, description: Description) -> str:
    members = [f'"@id": {_quoted(subject)}']
    if types := [_json_name(value.text) for value in _types(description)]:
        members.append(f'"@type": {_one_or_list(types)}')
    for predicate, values in description.items():
        if predicate != TYPE:
            members.append(f"{_json_name(predicate)}: {_one_or_list([_json_value(value) for value in values])}")
    return f"{{{', '.join(members)}}}"


@lru_cache(maxsize=1_000)
def _json_name(iri: str) -> str:
    return _quoted(_short(iri) or iri)


def _json_value(value: Value) -> str:
    text, is_iri, language, datatype = value
    if is_iri:
        return f'{{"@id": {_quoted(text)}}}'
    if language:
        return f'{{"@language": {_quoted(language)}, "@value": {_quoted(text)}}}'
    if datatype:
        return f'{{"@type": {_json_name(datatype)}, "@value": {_quoted(text)}}}'
    return _quoted(text)


def _one_or_list(found: list[str]) -> str:
    return found[0] if len(found) == 1 else f"[{', '.join(found)}]"


_PREFIXES = sorted((prefix, str(namespace)) for prefix, namespace in PREFIXES.items())
_WRITERS = {"ttl": (_turtle, "\n"), "nt": (_triples, ""), "xml": (_xml, ""), "jsonld": (_json, ",\n")}
_FRAMES = {
    "ttl": ("".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in _PREFIXES) + "\n", ""),
    "nt": ("", ""),
    "xml": (
        '<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF\n'
        + "\n".join(f'  xmlns:{prefix}="{namespace}"' for prefix, namespace in _PREFIXES)
        + ">\n",
        "</rdf:RDF>\n",
    ),
    "jsonld": (f'{{"@context": {json.dumps(dict(_PREFIXES))},\n"@graph": [\n', "\n]}\n"),
}
