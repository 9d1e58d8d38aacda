"""The rule on codes of a reference list, and the lists themselves."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from ckanext.smartregion import territory
from ckanext.smartregion.quality.examination.rules.comparing import day_of
from ckanext.smartregion.quality.examination.rules.surroundings import Judged, Surroundings, true_rows
from ckanext.smartregion.schemas.vocabulary import vocabulary

COLUMNS = {"code": pl.String, "valid_from": pl.Date, "valid_to": pl.Date, "successor": pl.String, "name": pl.String}
Entry = tuple[str | None, dt.date | None, dt.date | None, str | None, str]


def reference(frame: pl.DataFrame, said: Mapping[str, Any], around: Surroundings) -> Judged:
    """Rows whose code is on no list, or not in force on the day of another column (the day of the check if empty)."""
    today = pl.lit(around.today)
    day = today if said["valid_on"] == "today" else day_of(frame, said["valid_on"]).fill_null(today)
    listed = around.references[said["list"]].with_columns(known=pl.lit(value=True))
    told = frame.select(code=pl.col(said["column"]).cast(pl.String), day=day)
    told = told.join(listed, on="code", how="left", maintain_order="left")
    ended, coming = pl.col("day") >= pl.col("valid_to"), pl.col("day") < pl.col("valid_from")
    wrong = pl.col("code").is_not_null() & (pl.col("known").is_null() | ended | coming)
    hint = (
        pl.when(pl.col("known").is_null()).then(pl.lit("unknown"))
        .when(coming).then(pl.lit("coming"))
        .when(pl.col("successor").is_not_null()).then(pl.lit("successor"))
        .otherwise(pl.lit("ended"))
    )  # fmt: skip
    return Judged(true_rows(told, wrong), told.select("valid_from", "valid_to", "successor", "name", hint=hint))


def reference_list(name: str) -> pl.DataFrame:
    """A reference list as a frame; `name` is that of the successor where there is one, else the code's own."""
    entries = OWN_LISTS[name]() if name in OWN_LISTS else _concepts(name)
    return pl.DataFrame(list(entries), schema=COLUMNS, orient="row").unique("code", keep="first", maintain_order=True)


def _municipalities() -> Iterator[Entry]:
    names = {each.nis: each.title for each in (*territory.municipalities(), *territory.former_municipalities())}
    for each in (*territory.municipalities(), *territory.former_municipalities()):
        yield each.nis, each.valid_from, each.valid_to, each.successor, names.get(each.successor) or each.title


def _provinces() -> Iterator[Entry]:
    yield from ((each.nis, None, None, None, each.title) for each in territory.provinces())


def _arrondissements() -> Iterator[Entry]:
    for each in territory.arrondissements():
        yield each.nis, each.valid_from, each.valid_to, None, each.titles["fr"]


def _postal_codes() -> Iterator[Entry]:
    for each in territory.municipalities():
        yield from ((code, None, None, None, each.title) for code in each.postal_codes)


def _agencies() -> Iterator[Entry]:
    yield from ((each.slug, None, None, None, each.title) for each in territory.agencies())


def _concepts(name: str) -> Iterator[Entry]:
    yield from ((one.code, None, None, None, one.labels["fr"]) for one in vocabulary(name).concepts)


OWN_LISTS = {
    "municipalities": _municipalities,
    "provinces": _provinces,
    "arrondissements": _arrondissements,
    "postal-codes": _postal_codes,
    "agencies": _agencies,
}
