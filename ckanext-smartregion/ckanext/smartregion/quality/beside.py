"""What an organisation has published under other contracts, for keys that must stand there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ckan import model as ckan_model

from ckanext.smartregion.quality import bounds, engine, files
from ckanext.smartregion.schemas import ContractNotFound, FileContract, table_contract

Files = dict[str, list[str]]
"""By name of a contract, the SHA-256 of files, sorted."""


def files_beside(contract: FileContract, owner: str | None, siblings: Iterable[dict[str, Any]]) -> Files:
    """The files that the foreign keys of a contract look into: published ones of the owner, and siblings."""
    names = {rule.parameters["contract"] for rule in contract.rules if rule.kind == "foreign-key"} - {contract.name}
    if not names:
        return {}
    found: dict[str, set[str]] = {name: set() for name in names}
    for schema, sha256 in [*_published(owner), *((one.get("schema"), one.get("hash")) for one in siblings)]:
        name = (schema or "").partition("@")[0]
        if name in names and sha256 and files.store().has(sha256):
            found[name].add(sha256)
    return {name: sorted(found[name]) for name in sorted(names)}


def _published(owner: str | None) -> Iterable[tuple[str | None, str | None]]:
    """Contract and SHA-256 of every file that the organisation shows to the public."""
    resource: Any = ckan_model.Resource
    package: Any = ckan_model.Package
    extras: Any = resource.extras  # its type speaks of one row
    query = ckan_model.Session.query(extras, resource.hash).join(package, package.id == resource.package_id)
    shown = query.filter(package.owner_org == owner, package.state == "active", package.private.is_(False))
    return [((more or {}).get("schema"), sha256) for more, sha256 in shown.filter(resource.state == "active")]


def mark(beside: Files) -> str:
    """What binds a report to the files it was made beside; nothing where a contract looks at no other."""
    return f", beside {hashlib.sha256(json.dumps(beside).encode()).hexdigest()[:12]}" if beside else ""


def typed_copies(beside: Files, folder: Path) -> dict[str, list[Path]]:
    """Typed copies of those files that pass their own contract."""
    return {
        name: [copy for sha256 in hashes if (copy := _typed(name, sha256, folder))] for name, hashes in beside.items()
    }


def published_by(owner: str | None, contract: FileContract, folder: Path) -> dict[str, list[Path]] | None:
    """Typed copies of what an organisation has published for the keys of a contract to lead to; None for none."""
    return typed_copies(files_beside(contract, owner, []), folder) if owner else None


def _typed(name: str, sha256: str, folder: Path) -> Path | None:
    copy = folder / f"{name}-{sha256}.csv"
    try:
        engine.check(files.store().path(sha256), table_contract(name), limits=bounds.limits(), typed=copy)
    except ContractNotFound:
        return None
    return copy if copy.exists() else None
