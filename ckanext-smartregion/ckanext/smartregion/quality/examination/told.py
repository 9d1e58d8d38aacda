"""What is told of the rows before a contract's own rules look at them, and where each row of the frame stands."""

from bisect import bisect_right
from collections import defaultdict

from ckanext.smartregion.quality.examination.collecting import Collector
from ckanext.smartregion.quality.examination.layout import Layout
from ckanext.smartregion.quality.examination.outcome import Witness

# Rules after which a cell counts as empty in the typed frame although something stands in it.
WRONG_TYPE = frozenset({"type", "decimal-comma"})


class Told:
    """A witness of one path, which hears of every broken rule in the order of the records."""

    def __init__(self, layout: Layout, found: Collector, header: int, witness: Witness) -> None:
        self._layout, self._found, self._first, self._witness = layout, found, header + 1, witness
        self._above: list[int] = []
        self.invalid: set[int] = set()
        self._wrong: dict[str, list[int]] = defaultdict(list)

    def __call__(self, number: int, rule: str, at: int) -> None:
        """Hear that the record of this number breaks a rule at the position of a cell."""
        self._witness(number, rule, at)
        if rule == "blank-row":
            # How many rows that were judged stand above it.
            self._above.append(number - self._first - len(self._above))
        elif (place := self._layout.place(rule, at)) is not None:
            column = place[0]
            if self._found.level(rule, column) != "note":
                self.invalid.add(number)
            if column and rule in WRONG_TYPE:
                self._wrong[column].append(number)

    def number(self, row: int) -> int:
        """The number of the record that a row of the typed frame was made from."""
        return self._first + row + bisect_right(self._above, row)

    def wrong(self) -> dict[str, list[int]]:
        """By column, the rows of the typed frame whose cell was filled, but not with a value of its type."""
        return {column: [self._row(number) for number in numbers] for column, numbers in self._wrong.items()}

    def _row(self, number: int) -> int:
        blank = bisect_right([self._first + above + at for at, above in enumerate(self._above)], number)
        return number - self._first - blank
