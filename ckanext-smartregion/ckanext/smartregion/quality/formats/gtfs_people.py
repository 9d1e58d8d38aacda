"""GTFS: personal data in texts for travellers, and in fields that an operator has added of its own."""

import polars as pl

from ckanext.smartregion.quality.examination.personal.detecting import NATIONAL_NUMBER, Kind
from ckanext.smartregion.quality.examination.personal.numbers import is_bare
from ckanext.smartregion.quality.formats.fields import Field
from ckanext.smartregion.quality.formats.gtfs_blocks import LINE
from ckanext.smartregion.quality.formats.gtfs_feed import Feed
from ckanext.smartregion.quality.formats.people import CLUE


def judge(frame: pl.DataFrame, name: str, fields: list[Field], feed: Feed) -> None:
    """The columns of text of some rows, and those outside the standard."""
    standard = {field.name: field for field in fields}
    columns = [one for one in frame.columns if one != LINE and (one not in standard or standard[one].kind == "text")]
    for column in columns:
        where = f"{name}.{column}"
        clue = pl.col(column).str.contains(CLUE)
        # A label is only believed where the standard does not say what stands there.
        is_own = column not in standard
        if is_own and feed.people.is_believed(where):
            clue = pl.col(column) != ""
        rows = frame.filter(clue.fill_null(False))
        if rows.height:
            _look(rows, name, column, is_own=is_own, feed=feed)


def _look(rows: pl.DataFrame, name: str, column: str, *, is_own: bool, feed: Feed) -> None:
    texts, where = rows[column].unique().to_list(), f"{name}.{column}"
    own_name = column.partition("\0")[0]  # a field that stands twice bears its number behind a zero
    label = own_name if is_own else ""
    for kind in feed.people.wanted(where):
        held = [text for text in texts if kind.is_in(text, label) and not _is_code(kind, text, label)]
        if held:
            found = rows.filter(pl.col(column).is_in(pl.Series(held, dtype=pl.String).implode()))
            feed.tell_rows(kind.rule, name, column, found, found=own_name)


def _is_code(kind: Kind, text: str, label: str) -> bool:
    """Eleven digits alone, in a field of an operator's own, are rather one of its codes."""
    return kind.name == NATIONAL_NUMBER and bool(label) and is_bare(text) and not kind.is_believed(label)
