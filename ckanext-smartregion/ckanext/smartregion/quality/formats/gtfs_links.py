"""GTFS: places, names and parents of rows; keys and references of files."""

from collections.abc import Iterable

import polars as pl

from ckanext.smartregion.quality.formats.fields import Field, fields_of
from ckanext.smartregion.quality.formats.found import place
from ckanext.smartregion.quality.formats.gtfs_blocks import LINE
from ckanext.smartregion.quality.formats.gtfs_feed import Feed

NULL = pl.lit(None, dtype=pl.String)
ORIGIN = 1.0
STOP, STATION, BOARDING = "0", "1", "4"
# What stop times refer to is judged while they are read.
JUDGED_ELSEWHERE = ("stop_times",)


def points(frame: pl.DataFrame) -> pl.DataFrame:
    """Of the points of shapes: the name of the shape, as a number, and the place in it."""
    sequence = pl.col("shape_pt_sequence").cast(pl.Int32, strict=False)
    return with_columns(frame, ("shape_id", "shape_pt_sequence")).select(
        pl.col("shape_id").cast(pl.Categorical), sequence, LINE
    )


def judge_rows(frame: pl.DataFrame, name: str, feed: Feed) -> None:
    """What can be said of rows as they are read."""
    if name == "stops":
        _judge_stops(frame, feed)
    if name == "routes":
        names = ("route_short_name", "route_long_name")
        nameless = pl.all_horizontal(pl.col(one).is_null() for one in names)
        feed.tell_rows(
            "route_both_short_and_long_name_missing", name, None, with_columns(frame, names).filter(nameless)
        )
    if name == "shapes" and {"shape_pt_lat", "shape_pt_lon"} <= set(frame.columns):
        _judge_places(frame, name, "shape_pt_lat", "shape_pt_lon", feed)


