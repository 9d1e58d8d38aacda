"""Make one table of the typed copies of many files: columns of today, where each row comes from, each thing once.

Memory holds the keys of all rows and the rows of one part at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from ckanext.smartregion.quality.examination.typed import TypedTable, typed_column
from ckanext.smartregion.quality.layers.parts import LeftOut, Part, Tally, in_order
from ckanext.smartregion.schemas import TableContract
from ckanext.smartregion.schemas.layers import LayerRules, layer_contract, origin_names

AT, ROW, OWNER, REGIONAL, REASON, BY = " at", " row", " owner", " regional", " reason", " by"
HEADER = 1  # rows are counted as a reader of the file does: the header is the first
SAMPLES = 5
MUNICIPALITY = "ins_code"  # how the contracts name the municipality that a row speaks of


@dataclass(frozen=True)
class Consolidated:
    """What a layer holds: a tally per part, rows in all, and rows by NIS code of the municipality they speak of."""

    tallies: list[Tally]
    rows: int
    municipalities: dict[str, int]


def consolidate(
    copies: Mapping[Part, Path],
    contract: TableContract,
    versions: Mapping[str, TableContract],
    rules: LayerRules,
    target: Path,
) -> Consolidated:
    """Write the layer of these parts as CSV and tell what became of each.

    copies: the typed CSV of each part, as the check of its file wrote it.
    contract: today's version; ``versions`` are those that parts follow, by name and version.
    """
    strongest = _by_strength(copies, rules.precedence)
    tables = {part: _Source(part, copies[part], contract, versions[part.contract], rules) for part in strongest}
    judged = _judged([_keys(at, tables[part], contract, rules) for at, part in enumerate(strongest)], contract.key)
    tallies: list[Tally] = []
    found: Counter[str] = Counter()
    with TypedTable(layer_contract(contract).fields, target) as layer:
        for part in in_order(strongest):
            mine = judged.filter(pl.col(AT) == strongest.index(part)).sort(ROW)
            frame, emptied = tables[part].read(contract)
            kept = frame.filter(mine[REASON].is_null()) if frame.height else frame
            layer.add(kept)
            found.update(_municipalities(kept))
            left = tuple(_left_out(mine, strongest, contract.key))
            tallies.append(replace(tables[part].tally(frame.height, kept.height, left), emptied=emptied))
    return Consolidated(tallies, sum(one.kept for one in tallies), dict(sorted(found.items())))


def _by_strength(parts: Iterable[Part], precedence: Sequence[str]) -> list[Part]:
    """Parts, those first whose rows win: the nearer kind of organisation, then the newer file."""
    newest = sorted(in_order(parts), key=lambda part: part.updated, reverse=True)
    last = len(precedence)
    return sorted(newest, key=lambda part: precedence.index(part.kind) if part.kind in precedence else last)


class _Source:
    """The typed copy of one part, read under the columns of today."""

    def __init__(
        self, part: Part, path: Path, contract: TableContract, version: TableContract, rules: LayerRules
    ) -> None:
        self.part, self._path = part, path
        names = {name: rules.renamed.get(name, name) for name in version.field_names}
        wanted = contract.field_names
        self._names = {
            old: new for old, new in names.items() if new in wanted and (new == old or new not in version.field_names)
        }
        self._types_differ = version.version != contract.version
        self.gone = tuple(name for name in version.field_names if name not in self._names)
        self.empty = tuple(name for name in wanted if name not in self._names.values())

    def columns(self, names: Sequence[str]) -> pl.DataFrame:
        """Some columns of today as canonical text, empty where the part does not have them."""
        read = {old: new for old, new in self._names.items() if new in names}
        # Without a column nothing would say how many rows there are.
        some = list(read) or list(self._names)[:1]
        frame = pl.read_csv(self._path, columns=some, infer_schema=False).rename(read)
        absent = [pl.lit(None, pl.String).alias(name) for name in names if name not in read.values()]
        return frame.with_columns(absent).select(names)

    def read(self, contract: TableContract) -> tuple[pl.DataFrame, int]:
        """All rows with their origin, and how many cells were emptied because they do not fit today's types."""
        frame = self.columns(contract.field_names)
        emptied = 0
        if self._types_differ:
            fits = {one["name"]: _fits(one) for one in contract.fields}
            emptied = sum(frame.select((~fit).sum().alias(name) for name, fit in fits.items()).row(0))
            frame = frame.with_columns(pl.when(fit).then(pl.col(name)).alias(name) for name, fit in fits.items())
        return frame.with_columns(self._origin()), emptied

    def _origin(self) -> list[pl.Expr]:
        part, row = self.part, pl.int_range(pl.len(), dtype=pl.Int64) + 1 + HEADER
        said = (part.organization, part.nis_code, part.dataset, part.resource, row, part.sha256, part.updated)
        return [
            (value.cast(pl.String) if isinstance(value, pl.Expr) else pl.lit(value, pl.String)).alias(name)
            for name, value in zip(origin_names(), said, strict=True)
        ]

    def tally(self, rows: int, kept: int, left_out: tuple[LeftOut, ...]) -> Tally:
        """What became of the part."""
        return Tally(self.part, rows, kept, left_out, self.gone, self.empty)


