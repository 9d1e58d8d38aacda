"""The compiled path: Polars accepts what is surely right, frictionless judges the rest; the outcome is the same.

A cell's judgement depends on nothing but its text, so doubtful cells are judged once for every text, by frictionless'
own reader of the column. Rows whose key is doubtful or double, or whose cells are too many or too few, are judged
whole, by frictionless' own table. Everything found is put in the order in which the plain path finds it.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Any, Protocol

import numpy as np
import polars as pl

from ckanext.smartregion.quality.examination.accepting import accepted, canonical_text, is_one_of
from ckanext.smartregion.quality.examination.blocks import Block, NotProvable
from ckanext.smartregion.quality.examination.collecting import Collector
from ckanext.smartregion.quality.examination.evaluating import evaluated
from ckanext.smartregion.quality.examination.judging import CellJudge, Judgement, table
from ckanext.smartregion.quality.examination.keys import KEY_TYPES, Keys
from ckanext.smartregion.quality.examination.layout import Layout
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.outcome import Judged, Witness
from ckanext.smartregion.quality.examination.personal.searching import Search
from ckanext.smartregion.quality.examination.reading import Record
from ckanext.smartregion.quality.examination.typed import TypedTable

EVENTS = {"row": pl.UInt32, "step": pl.UInt32, "rule": pl.String, "at": pl.Int32}
# What is said of a row after its cells.
AFTER_CELLS = 1_000_000
# Signs that may make a row a blank one; which of them do is Python's to say.
NEVER_BLANK = frozenset({"integer", "number", "date", "datetime", "time", "year", "yearmonth", "geopoint", "geojson"})
NOT_BLANK = r"[^\s\x1c-\x1f\x85]"


class Source(Protocol):
    """Where the rows of a table come from."""

    def blocks(self) -> Iterable[Block]:
        """All records, in blocks that follow each other."""
        ...

    def records(self, numbers: Iterable[int]) -> dict[int, Record]:
        """Some records by their numbers, once all blocks were given."""
        ...


class Column:
    """One column of the file: what is accepted, its canonical text, and frictionless' judge for the rest."""

    def __init__(self, layout: Layout, at: int) -> None:
        self.at, self.name = at, str(at)
        # Only what the descriptor says: it is the same for frictionless.
        self.field = layout.descriptor["fields"][at]
        self.missing = layout.missing[at]
        # Whether something stands in every cell that is accepted, other than blanks.
        self.is_filled = bool(self.field.get("constraints", {}).get("required")) and self.field["type"] in NEVER_BLANK
        self.doubtful, self.text, self.bare = _compiled(json.dumps([self.field, self.missing]), self.name)
        self._guarded = lambda text: layout.guarded_cell(text, at)
        self._sharper = lambda rule, text: layout.sharper(rule, text, at)
        # What it is called is nothing to its judge, who then knows the columns like it, too.
        self._alone = {"fields": [{**self.field, "name": "cell"}], "missingValues": layout.descriptor["missingValues"]}

    @cached_property
    def _judge(self) -> CellJudge:
        """Most columns never need one, and frictionless takes a millisecond to read a field."""
        return CellJudge(_field(json.dumps(self._alone)))

    def judge(self, text: str) -> Judgement:
        """frictionless' judgement on a text, with our names of rules."""
        found = self._judge.judge(self._guarded(text))
        if "type" not in found.rules:
            return found
        return Judgement(tuple(self._sharper(rule, text) for rule in found.rules), found.value)


@lru_cache(maxsize=1_000)
def _field(described: str) -> Any:
    """frictionless' own field of a descriptor of one, which reads cells and is changed by nothing."""
    from frictionless import Schema

    return Schema.from_descriptor(json.loads(described)).fields[0]


