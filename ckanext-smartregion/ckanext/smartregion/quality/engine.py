"""The door of the gate: one file, one contract, one report. The work is done in a child process under limits."""

import contextlib
import datetime as dt
import hashlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ckanext.smartregion.quality.examination.canonical import REGION_TIME
from ckanext.smartregion.quality.examination.child import MEMORY_EXIT
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.opening import Opened
from ckanext.smartregion.quality.policy import Verdict
from ckanext.smartregion.quality.report import Report, compose, fitted
from ckanext.smartregion.quality.rules import LanguageMap, error_text
from ckanext.smartregion.schemas.table_contracts import TableContract

log = logging.getLogger(__name__)
# Raise it whenever the same bytes could get another verdict: stored verdicts of other engines are stale.
OWN_VERSION = "4"
ENGINE = f"smartregion {OWN_VERSION}, frictionless {version('frictionless')}"
CHILD = (sys.executable, "-I", "-m", "ckanext.smartregion.quality.examination.child")


def name(limits: Limits) -> str:
    """The engine as reports are bound to it: with other limits the same bytes may get another verdict."""
    return ENGINE + limits.mark


def check(
    path: Path,
    contract: TableContract,
    *,
    limits: Limits | None = None,
    typed: Path | None = None,
    today: dt.date | None = None,
    published: Mapping[str, list[Path]] | None = None,
) -> Report:
    """Check a file against a table contract; `typed` receives a clean typed CSV when the file may be published.

    today: the day that rules look at, now in Brussels if none is given.
    published: by name of another contract, the typed CSV files that the organisation has published under it.
    """
    limits = limits or Limits()
    own = _own_rules(contract, today, published)
    if not path.is_file():
        return compose(None, contract, name(limits), "", 0, error_text("missing"))
    with tempfile.TemporaryDirectory(prefix="smartregion-check-") as folder:
        copy = Path(folder) / "typed.csv" if typed else None
        sha256, size = sha256_of(path), path.stat().st_size
        outcome, error = _run(path, contract, own, limits, Path(folder), copy)
        if sha256_of(path) != sha256:
            outcome, error = None, error_text("changed")
        report = fitted(compose(outcome, contract, name(limits), sha256, size, error), limits.report_kb * 1024)
        if typed and copy and report.verdict != Verdict.HOLD:
            _hand_over(copy, typed)
    return report


def convert(path: Path, folder: Path, limits: Limits) -> Opened | None:
    """The file as it is to be served, unpacked and in UTF-8; None where that is the file itself or can't be had."""
    answer = folder / "opened.json"
    job = {"path": str(path.resolve()), "into": str(folder), "limits": limits.to_dict(), "outcome": str(answer)}
    try:
        if _spawn(json.dumps(job), folder, limits.seconds) == 0:
            said = json.loads(answer.read_text(encoding="utf-8"))
            return Opened.from_dict(said) if said else None
    except (subprocess.TimeoutExpired, OSError, ValueError):
        log.warning("A file could not be converted", exc_info=True)
    return None


def _own_rules(
    contract: TableContract, today: dt.date | None, published: Mapping[str, list[Path]] | None
) -> dict[str, Any]:
    """The contract's own rules and what they look at, as the child process reads them."""
    return {
        "contract": contract.name,
        "rules": [rule.to_dict() for rule in contract.rules],
        "today": (today or dt.datetime.now(REGION_TIME).date()).isoformat(),
        "published": {name: list(map(str, paths)) for name, paths in (published or {}).items()},
    }


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run(
    path: Path, contract: TableContract, own: dict[str, Any], limits: Limits, folder: Path, typed: Path | None
) -> tuple[dict[str, Any] | None, LanguageMap | None]:
    """The outcome of the child, or the sentence that says why there is none."""
    answer = folder / "outcome.json"
    job = {
        "path": str(path.resolve()),
        "contract": contract.schema,
        "policy": contract.policy,
        "own": own,
        "limits": limits.to_dict(),
        "outcome": str(answer),
        "typed": str(typed) if typed else None,
    }
    try:
        code = _spawn(json.dumps(job), folder, limits.seconds)
    except subprocess.TimeoutExpired:
        return None, error_text("timeout", seconds=limits.seconds)
    # A library in Rust ends the process where it gets no memory.
    if code == -signal.SIGABRT:
        return None, error_text("memory")
    if code == -signal.SIGXCPU:
        return None, error_text("timeout", seconds=limits.seconds)
    if code != 0:
        return None, error_text("memory" if code == MEMORY_EXIT else "crash")
    return _read(answer)


def _spawn(job: str, folder: Path, seconds: int) -> int:
    """Run the child in a process group of its own, which is gone when this returns, whatever happened."""
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": str(folder), "HOME": str(folder)}
    complaints = folder / "complaints.txt"
    with complaints.open("wb") as stderr, subprocess.Popen(
        CHILD, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=stderr,
        cwd=folder, env=environment, start_new_session=True, text=True,
    ) as child:  # fmt: skip
        try:
            child.communicate(job, timeout=seconds)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
    if child.returncode:
        log.error("A check ended with code %s: %s", child.returncode, complaints.read_text(errors="replace")[-3000:])
    return child.returncode


def _read(answer: Path) -> tuple[dict[str, Any] | None, LanguageMap | None]:
    try:
        outcome = json.loads(answer.read_text(encoding="utf-8"))
        if {"file", "counts", "findings", "truncated"} <= set(outcome):
            return outcome, None
    except (OSError, ValueError, TypeError):
        pass
    return None, error_text("crash")


def _hand_over(copy: Path, typed: Path) -> None:
    with copy.open("rb") as source, typed.open("wb") as target:
        while block := source.read(1024 * 1024):
            target.write(block)
