"""Records of a CSV file, with the separator that fits the contract and the place of every record."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from ckanext.smartregion.quality.examination.limits import MEGABYTE, Limits
from ckanext.smartregion.quality.examination.refusal import Refused

DELIMITERS = (",", ";", "\t", "|")
LONGEST_LINE = 8 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its row in a spreadsheet, its first line in the file, and its cells."""

    number: int
    line: int
    cells: list[Any]

    @property
    def blank(self) -> bool:
        """Whether every cell is empty."""
        return not any(cell not in (None, "") and str(cell).strip() for cell in self.cells)


def label_key(label: object) -> str:
    """A column name as names are compared: without outer spaces, without capitals."""
    return str(label if label is not None else "").strip().casefold()


def matches(labels: Iterable[object], names: Iterable[str]) -> int:
    """How many of the contract's columns a header names."""
    return len({label_key(label) for label in labels} & {label_key(name) for name in names})


def delimiter_of(path: Path, encoding: str, names: list[str], limits: Limits) -> str:
    """The separator under which the first line names most of the contract's columns; a comma if none does."""
    return max(DELIMITERS, key=lambda delimiter: _score(path, encoding, delimiter, names, limits))


def _score(path: Path, encoding: str, delimiter: str, names: list[str], limits: Limits) -> int:
    try:
        first = next(records(path, encoding, delimiter, limits), None)
    except Refused as refused:
        return int(refused.rule == "too-many-columns")
    return matches(first.cells, names) if first else 0


def records(path: Path, encoding: str, delimiter: str, limits: Limits) -> Iterator[Record]:
    """Every record of a CSV file; quotes must be whole, cells and rows within the limits."""
    csv.field_size_limit(limits.cell_chars)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(_lines(file), delimiter=delimiter, strict=True)
        number, line = 0, 1
        while (cells := _next(reader, line, limits)) is not None:
            number += 1
            if len(cells) > limits.columns:
                raise Refused("too-many-columns", limit=limits.columns)
            yield Record(number, line, cells)
            line = reader.line_num + 1


def _next(reader: Any, line: int, limits: Limits) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        # A cell that outgrew the limit over several lines is a quotation mark that nobody closed.
        if "field limit" in str(error) and reader.line_num <= line:
            raise Refused("cell-too-long", limit=limits.cell_chars, line=line) from error
        raise Refused("quote", line=line) from error


def _lines(file: TextIO) -> Iterator[str]:
    for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), ""), start=1):
        if len(line) >= LONGEST_LINE:
            raise Refused("cell-too-long", limit=LONGEST_LINE, line=number)
        yield line
