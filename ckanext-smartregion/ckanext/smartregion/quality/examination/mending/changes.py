"""What was changed and what is left: counted by kind and column, with the first few places of each."""

from collections.abc import Iterable
from typing import Any

from ckanext.smartregion.quality.escaping import shown
from ckanext.smartregion.quality.examination.personal.masking import hidden

Place = dict[str, Any]
"""Where a change was made: ``cell``, ``line``, ``before``, ``after``, already fit to be shown."""


class Changes:
    """Changes in bounded memory, however many there are."""

    def __init__(self, samples: int, most: int) -> None:
        self._samples, self._most = samples, most
        self._found: dict[tuple[str, str | None, str | None], dict[str, Any]] = {}
        self.truncated = False

    def add(
        self,
        kind: str,
        column: str | None = None,
        count: int = 1,
        places: Iterable[Place] = (),
        about: str | None = None,
    ) -> None:
        """Count changes of a kind in a column; ``about`` tells what a change of the whole file was about."""
        key = (kind, column, about)
        if key not in self._found and len(self._found) >= self._most:
            self.truncated = True
            return
        row = self._found.setdefault(
            key,
            {
                "kind": kind,
                "column": column,
                "about": shown(hidden(about)) if about else None,
                "count": 0,
                "samples": [],
            },
        )
        row["count"] += count
        for place in places:
            if len(row["samples"]) >= self._samples:
                break
            row["samples"].append(place)

    def kinds(self) -> set[str]:
        """The kinds that there are."""
        return {kind for kind, _, _ in self._found}

    def to_list(self) -> list[dict[str, Any]]:
        """The changes, in the order in which they were first made."""
        return list(self._found.values())
