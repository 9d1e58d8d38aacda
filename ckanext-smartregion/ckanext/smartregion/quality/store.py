"""Files by content: a file's name is the SHA-256 of its bytes, so what was checked is what is served."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHUNK = 1 << 20


class FileTooLarge(ValueError):  # noqa: N818 - what happened
    """The file exceeds what may be stored."""


@dataclass(frozen=True)
class Stored:
    """A stored file: its SHA-256 in hex, its size in bytes, and where it lies."""

    sha256: str
    size: int
    path: Path


class FileStore:
    """A folder of files named by content; a file, once there, never changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where the file with this hash lies, or would lie."""
        if len(sha256) != 64 or not all(letter in "0123456789abcdef" for letter in sha256):
            raise ValueError(f"{sha256!r} is not a SHA-256.")
        return self.folder / sha256[:2] / sha256

    def has(self, sha256: str | None) -> bool:
        """Whether a file with this hash is stored."""
        try:
            return bool(sha256) and self.path(str(sha256)).exists()
        except ValueError:
            return False

    def put(self, stream: IO[bytes], *, limit: int) -> Stored:
        """Store a stream's bytes; raises FileTooLarge above ``limit`` bytes and keeps nothing of it."""

        def copy(target: Path) -> None:
            size = 0
            with target.open("wb") as file:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise FileTooLarge(limit)
                    file.write(chunk)

        return self.put_written(copy)

    def put_written(self, write: Callable[[Path], object]) -> Stored:
        """Store what ``write`` writes at the path it is given; where it raises, nothing is kept."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="incoming-") as folder:
            fresh = Path(folder) / "file"
            write(fresh)
            return self._keep(fresh)

    def _keep(self, fresh: Path) -> Stored:
        with fresh.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        target = self.path(sha256)
        stored = Stored(sha256, fresh.stat().st_size, target)
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            fresh.replace(target)
        return stored

    def keep_only(self, named: Collection[str]) -> int:
        """Remove every file with another hash, and what a crash left half-written; gives how many files went.

        Only for a store of which the caller knows every name, while nobody else puts anything into it.
        """
        others = [path for path in self.folder.glob("??/*") if path.name not in named]
        for path in others:
            path.unlink(missing_ok=True)
        for folder in self.folder.glob("incoming-*"):
            shutil.rmtree(folder, ignore_errors=True)
        return len(others)
