"""The parts of a layer as the catalogue has them, and the typed copy of each."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ckan import model as ckan_model

from ckanext.smartregion.quality import bounds, engine, files, model
from ckanext.smartregion.quality.layers.parts import Part, Tally
from ckanext.smartregion.quality.policy import Verdict
from ckanext.smartregion.quality.waivers import contract_name
from ckanext.smartregion.schemas import TableContract, vocabulary
from ckanext.smartregion.schemas.table_contracts import table_versions


def gather(contract: TableContract) -> tuple[list[Part], list[Tally]]:
    """The published files under a contract, and those of them that can't be used, with the reason."""
    rows = _published(contract.name)
    judged = _passing(contract.name, sorted({package.id for _, package, _ in rows}))
    parts: list[Part] = []
    left: list[Tally] = []
    for resource, package, owner in rows:
        version = judged.get((package.id, resource.hash))
        part = _part(resource, package, owner, f"{contract.name}@{version or contract.version}")
        if version is None:
            left.append(Tally(part).without("not-judged"))
        elif not files.store().has(resource.hash):
            left.append(Tally(part).without("not-stored"))
        else:
            parts.append(part)
    return parts, left


def _published(name: str) -> list[tuple[Any, Any, Any]]:
    """Resource, package and organisation of every file that names the contract and that the public sees."""
    resource: Any = ckan_model.Resource
    package: Any = ckan_model.Package
    owner: Any = ckan_model.Group
    query = ckan_model.Session.query(resource, package, owner)
    query = query.join(package, package.id == resource.package_id).join(owner, owner.id == package.owner_org)
    query = query.filter(package.state == "active", package.private.is_(False), resource.state == "active")
    named = query.filter(sa.cast(resource.extras, sa.Text).contains(f'"{name}', autoescape=True))
    return [row for row in named if contract_name(row[0].extras.get("schema")) == name]


def _passing(name: str, package_ids: list[str]) -> dict[tuple[str, str], str]:
    """By dataset and hash of a file, the version of the contract by which its last passing verdict was given."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for package_id, reports in model.online_judgements(package_ids):
        for row in reports:
            if row["report"] and row["verdict"] != Verdict.HOLD and contract_name(row["contract"]) == name:
                found[package_id, row["sha256"]] = (row["report"], row["contract"])
    said = model.bindings([report for report, _ in found.values()])
    return {key: said[report][0] for key, (report, _) in found.items() if report in said}


def _part(resource: Any, package: Any, owner: Any, contract: str) -> Part:
    address = resource.extras.get("license") or package.license_id or ""
    licence = vocabulary("licence").find(address)
    changed = (resource.last_modified or resource.created or package.metadata_created).replace(tzinfo=dt.UTC)
    return Part(
        organization=owner.name,
        organization_title=owner.title or owner.name,
        kind=owner.extras.get("kind") or "",
        nis_code=owner.extras.get("nis_code") or None,
        dataset=package.name,
        dataset_title=package.title or package.name,
        resource=resource.id,
        name=resource.name or "",
        contract=contract,
        sha256=resource.hash or "",
        updated=changed.isoformat(timespec="seconds"),
        licence=licence.code if licence else address,
    )


def versions_of(contract: TableContract, parts: list[Part]) -> dict[str, TableContract]:
    """The versions that parts follow, by name and version; one that is no longer installed is read as today's."""
    known = {one.id: one for one in table_versions(contract.name)}
    return {part.contract: known.get(part.contract, contract) for part in parts}


class Copies:
    """The typed copies of a layer's parts, each made once and kept as long as the layer uses it."""

    def __init__(self, name: str) -> None:
        self.folder = files.store().folder / "layers" / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self._mark = hashlib.sha256(engine.name(bounds.limits()).encode()).hexdigest()[:8]
        self._used: set[Path] = set()

    def of(self, part: Part, version: TableContract) -> Path | None:
        """The typed copy of a part; None where its file can't be read any more.

        The gate has let these bytes pass: whatever today's rules say of them, their rows are wanted.
        """
        target = self.folder / f"{part.sha256}-{version.version}-{self._mark}.csv"
        self._used.add(target)
        if target.exists():
            return target
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            fresh = Path(folder) / "typed.csv"
            engine.check(files.store().path(part.sha256), version, limits=bounds.limits(), typed=fresh, excused=True)
            if not fresh.exists():
                return None
            fresh.replace(target)
        return target

    def forget_others(self) -> None:
        """Remove the copies that the layer no longer uses."""
        for path in self.folder.glob("*.csv"):
            if path not in self._used:
                path.unlink(missing_ok=True)
