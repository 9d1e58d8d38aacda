"""The columns of a batch, mended: by expressions of Polars where a fault is common, else text by text."""

from collections.abc import Iterable

import polars as pl

from ckanext.smartregion.quality.examination.accepting import accepted
from ckanext.smartregion.quality.examination.layout import Layout
from ckanext.smartregion.quality.examination.mending.batch import CHANGED, Batch
from ckanext.smartregion.quality.examination.mending.cells import CellMender
from ckanext.smartregion.quality.examination.mending.places import BELGIUM
from ckanext.smartregion.quality.examination.mending.reading import Evidence
from ckanext.smartregion.schemas.rules.rule import Rule

COMMA = r"\A-?(?:0|[1-9][0-9]{0,14}),[0-9]{1,20}\z"
ONE_GROUP = r"\A-?[1-9][0-9]{0,2},[0-9]{3}\z"
DAY_FIRST = r"\A[0-9]{2}([/.-])[0-9]{2}([/.-])[0-9]{4}\z"
DECIMAL = r"(-?[0-9]{1,3}(?:\.[0-9]{1,20})?)"
# Before, one number, between, the other, behind.
POINTS = {
    "geopoint": rf"\A(){DECIMAL}(, ?){DECIMAL}()\z",
    "geojson": rf"""\A(\{{ ?"type" ?: ?"Point" ?, ?"coordinates" ?: ?\[ ?){DECIMAL}( ?, ?){DECIMAL}( ?\] ?\}})\z""",
}
DEGREES = (("lon", "lat"), ("longitude", "latitude"))


def pairs_of_degrees(layout: Layout, rules: Iterable[Rule]) -> list[tuple[int, int]]:
    """Which two columns are longitude and latitude: as a rule of the contract or their names say, and limits show."""
    named = [tuple(rule.parameters["columns"]) for rule in rules if rule.kind == "inside-municipality"]
    wanted = dict.fromkeys(pair for pair in [*named, *DEGREES] if len(pair) == 2 and set(pair) <= set(layout.positions))
    places = [(layout.positions[lon], layout.positions[lat]) for lon, lat in wanted]
    return [pair for pair in places if all(_limits(layout, at) for at in pair)]


def _limits(layout: Layout, at: int) -> tuple[float, float] | None:
    field = layout.descriptor["fields"][at]
    limits = field.get("constraints", {})
    plain = field["type"] == "number" and field.get("decimalChar", ".") == "." and field.get("bareNumber", True)
    return (limits["minimum"], limits["maximum"]) if plain and {"minimum", "maximum"} <= set(limits) else None


def turn(batch: Batch, lon: int, lat: int) -> None:
    """Longitude and latitude that stand in each other's column, where both are beyond their limits and fit turned."""
    layout = batch.teller.layout
    texts = [_with_point(str(at)) for at in (lon, lat)]
    wrong = [_is_beyond(text, _limits(layout, at)) for text, at in zip(texts, (lon, lat), strict=True)]
    fit = [_is_right(layout, at, text) for at, text in zip((lon, lat), reversed(texts), strict=True)]
    said = batch.frame.select(
        pl.all_horizontal(*wrong, *fit).fill_null(value=False).alias("mask"), lon=texts[1], lat=texts[0]
    )
    batch.replace(lon, said["mask"], said["lon"], ["coordinates-order"])
    batch.replace(lat, said["mask"], said["lat"], ["coordinates-order"])


def columns_of_points(layout: Layout, rules: Iterable[Rule]) -> list[int]:
    """The columns of points that a rule of the contract wants in their municipality."""
    named = [rule.parameters["columns"] for rule in rules if rule.kind == "inside-municipality"]
    found = [layout.positions[names[0]] for names in named if len(names) == 1 and names[0] in layout.positions]
    return [at for at in found if layout.kinds[at] in POINTS]


