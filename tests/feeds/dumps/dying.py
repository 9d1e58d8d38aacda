"""A process that loads CKAN once and writes dumps in children of its own, which may kill themselves on the way.

It is not forked from the tests: Polars has worked there, and its threads do not come along into a child.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app

from ckanext.smartregion.feeds.dumps import shelf, writing
from ckanext.smartregion.feeds.dumps.columns import Columns
from ckanext.smartregion.feeds.dumps.packed import Packed
from ckanext.smartregion.feeds.logic import dumping, publishing

from tests.harvest.kills.children import Point, die, start

ROOT = Path(__file__).resolve().parents[3]
POINTS = {
    point.label: point
    for point in (
        Point("before anything is written", dumping, "_written"),
        Point("in an empty folder", writing, "write"),
        Point("at the beginning of a member", Packed, "write", "after"),
        Point("in the middle of the members", Packed, "write", "after", times=20),
        Point("between two members", Packed, "close", "after", times=3),
        Point("among the groups of Parquet", Columns, "_write_group", "after"),
        Point("between two profiles", writing, "write", "after"),
        Point("before the index", shelf, "write_index"),
        Point("while it is brought to the disk", shelf, "_sync", "after", times=5),
        Point("before it gets its name", Path, "rename"),
        Point("when it has its name", Path, "rename", "after"),
        Point("before an old one goes", Path, "rename", times=2),
        Point("while an old one goes", Path, "rename", "after", times=2),
    )
}
UNHARMED = ""


class Nursery:
    """The process, as the tests talk with it: a label in, the signal and the memory of a child out."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.storage: Path | None = None  # that of the test

    def begin(self, label: str = UNHARMED) -> None:
        """Have a child write a dump, and die at the point of this label."""
        assert self._process.stdin
        self._process.stdin.write(f"{json.dumps([str(self.storage), label])}\n")
        self._process.stdin.flush()

    def end(self) -> dict[str, Any]:
        """Wait for the child: its ``signal``, its ``code``, and by how many MB it grew."""
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())


@contextmanager
def nursery(ini: str, **options: str) -> Iterator[Nursery]:
    """A nursery with the configuration of a file and some options of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as file:
        lines = "\n".join(f"{name} = {value}" for name, value in options.items())
        file.write(f"[app:main]\nuse = config:{Path(ini).resolve()}\n{lines}\n")
        file.flush()
        command = [sys.executable, "-m", __name__, file.name]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:
            try:
                yield Nursery(process)
            finally:
                process.kill()


def main() -> None:
    """Read labels, write dumps."""
    answers = sys.stdout
    sys.stdout = sys.stderr  # CKAN says what it likes
    app = make_app(CKANConfigLoader(sys.argv[1]).get_config())

    def work(storage: str, label: str) -> None:
        tk.config["ckan.storage_path"] = storage
        if label != UNHARMED:
            POINTS[label].at(die)
        with app.test_request_context():
            dumping.make()

    with app.test_request_context():
        publishing.made_by()  # reads the portal's description and all our code: once, instead of in each child
    for line in sys.stdin:
        child = start(partial(work, *json.loads(line))).wait()
        told = {"signal": child.signal, "code": child.code, "memory": child.memory}
        print(json.dumps(told), file=answers, flush=True)


if __name__ == "__main__":
    main()
