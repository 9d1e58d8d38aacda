"""What docs/harvesters.md says, as code: tests build the kind of source that it describes."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "docs/harvesters.md"


def block(language: str) -> str:
    """The first block of code in a language."""
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert found, f"the page has no block of {language}"
    return found[1]


def kind_of_the_page(folder: Path) -> Any:
    """The harvester that the page's code makes, written to a folder and imported from there."""
    path = folder / "udata.py"
    path.write_text(block("python"), "utf-8")
    spec = importlib.util.spec_from_file_location("udata_of_the_page", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Udata()
