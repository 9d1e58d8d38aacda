"""Rules about what must be filled or left empty."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from ckanext.smartregion.quality.examination.rules.surroundings import Judged, Surroundings, filled, true_rows


def one_of(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows in which none of the columns is filled."""
    return Judged(true_rows(frame, ~pl.any_horizontal([filled(frame, name) for name in said["columns"]])))


def required_if(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows in which the column is empty; which rows are looked at, the rule's `when` has decided before."""
    return Judged(true_rows(frame, ~filled(frame, said["column"])))


def empty_if(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows in which the column is filled; which rows are looked at, the rule's `when` has decided before."""
    return Judged(true_rows(frame, pl.col(said["column"]).is_not_null()))
