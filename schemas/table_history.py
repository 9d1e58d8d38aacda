"""The history of a table contract: what changed with each version, and until when an older one holds."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml

from ckanext.smartregion.belgium import today
from ckanext.smartregion.schemas.table_absence import ContractNotFound
from ckanext.smartregion.schemas.vocabulary import LANGUAGES

SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


@dataclass(frozen=True)
class Change:
    """What one version of a contract brought, in four languages."""

    version: str
    date: dt.date
    changes: dict[str, str]


class Versioned(Protocol):
    """A contract of a table or of a format; an older version has its last day."""

    @property
    def version(self) -> str:
        """A semantic version."""
        ...

    @property
    def valid_until(self) -> dt.date | None:
        """None for the newest."""
        ...


Contract = TypeVar("Contract", bound=Versioned)


def version_in_force(versions: Sequence[Contract], name: str, version: str | None, on: dt.date | None) -> Contract:
    """Of the versions of a contract, the newest first, the one that is named, else the newest; on a day, or today.

    Raises ContractNotFound with a sentence that says what there is instead.
    """
    found = next((one for one in versions if version in (None, one.version)), None)
    if found is None:
        known = ", ".join(one.version for one in versions)
        raise ContractNotFound("no-version", name=name, version=version, known=known)
    if found.valid_until and found.valid_until < (on or today()):
        newest = versions[0].version
        raise ContractNotFound("ended", name=name, version=version, until=found.valid_until, newest=newest)
    return found


def version_order(version: str) -> tuple[int, ...]:
    """A semantic version as something that sorts: 1.10.0 comes after 1.9.0."""
    return tuple(map(int, version.split(".")))


def is_semantic(version: object) -> bool:
    """Whether this is a version such as 1.0.0."""
    return isinstance(version, str) and bool(SEMANTIC.fullmatch(version))


def read_changelog(path: Path) -> list[Change]:
    """The changes of one changelog.yaml that has passed `changelog_faults`, newest first."""
    return [Change(str(one["version"]), one["date"], dict(one["changes"])) for one in read_entries(path)]


def read_entries(path: Path) -> Any:
    """What stands in a YAML file; nothing when there is no file."""
    if not path.is_file():
        return []
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def changelog_faults(entries: Any, version: str) -> Iterator[str]:
    """Sentences that say why these entries can't be the changelog of a contract of this version."""
    if not isinstance(entries, list) or not entries:
        yield "It needs a changelog.yaml, a list of {version, date, changes}, newest first."
        return
    shaped = True
    for at, entry in enumerate(entries, start=1):
        found = list(_entry_faults(entry))
        shaped = shaped and not found
        yield from (f"Entry {at} of the changelog {fault}" for fault in found)
    if not shaped:
        return
    if entries[0]["version"] != version:
        yield f"The newest version of the changelog is {entries[0]['version']}, that of the contract is {version}."
    told = [version_order(entry["version"]) for entry in entries]
    if told != sorted(set(told), reverse=True):
        yield "The changelog tells each version once, the newest first."


def _entry_faults(entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict) or set(entry) != {"version", "date", "changes"}:
        yield "is written {version, date, changes}."
        return
    if not is_semantic(entry["version"]):
        yield "needs a version such as 1.0.0."
    if not isinstance(entry["date"], dt.date) or isinstance(entry["date"], dt.datetime):
        yield "needs a date such as 2026-01-31."
    texts = entry["changes"]
    if not isinstance(texts, dict) or not all(isinstance(texts.get(code), str) and texts[code] for code in LANGUAGES):
        yield f"needs its changes in {', '.join(LANGUAGES)}."


def valid_until(schema: dict[str, Any]) -> dt.date | None:
    """The last day of an older version; None for one without an end. ValueError when it is no date."""
    said = schema.get("validUntil")
    return dt.date.fromisoformat(said) if said is not None else None


def version_faults(schema: dict[str, Any], older: str | None) -> Iterator[str]:
    """Sentences on the version of a contract and its end; `older` is the name of an older version's folder."""
    version = schema.get("version")
    if not version:
        yield "The contract has no version."
    elif not is_semantic(version):
        yield f"The version is written like 1.0.0, not {version!r}."
    if older and version != older:
        yield f"The older version in versions/{older} says that it is {version}."
    if older and "validUntil" not in schema:
        yield "An older version says until when it holds: 'validUntil'."
    try:
        valid_until(schema)
    except (ValueError, TypeError):
        yield f"validUntil is a date such as 2026-12-31, not {schema['validUntil']!r}."
