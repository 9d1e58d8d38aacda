"""A dump is there whole or not at all; which are kept and when the next is due follows from dates alone."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ckanext.smartregion.feeds.dumps import timing
from ckanext.smartregion.feeds.dumps.shelf import Dump, Shelf, name_of, write_index

NOON = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def put(shelf: Shelf, seq: int, created: dt.datetime = NOON) -> Dump:
    name = name_of(seq, created)
    with shelf.adding(name) as folder:
        write_index(folder, {"name": name, "seq": seq, "created": created.isoformat(), "files": [], "tables": []})
    return shelf.find(name)


def test_newest_snapshot_is_the_latest_whatever_its_name_sorts_like(tmp_path) -> None:
    shelf = Shelf(tmp_path / "dumps")
    assert shelf.latest() is None
    for seq in (9, 100, 20):
        put(shelf, seq)
    assert [dump.seq for dump in shelf.dumps()] == [100, 20, 9]
    assert shelf.latest().name == "2026-06-15-100"


def test_day_of_a_dump_is_that_of_belgium() -> None:
    assert name_of(5, dt.datetime(2026, 6, 15, 22, 30, tzinfo=dt.UTC)) == "2026-06-16-5"


@pytest.mark.parametrize("name", ["..", "../x", "latest", "2026-06-15-1/..", ".2026-06-15-1.x", "2026-06-15-1\n", ""])
def test_no_name_leads_out_of_the_shelf(tmp_path, name: str) -> None:
    put(Shelf(tmp_path), 1)
    assert Shelf(tmp_path).find(name) is None


def test_dump_that_fails_leaves_nothing(tmp_path) -> None:
    with pytest.raises(IsADirectoryError), Shelf(tmp_path).adding("2026-06-15-1") as folder:
        folder.write_text("no file")
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from ckanext.smartregion.feeds.dumps import shelf
real = getattr(os, sys.argv[2])
def die(*arguments): os.kill(os.getpid(), signal.SIGKILL)
with shelf.Shelf(Path(sys.argv[1])).adding("2026-06-15-1") as folder:
    (folder / "catalog.ttl.gz").write_bytes(b"half")
    setattr(os, sys.argv[2], die)
"""


@pytest.mark.parametrize("where", ["fsync", "rename"])
def test_kill_shows_no_half_dump_and_what_is_left_is_swept_away(tmp_path, where: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), where], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(names_in(tmp_path)) == 1
    shelf = Shelf(tmp_path)
    assert shelf.dumps() == []
    shelf.sweep()
    put(shelf, 2)
    assert names_in(tmp_path) == ["2026-06-15-2"]


def test_removed_dump_is_gone_for_those_who_read_it_before(tmp_path) -> None:
    shelf = Shelf(tmp_path)
    shelf.remove(put(shelf, 1))
    assert shelf.find("2026-06-15-1") is None
    assert names_in(tmp_path) == []


def dumped(*moments: str) -> list[Dump]:
    return [
        Dump(Path(moment), {"seq": number, "created": f"{moment}+00:00"}) for number, moment in enumerate(moments, 1)
    ]


def gone(*moments: str, days: int = 30, months: int = 12) -> list[str]:
    return [str(dump.folder) for dump in timing.to_remove(dumped(*moments), NOON, days=days, months=months)]


def test_last_dump_of_each_day_is_kept_and_those_of_the_last_24_hours() -> None:
    moments = "2026-06-13T06:00", "2026-06-13T18:00", "2026-06-14T08:00", "2026-06-14T13:00", "2026-06-15T01:00"
    assert gone("2026-06-01T01:00", *moments) == ["2026-06-13T06:00", "2026-06-14T08:00"]


def test_first_dump_of_a_month_outlives_the_days() -> None:
    old = "2025-06-30T06:00", "2025-07-02T06:00", "2025-07-03T06:00", "2026-05-01T06:00", "2026-05-02T06:00"
    assert gone(*old, "2026-06-15T06:00") == ["2025-06-30T06:00", "2025-07-03T06:00", "2026-05-02T06:00"]


def test_newest_dump_is_kept_however_old_it_is() -> None:
    assert gone("2020-01-01T06:00", "2020-02-01T06:00", days=0, months=0) == ["2020-01-01T06:00"]


def due(now: str, changed: str, last: str | None = None) -> bool:
    moments = [dt.datetime.fromisoformat(f"{moment}+00:00") if moment else None for moment in (now, changed, last)]
    return timing.is_due(moments[0], changed=moments[1], last=moments[2], quiet=10)


def test_dump_waits_until_nothing_was_published_for_some_minutes() -> None:
    assert not due("2026-06-15T12:00", "2026-06-15T11:51")
    assert due("2026-06-15T12:00", "2026-06-15T11:50")
    assert not due("2026-06-15T12:00", "2026-06-15T11:51", last="2026-06-15T11:00")


@pytest.mark.parametrize("now, is_due", [("2026-06-15T00:29", False), ("2026-06-15T00:30", True)])
def test_night_is_at_half_past_two_in_belgium_and_waits_for_no_quiet(now: str, is_due: bool) -> None:
    assert due(now, now, last="2026-06-14T23:00") == is_due


def test_night_is_there_in_winter_and_when_the_clock_changes() -> None:
    assert due("2026-12-15T01:30", "2026-12-15T01:30", last="2026-12-15T01:29")
    assert timing.last_night(dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC)).date() == dt.date(2026, 3, 29)
    assert timing.last_night(dt.datetime(2026, 10, 25, 12, tzinfo=dt.UTC)).date() == dt.date(2026, 10, 25)