def turn_points(batch: Batch, at: int) -> None:
    """Points with latitude before longitude: outside Belgium as they are written, inside it turned."""
    cell = pl.col(str(at))
    pattern = POINTS[batch.teller.layout.kinds[at]]
    one, two = (cell.str.extract(pattern, part).cast(pl.Float64, strict=False) for part in (2, 4))
    mask = cell.str.contains(pattern) & ~_in_belgium(one, two) & _in_belgium(two, one)
    turned = cell.str.replace(pattern, "${1}${4}${3}${2}${5}")
    said = batch.frame.select(mask.fill_null(value=False).alias("mask"), turned.alias("after"))
    batch.replace(at, said["mask"], said["after"], ["coordinates-order"])


def _in_belgium(lon: pl.Expr, lat: pl.Expr) -> pl.Expr:
    west, south, east, north = BELGIUM
    return lon.is_between(west, east) & lat.is_between(south, north)


def mend_commas(batch: Batch, at: int, evidence: Evidence) -> None:
    """Decimal commas of a column of numbers, where nothing else can be meant."""
    layout, cell = batch.teller.layout, pl.col(str(at))
    field = layout.descriptor["fields"][at]
    if field["type"] != "number" or field.get("decimalChar", ".") != "." or not field.get("bareNumber", True):
        return
    with_point = cell.str.replace(",", ".", literal=True)
    mask = cell.str.contains(COMMA) & _is_right(layout, at, with_point)
    if not evidence.decimal_comma:
        mask = mask & ~cell.str.contains(ONE_GROUP)
    said = batch.frame.select(mask.alias("mask"), with_point.alias("after"))
    batch.replace(at, said["mask"], said["after"], ["decimal-comma"])


def mend_days(batch: Batch, at: int, evidence: Evidence) -> None:
    """Days of a column of dates that are written day first, in a column where nobody writes the month first."""
    layout, cell = batch.teller.layout, pl.col(str(at))
    if layout.descriptor["fields"][at]["type"] != "date" or evidence.month_first:
        return
    turned = cell.str.slice(6, 4) + "-" + cell.str.slice(3, 2) + "-" + cell.str.slice(0, 2)
    same = cell.str.slice(2, 1) == cell.str.slice(5, 1)
    mask = cell.str.contains(DAY_FIRST) & same & _is_right(layout, at, turned)
    said = batch.frame.select(mask.alias("mask"), turned.alias("after"))
    batch.replace(at, said["mask"], said["after"], ["day-first"])


def mend_texts(batch: Batch, at: int, mender: CellMender) -> None:
    """What is doubtful still, each text once."""
    rows = batch.frame.select(mender.column.doubtful).to_series().arg_true()
    if not len(rows):
        return
    cells = pl.DataFrame({"row": rows.cast(pl.UInt32), "before": batch.frame[str(at)].gather(rows)})
    texts = cells["before"].unique().to_list()
    found = [mender.mend(text) for text in texts]
    told = [
        (before, one.text, one.left or " ".join(one.kinds), one.left is not None)
        for before, one in zip(texts, found, strict=True)
        if one.left or one.kinds
    ]
    schema = {name: kind for name, kind in CHANGED.items() if name != "row"} | {"left": pl.Boolean}
    said = cells.join(
        pl.DataFrame(told, schema=schema, orient="row"), on="before", how="inner", maintain_order="left"
    ).select(*CHANGED, "left")
    batch.put(at, said.filter(~pl.col("left")))
    batch.leave(at, said.filter(pl.col("left")))


def _with_point(name: str) -> pl.Expr:
    cell = pl.col(name)
    return pl.when(cell.str.contains(COMMA)).then(cell.str.replace(",", ".", literal=True)).otherwise(cell)


def _is_beyond(text: pl.Expr, limits: tuple[float, float] | None) -> pl.Expr:
    low, high = limits or (0.0, 0.0)
    value = text.cast(pl.Float64, strict=False)
    return (value < low) | (value > high)


def _is_right(layout: Layout, at: int, text: pl.Expr) -> pl.Expr:
    """Whether a text is surely a value of a column."""
    return accepted(layout.descriptor["fields"][at], [], text)
