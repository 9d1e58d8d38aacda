"""GTFS: fares by zones (fare_attributes, fare_rules), and whose they are where several agencies share a feed."""

import polars as pl

from ckanext.smartregion.quality.formats.gtfs_feed import Feed
from ckanext.smartregion.quality.formats.gtfs_links import STOP, with_columns

RULES = "fare_rules"
ZONES = ("origin_id", "destination_id", "contains_id")
# The files whose rows belong to an agency.
OWNED = ("agency", "routes", "fare_attributes")


def judge(feed: Feed) -> None:
    """Where there are several agencies, each row says to which it belongs."""
    if "agency" not in feed.frames or feed.frames["agency"].height < 2:
        return
    for name in (name for name in OWNED if name in feed.frames):
        rows = with_columns(feed.frames[name], ("agency_id",))
        feed.tell_rows("missing_required_agency_id", name, "agency_id", rows.filter(pl.col("agency_id").is_null()))


def zoned_routes(feed: Feed) -> pl.Series:
    """The routes whose fare depends on zones."""
    if not feed.has(RULES, "route_id"):
        return pl.Series([], dtype=pl.String)
    rules = with_columns(feed.frames[RULES], ZONES)
    by_zone = rules.filter(pl.any_horizontal(pl.col(one).is_not_null() for one in ZONES))
    return by_zone["route_id"].drop_nulls().unique()


def unzoned_stops(feed: Feed) -> pl.DataFrame:
    """The stops, entrances and stations left out, that lie in no zone."""
    stops = with_columns(feed.frames["stops"], ("zone_id", "location_type"))
    return stops.filter(pl.col("zone_id").is_null() & (pl.col("location_type").fill_null(STOP) == STOP))
