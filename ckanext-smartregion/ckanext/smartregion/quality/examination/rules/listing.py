"""Rules about the items of a list that stands in one cell, judged on the distinct texts of a column."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from ckanext.smartregion.quality.examination.patterns import translated
from ckanext.smartregion.quality.examination.rules.surroundings import Judged, Surroundings

# Blanks around an item do not count; Python and Polars would not agree on more exotic ones.
BLANKS = " \t\r\n\u00a0\u202f"


def list_items(frame: pl.DataFrame, said: Mapping[str, Any], around: Surroundings) -> Judged:
    """Rows whose list holds an item that is not among the items, does not fit the pattern, or is on no list."""

    def wrong(items: pl.Series) -> pl.Series:
        if said["items"] is not None:
            return ~items.is_in(said["items"])
        if said["pattern"] is not None:
            return ~items.is_in(_fitting(items, said["pattern"]).implode())
        return ~items.is_in(codes_in_force(around.references[said["reference"]], around).implode())

    return wrong_item(frame, said["column"], said["separator"], wrong)


def _fitting(items: pl.Series, pattern: str) -> pl.Series:
    """The items that fit a pattern as a whole: only those that Polars does not surely accept are shown to Python."""
    surely, whole = translated(f"(?:{pattern})"), re.compile(pattern)
    sure = items.str.contains(surely) if surely else pl.repeat(value=False, n=len(items), eager=True)
    fitting = [item for item in items.filter(~sure) if whole.fullmatch(item)]
    return pl.concat([items.filter(sure), pl.Series(fitting, dtype=pl.String)])


def codes_in_force(listed: pl.DataFrame, around: Surroundings) -> pl.Series:
    """The codes of a reference list that hold on the day of the check."""
    since, until = pl.col("valid_from"), pl.col("valid_to")
    begun = since.is_null() | (since <= around.today)
    return listed.filter(begun & (until.is_null() | (around.today < until)))["code"]


def wrong_item(
    frame: pl.DataFrame, column: str, separator: str | None, wrong: Callable[[pl.Series], pl.Series]
) -> Judged:
    """Rows of which an item is wrong, with the first such item; without a separator the whole cell is one item.

    `wrong` is asked once for all distinct items and answers with a Boolean for each.
    """
    texts = frame[column].drop_nulls().unique().alias("text").to_frame()
    cut = pl.col("text").str.split(separator) if separator else pl.concat_list("text")
    items = texts.with_columns(item=cut).explode("item").with_columns(pl.col("item").str.strip_chars(BLANKS))
    distinct = items["item"].unique()
    bad = distinct.filter(wrong(distinct))
    if bad.is_empty():  # as in most tables
        return Judged(pl.repeat(value=False, n=frame.height, eager=True))
    first = items.filter(pl.col("item").is_in(bad.implode())).unique("text", keep="first", maintain_order=True)
    told = frame.select(text=pl.col(column)).join(first, on="text", how="left", maintain_order="left")
    return Judged(told["item"].is_not_null(), told.select("item", hint=hint("item")))


def hint(name: str) -> pl.Expr:
    """The name of the sentence that tells the details, on every row."""
    return pl.lit(name)
