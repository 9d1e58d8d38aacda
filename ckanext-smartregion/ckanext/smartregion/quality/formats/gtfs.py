"""GTFS Schedule: an archive of text files, by the rules that matter of the canonical validator and under its codes.

Files are read one after the other in blocks. What is kept of them are keys and references; of stop times, the largest
by far, a few numbers each (`gtfs_trips`). What needs several files is judged at the end (`gtfs_links`, `gtfs_days`).
"""

import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from ckanext.smartregion.quality.examination.refusal import Refused
from ckanext.smartregion.quality.formats import (
    gtfs_cells,
    gtfs_days,
    gtfs_fares,
    gtfs_links,
    gtfs_pathways,
    gtfs_people,
    reading,
)
from ckanext.smartregion.quality.formats.fields import Field, fields_of
from ckanext.smartregion.quality.formats.found import Found, place
from ckanext.smartregion.quality.formats.gtfs_blocks import LINE, Reader
from ckanext.smartregion.quality.formats.gtfs_feed import Feed
from ckanext.smartregion.quality.formats.gtfs_trips import StopTimes
from ckanext.smartregion.quality.formats.people import People

# In this order each file finds those that it refers to: stop times come last of the large ones.
ORDER = (
    "agency", "stops", "routes", "calendar", "calendar_dates", "levels", "shapes", "trips", "fare_rules", "stop_times",
)  # fmt: skip
TELLING = frozenset({"agency", "stops", "routes", "trips", "stop_times"})
# Of the points of a shape only these numbers are kept.
POINTS = "shapes"
READ_ONCE = ("text", "url")


def validate(path: Path, found: Found, people: People) -> None:
    """Tell `found` what breaks the rules of GTFS in an archive; Refused where it is none."""
    head = reading.head_of(path, found.limits)
    reading.refuse_page(head)
    if not reading.is_archive(head):
        raise not_gtfs()
    feed = Feed(found, people)
    members = _members(path, feed)
    for name in sorted(feed.files, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER)):
        if name in members and "fields" in feed.files[name]:
            _read(path, members[name], name, feed)
    gtfs_links.judge(feed)
    gtfs_fares.judge(feed)
    gtfs_pathways.judge(feed)
    gtfs_days.judge(feed)
    found.encoding = "utf-8"
    found.invalid_beside = feed.rows_at_fault()


def not_gtfs() -> Refused:
    """The refusal of what is no GTFS at all."""
    return Refused("not-this-format", format="GTFS", form="stops.txt, routes.txt, trips.txt… (ZIP)")


def _members(path: Path, feed: Feed) -> dict[str, zipfile.ZipInfo]:
    """The files by name without its ending; those in a folder are told and read all the same."""
    listed = reading.members(path, feed.found.limits)
    texts = [one for one in listed if PurePosixPath(one.filename).suffix == ".txt"]
    top = {PurePosixPath(one.filename).stem: one for one in texts if "/" not in one.filename}
    if len(top.keys() & TELLING) < 2:
        lower = {PurePosixPath(one.filename).stem: one for one in texts}
        if len(lower.keys() & TELLING) < 2:
            raise not_gtfs()
        folder = str(next(PurePosixPath(one.filename).parent for one in texts if "/" in one.filename))
        feed.tell("invalid_input_files_in_subfolder", None, 1, [place(folder)])
        top = lower
    for one in listed:
        stem = PurePosixPath(one.filename).stem
        if top.get(stem) is not one or stem not in feed.files:
            feed.tell("unknown_file", None, 1, [place(one.filename)], file=one.filename)
    _missing(top, feed)
    return top


def _missing(members: dict[str, Any], feed: Feed) -> None:
    for name, said in feed.files.items():
        rule = "missing_required_file" if said.get("must") else "missing_recommended_file" if said.get("should") else ""
        if rule and name not in members:
            feed.tell(rule, name, 1, [place(f"{name}.txt")])
    if "calendar" not in members and "calendar_dates" not in members:
        feed.tell("missing_calendar_and_calendar_date_files", "calendar", 1, [place("calendar.txt")])


