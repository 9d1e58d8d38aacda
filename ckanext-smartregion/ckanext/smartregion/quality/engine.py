"""The door of the gate: one file, one contract, one report. The work is done in a child process under limits."""

import datetime as dt
import hashlib
import json
import logging
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from typing import Any

from ckanext.smartregion import belgium
from ckanext.smartregion.quality import children
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.opening import Opened
from ckanext.smartregion.quality.examination.personal.masking import redacted
from ckanext.smartregion.quality.policy import Verdict
from ckanext.smartregion.quality.report import Report, compose, fitted
from ckanext.smartregion.quality.rules import LanguageMap, error_text
from ckanext.smartregion.schemas.format_contracts import FormatContract
from ckanext.smartregion.schemas.named import FileContract
from ckanext.smartregion.schemas.table_contracts import TableContract

log = logging.getLogger(__name__)
# Raise it whenever the same bytes could get another verdict: stored verdicts of other engines are stale.
OWN_VERSION = "8"
ENGINE = f"smartregion {OWN_VERSION}, frictionless {version('frictionless')}"
OUTCOME = ("file", "counts", "findings", "truncated")

# The times of a file that was written so many seconds before a check show whether it was written again; those of one
# that was written a moment before may not, and it is read once more.
SETTLED = 2
PACKED, GZIP = b"PK", b"\x1f\x8b"
# Bytes below which beginning takes a check longer than judging.
SHORT = 256 * 1024


def name(limits: Limits) -> str:
    """The engine as reports are bound to it: with other limits the same bytes may get another verdict."""
    return ENGINE + limits.mark


def check(
    path: Path,
    contract: FileContract,
    *,
    limits: Limits | None = None,
    typed: Path | None = None,
    parquet: Path | None = None,
    today: dt.date | None = None,
    published: Mapping[str, list[Path]] | None = None,
    excused: bool = False,
) -> Report:
    """Check a file against a contract of tables, or of a format, of which no copies are made.

    typed, parquet: receive a clean typed CSV of the file, and the same table as Parquet, when it may be published.
    today: the day that rules look at, now in Brussels if none is given.
    published: by name of another contract, the typed CSV files that the organisation has published under it; without
        it nobody has looked there, and the report says so.
    excused: it may be published whatever the verdict; its copies are empty where a cell is not what it should be.
    """
    limits = limits or Limits()
    asked = _asked(contract, today, published)
    if not path.is_file():
        return compose(None, contract, name(limits), "", 0, error_text("missing"))
    with _folder() as folder:
        copies = {folder / name: wanted for name, wanted in (("csv", typed), ("parquet", parquet)) if wanted}
        begun, before = time.time(), path.stat()
        with _hashing(path, before.st_size) as hashed:
            outcome, error = _run(path, asked, _widened(limits, contract), folder, list(copies))
            sha256, size = hashed(), before.st_size
        settled = begun - before.st_ctime > SETTLED
        if _marks(path.stat()) != _marks(before) or not (settled or sha256_of(path) == sha256):
            outcome, error = None, error_text("changed")
        report = fitted(compose(outcome, contract, name(limits), sha256, size, error), limits.report_kb * 1024)
        if report.verdict != Verdict.HOLD or (excused and report.error is None):
            for copy, target in copies.items():
                if copy.exists():
                    hand_over(copy, target)
    return report


def convert(path: Path, folder: Path, limits: Limits) -> Opened | None:
    """The file as it is to be served, unpacked and in UTF-8; None where that is the file itself or can't be had."""
    answer = folder / "opened.json"
    job = {"path": str(path.resolve()), "into": str(folder), "limits": limits.to_dict(), "outcome": str(answer)}
    try:
        if _spawn(job, folder) == 0:
            said = json.loads(answer.read_text(encoding="utf-8"))
            return Opened.from_dict(said) if said else None
    except (children.Late, children.Died, OSError, ValueError):
        log.warning("A file could not be converted", exc_info=True)
    return None


def _widened(limits: Limits, contract: FileContract) -> Limits:
    """The limits, those wider that this kind of file needs: the feed of a region is larger than any table."""
    wider = contract.limits if isinstance(contract, FormatContract) else {}
    return replace(limits, **{name: max(most, getattr(limits, name)) for name, most in wider.items()})


def _asked(contract: FileContract, today: dt.date | None, published: Mapping[str, list[Path]] | None) -> dict[str, Any]:
    """What the child process is asked of the file: by which contract and policy it is examined, and on which day."""
    if isinstance(contract, FormatContract):
        said = {"name": contract.name, "settings": contract.settings, "today": _day(today)}
        return {"format": said, "policy": contract.policy}
    return {"contract": contract.schema, "policy": contract.policy, "own": own_rules(contract, today, published)}


