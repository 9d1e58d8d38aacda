"""The formats of a feed: which serialisation an extension or an `Accept` header asks for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header


@dataclass(frozen=True)
class Form:
    """One address of a feed: its extension, the serialisation of `emission.FORMATS`, and its media type."""

    extension: str
    form: str
    media_type: str


FORMS: Mapping[str, Form] = MappingProxyType({
    each.extension: each
    for each in (
        Form("ttl", "ttl", "text/turtle"),
        Form("xml", "xml", "application/rdf+xml"),
        Form("rdf", "xml", "application/rdf+xml"),
        Form("jsonld", "jsonld", "application/ld+json"),
        Form("nt", "nt", "application/n-triples"),
        Form("n3", "ttl", "text/n3"),
    )
})  # fmt: skip
# What is not RDF under its own name, but what a reader of RDF is given who asks for it.
ALSO = {"application/json": "jsonld", "application/xml": "xml", "text/xml": "xml", "text/plain": "nt"}


def asked_form(accept: str, *, page: bool) -> str | None:
    """The extension that an `Accept` header prefers, None where a page for people is meant or nothing fits.

    With ``page`` there is such a page beside the RDF, and whoever accepts anything gets it.
    """
    ours = {form.media_type: form.extension for form in FORMS.values() if form.extension != "rdf"}
    choices = [*(["text/html"] if page else []), *ours, *([] if page else ALSO)]
    best = parse_accept_header(accept, MIMEAccept).best_match(choices) if accept else choices[0]
    return (ours | ALSO).get(best or "")
