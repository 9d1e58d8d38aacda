"""Remembers who has visited: from the second harvest on, a portal shows what has changed since."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock


@dataclass
class Visits:
    """What each portal has given away so far, kept in a file so that a restart changes nothing.

    A harvest lists the catalogue and then takes the tables. So the portal changes when somebody lists it again
    after a table was taken; a preview, which only lists, does not use up the change.
    """

    file: Path
    _lock: Lock = field(default_factory=Lock, repr=False)

    def is_later(self, portal: str) -> bool:
        """Whether this portal shows its changed state."""
        with self._lock:
            return self._read().get(portal) == "later"

    def listed(self, portal: str) -> None:
        """Note that a listing begins."""
        with self._lock:
            state = self._read()
            if state.get(portal) == "taken":
                self._write(state | {portal: "later"})

    def taken(self, portal: str) -> None:
        """Note that a table was taken."""
        with self._lock:
            state = self._read()
            if portal not in state:
                self._write(state | {portal: "taken"})

    def _read(self) -> dict[str, str]:
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def _write(self, state: dict[str, str]) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(state))
        fresh.replace(self.file)