def with_columns(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """The frame with columns of nothing for those of these fields that the file does not have."""
    return frame.with_columns(NULL.alias(name) for name in names if name not in frame.columns)


def _judge_stops(frame: pl.DataFrame, feed: Feed) -> None:
    frame = with_columns(frame, ("stop_name", "location_type", "parent_station", "stop_lat", "stop_lon"))
    kind = pl.col("location_type").fill_null(STOP)
    parent, latitude, longitude = (pl.col(name) for name in ("parent_station", "stop_lat", "stop_lon"))
    boarded = kind.is_in([STOP, STATION, "2"])
    for rule, column, wrong in (
        ("missing_stop_name", "stop_name", boarded & pl.col("stop_name").is_null()),
        ("stop_without_location", "stop_lat", boarded & (latitude.is_null() | longitude.is_null())),
        ("location_without_parent_station", "parent_station", kind.is_in(["2", "3", BOARDING]) & parent.is_null()),
        ("station_with_parent_station", "parent_station", (kind == STATION) & parent.is_not_null()),
    ):
        feed.tell_rows(rule, "stops", column, frame.filter(wrong))
    _judge_places(frame, "stops", "stop_lat", "stop_lon", feed)


def _judge_places(frame: pl.DataFrame, name: str, lat: str, lon: str, feed: Feed) -> None:
    """Near the origin, or outside the box; the report says which mistake that looks like."""
    box = feed.found.settings["box"]
    latitude, longitude = (pl.col(one).cast(pl.Float64, strict=False) for one in (lat, lon))
    origin = (latitude.abs() <= ORIGIN) & (longitude.abs() <= ORIGIN)
    inside = latitude.is_between(box["south"], box["north"]) & longitude.is_between(box["west"], box["east"])
    feed.tell_rows("point_near_origin", name, lat, frame.filter(origin))
    sides = (longitude.min().alias("west"), latitude.min().alias("south"), longitude.max().alias("east"),
             latitude.max().alias("north"))  # fmt: skip
    reached = frame.filter(inside).select(sides).row(0)
    if None not in reached:
        feed.found.reaches(*reached)
    away = frame.filter(~inside & ~origin & latitude.is_finite() & longitude.is_finite())
    if not away.height:
        return
    feed.note_lines("outside-region", f"{name}.{lat}", away)
    samples = []
    for row in away.head(feed.found.limits.samples).to_dicts():
        hint = feed.found.outside(float(row[lon]), float(row[lat]))
        key = row.get(feed.key_of(name) or "")
        samples.append(place(f"{name}.txt", f"{row[lon]}, {row[lat]}", line=row[LINE], key=key, hint=hint or None))
    feed.tell("outside-region", f"{name}.{lat}", away.height, samples, **box)


def judge(feed: Feed) -> None:
    """Keys, references, parents and what is used by nothing, when every file has been read."""
    for name in feed.files:
        if name in feed.frames and name not in JUDGED_ELSEWHERE:
            _judge_key(name, feed)
            for field in fields_of(feed.files[name]["fields"]):
                if field.targets and feed.has(name, field.name):
                    _judge_reference(name, field, feed)
    _judge_parents(feed)
    _judge_zones(feed)
    _judge_shapes(feed)


def _judge_key(name: str, feed: Feed) -> None:
    key = feed.files[name].get("key", [])
    if not key or not feed.has(name, *key):
        return
    full = feed.frames[name].filter(pl.all_horizontal(pl.col(one).is_not_null() for one in key))
    double = full.filter(pl.struct(key).is_duplicated() & ~pl.struct(key).is_first_distinct())
    feed.tell_rows("duplicate_key", name, key[-1], double, name=", ".join(key))


def _judge_reference(name: str, field: Field, feed: Feed) -> None:
    """Values that no row of the other files has; where a required file or field is missing, that is told already."""
    known: list[pl.Series] = []
    for target in field.targets:
        file, _, column = target.partition(".")
        if feed.has(file, column):
            known.append(feed.frames[file][column].cast(pl.String))
        elif feed.files[file].get("must") if file not in feed.frames else _is_required(file, column, feed):
            return
    values = pl.concat(known).drop_nulls().unique() if known else pl.Series([], dtype=pl.String)
    frame = feed.frames[name]
    wrong = frame.filter(pl.col(field.name).is_not_null() & ~pl.col(field.name).is_in(values.implode()))
    feed.tell_rows("foreign_key_violation", name, field.name, wrong, **field.words())


def _is_required(file: str, column: str, feed: Feed) -> bool:
    return any(field.name == column and field.required for field in fields_of(feed.files[file]["fields"]))


def _judge_parents(feed: Feed) -> None:
    """A stop, entrance or node is part of a station; a boarding area is part of a stop."""
    if not feed.has("stops", "stop_id", "parent_station", "location_type"):
        return
    stops = feed.frames["stops"].with_columns(kind=pl.col("location_type").fill_null(STOP))
    parents = stops.select(parent_station="stop_id", parent_kind="kind").unique("parent_station")
    joined = stops.filter(pl.col("kind") != STATION).join(parents, on="parent_station", how="inner")
    wanted = pl.when(pl.col("kind") == BOARDING).then(pl.lit(STOP)).otherwise(pl.lit(STATION))
    feed.tell_rows(
        "wrong_parent_location_type", "stops", "parent_station", joined.filter(pl.col("parent_kind") != wanted)
    )


def _judge_zones(feed: Feed) -> None:
    if not feed.has("agency", "agency_timezone"):
        return
    agencies = feed.frames["agency"]
    first = agencies["agency_timezone"].drop_nulls().head(1)
    if first.len():
        feed.tell_rows(
            "inconsistent_agency_timezone",
            "agency",
            "agency_timezone",
            agencies.filter(pl.col("agency_timezone") != first.item()),
        )


def _judge_shapes(feed: Feed) -> None:
    if not feed.has("trips", "shape_id") or not feed.has("shapes", "shape_id"):
        return
    used = feed.frames["trips"]["shape_id"].drop_nulls().unique()
    shapes = feed.frames["shapes"].unique("shape_id", keep="first", maintain_order=True)
    shapes = shapes.with_columns(pl.col("shape_id").cast(pl.String)).filter(pl.col("shape_id").is_not_null())
    feed.tell_rows("unused_shape", "shapes", "shape_id", shapes.filter(~pl.col("shape_id").is_in(used.implode())))
