"""The child process that reads a static GTFS archive: a `path` among the facts, its summary as answer."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from ckanext.smartregion.harvest.reading import gtfs_tables
from ckanext.smartregion.harvest.reading.child import RefusedError, serve

# Of a table that is read, and of all of them together; stop_times, the largest by far, is not read.
MOST_OF_ONE = 256 * 1024 * 1024
MOST_IN_ALL = 512 * 1024 * 1024
MOST_FILES = 5000
# Real tables shrink to a tenth, an archive made to burst to a thousandth.
STEEPEST, HARMLESS = 200, 8 * 1024 * 1024
TELLING = frozenset({"agency", "stops", "routes", "trips"})
REQUIRED = ("agency", "stops", "routes", "trips")
ENCRYPTED = 0x1
REALTIME = (b"\x0a\x031.0", b"\x0a\x032.0")
HTML = (b"<!doctype", b"<html", b"<?xml", b"<")
EARLIEST = 2000


def main() -> None:
    """Serve archives."""
    serve(lambda _body, head: read(head["path"]))


def read(path: str) -> dict[str, Any]:
    """The summary of the archive at a path; raises RefusedError where it is none."""
    start = _start(Path(path))
    try:
        with zipfile.ZipFile(path) as archive:
            return _summary(archive)
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise _not_an_archive(start, str(error)) from error
    except (NotImplementedError, RuntimeError) as error:  # a compression nobody else knows, a password
        raise RefusedError("gtfs-unreadable", reason=str(error)[:200]) from error


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)


def _not_an_archive(start: bytes, reason: str) -> RefusedError:
    if not start.strip():
        return RefusedError("empty-body")
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(HTML):
        return RefusedError("html")
    if any(mark in start[:16] for mark in REALTIME):
        return RefusedError("gtfs-realtime")
    return RefusedError("gtfs-unreadable", reason=reason[:200])


def _summary(archive: zipfile.ZipFile) -> dict[str, Any]:
    changes: list[dict[str, Any]] = []
    members = _members(archive, changes)
    _check(members)
    found: dict[str, Any] = {"licences": []}
    for name, table in gtfs_tables.TABLES.items():
        if name in members:
            part = _table(archive, members[name], table, changes)
            found["licences"] += part.pop("licences", [])
            found |= part
    if not found.get("stops") and not found.get("routes"):
        raise RefusedError("gtfs-none")
    dated = [info.date_time for name, info in members.items() if info.date_time[0] >= EARLIEST]
    return found | {
        "licences": list(dict.fromkeys(found["licences"])),
        "files": sorted(members),
        "missing": [name for name in REQUIRED if name not in members],
        "modified": _day(max(dated)) if dated else "",
        "changes": changes,
    }


def _day(moment: tuple[int, ...]) -> str:
    year, month, day = moment[:3]
    return f"{year:04d}-{month:02d}-{day:02d}"


def _members(archive: zipfile.ZipFile, changes: list[dict[str, Any]]) -> dict[str, zipfile.ZipInfo]:
    """The tables by name, at the top of the archive or in the one folder that holds them."""
    infos = archive.infolist()
    if len(infos) > MOST_FILES:
        raise RefusedError("gtfs-unreadable", reason=f"more than {MOST_FILES} files")
    places = {info.filename: PurePosixPath(info.filename.replace("\\", "/")) for info in infos}
    texts = [info for info in infos if places[info.filename].suffix.casefold() == ".txt"]
    found: dict[str, zipfile.ZipInfo] = {}
    for info in sorted(texts, key=lambda info: (len(places[info.filename].parts), info.filename)):
        place = places[info.filename]
        if ".." in place.parts or place.is_absolute() or len(place.parts) > 2 or "__MACOSX" in place.parts:
            continue
        name = place.stem.strip().casefold()
        if name in gtfs_tables.TABLES or len(found) < MOST_FILES:
            found.setdefault(name, info)
    if len(found.keys() & TELLING) < 2:
        nested = next((name for name, place in places.items() if place.suffix.casefold() == ".zip"), "")
        raise RefusedError("gtfs-nested", name=nested[:100]) if nested else RefusedError("gtfs-none")
    odd = [
        info.filename for name, info in found.items() if name in gtfs_tables.TABLES and info.filename != f"{name}.txt"
    ]
    if odd:
        plain = [PurePosixPath(name.replace("\\", "/")).name.casefold() for name in odd]
        changes.append({"rule": "gtfs-file-name", "field": "", "before": odd, "after": plain})
    return found


def _check(members: dict[str, zipfile.ZipInfo]) -> None:
    """Refuse before unpacking what would burst; the library reads no more than a member announces."""
    read = [info for name, info in members.items() if name in gtfs_tables.TABLES]
    for info in read:
        if info.flag_bits & ENCRYPTED:
            raise RefusedError("gtfs-encrypted", name=info.filename[:100])
        steep = info.file_size > HARMLESS and info.file_size > STEEPEST * max(1, info.compress_size)
        if steep or info.file_size > MOST_OF_ONE:
            raise RefusedError("gtfs-bursting", name=info.filename[:100], size=info.file_size // 2**20)
    total = sum(info.file_size for info in read)
    if total > MOST_IN_ALL:
        raise RefusedError("gtfs-bursting", name="*.txt", size=total // 2**20)


def _table(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, table: Any, changes: list[dict[str, Any]]
) -> dict[str, Any]:
    """The summary of one table, in UTF-8 or else in Windows' alphabet."""
    try:
        with _opened(archive, info) as stream:
            return table(gtfs_tables.rows(stream, "utf-8-sig"))
    except UnicodeDecodeError:
        changes.append({"rule": "encoding-guessed", "field": info.filename, "before": "utf-8", "after": "windows-1252"})
    with _opened(archive, info) as stream:
        return table(gtfs_tables.rows(stream, "cp1252"))


@contextmanager
def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    try:
        with archive.open(info) as stream:
            yield stream
    except UnicodeDecodeError:
        raise
    except (csv.Error, ValueError) as error:
        raise RefusedError("gtfs-unreadable", reason=f"{info.filename[:100]}: {error}"[:200]) from error


if __name__ == "__main__":
    main()