def _read(path: Path, member: zipfile.ZipInfo, name: str, feed: Feed) -> None:
    """One file: its header, its cells, and what others need of it."""
    reader = Reader(reading.pieces(path, member))
    fields = fields_of(feed.files[name]["fields"])
    known = _header(reader, name, fields, feed)
    kept: list[pl.DataFrame] = []
    stop_times = StopTimes(feed) if name == "stop_times" else None
    rows = 0
    for block in reader.rows():
        if block.ragged:
            feed.tell_lines("invalid_row_length", name, block.ragged)
        gtfs_people.judge(block.frame, name, known, feed)
        frame = _cells(block.frame, name, known, feed)
        rows += frame.height
        feed.count(frame.height)
        if stop_times:
            stop_times.add(frame)
        else:
            gtfs_links.judge_rows(frame, name, feed)
            kept.append(_kept(frame, name, known))
    if reader.unreadable:
        feed.tell_lines("invalid_character", name, reader.unreadable)
    if not rows and reader.header:
        feed.tell("empty_file", name, 1, [place(f"{name}.txt")])
    feed.frames[name] = pl.concat(kept) if kept else _none(name, known)
    if stop_times:
        stop_times.judge()


def _header(reader: Reader, name: str, fields: list[Field], feed: Feed) -> list[Field]:
    """The fields of the standard that are there."""
    names = {field.name for field in fields}
    if not reader.header:
        feed.tell("empty_file", name, 1, [place(f"{name}.txt")])
        return []
    for at, column in enumerate(reader.header):
        told = place(f"{name}.txt", column, line=1)
        if column in reader.header[:at]:
            feed.tell("duplicated_column", f"{name}.{column}", 1, [told])
        elif column not in names:
            feed.tell("unknown_column", name, 1, [told], name=column)
    for field in fields:
        if field.required and field.name not in reader.header:
            feed.tell("missing_required_column", f"{name}.{field.name}", 1, [place(f"{name}.txt", line=1)])
    return [field for field in fields if field.name in reader.header]


def _cells(frame: pl.DataFrame, name: str, fields: list[Field], feed: Feed) -> pl.DataFrame:
    """The fields of the standard in a block, without blanks, after every cell of them was judged."""
    columns = [field.name for field in fields]
    frame = frame.select(*columns, LINE)
    blanks = {one: pl.col(one).is_not_null() & (pl.col(one) != pl.col(one).str.strip_chars()) for one in columns}
    counts = frame.select(wrong.sum().alias(one) for one, wrong in blanks.items())
    for one in columns:
        if counts[one].item():
            feed.tell_rows("leading_or_trailing_whitespaces", name, one, frame.filter(blanks[one]))
    frame = gtfs_cells.trimmed(frame, columns)
    judged = {(field, rule): wrong for field in fields for rule, wrong in gtfs_cells.faults(field).items()}
    sums = frame.select(wrong.sum().alias(f"{field.name}/{rule}") for (field, rule), wrong in judged.items())
    for (field, rule), wrong in judged.items():
        if sums[f"{field.name}/{rule}"].item():
            feed.tell_rows(rule, name, field.name, frame.filter(wrong), **field.words())
    return frame


def _kept(frame: pl.DataFrame, name: str, fields: list[Field]) -> pl.DataFrame:
    """What is still needed when the file has been read: of points keys, of others no names and addresses."""
    if name == POINTS:
        return gtfs_links.points(frame)
    return frame.select(*(field.name for field in fields if field.kind not in READ_ONCE), LINE)


def _none(name: str, fields: list[Field]) -> pl.DataFrame:
    empty = pl.DataFrame(schema={**{field.name: pl.String for field in fields}, LINE: pl.UInt32})
    return gtfs_links.points(empty) if name == POINTS else empty
