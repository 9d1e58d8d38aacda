"""A table takes the place of another in one go: readers see the old one or the new one, whatever happens between."""

from __future__ import annotations

import os
import threading
import time
import uuid

import psycopg2
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ckanext.datastore.backend import postgres
from ckanext.smartregion.quality import swapping
from ckanext.smartregion.quality.columns import columns
from ckanext.smartregion.schemas import table_contract

pytestmark = pytest.mark.usefixtures("with_plugins")

CONTRACT = table_contract("parking-occupancy")
HEADER = ",".join(name for name, _ in columns(CONTRACT))


@pytest.fixture
def table():
    """The name of a table that is not there yet."""
    name = str(uuid.uuid4())
    yield name
    with postgres.get_write_engine().begin() as connection:
        connection.execute(sa.text(f'DROP TABLE IF EXISTS "{name}" CASCADE'))


@pytest.fixture
def rows(tmp_path):
    """A clean CSV of so many rows."""

    def written(count, *, same_key=False):
        path = tmp_path / f"{count}-{same_key}.csv"
        minutes = [0 if same_key else number for number in range(count)]
        moments = [f"2026-01-{1 + each // 1440:02}T{each // 60 % 24:02}:{each % 60:02}:00+01:00" for each in minutes]
        lines = [_line(id="P1", observed_at=moment, free="7", state="open") for moment in moments]
        path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        return path

    return written


def _line(**cells):
    return ",".join(cells.get(name, "") for name, _ in columns(CONTRACT))


def asked(statement, **values):
    """What the read-only user is answered, as whom `datastore_search` and `datastore_search_sql` read."""
    with postgres.get_read_engine().connect() as connection:
        return connection.execute(sa.text(statement), values).fetchall()


def count_of(table):
    return len(asked(f'TABLE "{table}"'))


def litter():
    return asked("SELECT relname FROM pg_class WHERE relname ~ '^_[0-9a-f]{32}$'")


def test_table_has_its_key_its_indexes_and_what_ckan_searches_by(table, rows):
    assert swapping.replace(table, CONTRACT, rows(3)) == 3

    made = [each[0] for each in asked("SELECT indexdef FROM pg_indexes WHERE tablename = :table", table=table)]
    assert [each for each in made if "UNIQUE" in each and each.endswith("(id, observed_at)")]
    assert [each for each in made if each.endswith("btree (state)")]
    assert [each for each in made if "_full_text" in each]
    assert [row._id for row in asked(f'TABLE "{table}"') if "open" in row._full_text] == [1, 2, 3]
    assert asked("SELECT count(*) FROM _table_metadata WHERE name = :table", table=table) == [(1,)]
    with postgres.get_write_engine().connect() as connection:
        counted = sa.text("SELECT stats FROM _table_stats WHERE resource_id = :table")
        assert connection.scalar(counted, {"table": table}) == '{"rows": 3}'


def test_keys_that_are_double_by_an_exception_are_loaded_and_indexed(table, rows):
    assert swapping.replace(table, CONTRACT, rows(2, same_key=True)) == 2

    made = asked("SELECT indexdef FROM pg_indexes WHERE indexdef LIKE '%(id, observed_at)' AND tablename = :t", t=table)
    assert len(made) == 1
    assert "UNIQUE" not in made[0][0]


def test_readers_see_the_old_table_or_the_new_one_and_never_none(table, rows):
    small, large = rows(3), rows(2000)
    swapping.replace(table, CONTRACT, small)
    seen, over = [], threading.Event()

    def read():
        while not over.is_set():
            seen.append(count_of(table))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for each in readers:
        each.start()
    for _ in range(3):
        swapping.replace(table, CONTRACT, large)
        swapping.replace(table, CONTRACT, small)
    over.set()
    for each in readers:
        each.join()

    assert all(each.ident for each in readers)
    assert set(seen) == {3, 2000}


def test_long_reader_stops_neither_the_portal_nor_later_loads(table, rows, monkeypatch):
    monkeypatch.setattr(swapping, "PAUSES", (0,))
    swapping.replace(table, CONTRACT, rows(3))
    with postgres.get_read_engine().connect() as reader:
        reader.execute(sa.text(f'TABLE "{table}"'))
        with pytest.raises(swapping.TableBusy):
            swapping.replace(table, CONTRACT, rows(5))
        assert len(reader.execute(sa.text(f'TABLE "{table}"')).fetchall()) == 3

    assert count_of(table) == 3
    assert swapping.replace(table, CONTRACT, rows(5)) == 5
    assert not litter()


def test_other_readers_pass_while_a_load_waits_for_a_long_one(table, rows):
    swapping.replace(table, CONTRACT, rows(3))
    with postgres.get_read_engine().connect() as reader:
        reader.execute(sa.text(f'TABLE "{table}"'))
        waiting = threading.Thread(target=swapping.replace, args=(table, CONTRACT, rows(5)))
        waiting.start()
        longest = max(_seconds(lambda: count_of(table)) for _ in range(20) if not time.sleep(0.1))
    waiting.join()

    assert longest < swapping.WAITING + 1
    assert count_of(table) == 5, "it is loaded as soon as the reader is gone"


def _seconds(do):
    begun = time.monotonic()
    do()
    return time.monotonic() - begun


def test_load_that_fails_half_way_leaves_the_rows_as_they_were(table, rows, tmp_path):
    swapping.replace(table, CONTRACT, rows(3))
    broken = tmp_path / "broken.csv"
    broken.write_text(rows(5).read_text() + "no,row\n", encoding="utf-8")

    with pytest.raises(psycopg2.DataError):
        swapping.replace(table, CONTRACT, broken)

    assert count_of(table) == 3
    assert not litter()


def test_load_whose_worker_dies_half_way_leaves_the_old_table_and_nothing_to_clear_away(table, rows, tmp_path):
    swapping.replace(table, CONTRACT, rows(3))
    pipe, ended = tmp_path / "pipe.csv", []
    os.mkfifo(pipe)

    def load():
        try:
            swapping.replace(table, CONTRACT, pipe)
        except Exception as error:
            ended.append(error)

    loading = threading.Thread(target=load)
    loading.start()
    with pipe.open("w", encoding="utf-8") as writer:
        writer.write(rows(2000).read_text(encoding="utf-8"))
        writer.flush()
        with postgres.get_write_engine().connect() as connection:
            killed = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'COPY \"\\_%'"
            )
            while not connection.execute(sa.text(killed)).fetchall():
                time.sleep(0.05)
    loading.join()

    assert ended
    assert count_of(table) == 3
    assert not litter()


def test_other_names_of_a_table_lead_to_the_new_one(table, rows):
    swapping.replace(table, CONTRACT, rows(3))
    alias = f"alias-{table}"
    with postgres.get_write_engine().begin() as connection:
        connection.execute(sa.text(f'CREATE VIEW "{alias}" AS TABLE "{table}"'))

    swapping.replace(table, CONTRACT, rows(5))

    assert count_of(alias) == 5


def test_reader_has_no_right_to_write(table, rows):
    swapping.replace(table, CONTRACT, rows(3))

    with pytest.raises(DBAPIError, match="permission denied"):
        asked(f'TRUNCATE "{table}"')