def _day(today: dt.date | None) -> str:
    """The day that rules look at."""
    return (today or belgium.today()).isoformat()


def own_rules(
    contract: TableContract, today: dt.date | None, published: Mapping[str, list[Path]] | None
) -> dict[str, Any]:
    """The contract's own rules and what they look at, as the child process reads them."""
    return {
        "contract": contract.name,
        "rules": [rule.to_dict() for rule in contract.rules],
        "today": _day(today),
        "personal": contract.personal,
        "published": published and {name: list(map(str, paths)) for name, paths in published.items()},
    }


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _folder() -> Iterator[Path]:
    """An empty folder for one check. Nobody waits until it is gone: that may take as long as a short check."""
    folder = tempfile.mkdtemp(prefix="smartregion-check-")
    try:
        yield Path(folder)
    finally:
        Thread(target=shutil.rmtree, args=(folder,), kwargs={"ignore_errors": True}).start()


@contextmanager
def _hashing(path: Path, size: int) -> Iterator[Callable[[], str]]:
    """The SHA-256 of a file, found meanwhile where that takes longer than a thread takes to begin."""
    if size <= SHORT:
        sha256 = sha256_of(path)
        yield lambda: sha256
        return
    with ThreadPoolExecutor(1) as beside:
        yield beside.submit(sha256_of, path).result


def _marks(stat: os.stat_result) -> tuple[int, ...]:
    """What changes when a file is written or replaced."""
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def _run(
    path: Path, asked: dict[str, Any], limits: Limits, folder: Path, copies: Iterable[Path]
) -> tuple[dict[str, Any] | None, LanguageMap | None]:
    """The outcome of the child, or the sentence that says why there is none."""
    job = {
        **asked,
        "path": str(path.resolve()),
        "short": _is_short_text(path),
        "copies": {copy.name: str(copy) for copy in copies},
    }
    return done(job, limits, folder, OUTCOME)


def done(
    job: dict[str, Any], limits: Limits, folder: Path, wanted: Collection[str]
) -> tuple[dict[str, Any] | None, LanguageMap | None]:
    """What a child answers that does a job, with all that is wanted in it, or the sentence that says why it doesn't."""
    answer = folder / "outcome.json"
    try:
        code = _spawn({**job, "limits": limits.to_dict(), "outcome": str(answer)}, folder)
        if code in children.MEMORY_EXITS and limits.threads > 1 and _is_packed(Path(job["path"])):
            return done(job, replace(limits, threads=1), folder, wanted)
    except children.Late:
        return None, error_text("timeout", seconds=limits.seconds)
    except children.Died:
        return None, error_text("crash")
    if code == -signal.SIGXCPU:
        return None, error_text("timeout", seconds=limits.seconds)
    if code != 0:
        return None, error_text("memory" if code in children.MEMORY_EXITS else "crash")
    return _read(answer, wanted)


def _is_packed(path: Path) -> bool:
    """Whether a file is an archive, as workbooks are: one is read while it is looked at whether it may be."""
    return _beginning(path).startswith(PACKED)


def _is_short_text(path: Path) -> bool:
    """Whether a file is nothing but a little text, which a child that is kept for others after it may judge."""
    return path.stat().st_size <= SHORT and not _beginning(path).startswith((PACKED, GZIP))


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(PACKED))


def _spawn(job: dict[str, Any], folder: Path) -> int:
    """Have a child do the job; its exit code, or `children.Late` where it took longer than allowed."""
    code = children.run(job)
    if code:
        complaints = folder / "complaints.txt"
        told = complaints.read_text(errors="replace") if complaints.exists() else ""
        log.error("A check ended with code %s: %s", code, redacted(told)[-3000:])
    return code


def _read(answer: Path, wanted: Collection[str]) -> tuple[dict[str, Any] | None, LanguageMap | None]:
    try:
        outcome = json.loads(answer.read_text(encoding="utf-8"))
        if set(wanted) <= set(outcome):
            return outcome, None
    except (OSError, ValueError, TypeError):
        pass
    return None, error_text("crash")


def hand_over(copy: Path, wanted: Path) -> None:
    """Give what a child has written to who asked for it."""
    with copy.open("rb") as source, wanted.open("wb") as target:
        while block := source.read(1024 * 1024):
            target.write(block)
