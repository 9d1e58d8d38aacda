"""GTFS: the stop times, of which a region has ten million. Of each a few numbers are kept, sorted once by trip."""

from collections.abc import Iterator

import polars as pl

from ckanext.smartregion.quality.formats.fields import fields_of
from ckanext.smartregion.quality.formats.gtfs_blocks import LINE
from ckanext.smartregion.quality.formats.gtfs_cells import seconds
from ckanext.smartregion.quality.formats.gtfs_fares import unzoned_stops, zoned_routes
from ckanext.smartregion.quality.formats.gtfs_feed import Feed
from ckanext.smartregion.quality.formats.gtfs_links import with_columns

NAME = "stop_times"
TRIP, STOP, SEQUENCE, ARRIVAL, DEPARTURE, DISTANCE = "trip", "stop", "sequence", "arrival", "departure", "distance"
# Stops that are served on demand have windows instead of times.
WINDOW = "start_pickup_drop_off_window"
# So many rows, about, are sorted at once.
SLICE = 1_500_000
NEEDED = ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time", "shape_dist_traveled", WINDOW)


class StopTimes:
    """The stop times of a feed: `add` each block as it is read, `judge` when all were."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.trips, self.stops = self._numbers("trips", "trip_id", TRIP), self._numbers("stops", "stop_id", STOP)
        self.fields = {field.name: field for field in fields_of(feed.files[NAME]["fields"])}
        self.kept: list[pl.DataFrame] = []
        self.served: list[pl.Series] = []
        self.unzoned = self._unzoned()
        self.without_zone: list[pl.Series] = []

    def _numbers(self, file: str, column: str, number: str) -> pl.DataFrame | None:
        """A number for each trip or stop; None where their file can't be looked into, which is told already."""
        if not self.feed.has(file, column):
            return None
        return (
            self.feed.frames[file]
            .select(pl.col(column).drop_nulls().unique(maintain_order=True))
            .with_row_index(number)
        )

    def _unzoned(self) -> tuple[pl.Series, pl.Series] | None:
        """The trips whose fare depends on zones and the stops in none, by number; None where no fare does."""
        routes = zoned_routes(self.feed)
        if self.trips is None or self.stops is None or not routes.len() or not self.feed.has("trips", "route_id"):
            return None
        trips = self.feed.frames["trips"].filter(pl.col("route_id").is_in(routes.implode()))
        stops = unzoned_stops(self.feed)
        return (
            self.trips.join(trips.select("trip_id"), on="trip_id", how="semi")[TRIP],
            self.stops.join(stops.select("stop_id"), on="stop_id", how="semi")[STOP],
        )

    def add(self, frame: pl.DataFrame) -> None:
        """Take the next rows: references and pairs of times are judged at once."""
        frame = with_columns(frame, NEEDED)
        frame = self._numbered(frame, self.trips, "trip_id", TRIP)
        frame = self._numbered(frame, self.stops, "stop_id", STOP)
        self._judge_pairs(frame)
        self.served.append(frame[STOP].drop_nulls().unique())
        if self.unzoned:
            trips, stops = self.unzoned
            here = frame.filter(pl.col(TRIP).is_in(trips.implode()) & pl.col(STOP).is_in(stops.implode()))
            self.without_zone.append(here[STOP].unique())
        self.kept.append(
            frame.filter(pl.col(TRIP).is_not_null()).select(
                pl.col(TRIP),
                pl.col("stop_sequence").cast(pl.Int32, strict=False).alias(SEQUENCE),
                seconds("arrival_time").alias(ARRIVAL),
                seconds("departure_time").alias(DEPARTURE),
                pl.col("shape_dist_traveled").cast(pl.Float32, strict=False).alias(DISTANCE),
                pl.col(WINDOW).is_not_null().alias("window"),
                pl.col(LINE),
            )
        )

    def _numbered(self, frame: pl.DataFrame, known: pl.DataFrame | None, column: str, number: str) -> pl.DataFrame:
        if known is None:
            return frame.with_columns(pl.lit(None, dtype=pl.UInt32).alias(number))
        frame = frame.join(known, on=column, how="left", maintain_order="left")
        wrong = frame.filter(pl.col(column).is_not_null() & pl.col(number).is_null())
        self.feed.tell_rows("foreign_key_violation", NAME, column, wrong, **self.fields[column].words())
        return frame

    def _judge_pairs(self, frame: pl.DataFrame) -> None:
        arrival, departure = pl.col("arrival_time"), pl.col("departure_time")
        single = arrival.is_null() != departure.is_null()
        self.feed.tell_rows("stop_time_with_only_arrival_or_departure_time", NAME, "arrival_time", frame.filter(single))
        late = seconds("departure_time") < seconds("arrival_time")
        self.feed.tell_rows("start_and_end_range_out_of_order", NAME, "departure_time", frame.filter(late))

    def judge(self) -> None:
        """Order of times and distances along each trip, its edges, and what is never served."""
        self._judge_served()
        self._judge_zones()
        used: list[pl.Series] = []
        for rows in self._slices():
            self._judge_trips(rows)
            used.append(rows[TRIP].unique())
        if used:
            self._judge_unused(pl.concat(used))

    def _slices(self) -> Iterator[pl.DataFrame]:
        """Whole trips in their order, not many rows at once: sorting all of them would take all memory twice."""
        if self.trips is None or not self.kept:
            return
        rows = sum(frame.height for frame in self.kept)
        step = max(1, self.trips.height * SLICE // max(rows, 1))
        for first in range(0, self.trips.height, step):
            here = pl.col(TRIP).is_between(first, first + step - 1)
            slice_ = pl.concat([frame.filter(here) for frame in self.kept]).sort(TRIP, SEQUENCE, LINE)
            if slice_.height:
                yield slice_

    def _judge_trips(self, rows: pl.DataFrame) -> None:
        same = (pl.col(TRIP) == pl.col(TRIP).shift()).fill_null(False)
        next_same = (pl.col(TRIP) == pl.col(TRIP).shift(-1)).fill_null(False)
        untimed = pl.col(ARRIVAL).is_null() & pl.col(DEPARTURE).is_null() & ~pl.col("window")
        double = same & (pl.col(SEQUENCE) == pl.col(SEQUENCE).shift())
        self._tell("duplicate_key", "stop_sequence", SEQUENCE, rows.filter(double), name="trip_id, stop_sequence")
        self._tell("missing_trip_edge", "arrival_time", SEQUENCE, rows.filter(untimed & ~(same & next_same)))
        self._judge_order(rows)
        self._tell("unusable_trip", "trip_id", SEQUENCE, rows.filter(~same & ~next_same))

    def _judge_order(self, rows: pl.DataFrame) -> None:
        """Each time and distance against the last one before it on the same trip."""
        times = rows.lazy().select(TRIP, SEQUENCE, ARRIVAL, LINE, left=pl.coalesce(DEPARTURE, ARRIVAL))
        times = times.filter(pl.col("left").is_not_null())
        back = (pl.col(TRIP) == pl.col(TRIP).shift()) & (pl.coalesce(ARRIVAL, "left") < pl.col("left").shift())
        early = times.filter(back.fill_null(False)).collect()
        self._tell("stop_time_with_arrival_before_previous_departure_time", "arrival_time", ARRIVAL, early)
        distances = rows.lazy().select(TRIP, SEQUENCE, DISTANCE, LINE).filter(pl.col(DISTANCE).is_not_null())
        short = (pl.col(TRIP) == pl.col(TRIP).shift()) & (pl.col(DISTANCE) <= pl.col(DISTANCE).shift())
        flat = distances.filter(short.fill_null(False)).collect()
        self._tell("decreasing_or_equal_stop_time_distance", "shape_dist_traveled", DISTANCE, flat)

    def _judge_served(self) -> None:
        if self.stops is None or not self.feed.has("stops", "stop_id"):
            return
        served = pl.concat(self.served).unique() if self.served else pl.Series([], dtype=pl.UInt32)
        idle = self.stops.filter(~pl.col(STOP).is_in(served.implode()))
        stops = self.feed.frames["stops"].join(idle.select("stop_id"), on="stop_id", how="semi")
        if "location_type" in stops.columns:
            stops = stops.filter(pl.col("location_type").fill_null("0") == "0")
        self.feed.tell_rows("stop_without_stop_time", "stops", "stop_id", stops)

    def _judge_zones(self) -> None:
        if self.stops is None or not self.without_zone:
            return
        numbers = pl.concat(self.without_zone).unique()
        names = self.stops.filter(pl.col(STOP).is_in(numbers.implode())).select("stop_id")
        stops = self.feed.frames["stops"].join(names, on="stop_id", how="semi")
        self.feed.tell_rows("stop_without_zone_id", "stops", "stop_id", stops)

    def _judge_unused(self, used: pl.Series) -> None:
        if self.trips is None:
            return
        idle = self.trips.filter(~pl.col(TRIP).is_in(used.implode()))
        trips = self.feed.frames["trips"].join(idle.select("trip_id"), on="trip_id", how="semi")
        self.feed.tell_rows("unused_trip", "trips", "trip_id", trips)

    def _tell(self, rule: str, column: str, shown: str, rows: pl.DataFrame, **values: str) -> None:
        """Tell rows by the names of their trips, which only samples need, and lines for all."""
        if not rows.height or self.trips is None:
            return
        few = rows.head(self.feed.found.limits.samples).join(self.trips, on=TRIP, how="left", maintain_order="left")
        value = (few[SEQUENCE].cast(pl.String) if shown == SEQUENCE else few[shown].cast(pl.String)).alias(column)
        if shown == ARRIVAL:
            value = pl.Series(column, [_clock(one) for one in few[ARRIVAL].to_list()])
        few = few.select("trip_id", LINE).with_columns(value) if column != "trip_id" else few.select("trip_id", LINE)
        self.feed.tell_sampled(rule, NAME, column, few, rows, **values)


def _clock(seconds: int | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
