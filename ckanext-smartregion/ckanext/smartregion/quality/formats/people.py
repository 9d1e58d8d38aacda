"""Personal data in the free texts of a file that is no table: as in tables, where a standard does not ask for them."""

import re
from collections.abc import Hashable
from typing import Any

from ckanext.smartregion.quality.examination.personal.detecting import NAME, NATIONAL_NUMBER, Kind, kinds
from ckanext.smartregion.quality.examination.personal.masking import hidden
from ckanext.smartregion.quality.examination.personal.numbers import are_codes, is_bare
from ckanext.smartregion.quality.formats.found import Found, place

# Whatever holds none of these holds no number and no address.
CLUE = r"@|[0-9](?:[^0-9]{0,3}[0-9]){6}"
_CLUE = re.compile(CLUE)


class People:
    """What is looked for in one file: the kinds of its policy, but where `personal` of its contract promises them.

    Names are only looked for where a field's own name says that they stand there: stops bear those of people too.
    """

    def __init__(self, found: Found) -> None:
        self.found = found
        policy = found.collector.policy
        self.kinds = [kind for kind in kinds(found.today).values() if kind.rule in policy]
        self._promised: dict[str, list[str]] = found.settings.get("personal", {})
        self._wanted: dict[str, list[Kind]] = {}
        self._believed: dict[str, bool] = {}
        # By field, how many texts are bare numbers, and the places and records of those that pass for national numbers.
        self._bare: dict[str, int] = {}
        self._passing: dict[str, list[tuple[dict[str, Any], Hashable]]] = {}

    def walk(self, value: Any, where: str, at: str, *, key: Any = "", record: Hashable = None) -> None:
        """Every text in a JSON value, each under the names that lead to it."""
        if isinstance(value, str):
            self.look(value, where, at, key=key, record=record)
        elif isinstance(value, dict):
            for name, part in value.items():
                label = hidden(name)
                self.walk(part, f"{where}.{label}", f"{at}/{label}", key=key, record=record)
        elif isinstance(value, list):
            for number, part in enumerate(value):
                self.walk(part, where, f"{at}/{number}", key=key, record=record)
        elif isinstance(value, int) and not isinstance(value, bool) and self.is_believed(where):
            self.look(str(value), where, at, key=key, record=record)

    def look(self, text: str, where: str, at: str, *, key: Any = "", record: Hashable = None,
             line: int | None = None) -> None:  # fmt: skip
        """One text of a field (`where`)."""
        if not self.may_hold(text, where):
            return
        for kind in self.wanted(where):
            if kind.name == NATIONAL_NUMBER and is_bare(text) and not self.is_believed(where):
                self._bare[where] = self._bare.get(where, 0) + 1
                if kind.is_in(text):
                    self._passing.setdefault(where, []).append((place(at, text, line=line, key=key), record))
            elif kind.is_in(text, _label(where)):
                self._tell(kind.rule, where, place(at, text, line=line, key=key), record)

    def may_hold(self, text: str, where: str) -> bool:
        """Whether a text is worth a closer look."""
        return _CLUE.search(text) is not None or self.is_believed(where)

    def wanted(self, where: str) -> list[Kind]:
        """The kinds that do not belong into a field."""
        if where not in self._wanted:
            promised, label = self._promised.get(where, ()), _label(where)
            free = [kind for kind in self.kinds if kind.name not in promised]
            self._wanted[where] = [kind for kind in free if kind.name != NAME or kind.is_believed(label)]
        return self._wanted[where]

    def is_believed(self, where: str) -> bool:
        """Whether the name of a field says that data of people stand in it."""
        known = self._believed.get(where)
        if known is None:
            known = self._believed[where] = any(kind.is_believed(_label(where)) for kind in self.wanted(where))
        return known

    def end(self) -> None:
        """Tell the numbers that are those of people, now that all of each field are known."""
        for where, passing in self._passing.items():
            if not are_codes(self._bare[where], len(passing)):
                for told, record in passing:
                    self._tell("personal-national-number", where, told, record)

    def _tell(self, rule: str, where: str, told: dict[str, Any], record: Hashable) -> None:
        self.found.add(rule, where, told, record, found=_label(where))


def _label(where: str) -> str:
    return where.rpartition(".")[2]
