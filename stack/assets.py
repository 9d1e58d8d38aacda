"""Where CKAN keeps the style sheets and scripts that it builds for the first page that wants them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def make_room(folder: Path, outputs: Iterable[str | None]) -> None:
    """Make the folders of all outputs.

    Two processes that are asked for their first page at the same moment would both make one, and one of them fails.
    """
    for output in filter(None, outputs):
        (folder / output).parent.mkdir(parents=True, exist_ok=True)
