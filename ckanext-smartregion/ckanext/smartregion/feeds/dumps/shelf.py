"""The shelf of dumps: a folder with one folder per dump, which is there whole or not at all and never changes. Pure."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ckanext.smartregion.belgium import BELGIUM

NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d{1,18})")
INDEX = "index.json"
HIDDEN = "."  # begins the name of what is being written or removed


def name_of(seq: int, created: dt.datetime) -> str:
    """The name of a dump: its day in Belgium and its snapshot."""
    return f"{created.astimezone(BELGIUM).date().isoformat()}-{seq}"


@dataclass(frozen=True)
class Dump:
    """A dump that can be read: where it lies and what its index says of it."""

    folder: Path
    index: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name

    @property
    def seq(self) -> int:
        """The snapshot that it shows."""
        return self.index["seq"]

    @property
    def created(self) -> dt.datetime:
        """When it was written."""
        return dt.datetime.fromisoformat(self.index["created"])

    def summary(self) -> dict[str, Any]:
        """What a list says of it: all but its tables."""
        return {key: value for key, value in self.index.items() if key != "tables"}


class Shelf:
    """The dumps of a folder; only one process at a time may add or remove."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def dumps(self) -> list[Dump]:
        """All dumps, the newest first."""
        names = [path.name for path in self._folder.iterdir()] if self._folder.is_dir() else []
        found = filter(None, map(self.find, names))
        return sorted(found, key=lambda dump: (dump.seq, dump.created), reverse=True)

    def latest(self) -> Dump | None:
        """The newest dump. Nothing points to it but its own name, so no crash can leave a wrong pointer."""
        return next(iter(self.dumps()), None)

    def find(self, name: str) -> Dump | None:
        """The dump of this name; None where there is none, whatever the name holds."""
        if not NAME.fullmatch(name):
            return None
        try:
            path = self._folder / name / INDEX
            return Dump(path.parent, _read(path, path.stat().st_mtime_ns))
        except FileNotFoundError:
            return None

    @contextlib.contextmanager
    def adding(self, name: str) -> Iterator[Path]:
        """A folder to write a dump into, with its index as the last file; it gets its name when all is on the disk."""
        self._folder.mkdir(parents=True, exist_ok=True)
        hidden = Path(tempfile.mkdtemp(prefix=f"{HIDDEN}{name}.", dir=self._folder))
        hidden.chmod(0o755)
        try:
            yield hidden
            for path in (*hidden.iterdir(), hidden):
                _sync(path)
            hidden.rename(self._folder / name)
            _sync(self._folder)
        finally:
            shutil.rmtree(hidden, ignore_errors=True)

    def remove(self, dump: Dump) -> None:
        """Take a dump away: whole at once for whoever looks, then from the disk."""
        gone = dump.folder.rename(self._folder / f"{HIDDEN}{dump.name}.removed")
        shutil.rmtree(gone, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what a process left that died while it wrote or removed."""
        for path in self._folder.glob(f"{HIDDEN}*"):
            shutil.rmtree(path, ignore_errors=True)


def write_index(folder: Path, index: dict[str, Any]) -> None:
    """Write the index of a dump into its folder."""
    (folder / INDEX).write_text(json.dumps(index, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@lru_cache(maxsize=200)
def _read(path: Path, _written: int) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