def _fits(field: dict[str, Any]) -> pl.Expr:
    """Where a text is one of a column's type, or empty."""
    text = pl.col(field["name"])
    is_typed = text.is_in(["true", "false"]) if field["type"] == "boolean" else typed_column(field).is_not_null()
    return text.is_null() | is_typed


def _keys(at: int, source: _Source, contract: TableContract, rules: LayerRules) -> pl.DataFrame:
    """The keys of a part's rows by their values, whose they are, and whether they mean the same for everybody."""
    texts = source.columns(contract.key)
    fields = [one for one in contract.fields if one["name"] in contract.key]
    column, pattern = rules.regional_column, rules.regional_pattern
    whole = (
        pl.col(column).str.contains(f"^(?:{pattern})$").fill_null(False) if column and pattern else pl.lit(bool(column))
    )
    return texts.select(
        pl.lit(at, pl.UInt32).alias(AT),
        pl.int_range(pl.len(), dtype=pl.UInt32).alias(ROW),
        pl.lit(source.part.organization).alias(OWNER),
        whole.alias(REGIONAL),
        *(typed_column(one).alias(one["name"]) for one in fields),
    )


def _judged(frames: Sequence[pl.DataFrame], key: Sequence[str]) -> pl.DataFrame:
    """Every row with the reason why it is left out, null where it is kept, and the part whose row stands there instead.

    The frames come in the order in which parts win.
    """
    rows = pl.concat(frames)
    nothing = pl.all_horizontal(pl.col(name).is_null() for name in key)
    rows = rows.with_columns(pl.when(nothing).then(pl.lit("no-key")).alias(REASON), pl.lit(None, pl.UInt32).alias(BY))
    own = pl.col(AT).first().over([OWNER, *key]), pl.struct(OWNER, *key).is_first_distinct()
    rows = _told(rows, own, pl.lit(True), "repeated")
    # What was left out before gives way to nobody, so it is not compared; and nobody gives way to it.
    free = pl.col(REASON).is_null() & pl.col(REGIONAL)
    place = (
        pl.when(free).then(pl.lit(0, pl.UInt32)).otherwise(pl.int_range(pl.len(), dtype=pl.UInt32) + 1).alias(" own")
    )
    rows = rows.with_columns(place)
    all_over = pl.col(AT).first().over([" own", *key]), pl.struct(" own", *key).is_first_distinct()
    return _told(rows, all_over, free, "published-nearer")


def _told(rows: pl.DataFrame, claims: tuple[pl.Expr, pl.Expr], among: pl.Expr, reason: str) -> pl.DataFrame:
    winner, is_first = claims
    loses = among & pl.col(REASON).is_null() & ~is_first
    return rows.with_columns(
        pl.when(loses).then(winner).otherwise(pl.col(BY)).alias(BY),
        pl.when(loses).then(pl.lit(reason)).otherwise(pl.col(REASON)).alias(REASON),
    )


def _left_out(mine: pl.DataFrame, parts: Sequence[Part], key: Sequence[str]) -> Iterable[LeftOut]:
    """The rows of one part that are left out, by reason and by whose rows stand there instead."""
    lost = mine.filter(pl.col(REASON).is_not_null())
    if lost.is_empty():
        return
    text = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in key], separator=" ").alias(" key")
    groups = lost.with_columns(text).group_by(REASON, BY, maintain_order=True)
    told = groups.agg(pl.len().alias("rows"), pl.col(" key").head(SAMPLES).alias("keys"))
    for row in told.iter_rows(named=True):
        by = None if row[BY] is None else parts[row[BY]].organization
        yield LeftOut(row[REASON], row["rows"], by, tuple(row["keys"]))


def _municipalities(kept: pl.DataFrame) -> dict[str, int]:
    """Rows by the municipality that they speak of, else by the one that publishes them."""
    publisher = pl.col(origin_names()[1])
    said = pl.coalesce(MUNICIPALITY, publisher) if MUNICIPALITY in kept.columns else publisher
    counted = kept.select(said.alias("nis")).drop_nulls().group_by("nis").len()
    return dict(counted.iter_rows())