@lru_cache(maxsize=1_000)
def _compiled(described: str, name: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """The doubtful cells of a column, the canonical text of the others and their text as it stands.

    They follow from the column's field and its signs for nothing, which are nothing in either text.
    """
    field, missing = json.loads(described)
    cell = pl.col(name)
    filled = pl.when(~is_one_of(cell, missing))
    parts = (~accepted(field, missing, cell), filled.then(canonical_text(field, cell)), filled.then(cell))
    return tuple(part.alias(name) for part in parts)  # type: ignore[return-value]


class CompiledPath:
    """One pass over the blocks of a source, and a second look at the few rows that are judged whole or shown."""

    def __init__(
        self, layout: Layout, found: Collector, limits: Limits, typed: TypedTable, witness: Witness, search: Search
    ) -> None:
        self.layout, self.found, self.limits, self.typed, self.witness = layout, found, limits, typed, witness
        self.columns = [Column(layout, at) for at in range(layout.width)]
        self.keys, self._search = Keys(layout), search
        if any(self.columns[at].field["type"] not in KEY_TYPES for at in self.keys.places):
            raise NotProvable("a key of a type whose equal texts are not known")
        order = [*self.keys.first, *(at for at in range(layout.width) if at not in self.keys.first)]
        self._steps = {at: step for step, at in enumerate(order)}
        self._told: list[tuple[int, int, str, int]] = []
        self._events: list[pl.DataFrame] = []
        self._hard: set[int] = set()
        self._blank: list[int] = []
        self._rows = 0

    def run(self, source: Source, after: int) -> Judged:
        """Judge every record after that number, which is the header's."""
        for block in below(source.blocks(), after):
            self._examine(block)
        if self._rows > self.limits.rows:
            raise NotProvable("too many rows: the plain path says how many it judged")
        self._hard |= self.keys.double()
        return self._tell(self._in_order(source), source)

    # One block

    def _examine(self, block: Block) -> None:
        frame = block.frame
        masks = evaluated(frame, (column.doubtful for column in self.columns))
        blank = self._blank_rows(block, masks)
        self._blank += [block.first + row for row in blank]
        self._rows += frame.height - len(blank)
        self._told += [(number, 0, rule, at) for number, rule, at in block.told]
        hard = {row for row in block.odd if row not in blank}
        wanted = {column.at: text for column in self.columns if (text := self._text(column)) is not None}
        texts = dict(zip(wanted, evaluated(frame, wanted.values()), strict=True))
        for column, mask in zip(self.columns, masks, strict=True):
            if mask.any():
                self._doubtful(block, column, mask.arg_true(), texts)
        self.keys.add(texts, block.first, blank)
        self._note_empty_keys(block, texts)
        self._hard |= {block.first + row for row in hard}
        self._give_texts(texts, block, blank)
        self._search.add(frame, np.arange(block.first, block.first + frame.height, dtype=np.uint32))

    def _text(self, column: Column) -> pl.Expr | None:
        """The text of a column that is needed for keys and for the typed table: canonical where it is read."""
        field = self.layout.header.fields[column.at]
        if column.at in self.keys.places or (field and self.typed.reads(field["name"])):
            return column.text
        return column.bare if field and self.typed.wanted else None

    def _blank_rows(self, block: Block, doubtful: pl.DataFrame) -> list[int]:
        """Rows without anything in them: looked for in one column after the other, among ever fewer rows."""
        sure = next((doubtful[column.name] for column in self.columns if column.is_filled), None)
        if sure is not None and not sure.any():
            return []
        rows = None if sure is None else sure.arg_true()
        frame = block.frame if rows is None else block.frame[rows]
        for column in self.columns:
            cell = pl.col(column.name)
            nothing = (
                frame.select(~cell.str.contains(NOT_BLANK) | is_one_of(cell, column.missing)).to_series().arg_true()
            )
            if not len(nothing):
                return []
            rows, frame = nothing if rows is None else rows.gather(nothing), frame[nothing]
        return [row for row in (() if rows is None else rows) if self.layout.is_blank(block.record(row))]

    def _doubtful(self, block: Block, column: Column, rows: pl.Series, texts: dict[int, pl.Series]) -> None:
        """Have the doubtful cells of a column judged, each text once; their values go into its canonical text."""
        cells = block.frame.to_series(column.at).gather(rows).to_list()
        code_of = {text: code for code, text in enumerate(dict.fromkeys(cells))}
        judgements = [column.judge(text) for text in code_of]
        wrong = {code: one for code, one in enumerate(judgements) if one.rules or one.unstorable}
        if wrong:
            codes = pl.Series(map(code_of.__getitem__, cells), dtype=pl.UInt32)
            self._note(block, column, rows, codes, wrong)
        if (text := texts.get(column.at)) is not None:
            values = pl.Series([judgements[code_of[cell]].value for cell in cells], dtype=pl.String)
            texts[column.at] = text.scatter(rows, values)

    def _note(
        self,
        block: Block,
        column: Column,
        rows: pl.Series,
        codes: pl.Series,
        wrong: dict[int, Judgement],
    ) -> None:
        steps = [
            (code, step, rule)
            for code, one in wrong.items()
            for step, rule in [
                *((self._steps[column.at], rule) for rule in one.rules),
                *((self._after(column), "type") for _ in range(one.unstorable)),
            ]
        ]
        told = pl.DataFrame(steps, schema={"code": pl.UInt32, "step": pl.UInt32, "rule": pl.String}, orient="row")
        cells = pl.DataFrame({"row": rows.cast(pl.UInt32), "code": codes})
        found = cells.join(told, on="code", how="inner", maintain_order="left_right")
        number = (pl.col("row") + block.first).cast(pl.UInt32)
        at = pl.lit(column.at, pl.Int32).alias("at")
        self._events.append(found.select(number.alias("row"), "step", "rule", at))

    def _note_empty_keys(self, block: Block, texts: dict[int, pl.Series]) -> None:
        rows = self.keys.empty(block.frame, texts)
        if rows is not None and len(rows):
            numbers = (rows + block.first).cast(pl.UInt32).alias("row")
            said = {"step": AFTER_CELLS - 1, "rule": "key", "at": -1}
            told = pl.DataFrame(numbers).with_columns(
                pl.lit(value, EVENTS[name]).alias(name) for name, value in said.items()
            )
            self._events.append(told)

    def _after(self, column: Column) -> int:
        """Values that no database holds are told after the row's other flaws, in the contract's order."""
        return AFTER_CELLS + self.layout.names.index(self.field_name(column.at))

    def field_name(self, at: int) -> str:
        """The contract's name of a column."""
        return self.layout.descriptor["fields"][at]["name"]

    def _give_texts(self, texts: dict[int, pl.Series], block: Block, blank: list[int]) -> None:
        if not self.typed.wanted:
            return
        found = [
            texts[at].alias(field["name"]) for at, field in enumerate(self.layout.header.fields) if field is not None
        ]
        frame = pl.DataFrame(found)
        if blank:
            frame = frame.with_row_index(" row").filter(~pl.col(" row").is_in(blank)).drop(" row")
        self.typed.add(frame)

    # All blocks

    def _in_order(self, source: Source) -> pl.DataFrame:
        """Everything found: of single cells, of rows judged whole, and of blank rows."""
        if not (self._events or self._hard or self._blank or self._told):
            return pl.DataFrame(schema=EVENTS)
        cells = pl.concat([pl.DataFrame(schema=EVENTS), *self._events])
        apart = pl.Series(sorted(self._hard | set(self._blank)), dtype=pl.UInt32)
        cells = cells.join(pl.DataFrame({"row": apart}), on="row", how="anti")
        records = source.records(self._hard)
        whole = self._whole([records[number] for number in sorted(self._hard)])
        blank = ((number, 0, "blank-row", -1) for number in self._blank)
        first = pl.DataFrame(self._told, schema=EVENTS, orient="row")
        others = pl.DataFrame([*whole, *blank], schema=EVENTS, orient="row")
        return pl.concat([first, cells, others]).sort("row", "step", maintain_order=True)

    def _whole(self, records: list[Record]) -> Iterator[tuple[int, int, str, int]]:
        """The flaws of rows that frictionless' own table judges: every member of a double key is among them."""
        if not records:
            return
        layout = self.layout
        cells = [layout.guarded(record.cells) for record in records]
        names = [field["name"] for field in layout.descriptor["fields"]]
        with table([names, *cells], layout.descriptor) as resource:
            for row, record in zip(resource.row_stream, records, strict=True):
                broken = layout.broken(row.errors, record.cells)
                for step, (rule, at) in enumerate([*broken, *self._unstorable(row, record)]):
                    yield record.number, step, rule, at

    def _unstorable(self, row: Any, record: Record) -> Iterator[tuple[str, int]]:
        for name in self.layout.names:
            at = self.layout.positions.get(name, len(record.cells))
            if at < len(record.cells) and row[name] is not None and self.columns[at].judge(record.cells[at]).unstorable:
                yield "type", at

    def _tell(self, events: pl.DataFrame, source: Source) -> Judged:
        """Count what was found by rule and column, in the order of the first of each, with the first samples."""
        if events.is_empty():
            return Judged(self._rows)
        for number, rule, at in events.select("row", "rule", "at").iter_rows():
            self.witness(number, rule, at)
        places = {
            (rule, at): self.layout.place(rule, at)
            for rule, at in events.select("rule", "at").unique(maintain_order=True).iter_rows()
        }
        groups = self._groups(events, places)
        wanted = {number for numbers in groups["rows"] for number in numbers}
        records = source.records(wanted)
        for rule, column, count, numbers, shown in groups.select(
            "rule", "column", "count", "rows", "shown"
        ).iter_rows():
            samples = [
                self.layout.sample(records[number], None if at < 0 else at, rule)
                for number, at in zip(numbers, shown, strict=True)
            ]
            self.found.add_many(rule, column, count, samples)
        return Judged(self._rows, self._invalid(events, places))

    def _groups(self, events: pl.DataFrame, places: dict[tuple[str, int], Any]) -> pl.DataFrame:
        told = [
            (rule, at, column, -1 if shown is None else shown)
            for (rule, at), place in places.items()
            if place is not None
            for column, shown in [place]
        ]
        schema = {"rule": pl.String, "at": pl.Int32, "column": pl.String, "shown": pl.Int32}
        placed = events.join(
            pl.DataFrame(told, schema=schema, orient="row"), on=["rule", "at"], how="inner", maintain_order="left"
        )
        return placed.group_by("rule", "column", maintain_order=True).agg(
            pl.len().alias("count"),
            pl.col("row").head(self.limits.samples).alias("rows"),
            pl.col("shown").head(self.limits.samples),
        )

    def _invalid(self, events: pl.DataFrame, places: dict[tuple[str, int], Any]) -> int:
        serious = [
            (rule, at)
            for (rule, at), place in places.items()
            if place is not None and rule != "blank-row" and self.found.level(rule, place[0]) != "note"
        ]
        told = pl.DataFrame(serious, schema={"rule": pl.String, "at": pl.Int32}, orient="row")
        return (
            events.join(told, on=["rule", "at"], how="semi").filter(~pl.col("row").is_in(self._blank))["row"].n_unique()
        )


def below(blocks: Iterable[Block], after: int) -> Iterator[Block]:
    """The blocks without the records up to the header."""
    for block in blocks:
        above = after + 1 - block.first
        if above <= 0:
            yield block
        elif above < block.frame.height:
            yield Below(block, above)


class Below(Block):
    """The lower part of a block."""

    def __init__(self, whole: Block, above: int) -> None:
        odd = {row - above: cells for row, cells in whole.odd.items() if row >= above}
        super().__init__(whole.frame.slice(above), whole.first + above, odd)
        self._whole, self._above = whole, above

    def line(self, row: int) -> int:
        """The first line of a record in the file."""
        return self._whole.line(row + self._above)
