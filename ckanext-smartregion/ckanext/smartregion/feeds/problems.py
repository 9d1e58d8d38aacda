"""Refusals as problem documents (RFC 9457), in the format that was asked for. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from http import HTTPStatus
from xml.sax.saxutils import escape

from ckanext.smartregion.feeds.emission import Statement, Value, described, document, piece
from ckanext.smartregion.feeds.forms import FORMS, Form
from ckanext.smartregion.feeds.terms import DCT, HTTP, RDF, XSD

# Formats of other feeds: Turtle is TriG, and a reader of Atom reads XML.
ALSO = {"trig": Form("trig", "ttl", "application/trig"), "atom": Form("atom", "xml", "application/atom+xml")}


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818 - the RFC's word
    """A refusal: its status, what is wrong and what to do next, and which part of the request it is about.

    Where there is something to state all the same, ``statements`` are what readers of RDF get.
    """

    status: int
    detail: str
    parameter: str = ""
    statements: tuple[Statement, ...] = ()

    @property
    def title(self) -> str:
        """The name of the status."""
        return HTTPStatus(self.status).phrase


def written(problem: Problem, extension: str, instance: str, language: str) -> tuple[str, str]:
    """The text of a problem and its media type.

    ``instance`` is the address that was asked for, ``language`` that of the problem's detail. Turtle and
    N-Triples say it in RDF, RDF/XML asks get the RFC's XML, all others its JSON.
    """
    form = FORMS.get(extension) or ALSO.get(extension)
    if form and (problem.statements or form.form in ("ttl", "nt")):
        statements = problem.statements or _statements(problem, instance, language)
        return document(form.form, [piece(form.form, described(statements))]), form.media_type
    facts = {"type": "about:blank", "title": problem.title, **asdict(problem), "instance": instance}
    facts = {name: value for name, value in facts.items() if value not in ("", ())}
    if form and form.form == "xml":
        inner = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in facts.items())
        return f'<?xml version="1.0" encoding="utf-8"?>\n<problem xmlns="urn:ietf:rfc:7807">{inner}</problem>\n', (
            "application/problem+xml"
        )
    return json.dumps(facts, ensure_ascii=False) + "\n", "application/problem+json"


def _statements(problem: Problem, instance: str, language: str) -> list[Statement]:
    return [
        (instance, RDF.type, Value(HTTP.Response, is_iri=True)),
        (instance, HTTP.statusCodeValue, Value(str(problem.status), datatype=XSD.integer)),
        (instance, DCT.title, Value(problem.title, language="en")),
        (instance, DCT.description, Value(problem.detail, language=language)),
    ]
