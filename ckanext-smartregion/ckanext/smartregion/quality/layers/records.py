"""The record of a layer: what it was made of and what came of it, published beside its rows as a JSON file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from ckan import model as ckan_model

from ckanext.smartregion.quality import files
from ckanext.smartregion.quality.layers.parts import Tally
from ckanext.smartregion.schemas.layers import PREFIX

FORMS = ("csv", "parquet", "json")
KEYS = {"layer", "contract", "fingerprint", "built", "rows", "licence", "csv", "municipalities", "parts"}


@dataclass(frozen=True)
class Stored:
    """A layer as it stands in the catalogue: id of its dataset, whether the public sees it, its files, its record.

    ``files`` are rows of CKAN's resource table by form; ``record`` is None where it can't be read.
    """

    package_id: str
    public: bool
    files: dict[str, Any]
    record: dict[str, Any] | None

    @property
    def is_whole(self) -> bool:
        """Whether what the public sees is what the record tells of."""
        table = self.files.get("csv")
        return bool(self.public and self.record and table and table.hash == self.record["csv"])


def dataset_name(layer: str) -> str:
    """The name of the dataset of a layer."""
    return PREFIX + layer


def file_name(layer: str, form: str) -> str:
    """The name of a layer's file in one of `FORMS`."""
    return f"{PREFIX}{layer}.{form}"


def stored(layer: str) -> Stored | None:
    """The layer of a table contract; None where none was ever made."""
    package: Any = ckan_model.Package.get(dataset_name(layer))
    if package is None:
        return None
    by_name = {resource.url: resource for resource in package.resources}
    found = {form: by_name[name] for form in FORMS if (name := file_name(layer, form)) in by_name}
    public = package.state == "active" and not package.private
    return Stored(package.id, public, found, _record(found.get("json")))


def _record(resource: Any) -> dict[str, Any] | None:
    if resource is None or not files.store().has(resource.hash):
        return None
    try:
        said = json.loads(files.store().path(resource.hash).read_text(encoding="utf-8"))
    except ValueError:
        return None
    return said if isinstance(said, dict) and set(said) >= KEYS else None  # else somebody put another file there


def plain(tally: Tally) -> dict[str, Any]:
    """What became of a part, as the record tells it."""
    said = asdict(tally)
    part = said.pop("part")
    return {**part, "hash": part.pop("sha256"), **said}
