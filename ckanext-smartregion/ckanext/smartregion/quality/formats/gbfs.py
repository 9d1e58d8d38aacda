"""GBFS 2.3 and 3.0: shared vehicles. One file of a system, or a ZIP archive of several, whose references then hold."""

import datetime as dt
from pathlib import Path, PurePosixPath
from typing import Any

from ckanext.smartregion.quality.examination.refusal import Refused, refuse_archive
from ckanext.smartregion.quality.formats import objects, reading
from ckanext.smartregion.quality.formats.fields import Field, field_of, fields_of, is_number, moment_of
from ckanext.smartregion.quality.formats.found import Found, place
from ckanext.smartregion.quality.formats.people import People

MOST_FILES = 50
DAY = dt.timedelta(days=1)


def validate(path: Path, found: Found, people: People) -> None:
    """Tell `found` what breaks the rules of GBFS; Refused where the file is none."""
    head = reading.head_of(path, found.limits)
    reading.refuse_page(head)
    documents = _archived(path, found) if reading.is_archive(head) else [("", reading.document(path.read_bytes()))]
    found.encoding = "utf-8"
    system = _System(found, people)
    for name, document in documents:
        for double, times in document.doubles.items():
            found.add_many("duplicate-member", double, times, [place(f"{name}/{double}")])
        system.judge(name, document.value)
    system.judge_references()


def _archived(path: Path, found: Found) -> list[tuple[str, reading.Document]]:
    members = [one for one in reading.members(path, found.limits) if one.filename.endswith(".json")]
    if not members:
        raise not_gbfs()
    if len(members) > MOST_FILES:
        raise refuse_archive("several", members=len(members))
    return [(one.filename, reading.document(b"".join(reading.pieces(path, one)))) for one in members]


def not_gbfs() -> Refused:
    """The refusal of what is no GBFS at all."""
    return Refused("not-this-format", format="GBFS", form="{ last_updated, ttl, version, data }")


