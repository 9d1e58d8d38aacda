"""The files of a dump: names, formats, media types. Pure."""

from __future__ import annotations

from typing import NamedTuple

from ckanext.smartregion.feeds.profiles import DEFAULT


class Kind(NamedTuple):
    """One file of a dump: its ending, what people call the format, its media type.

    ``form`` is the serialisation of `emission.FORMATS` that an RDF file is made of; empty for the others, which are
    written from the dictionaries and so only once, whatever profiles there are.
    """

    ending: str
    title: str
    media_type: str
    form: str = ""

    def name(self, profile: str = DEFAULT) -> str:
        """The name of the file."""
        stem = "catalog" if self.form else "datasets"
        return f"{stem}.{self.ending}" if profile == DEFAULT else f"{stem}.{profile}.{self.ending}"


RDF = (
    Kind("ttl", "Turtle", "text/turtle", "ttl"),
    Kind("nt", "N-Triples", "application/n-triples", "nt"),
    Kind("nq", "N-Quads", "application/n-quads", "nt"),
    Kind("rdf", "RDF/XML", "application/rdf+xml", "xml"),
    Kind("jsonld", "JSON-LD", "application/ld+json", "jsonld"),
)
LINES = Kind("jsonl", "JSON lines", "application/x-ndjson")
CSV = Kind("csv", "CSV", "text/csv")
PARQUET = Kind("parquet", "Parquet", "application/vnd.apache.parquet")
# What a text file is kept as; Parquet packs its own columns. The first is the one that the plain text is read from.
PACKINGS = {
    "zstd": (".zst", "application/zstd"),
    "br": (".br", "application/x-brotli"),
    "gzip": (".gz", "application/gzip"),
}
