"""GTFS: the ways on foot within stations, as a graph of stops and pathways."""

from collections import defaultdict

import polars as pl

from ckanext.smartregion.quality.formats.gtfs_blocks import LINE
from ckanext.smartregion.quality.formats.gtfs_feed import Feed
from ckanext.smartregion.quality.formats.gtfs_links import STATION, STOP, with_columns

NAME = "pathways"
ENDS = ("from_stop_id", "to_stop_id")
ENTRANCE, NODE, BOARDING = "2", "3", "4"
ELEVATOR, EXIT_GATE, BOTH_WAYS = "5", "7", "1"
# A stop lies in a boarding area's platform's station: no further up.
MOST_PARENTS = 3
Ways = dict[str, set[str]]


def judge(feed: Feed) -> None:
    """Pathways by themselves, then what they connect and what they leave out."""
    if not feed.has(NAME, *ENDS) or not feed.has("stops", "stop_id"):
        return
    pathways = with_columns(feed.frames[NAME], ("pathway_mode", "is_bidirectional"))
    stops = with_columns(feed.frames["stops"], ("location_type", "parent_station", "level_id"))
    stops = stops.with_columns(kind=pl.col("location_type").fill_null(STOP)).filter(pl.col("stop_id").is_not_null())
    _judge_each(pathways, feed)
    _judge_ends(pathways, stops, feed)
    _judge_lifts(pathways, stops, feed)
    _judge_reach(pathways, stops, feed)


def _judge_each(pathways: pl.DataFrame, feed: Feed) -> None:
    loops = pathways.filter(pl.col(ENDS[0]) == pl.col(ENDS[1]))
    gates = pathways.filter((pl.col("pathway_mode") == EXIT_GATE) & (pl.col("is_bidirectional") == BOTH_WAYS))
    feed.tell_rows("pathway_loop", NAME, ENDS[1], loops)
    feed.tell_rows("bidirectional_exit_gate", NAME, "is_bidirectional", gates)


def _judge_ends(pathways: pl.DataFrame, stops: pl.DataFrame, feed: Feed) -> None:
    """A pathway leads neither to a station nor to a platform that has boarding areas: these are no single points."""
    wrong = (
        ("pathway_to_wrong_location_type", stops.filter(pl.col("kind") == STATION)),
        ("pathway_to_platform_with_boarding_areas", _with_areas(stops)),
    )
    for end in ENDS:
        for rule, places in wrong:
            feed.tell_rows(rule, NAME, end, pathways.filter(pl.col(end).is_in(places["stop_id"].implode())))


def _with_areas(stops: pl.DataFrame) -> pl.DataFrame:
    parents = stops["parent_station"].drop_nulls().unique().implode()
    return stops.filter((pl.col("kind") == STOP) & pl.col("stop_id").is_in(parents))


def _judge_lifts(pathways: pl.DataFrame, stops: pl.DataFrame, feed: Feed) -> None:
    """Where a lift ends, its level must be known."""
    lifts = pathways.filter(pl.col("pathway_mode") == ELEVATOR)
    ends = pl.concat([lifts[end] for end in ENDS]).drop_nulls().unique().implode()
    nowhere = stops.filter(pl.col("level_id").is_null() & pl.col("stop_id").is_in(ends))
    feed.tell_rows("missing_level_id", "stops", "level_id", nowhere)


def _judge_reach(pathways: pl.DataFrame, stops: pl.DataFrame, feed: Feed) -> None:
    """From the entrances, and to the exits, of each station that has pathways; nodes that lead nowhere."""
    there, back = _ways(pathways)
    entrances = stops.filter(pl.col("kind") == ENTRANCE)["stop_id"].to_list()
    joined = _reached(entrances, there) & _reached(entrances, back)
    stations = _stations(stops)
    mapped = {stations[end] for end in {*there, *back} if end in stations}
    inside = pl.Series([one for one, station in stations.items() if station in mapped], dtype=pl.String)
    platforms = (pl.col("kind") == STOP) & ~pl.col("stop_id").is_in(_with_areas(stops)["stop_id"].implode())
    points = stops.filter(
        pl.col("stop_id").is_in(inside.implode()) & (pl.col("kind").is_in([NODE, BOARDING]) | platforms)
    )
    lost = points.filter(~pl.col("stop_id").is_in(pl.Series(sorted(joined), dtype=pl.String).implode()))
    feed.tell_rows("pathway_unreachable_location", "stops", "stop_id", lost)
    beside = {one: there.get(one, set()) | back.get(one, set()) for one in {*there, *back}}
    single = pl.Series([one for one, others in beside.items() if len(others) == 1], dtype=pl.String)
    dangling = stops.filter((pl.col("kind") == NODE) & pl.col("stop_id").is_in(single.implode()))
    feed.tell_rows("pathway_dangling_generic_node", "stops", "stop_id", dangling)


def _ways(pathways: pl.DataFrame) -> tuple[Ways, Ways]:
    """Where one gets from each place, and from where one gets there."""
    there: Ways = defaultdict(set)
    back: Ways = defaultdict(set)
    ends = pathways.drop_nulls(list(ENDS)).sort(LINE)
    for start, end, both in ends.select(*ENDS, "is_bidirectional").iter_rows():
        for one, other in ((start, end), (end, start)) if both == BOTH_WAYS else ((start, end),):
            there[one].add(other)
            back[other].add(one)
    return there, back


def _reached(begin: list[str], ways: Ways) -> set[str]:
    seen, todo = set(begin), list(begin)
    while todo:
        for each in ways.get(todo.pop(), set()) - seen:
            seen.add(each)
            todo.append(each)
    return seen


def _stations(stops: pl.DataFrame) -> dict[str, str]:
    """The station in which each place lies; who lies in none is not there."""
    kinds = dict(stops.select("stop_id", "kind").iter_rows())
    parents = dict(stops.select("stop_id", "parent_station").iter_rows())
    found: dict[str, str] = {}
    for stop in kinds:
        at: str | None = stop
        for _ in range(MOST_PARENTS):
            if at is None or kinds.get(at) == STATION:
                break
            at = parents.get(at)
        if at is not None and kinds.get(at) == STATION:
            found[stop] = at
    return found
