"""A file as it will be served: out of its archive, in UTF-8, and told from where it came.

The same steps are taken where a file is taken in and where it is examined: what was converted once is left alone.
"""

import codecs
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ckanext.smartregion.quality.examination import archives
from ckanext.smartregion.quality.examination.limits import MEGABYTE, Limits
from ckanext.smartregion.quality.examination.refusal import Refused, refuse_archive
from ckanext.smartregion.quality.examination.scanning import encoding_of, kind_of

GZIP_WINDOW = zlib.MAX_WBITS | 16
# What macOS adds to every archive that it makes.
LITTER = ("__MACOSX/", ".DS_Store")
PLAIN = ("utf-8", "utf-8-sig")
# The rule that tells of an encoding, and how people know it.
ENCODINGS = {
    "cp1252": ("encoding-legacy", "Windows-1252"),
    "utf-16": ("encoding-unicode", "UTF-16"),
    "utf-32": ("encoding-unicode", "UTF-32"),
}


@dataclass(frozen=True)
class Opened:
    """A file that can be read: `csv` in UTF-8, `xlsx` or `ods`, and what it had been.

    ``archive`` is `gzip` or `zip`, ``member`` the name that the archive gave; ``encoding`` that of the text before.
    """

    path: Path
    kind: str
    encoding: str | None = None
    archive: str | None = None
    member: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The file as the parent process reads it."""
        return {**asdict(self), "path": str(self.path)}

    @classmethod
    def from_dict(cls, said: dict[str, Any]) -> "Opened":
        """The file that `to_dict` gave."""
        return cls(**{**said, "path": Path(said["path"])})

    @property
    def read_as(self) -> str | None:
        """The encoding of the text as it is now."""
        return "utf-8" if self.kind == "csv" and self.encoding not in PLAIN else self.encoding

    @property
    def converted(self) -> bool:
        """Whether the bytes are others than those that came."""
        return bool(self.archive) or self.encoding not in (None, *PLAIN)


def told(file: Opened) -> list[tuple[str, dict[str, Any]]]:
    """The rules that tell what was done to a file, with what they say."""
    rules: list[tuple[str, dict[str, Any]]] = [("unpacked", {"archive": file.archive})] if file.archive else []
    if file.encoding in ENCODINGS:
        rule, name = ENCODINGS[file.encoding]
        rules.append((rule, {"encoding": name}))
    return rules


def opened(path: Path, folder: Callable[[], Path], limits: Limits) -> Opened:
    """The file, unpacked and written anew in UTF-8 where it has to be; only then a ``folder`` is asked for."""
    kind = kind_of(path, limits)
    if kind in ("gzip", "zip"):
        member = _only_member(path, limits) if kind == "zip" else None
        inner = folder() / "unpacked"
        _write(inner, archives.unpacked(path, member) if member else _gunzipped(path), path.stat().st_size, limits)
        name = PurePosixPath(member.filename).name if member else None
        return _read(inner, _kind_within(inner, limits), folder, kind, name)
    return _read(path, kind, folder, None, None)


def _read(path: Path, kind: str, folder: Callable[[], Path], archive: str | None, member: str | None) -> Opened:
    encoding = encoding_of(path) if kind == "csv" else None
    if encoding not in (None, *PLAIN):
        target = folder() / "utf-8"
        _transcode(path, str(encoding), target)
        path = target
    return Opened(path, kind, encoding, archive, member)


def _kind_within(path: Path, limits: Limits) -> str:
    kind = kind_of(path, limits, unpacked=True)
    if kind in ("gzip", "zip"):
        raise refuse_archive("nested")
    return kind


def _only_member(path: Path, limits: Limits) -> zipfile.ZipInfo:
    members = [member for member in archives.members_of(path) if not member.filename.startswith(LITTER)]
    if len(members) != 1:
        raise refuse_archive("several", members=len(members))
    name = members[0].filename
    if ".." in PurePosixPath(name).parts or name.startswith("/") or "\\" in name or ":" in name:
        raise refuse_archive("path")
    if archives.is_encrypted(members[0]):
        raise refuse_archive("encrypted")
    archives.refuse_swollen(members, limits)
    return members[0]


def _gunzipped(path: Path) -> Iterator[bytes]:
    stream = zlib.decompressobj(GZIP_WINDOW)
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(archives.CHUNK), b""):
            if stream.eof:
                raise refuse_archive("several", members=2)
            yield from archives.pieces(stream, chunk)
    if not stream.eof:
        raise refuse_archive("damaged")
    if stream.unused_data.strip(b"\0"):
        raise refuse_archive("several", members=2)


def _write(target: Path, pieces: Iterator[bytes], packed: int, limits: Limits) -> None:
    size = 0
    try:
        with target.open("wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > limits.unpacked_mb * MEGABYTE or archives.is_swollen(size, packed):
                    raise Refused("unpacked-too-large", limit=limits.unpacked_mb)
                file.write(piece)
    except archives.BROKEN as error:
        raise refuse_archive("damaged") from error


def _transcode(path: Path, encoding: str, target: Path) -> None:
    with codecs.open(str(path), "r", encoding) as source, target.open("w", encoding="utf-8", newline="") as file:
        while text := source.read(archives.CHUNK):
            file.write(text)
