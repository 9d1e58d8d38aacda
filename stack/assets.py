"""Where CKAN keeps what it builds for the first page that wants it: style sheets, scripts, compiled templates."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from jinja2 import FileSystemBytecodeCache

COMPILERS = ("Jinja2", "ckan")  # of templates: CKAN has words of its own in them


def compiled_once(folder: Path) -> FileSystemBytecodeCache:
    """Templates that are compiled once for all processes and starts, until their text changes.

    What one version of the compilers has made is never given to another.
    """
    ours = folder / "-".join(version(name) for name in COMPILERS)
    ours.mkdir(mode=0o700, parents=True, exist_ok=True)
    return FileSystemBytecodeCache(str(ours))


def make_room(folder: Path, outputs: Iterable[str | None]) -> None:
    """Make the folders of all outputs.

    Two processes that are asked for their first page at the same moment would both make one, and one of them fails.
    """
    for output in filter(None, outputs):
        (folder / output).parent.mkdir(parents=True, exist_ok=True)
