"""Records of a CSV file, with the separator that fits the contract and the place of every record."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from ckanext.smartregion.quality.examination.limits import MEGABYTE, Limits
from ckanext.smartregion.quality.examination.refusal import Refused

DELIMITERS = (",", ";", "\t", "|")
Key = Callable[[object], str]
"""What of the name of a column is compared."""
LONGEST_LINE = 8 * MEGABYTE
# A header is looked for among so many lines at the top.
PREAMBLE = 30


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


def naming(names: Iterable[str], key: Key = label_key) -> Callable[[Iterable[object]], int]:
    """Tells of a header how many of the contract's columns it names."""
    wanted = {key(name) for name in names}
    return lambda labels: len(wanted & set(map(key, labels)))


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file parts its cells and marks its texts."""

    delimiter: str
    quote: str = '"'


def dialect_of(path: Path, encoding: str, names: list[str], limits: Limits, *, key: Key = label_key) -> Dialect:
    """The separator and quotation mark under which a line at the top names most of the contract's columns.

    Of equals, the separator under which more of the lines at the top have as many cells, then a comma. Single quotes
    have to name more columns than double ones: they are apostrophes, too.
    """

    named = naming(names, key)
    every = named(names)
    most = every, PREAMBLE  # no other can be better

    def best(quote: str) -> tuple[tuple[int, int], Dialect]:
        scored: list[tuple[tuple[int, int], Dialect]] = []
        for delimiter in DELIMITERS:
            dialect = Dialect(delimiter, quote)
            score = _score(partial(records, path, encoding, dialect, limits), named, every)
            scored.append((score, dialect))
            if score == most:
                break
        return max(scored, key=lambda pair: pair[0])

    double = best('"')
    if double[0][0] == every:
        return double[1]
    single = best("'")
    return single[1] if single[0][0] > double[0][0] else double[1]


def _score(
    read: Callable[[], Iterator[Record]], named: Callable[[Iterable[object]], int], every: int
) -> tuple[int, int]:
    """How many columns a line at the top names, and how many lines have as many cells."""
    tops: list[Record] = []
    try:
        tops += islice(read(), PREAMBLE)
    except Refused as refused:
        if refused.rule == "too-many-columns":
            return 1, 0
    found, best = 0, Record(0, 0, [])
    for record in tops:
        count = named(record.cells)
        if count > found:
            found, best = count, record
        if found == every:
            break  # as most first lines do
    return found, sum(len(record.cells) == len(best.cells) for record in tops) if found else 0


def header_place(first: Record, more: Iterable[Record], names: list[str]) -> int | None:
    """The line in which the header stands where it is not the first one; None where nothing looks like a header."""
    named = naming(names)
    if named(first.cells):
        return first.line
    best = max(islice(more, PREAMBLE), key=lambda record: named(record.cells), default=first)
    return best.line if named(best.cells) >= min(2, len(names)) else None


def records(path: Path, encoding: str, dialect: Dialect, limits: Limits) -> Iterator[Record]:
    """Every record of a CSV file; quotes must be whole, cells and rows within the limits."""
    csv.field_size_limit(limits.cell_chars)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(_lines(file), delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)
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
