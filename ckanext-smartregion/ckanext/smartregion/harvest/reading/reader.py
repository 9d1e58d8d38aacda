"""Documents are read in child processes that stay warm from page to page and fall alone under one too heavy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from ckanext.smartregion.harvest.records import ListingError
from ckanext.smartregion.harvest.sentences import say

SECONDS = 120
NEEDED = frozenset({"PATH", "LANG", "LC_ALL", "PYTHONPATH", "LD_LIBRARY_PATH"})
PROGRAMS = {
    "rdf": "ckanext.smartregion.harvest.reading.rdf_child",
    "csw": "ckanext.smartregion.harvest.reading.csw_child",
    "workbook": "ckanext.smartregion.harvest.reading.workbook_child",
    "gtfs": "ckanext.smartregion.harvest.reading.gtfs_child",
    "ocpi": "ckanext.smartregion.harvest.reading.ocpi_child",
}


class _Child:
    """One running child. Whatever is unexpected about it ends it."""

    def __init__(self, program: str) -> None:
        # -P: the directory in which a worker happens to stand must not lend it modules.
        command = [sys.executable, "-P", "-m", PROGRAMS[program]]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
        )

    def read(self, head: dict[str, Any], body: bytes) -> dict[str, Any] | None:
        """The answer, or None: killed by its limits or by the clock, or ended before it was asked."""
        watchdog = threading.Timer(SECONDS, self.process.kill)
        watchdog.start()
        try:
            return self._exchange(head, body)
        except (OSError, ValueError):
            self.end()
            return None
        finally:
            watchdog.cancel()

    def _exchange(self, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        inward, outward = self.process.stdin, self.process.stdout
        if inward is None or outward is None:
            raise ValueError("no pipes")
        inward.write(json.dumps(head | {"bytes": len(body)}).encode() + b"\n")
        inward.write(body)
        inward.flush()
        size = int(outward.readline())
        return json.loads(outward.read(size))

    def is_running(self) -> bool:
        """Whether it can be asked; it ends by itself when nobody asks for a while."""
        return self.process.poll() is None

    def ended_well(self) -> bool:
        """Whether it went of its own accord, so that the document is not to blame."""
        return self.process.returncode == 0

    def end(self) -> None:
        """End it, and leave nothing of it behind."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        try:
            self.process.wait(1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


# At most one idle child per program and process; a second conversation at the same time gets one of its own.
_idle: dict[str, _Child] = {}
os.register_at_fork(after_in_child=_idle.clear)


def read(program: str, body: bytes, url: str, **facts: Any) -> dict[str, Any]:
    """What a child reads in a body, or in the file that a fact names; raises ListingError where it can't be used."""
    head = {"url": url, **facts}
    child = _waiting(program) or _Child(program)
    found = child.read(head, body)
    if found is None and child.ended_well():
        child = _Child(program)
        found = child.read(head, body)
    if found is None:
        raise ListingError(say("too-heavy", url=url))
    if _idle.setdefault(program, child) is not child:
        child.end()
    if "refused" in found:
        raise ListingError(say(found["refused"], **{"url": url, **found["facts"]}))
    if "error" in found:
        raise ListingError(say("unreadable", url=url, reason=found["error"]))
    return found


def _waiting(program: str) -> _Child | None:
    child = _idle.pop(program, None)
    if child is None or child.is_running():
        return child
    child.end()
    return None


def _environment() -> dict[str, str]:
    """Only what a program needs to start: no setting and no secret of the portal is a parser's business."""
    return {name: value for name, value in os.environ.items() if name in NEEDED}
