"""What a stored file becomes before it is checked and served: out of its archive, and in UTF-8.

The copy has a hash of its own, to which verdicts are bound; the file as it came stays stored, named by the resource.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ckanext.smartregion.quality import bounds, engine
from ckanext.smartregion.quality.examination.opening import Opened, told
from ckanext.smartregion.quality.examination.scanning import is_plain
from ckanext.smartregion.quality.report import notes
from ckanext.smartregion.quality.store import FileStore, Stored
from ckanext.smartregion.schemas import FileContract

# What a resource says of the file as it came: its hash, and its form ("zip, cp1252").
KEYS = ("source_hash", "source_form")
ARCHIVES = ("gzip", "zip")


@dataclass(frozen=True)
class Converted:
    """A file as it is served, and what it had been; an empty form where it is served as it came."""

    stored: Stored
    name: str
    form: str = ""


def converted(store: FileStore, stored: Stored, name: str) -> Converted:
    """The stored file as it is served; one that is no table stays as it is, and the check says why."""
    if is_plain(stored.path):
        return Converted(stored, name)
    with tempfile.TemporaryDirectory(dir=store.folder, prefix="opened-") as folder:
        file = engine.convert(stored.path, Path(folder), bounds.limits())
        if file is None:
            return Converted(stored, name)
        return Converted(store.put_written(file.path.replace), _name(name, file), _form(file))


def findings(resource: Mapping[str, Any], contract: FileContract) -> list[dict[str, Any]]:
    """What a report says of how the file came, from what its resource remembers."""
    forms = str(resource.get("source_form") or "").split(", ")
    archive = next((form for form in forms if form in ARCHIVES), None)
    encoding = next((form for form in forms if form not in ARCHIVES), None)
    return notes(told(Opened(Path(), "csv", encoding, archive)), contract)


def _form(file: Opened) -> str:
    return ", ".join(form for form in (file.archive, file.encoding if file.read_as != file.encoding else None) if form)


def _name(name: str, file: Opened) -> str:
    if file.archive is None:
        return name
    stem = PurePosixPath(name.removesuffix(".gz").removesuffix(".zip")).stem or "file"
    return f"{stem}.{file.kind}"