class _System:
    """The files of one system: which were there, the identifiers they define and those they refer to."""

    def __init__(self, found: Found, people: People) -> None:
        self.found, self.people = found, people
        self.files: dict[str, Any] = found.settings["files"]
        self.defined: dict[str, set[Any]] = {}
        self.referring: list[tuple[Field, str, dict[str, Any], Any]] = []

    def judge(self, file: str, top: Any) -> None:
        """One file; its name in the archive says what it is, else what its data hold."""
        if not isinstance(top, dict) or not isinstance(top.get("data"), dict):
            raise not_gbfs()
        version = self._version(top, file)
        known = self.files["versions"][version]
        name = PurePosixPath(file).stem
        name = name if name in known else next((one for one in known if _fits(known[one], top["data"])), "")
        at = f"{name or file}.json#" if file else ""
        objects.judge(self.found, top, fields_of(self.files["head"][version]), name or "gbfs", at)
        self._moment(top, name or "gbfs", at)
        self.people.walk(top["data"], name or "gbfs", f"{at}/data")
        if not name:
            self._other(top["data"], at)
            return
        self._data(name, known[name], top["data"], at)

    def _other(self, data: dict[str, Any], at: str) -> None:
        """A file of the standard that is not looked into, such as alerts; anything else is none."""
        listed = next((one for one in self.files["others"] if one in data), None)
        if listed is None:
            raise not_gbfs()
        self.found.records += 1
        self.found.add("gbfs-not-checked", listed, place(f"{at}/data/{listed}"))

    def _version(self, top: dict[str, Any], file: str) -> str:
        """The version by its first two numbers; the newest of those known where it is another."""
        said = str(top.get("version") or "")
        known = list(self.files["versions"])
        short = ".".join(said.split(".")[:2])
        if said and short not in known:
            told = place(f"{file}/version", said)
            self.found.add("gbfs-version", "version", told, values=", ".join(known))
        return short if short in known else known[-1] if said.startswith("3") else known[0]

    def _moment(self, top: dict[str, Any], where: str, at: str) -> None:
        """Made later than today; a day is granted for what other clocks say."""
        said = top.get("last_updated")
        try:
            moment = dt.datetime.fromtimestamp(said, dt.UTC) if is_number(said) else moment_of(said)  # type: ignore[arg-type]
        except (OverflowError, ValueError, OSError):
            return
        if moment and moment.date() > self.found.today + DAY:
            self.found.add("in-future", f"{where}.last_updated", place(f"{at}/last_updated", said))
            self.found.judge_again_on(moment.date() - DAY)

    def _data(self, name: str, said: dict[str, Any], data: dict[str, Any], at: str) -> None:
        at = f"{at}/data"
        if "list" not in said:
            self.found.records += 1
            objects.judge(self.found, data, fields_of(said["fields"]), name, at, record=(name, 0))
            return
        if name == "gbfs":
            self._feeds(data, at, said)
            return
        fields, key = fields_of(said["fields"]), said["key"]
        items = objects.listed(self.found, data, said["list"], name, at)
        seen = self.defined.setdefault(f"{name}.{key}", set())
        self.found.records += max(1, len(items)) if isinstance(data.get(said["list"]), list) else 0
        for number, item in enumerate(items):
            self._item(name, item, fields, f"{at}/{said['list']}/{number}", key, seen)

    def _item(self, name: str, item: Any, fields: list[Field], at: str, key: str, seen: set[Any]) -> None:
        identifier = item.get(key) if isinstance(item, dict) else None
        if not objects.judge(self.found, item, fields, name, at, key=identifier, record=at):
            return
        objects.judge_double(self.found, seen, identifier, f"{name}.{key}", f"{at}/{key}", at)
        objects.judge_place(self.found, item.get("lon"), item.get("lat"), f"{name}.lat", at, key=identifier, record=at)
        for field in fields:
            if field.targets and isinstance(item.get(field.name), str):
                told = place(f"{at}/{field.name}", item[field.name], key=identifier)
                self.referring.append((field, name, told, item[field.name]))

    def _feeds(self, data: dict[str, Any], at: str, said: dict[str, Any]) -> None:
        """The list of files: in version 3 one list, before it one per language."""
        per_language = {code: part for code, part in data.items() if isinstance(part, dict)}
        holders = (
            [(data, at)]
            if "feeds" in data or not per_language
            else [(part, f"{at}/{code}") for code, part in per_language.items()]
        )
        for holder, where in holders:
            feeds = objects.listed(self.found, holder, "feeds", "gbfs", where)
            self.found.records += len(feeds)
            names = set()
            for number, feed in enumerate(feeds):
                address = f"{where}/feeds/{number}"
                if objects.judge(self.found, feed, fields_of(said["fields"]), "gbfs.feeds", address, record=address):
                    objects.judge_double(
                        self.found, names, feed.get("name"), "gbfs.feeds.name", f"{address}/name", address
                    )
            for needed in said["needed"]:
                if needed not in names:
                    field = field_of(needed, "text!")
                    self.found.fault("missing-part", field, f"gbfs.{needed}", place(f"{where}/feeds"))

    def judge_references(self) -> None:
        """Identifiers that refer to a file that is in the archive, too, and not to anything in it."""
        for field, name, told, value in self.referring:
            sets = [self.defined[target] for target in field.targets if target in self.defined]
            if sets and not any(value in one for one in sets):
                self.found.fault(
                    "unknown-reference", field, f"{name}.{field.name}", told, told["cell"].rpartition("/")[0]
                )


def _fits(said: dict[str, Any], data: dict[str, Any]) -> bool:
    """Whether these data are those of a file: its list is there, or its first field; only gbfs.json has feeds."""
    if said.get("list") == "feeds":
        return "feeds" in data or any(isinstance(part, dict) and "feeds" in part for part in data.values())
    telling = said.get("telling")
    if telling and not _has(data.get(said["list"]), telling):
        return False
    return (said.get("list") or next(iter(said["fields"]))) in data


def _has(items: Any, name: str) -> bool:
    return isinstance(items, list) and any(isinstance(item, dict) and name in item for item in items[:20])
