"""GTFS: the days on which services run, and how long the feed holds."""

import datetime as dt

import polars as pl

from ckanext.smartregion.quality.formats.found import place
from ckanext.smartregion.quality.formats.gtfs_blocks import LINE
from ckanext.smartregion.quality.formats.gtfs_feed import Feed

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = dt.timedelta(days=1)
ADDED = "1"


def judge(feed: Feed) -> None:
    """Ranges the wrong way round, services that have ended, and a feed that soon will have."""
    for name, first, last in (
        ("calendar", "start_date", "end_date"),
        ("feed_info", "feed_start_date", "feed_end_date"),
    ):
        if feed.has(name, first, last):
            wrong = feed.frames[name].filter(_day(first) > _day(last))
            feed.tell_rows("start_and_end_range_out_of_order", name, last, wrong)
    _judge_feed_end(feed)
    _judge_services(feed)


def _day(name: str) -> pl.Expr:
    """The day in a column; null for what is none, and for years that calendars do not agree upon."""
    return pl.when(pl.col(name).str.contains("^[12][0-9]{7}$")).then(pl.col(name).str.to_date("%Y%m%d", strict=False))


def _limit(feed: Feed) -> dt.date:
    return feed.found.today + feed.found.settings["days_ahead"] * DAY


def _judge_feed_end(feed: Feed) -> None:
    if not feed.has("feed_info", "feed_end_date"):
        return
    limit = _limit(feed)
    info = feed.frames["feed_info"].with_columns(last=_day("feed_end_date")).filter(pl.col("last").is_not_null())
    words = {"days": feed.found.settings["days_ahead"], "limit": limit.isoformat()}
    feed.tell_rows(
        "feed_expiration_date7_days", "feed_info", "feed_end_date", info.filter(pl.col("last") < limit), **words
    )
    for last in info["last"].to_list():
        _again_after(last, feed)


def _again_after(last: dt.date, feed: Feed) -> None:
    """On the day on which this end comes too near, the feed may be judged otherwise; and when it has passed."""
    feed.found.judge_again_on(last - (feed.found.settings["days_ahead"] - 1) * DAY)
    feed.found.judge_again_on(last + DAY)


def _judge_services(feed: Feed) -> None:
    services = _last_days(feed)
    if services is None or not services.height:
        return
    ended = services.filter(pl.col("last") < feed.found.today)
    in_calendar = ended.filter(pl.col("file") == "calendar")
    alone = ended.filter(pl.col("file") == "calendar_dates")
    for name, rows in (("calendar", in_calendar), ("calendar_dates", alone)):
        shown = rows.select("service_id", LINE, end_date=pl.col("last").dt.to_string("%Y%m%d"))
        feed.tell_rows("expired_calendar", name, "end_date" if name == "calendar" else "service_id", shown)
    for last in services["last"].unique().to_list():
        if last >= feed.found.today:
            feed.found.judge_again_on(last + DAY)
    _judge_coverage(services["last"].max(), feed)  # type: ignore[arg-type]


def _judge_coverage(last: dt.date, feed: Feed) -> None:
    limit = _limit(feed)
    _again_after(last, feed)
    if last < limit:
        told = place("calendar.txt", last.isoformat())
        feed.tell(
            "trip_coverage_not_active_for_next7_days",
            "calendar",
            1,
            [told],
            days=feed.found.settings["days_ahead"],
            limit=limit.isoformat(),
        )


def _last_days(feed: Feed) -> pl.DataFrame | None:
    """The last day on which each service runs: by its week, or by a day that was added."""
    parts = []
    if feed.has("calendar", "service_id", "end_date", *WEEK):
        weekly = feed.frames["calendar"].filter(pl.any_horizontal(pl.col(one) == "1" for one in WEEK))
        parts.append(_last(weekly, "end_date", "calendar"))
    if feed.has("calendar_dates", "service_id", "date", "exception_type"):
        added = feed.frames["calendar_dates"].filter(pl.col("exception_type") == ADDED)
        parts.append(_last(added, "date", "calendar_dates"))
    if not parts:
        return None
    both = pl.concat(parts).drop_nulls(["service_id", "last"])
    return both.group_by("service_id", maintain_order=True).agg(pl.col("last").max(), pl.col("file", LINE).first())


def _last(frame: pl.DataFrame, column: str, file: str) -> pl.DataFrame:
    return frame.select("service_id", LINE, last=_day(column), file=pl.lit(file))
