"""Style and types: judged once for each state of the code, for what was right stays right until a file changes."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from stack.errors import StackError
from stack.settings import ROOT, TOOLS

JUDGES = (
    (".venv/bin/ruff", "check", "--quiet", "."),
    (".venv/bin/ruff", "format", "--quiet", "--check", "."),
    ("stack/install", "types"),
    (".venv/bin/basedpyright", "--level", "error"),
)
CODE = ("ckanext-smartregion", "schemas", "harvesters", "stack", "tests", "benchmarks")
RULES = ("pyproject.toml", "setup.py", "requirements-test.lock")
PASSED = TOOLS / "style-and-types"  # the state of the code that passed last


def state() -> str:
    """What the judges would read, in short: every module with its place, and what they go by."""
    modules = (path for folder in CODE for path in sorted((ROOT / folder).rglob("*.py")))
    digest = hashlib.sha256()
    for path in (*(ROOT / name for name in RULES), *modules):
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def judge(passed: Path = PASSED) -> None:
    """Style and types, unless this very state has passed already; raises StackError after what they print."""
    found = state()
    if passed.exists() and passed.read_text() == found:
        return
    for command in JUDGES:
        if subprocess.run(command, cwd=ROOT).returncode:
            raise StackError("Style or types are wrong: see above.")
    passed.write_text(found)
