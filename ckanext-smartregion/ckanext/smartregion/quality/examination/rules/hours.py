"""The rule on opening hours."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from ckanext.smartregion.quality.examination.rules.listing import wrong_item
from ckanext.smartregion.quality.examination.rules.surroundings import Judged, Surroundings


def opening_hours(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows whose text is not in the opening_hours notation of OpenStreetMap."""
    from opening_hours import validate

    def wrong(texts: pl.Series) -> pl.Series:
        return pl.Series([not validate(text) for text in texts], dtype=pl.Boolean)

    return Judged(wrong_item(frame, said["column"], None, wrong).broken)
