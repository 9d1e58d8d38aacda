"""The repair of stored files and uploads, as actions and pages ask for it; the work itself is done in `repair`."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any

import ckan.plugins.toolkit as tk

from ckanext.smartregion import interface
from ckanext.smartregion.quality import beside, bounds, files, model
from ckanext.smartregion.quality.repair import Repair, repair
from ckanext.smartregion.schemas import (
    ContractNotFound,
    FileContract,
    TableContract,
    file_contract,
    table_contract,
)
from ckanext.smartregion.translations import localised


def contract_of(name: str) -> TableContract:
    """The table contract of this name; a ValidationError with a sentence where there is none."""
    try:
        return table_contract(name)
    except ContractNotFound as error:
        raise tk.ValidationError({"contract": [localised(error.texts, interface.language())]}) from None


def file_contract_of(name: str) -> FileContract:
    """The contract of this name, of tables or of a format; a ValidationError with a sentence where there is none."""
    try:
        return file_contract(name)
    except ContractNotFound as error:
        raise tk.ValidationError({"contract": [localised(error.texts, interface.language())]}) from None


def mended(
    path: Path, contract: TableContract, *, drop_extra: bool = False, others: beside.Files | None = None
) -> tuple[Repair, IO[bytes] | None]:
    """What a repair says of a file, and the mended file, open and already without a name; None where none was made.

    ``others`` are the published files that foreign keys look into, as for a report.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "mended.csv"
        published: Mapping[str, list[Path]] = beside.typed_copies(others or {}, Path(folder))
        found = repair(path, contract, target, limits=bounds.limits(), drop_extra=drop_extra, today=model.today(),
                       published=published)  # fmt: skip
        return found, target.open("rb") if found.mended else None


def mended_of_dataset(
    package: Mapping[str, Any], position: int, *, drop_extra: bool = False
) -> tuple[str, Repair, IO[bytes] | None]:
    """The same for a file of a dataset's newest version, published or not, by its position from 0; with a name for it.

    Raises ObjectNotFound where no file stands there that was checked.
    """
    newest = model.latest(package["id"])
    row = next((one for one in newest.reports if one["position"] == position), None) if newest else None
    if newest is None or row is None or not files.store().has(row["sha256"]):
        raise tk.ObjectNotFound(tk._("No file that was checked stands at this place of the dataset."))
    contract = contract_of(row["contract"])
    siblings = (newest.candidate or package).get("resources") or []
    others = beside.files_beside(contract, package.get("owner_org"), siblings)
    found, file = mended(files.store().path(row["sha256"]), contract, drop_extra=drop_extra, others=others)
    return mended_name(row["name"]), found, file


def mended_name(name: str | None) -> str:
    """What a mended file is called."""
    return f"{PurePosixPath(name or 'file').stem or 'file'}-mended.csv"
