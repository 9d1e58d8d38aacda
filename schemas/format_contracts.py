"""Format contracts: what a file of a known standard must look like, one folder each in formats/.

A table contract describes columns; a format contract names the rules of a standard that has a validator of its own in
`quality/formats/`. The rules' texts and severities, the fields of the standard and the bounds are data beside it.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ckanext.smartregion.schemas.table_absence import LanguageMap
from ckanext.smartregion.schemas.table_history import Change, read_changelog, version_faults, version_order
from ckanext.smartregion.schemas.table_plausibility import plausibility_faults
from ckanext.smartregion.schemas.table_policy import FIXED, PolicyFaulty, read_policy
from ckanext.smartregion.schemas.vocabulary import LANGUAGES

FOLDER = Path(__file__).parent / "formats"
OLDER = "versions"
# Rules of the house that a format may share; their texts stand where those of tables do.
COMPARING = ("rows-lost", "box-moved")
PERSONAL = tuple(f"personal-{kind}" for kind in ("national-number", "iban", "email", "phone", "name"))
TEXTS = ("label", "message", "expected", "fix")
Texts = dict[str, Any]


class FormatFaulty(ValueError):  # noqa: N818 - what is wrong, not a kind of error
    """A format contract that may not be used; the text says why."""


@dataclass(frozen=True)
class FormatContract:
    """One standard: what it is called, what a broken rule means, its fields and bounds, and two examples.

    `file_types` are codes of the vocabulary `file-type`. An example is a file, or a folder of the files that make an
    archive. `limits` are the bounds of a check that this kind of file may exceed, `settings` what its validator reads:
    the box of coordinates, fields, lists of values.
    """

    name: str
    version: str
    title: LanguageMap
    description: LanguageMap
    source: str
    policy: dict[str, str]
    policy_version: str
    rule_names: list[str]
    file_types: list[str]
    settings: dict[str, Any]
    example_valid: Path
    example_invalid: Path
    limits: dict[str, int] = field(default_factory=dict)
    changelog: list[Change] = field(default_factory=list)
    # A report asks these of every contract; a standard has no columns, no own rules, and tolerates no share of rows.
    fields: tuple[dict[str, Any], ...] = ()
    field_names: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    rules: tuple[Any, ...] = ()
    tolerance: dict[str, float] = field(default_factory=dict)
    plausibility: dict[str, Any] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    # The last day of an older version.
    valid_until: dt.date | None = None

    @property
    def id(self) -> str:
        """What a resource writes in its field `schema` to name exactly this version."""
        return f"{self.name}@{self.version}"


def format_names() -> list[str]:
    """The names of the installed format contracts."""
    return sorted(file.parent.name for file in FOLDER.glob("*/contract.yaml"))


def format_contracts() -> list[FormatContract]:
    """Every installed format contract by name."""
    return [format_contract(name) for name in format_names()]


@cache
def format_contract(name: str) -> FormatContract:
    """The format contract of an installed name."""
    return load_format_contract(FOLDER / name)


@cache
def format_versions(name: str) -> list[FormatContract]:
    """Every installed version of a format contract, the newest first, those that have ended too."""
    older = [load_format_contract(file.parent) for file in (FOLDER / name).glob(f"{OLDER}/*/contract.yaml")]
    return [format_contract(name), *sorted(older, key=lambda one: version_order(one.version), reverse=True)]


@cache
def format_rules() -> dict[str, Texts]:
    """The rules of all formats by name with their texts, in the order of the files; those that many share first."""
    found = dict(_shared()["rules"])
    for name in format_names():
        for file in [*(FOLDER / name).glob(f"{OLDER}/*/rules.yaml"), FOLDER / name / "rules.yaml"]:
            found |= _completed(_read(file))
    return {name: {"severity": "block", **texts} for name, texts in found.items()}


def format_kinds() -> dict[str, LanguageMap]:
    """The kinds of value that the formats have beyond those of tables, in words."""
    return _shared()["kinds"]


def load_format_contract(folder: Path) -> FormatContract:
    """Read and lint the contract of one folder, or of one folder of an older version.

    An older version holds its contract and policy, and rules and fields where they were others. FormatFaulty says why
    it can't be installed.
    """
    older = folder.name if folder.parent.name == OLDER else None
    newest = folder.parent.parent if older else folder
    said, name = _read(folder / "contract.yaml"), newest.name
    own = _completed(_read(_of_version(folder, newest, "rules.yaml")))
    try:
        policy = read_policy(folder / "policy.yaml")
    except PolicyFaulty as error:
        raise FormatFaulty(f"The policy of '{name}' can't be used. {error}") from error
    listed = [*said.get("shares", []), *own]
    compared = plausibility_faults(policy.plausibility, (), [], ())
    found = [*_faults(said, own), *_version_faults(said, older), *compared]
    if found := [*found, *_policy_faults(policy.rules, listed, _shared()["rules"] | own)]:
        raise FormatFaulty(f"Format contract '{name}' can't be used. " + " ".join(found))
    fields, end = _of_version(folder, newest, "files.yaml"), said.get("validUntil")
    return FormatContract(
        name=name,
        version=str(said["version"]),
        title=said["title"],
        description=said["description"],
        source=said["source"],
        policy=policy.rules,
        policy_version=policy.version,
        rule_names=listed,
        file_types=said["file_types"],
        settings=said.get("settings", {}) | ({"files": _read(fields)} if fields.exists() else {}),
        example_valid=_example(newest, "valid"),
        example_invalid=_example(newest, "invalid"),
        limits=said.get("limits", {}),
        changelog=read_changelog(newest / "changelog.yaml"),
        plausibility=policy.plausibility,
        valid_until=dt.date.fromisoformat(str(end)) if end else None,
    )


def _of_version(folder: Path, newest: Path, file: str) -> Path:
    return folder / file if (folder / file).exists() else newest / file


def _version_faults(said: dict[str, Any], older: str | None) -> Iterator[str]:
    end = said.get("validUntil")
    if said.get("version"):
        yield from version_faults({**said, **({"validUntil": str(end)} if end is not None else {})}, older)


def _example(folder: Path, name: str) -> Path:
    return next(iter(sorted(folder.glob(f"{name}*"))), folder / name)


@cache
def _shared() -> dict[str, Any]:
    return _read(FOLDER / "shared.yaml")


def _read(path: Path) -> dict[str, Any]:
    try:
        said = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise FormatFaulty(f"{path.parent.name}/{path.name} can't be read: {error}.") from error
    if not isinstance(said, dict):
        raise FormatFaulty(f"{path.parent.name}/{path.name} holds no map.")
    return said


def _completed(rules: dict[str, Texts]) -> dict[str, Texts]:
    """The rules, those that are `like` a shared one with its texts under their own."""
    shared = _shared()["rules"]
    return {name: {**shared.get(texts.get("like"), {}), **texts} for name, texts in rules.items()}


def _faults(said: dict[str, Any], rules: dict[str, Texts]) -> Iterator[str]:
    for part in ("title", "description"):
        if not _speaks(said.get(part)):
            yield f"'{part}' is needed in {', '.join(LANGUAGES)}."
    for part in ("version", "source", "file_types"):
        if not said.get(part):
            yield f"'{part}' is needed."
    shared = _shared()["rules"]
    yield from (
        f"It shares '{name}', which shared.yaml does not hold."
        for name in said.get("shares", [])
        if name not in shared and name not in (*PERSONAL, *COMPARING)
    )
    for name, texts in rules.items():
        if "like" in texts and texts["like"] not in shared:
            yield f"Rule '{name}' is like '{texts['like']}', which shared.yaml does not hold."
        elif lacking := [part for part in TEXTS if not _speaks(texts.get(part))]:
            yield f"Rule '{name}' lacks {', '.join(lacking)} in one of the four languages."


def _policy_faults(policy: dict[str, str], rules: list[str], texts: dict[str, Texts]) -> Iterator[str]:
    """Each rule has its severity, and each severity its rule: nobody has to know what stands where nothing stands."""
    yield from (f"The policy does not say what '{name}' means." for name in rules if name not in policy)
    known = set(rules)
    yield from (f"The policy names '{one}', which is no rule." for one in policy if one.rpartition(".")[2] not in known)
    for entry, severity in policy.items():
        rule = entry.rpartition(".")[2]
        if severity != "block" and (rule in FIXED or texts.get(rule, {}).get("fixed")):
            yield f"The policy says {severity} for '{entry}', which always blocks: nobody may lower it."


def _speaks(texts: Any) -> bool:
    return isinstance(texts, dict) and all(texts.get(code) for code in LANGUAGES)
