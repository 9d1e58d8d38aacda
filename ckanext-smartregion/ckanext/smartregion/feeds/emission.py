"""Statements as text in four serialisations, in a stable order: pieces, and documents made of pieces. Pure.

A piece describes some subjects whole and stands in any document as it is: all documents use the same prefixes, and
nothing is nameless. The order is that of the IRIs, so the same statements always come to the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

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
    """The object of a statement: an IRI, or a text with its language or the IRI of its type.

    What writes it reads it by place: by name takes three times as long.
    """

    text: str
    is_iri: bool = False
    language: str = ""
    datatype: str = ""


Statement = tuple[str, str, Value]
Values = tuple[Value, ...]
Description = Mapping[str, Values]  # of one subject: its values by predicate
Descriptions = dict[str, Description]  # by subject


def described(statements: Iterable[Statement]) -> Descriptions:
    """The statements by subject and predicate, in order and each once; what no document can hold is taken out."""
    found: dict[str, dict[str, list[Value]]] = {}
    for subject, predicate, value in statements:
        held = iri(value.text) if value.is_iri else literal(value.text, value.language, value.datatype)
        found.setdefault(legal_iri(subject), {}).setdefault(legal_iri(predicate), []).append(held)
    return {
        subject: {name: tuple(sorted(set(values))) for name, values in sorted(of.items())}
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
    return glue.join(write(descriptions))


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
    """An IRI as a value, without what no serialisation can hold."""
    return _new(Value, (_NOT_IN_IRI.sub(_percent, text), True, "", ""))


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found.group().encode())


def legal_iri(text: str) -> str:
    """An IRI without what no serialisation can hold."""
    return iri(text)[0]


def literal(text: str, language: str = "", datatype: str = "") -> Value:
    """A text as a value, without what no document can hold."""
    if not text.isprintable():
        text = _NOT_IN_TEXT.sub("", text)
    return _new(Value, (text, False, language, datatype))


_new = tuple.__new__  # half the time of Value's own, and there are a hundred in a dataset


@lru_cache(maxsize=10_000)
def _short(iri: str) -> str:
    """Prefix and local name; nothing where we have no prefix for it."""
    at = max(iri.rfind("#"), iri.rfind("/")) + 1
    prefix, local = _PREFIX_OF.get(iri[:at], ""), iri[at:]
    return f"{prefix}:{local}" if prefix and _LOCAL.fullmatch(local) else ""


def _each(write: Callable[[str, Description], str], descriptions: Descriptions) -> list[str]:
    return [write(subject, description) for subject, description in descriptions.items()]


# -- Turtle and N-Triples


def _turtle(subject: str, description: Description) -> str:
    lines = [f"a {', '.join(map(_named, kinds))}"] if (kinds := _kinds(description)) else []
    if len(description) > len(lines):
        for predicate, values in description.items():
            if predicate != TYPE:
                objects = _turtle_object(values[0]) if len(values) == 1 else ", ".join(map(_turtle_object, values))
                lines.append(f"{_named(predicate)} {objects}")
    return f"<{subject}> {_NEXT.join(lines)} .\n"


def _turtle_object(value: Value) -> str:
    return _named(value[0]) if value[1] else _literal(value, _named)


def _triples(descriptions: Descriptions) -> list[str]:
    return [
        f"<{subject}> <{predicate}> <{value[0]}> .\n"
        if value[1]
        else f"<{subject}> <{predicate}> {_literal(value, _bracketed)} .\n"
        for subject, description in descriptions.items()
        for predicate, values in description.items()
        for value in values
    ]


def _bracketed(iri: str) -> str:
    return f"<{iri}>"


_NEXT = " ;\n    "


@lru_cache(maxsize=10_000)
def _named(iri: str) -> str:
    return _short(iri) or f"<{iri}>"


def _literal(value: Value, named: Callable[[str], str]) -> str:
    text, language = value[0], value[2]
    if not text.isprintable() or '"' in text or "\\" in text:  # as quick for a long text as for a short one
        text = _ESCAPED.sub(lambda found: _ESCAPES[found.group()], text)
    if language:
        return f'"{text}"@{language}'
    return f'"{text}"^^{named(value[3])}' if value[3] else f'"{text}"'


def _kinds(description: Description) -> Sequence[str]:
    """The kinds of a thing, those of DCAT first: data.gov.be looks for their names."""
    found = description.get(TYPE, ())
    if len(found) == 1:
        return (found[0].text,)
    return sorted((value.text for value in found), key=_dcat_first)


def _dcat_first(kind: str) -> tuple[bool, str]:
    return not kind.startswith(DCAT.address), kind


# -- RDF/XML. No IRI holds any sign of markup but "&".


def _xml(subject: str, description: Description) -> str:
    kind = next(filter(_short, _kinds(description)), "")
    name = _short(kind) or "rdf:Description"
    lines = [f'  <{name} rdf:about="{_reference(subject)}">']
    for predicate, values in description.items():
        start, end = _tags(predicate)
        for value in values:
            if not value[1]:
                lines.append(f"{start}{_attributes(value[2], value[3])}>{_escaped(value[0])}{end}")
            elif predicate != TYPE or value[0] != kind:
                lines.append(f'{start} rdf:resource="{_reference(value[0])}"/>')
    return "\n".join([*lines, f"  </{name}>\n"])


@lru_cache(maxsize=1_000)
def _tags(predicate: str) -> tuple[str, str]:
    """The element of a predicate, and the declaration that it needs where none of our prefixes stands for it."""
    if name := _short(predicate):
        return f"    <{name}", f"</{name}>"
    at = len(predicate) - len(re.search(r"[A-Za-z_][A-Za-z0-9_.-]*$|$", predicate).group())  # type: ignore[union-attr]
    name = f"ns:{predicate[at:]}"
    return f'    <{name} xmlns:ns="{_reference(predicate[:at])}"', f"</{name}>"


@lru_cache(maxsize=1_000)
def _attributes(language: str, datatype: str) -> str:
    tag = f' xml:lang="{_escaped(language)}"' if language else ""
    return tag + (f' rdf:datatype="{_reference(datatype)}"' if datatype else "")


def _reference(iri: str) -> str:
    return iri.replace("&", "&amp;") if "&" in iri else iri


def _escaped(text: str) -> str:
    if "&" in text or "<" in text or ">" in text or '"' in text or "\r" in text:
        return _MARKUP.sub(lambda found: _ENTITIES[found.group()], text)
    return text


# -- JSON-LD. No IRI holds any sign that JSON escapes.


def _json(subject: str, description: Description) -> str:
    members = [f'"@id": "{subject}"']
    if kinds := _kinds(description):
        members.append(f'"@type": {_one_or_list(_json_name, kinds)}')
    if len(description) >= len(members):
        for predicate, values in description.items():
            if predicate != TYPE:
                members.append(f"{_json_name(predicate)}: {_one_or_list(_json_value, values)}")
    return f"{{{', '.join(members)}}}"


def _json_value(value: Value) -> str:
    if value[1]:
        return f'{{"@id": "{value[0]}"}}'
    start = _json_start(value[2], value[3])
    return f"{start}{_quoted(value[0])}}}" if start else _quoted(value[0])


@lru_cache(maxsize=1_000)
def _json_name(iri: str) -> str:
    return f'"{_short(iri) or iri}"'


@lru_cache(maxsize=1_000)
def _json_start(language: str, datatype: str) -> str:
    if language:
        return f'{{"@language": {_quoted(language)}, "@value": '
    return f'{{"@type": {_json_name(datatype)}, "@value": ' if datatype else ""


def _one_or_list(write: Callable[[Any], str], found: Sequence[Any]) -> str:
    return write(found[0]) if len(found) == 1 else f"[{', '.join(map(write, found))}]"


_PREFIXES = sorted((prefix, str(namespace)) for prefix, namespace in PREFIXES.items())
_WRITERS = {
    "ttl": (partial(_each, _turtle), "\n"),
    "nt": (_triples, ""),
    "xml": (partial(_each, _xml), ""),
    "jsonld": (partial(_each, _json), ",\n"),
}
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
