"""Writers of dumps in processes of their own.

One dies at any point: readers have whole dumps all the time, and the next writer goes on. One has much to write, and
needs no more memory than for little.
"""

from __future__ import annotations

import hashlib
import json
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from ckan import model
from ckan.tests import factories, helpers

from ckanext.smartregion.feeds import model as feed
from ckanext.smartregion.feeds.dumps import kinds
from ckanext.smartregion.feeds.dumps.shelf import HIDDEN, Dump, Shelf
from ckanext.smartregion.feeds.logic import dumping, publishing

from tests.feeds.examples import BASE

from .dying import POINTS, UNHARMED, Nursery

FORMATS = {kind.name() for kind in (*kinds.RDF, kinds.LINES, kinds.CSV, kinds.PARQUET)}
OLD = "2020-01-01-0"  # not kept any more, so that each writer has something to take away
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_feeds dcat"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]


@pytest.fixture
def datasets(remember) -> list[dict[str, Any]]:
    """Three public datasets."""

    def make() -> list[dict[str, Any]]:
        owner = factories.Organization(title="Namur")["id"]
        made = [factories.Dataset(owner_org=owner, title=f"Jeu {number}") for number in range(3)]
        publishing.publish()
        return made

    return remember("three datasets for writers", make)


@pytest.fixture
def change(datasets) -> Callable[[], int]:
    """Change one of the datasets; gives the number of the change."""
    titles = iter(range(1000))

    def change() -> int:
        helpers.call_action("package_patch", id=datasets[0]["id"], title=f"Titre {next(titles)}")
        publishing.publish()
        return feed.latest()

    return change


def put_old(shelf: Path) -> None:
    """Put the newest dump there once more under an old name, unless an old one is still there."""
    if Shelf(shelf).find(OLD):
        return
    newest = Shelf(shelf).latest()
    assert newest
    with Shelf(shelf).adding(OLD) as folder:
        for file in newest.folder.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        index = {**newest.index, "name": OLD, "seq": 0, "created": "2020-01-01T00:00:00+00:00"}
        (folder / "index.json").write_text(json.dumps(index))


def is_whole(dump: Dump) -> bool:
    """Whether everything that a dump's index names lies there as it says; none of it is left out."""
    files = [kept for file in dump.index["files"] for kept in (file["packed"] or [file])]
    try:
        sums = {kept["name"]: hashlib.sha256((dump.folder / kept["name"]).read_bytes()).hexdigest() for kept in files}
    except FileNotFoundError:
        return Shelf(dump.folder.parent).find(dump.name) is None  # it was taken away meanwhile
    formats = {file["name"] for file in dump.index["files"]}
    return formats >= FORMATS and sums == {kept["name"]: kept["sha256"] for kept in files}


class Readers:
    """Who reads the shelf again and again, until told to stop; what was not right."""

    def __init__(self, shelf: Path, app: Any) -> None:
        self.shelf, self.app = shelf, app
        self.wrong: list[str] = []
        self.looks = 0
        self.hidden: set[str] = set()
        self._stop = Event()
        self._thread = Thread(target=self._read)

    def __enter__(self) -> Readers:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._stop.wait(0.05) and not self.wrong:
            try:
                self.look()
            except Exception as error:
                self.wrong.append(repr(error))

    def look(self) -> None:
        """Read the list on the disk and what the portal answers."""
        self.looks += 1
        dumps = Shelf(self.shelf).dumps()
        self.wrong += [f"{dump.name} is not whole" for dump in dumps if not is_whole(dump)]
        self.hidden |= {path.name for path in self.shelf.glob(f"{HIDDEN}*")}
        latest = self.app.get("/feeds/dumps/latest/").json
        file = latest["files"][self.looks % len(latest["files"])]
        answer = self.app.get(file["url"].removeprefix(BASE), headers={"Accept-Encoding": "identity"})
        if hashlib.sha256(answer.data).hexdigest() != file["sha256"]:
            self.wrong.append(f"{file['url']} is not what its index says")
        for name in (path.name for path in self.shelf.glob(f"{HIDDEN}*")):
            self.app.get(f"/feeds/dumps/{name}/", status=404)
            self.app.get(f"/feeds/dumps/{name}/catalog.ttl.gz", status=404)


def test_writer_that_is_killed_leaves_readers_whole_dumps_and_the_next_goes_on(
    app, shelf, writers: Nursery, change
) -> None:
    seen = set()
    change()
    writers.begin()
    assert writers.end()["code"] == 0
    for label in POINTS:
        before, seq = dumping.kept().latest(), change()
        put_old(shelf)
        with Readers(shelf, app) as readers:
            writers.begin(label)
            assert writers.end()["signal"] == signal.SIGKILL, label
            after = dumping.kept().latest()
            had_its_name = list(POINTS).index(label) >= list(POINTS).index("when it has its name")
            assert after.seq == (seq if had_its_name else before.seq), label
            writers.begin(UNHARMED)
            assert writers.end()["code"] == 0, label
        readers.look()
        assert (readers.wrong, dumping.kept().latest().seq) == ([], seq), label
        assert [path.name for path in shelf.iterdir() if path.name.startswith(HIDDEN)] == [], label
        assert dumping.kept().find(OLD) is None, label
        seen |= readers.hidden
    assert len(seen) > len(POINTS) / 2, "they read while something was half written"


COPIES = """
    INSERT INTO smartregion_feed_version SELECT
        seq + n * 10, package_id || n, kind, published, until, place + n * 10, made_by, hash, name, iri || n, facets,
        fields, dataset
    FROM smartregion_feed_version, generate_series(:first, :last) AS n WHERE seq <= 3;
    INSERT INTO smartregion_feed_piece (seq, profile, form, own, shared, links)
    SELECT seq + n * 10, profile, form, own, shared, links
    FROM smartregion_feed_piece, generate_series(:first, :last) AS n WHERE seq <= 3;
"""


def test_ten_times_the_datasets_need_no_more_memory(datasets, writers: Nursery) -> None:
    grown, written = [], []
    for first, last in ((1, 20), (21, 200)):
        with model.ensure_engine().begin() as connection:
            connection.execute(sa.text(COPIES), {"first": first, "last": last})
        writers.begin()
        grown.append(writers.end()["memory"])
        index = dumping.kept().latest().index
        assert index["datasets"] == 3 + last * 3
        written.append(sum(file["bytes"] for file in index["files"]) / 1e6)
    # One group of rows for Parquet is held, which the first dump doesn't fill.
    assert grown[1] < grown[0] + 15, grown
    assert written[1] > written[0] + 25, written
