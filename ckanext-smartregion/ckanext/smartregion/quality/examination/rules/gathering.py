"""Surroundings for the rules of one contract: only what they name is read."""

import datetime as dt
from collections.abc import Iterable, Mapping

import polars as pl

from ckanext.smartregion.quality.examination.rules.codes import reference_list
from ckanext.smartregion.quality.examination.rules.places import boundaries_of
from ckanext.smartregion.quality.examination.rules.surroundings import Surroundings
from ckanext.smartregion.schemas.rules.rule import Rule


def surroundings(
    frame: pl.DataFrame,
    rules: Iterable[Rule],
    *,
    today: dt.date,
    contract: str = "",
    published: Mapping[str, pl.DataFrame] | None = None,
    wrong: Mapping[str, pl.Series] | None = None,
) -> Surroundings:
    """What these rules need to know to judge this frame on this day."""
    said = [rule.parameters for rule in rules]
    lists = {one[name] for one in said for name in ("list", "reference") if one.get(name)}
    columns = {one["municipality"] for one in said if "municipality" in one}
    codes = {code for column in columns for code in frame[column].cast(pl.String).drop_nulls().unique()}
    return Surroundings(
        today=today,
        contract=contract,
        references={name: reference_list(name) for name in lists},
        boundaries=boundaries_of(codes, today),
        published=published or {},
        wrong=wrong or {},
    )
