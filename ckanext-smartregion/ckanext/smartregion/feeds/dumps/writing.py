"""One dump written into a folder: every format in one pass over the datasets. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ckanext.smartregion.feeds import emission
from ckanext.smartregion.feeds.description.codes import iri_of
from ckanext.smartregion.feeds.description.dataset import prepare
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.feeds.dumps import kinds, rows
from ckanext.smartregion.feeds.dumps.columns import Columns
from ckanext.smartregion.feeds.dumps.documents import Document, Shared
from ckanext.smartregion.feeds.dumps.packed import Packed
from ckanext.smartregion.feeds.emission import Statement
from ckanext.smartregion.feeds.fragments import Fragment
from ckanext.smartregion.feeds.profiles import DEFAULT

Dataset = dict[str, Any]
Said = tuple[str, Dataset, Fragment]  # of a dataset: its IRI, how everybody sees it, what the feed says of it
File = dict[str, Any]


@dataclass
class Written:
    """What was written: files with their sizes and checksums, how many datasets, and which tables they hold."""

    files: list[File] = field(default_factory=list)
    datasets: int = 0
    tables: list[dict[str, str]] = field(default_factory=list)


def write(folder: Path, profile: str, portal: Portal, head: list[Statement], said: Iterable[Said]) -> Written:
    """Write what one profile says of some datasets; in the default profile also their dictionaries and rows.

    ``head`` is what is said besides the datasets.
    """
    rdf = _Rdf(folder, profile, portal.base, head)
    tabular = _Tabular(folder, portal) if profile == DEFAULT else None
    written = Written()
    for iri, dataset, fragment in said:
        written.datasets += 1
        rdf.add(iri, fragment)
        if tabular:
            prepared = prepare(dataset, portal)
            tabular.add(dataset, prepared)
            written.tables += _tables(dataset, prepared, portal)
    for part in filter(None, (rdf, tabular)):
        written.files += [{**file, "profile": profile} for file in part.close()]
    return written


class _Rdf:
    """Every serialisation of RDF at once."""

    def __init__(self, folder: Path, profile: str, catalogue: str, head: list[Statement]) -> None:
        self._shared = Shared()
        self._shared.news(emission.piece("nt", {subject: of}) for subject, of in emission.described(head).items())
        self._files = [(kind, Document(kind, catalogue), Packed(folder, kind.name(profile))) for kind in kinds.RDF]
        for _, document, file in self._files:
            file.write(document.begin(head))

    def add(self, iri: str, fragment: Fragment) -> None:
        """Add what is said of a dataset."""
        news = self._shared.news(fragment.shared["nt"])
        for _, document, file in self._files:
            file.write(document.dataset(iri, fragment, news))

    def close(self) -> Iterator[File]:
        """End the files; what each came to."""
        for kind, document, file in self._files:
            file.write(document.end())
            yield {**_facts(kind), **file.close()}


class _Tabular:
    """A line of JSON and a row of a table for each dataset."""

    def __init__(self, folder: Path, portal: Portal) -> None:
        self._base = portal.base
        self._lines, self._csv = Packed(folder, kinds.LINES.name()), Packed(folder, kinds.CSV.name())
        self._columns = Columns(folder, kinds.PARQUET.name())
        self._csv.write(rows.csv_head())

    def add(self, dataset: Dataset, prepared: Dataset) -> None:
        """Add a dataset."""
        text = json.dumps(dataset, ensure_ascii=False)
        row = rows.row(dataset, prepared, f"{self._base}/dataset/{dataset['name']}")
        self._lines.write(text + "\n")
        self._csv.write(rows.csv_line(row))
        self._columns.write(row, text)

    def close(self) -> Iterator[File]:
        """End the files; what each came to."""
        yield {**_facts(kinds.LINES), **self._lines.close()}
        yield {**_facts(kinds.CSV), **self._csv.close()}
        yield {**_facts(kinds.PARQUET), **self._columns.close()}


def _facts(kind: kinds.Kind) -> File:
    return {"format": kind.title, "media_type": kind.media_type}


def _tables(dataset: Dataset, prepared: Dataset, portal: Portal) -> Iterator[dict[str, str]]:
    """The tables of a dataset that are kept here as Parquet: each is served as it is today, not as it was."""
    parquet = iri_of("file-type", "PARQUET")
    for file in prepared["resources"]:
        address = file["download_url"] or file["access_url"]
        if file["format"] == parquet and address.startswith(f"{portal.base}/"):
            yield {"dataset": dataset["name"], "name": rows.in_french(file["name_translated"]) or "", "url": address}
