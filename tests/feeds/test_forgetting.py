"""What should never have been published is erased everywhere at once, and whoever follows the feeds gets along."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
import zstandard
from click.testing import CliRunner

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests import factories, helpers

from ckanext.smartregion.feeds import cli
from ckanext.smartregion.feeds import model as feed
from ckanext.smartregion.feeds.logic import dumping, judging, publishing
from ckanext.smartregion.feeds.logic.joining import JoinedPage
from ckanext.smartregion.feeds.logic.sharing import SharedText

from tests.feeds.examples import BASE
from tests.feeds.test_followers import follow_plainly, follow_stream, snapshot

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_feeds dcat"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]
SECRET = "0470-123456"
TABLES = (feed.Version, feed.Piece, feed.Quality, feed.State)


@pytest.fixture
def datasets(stored, tmp_path, monkeypatch, ckan_config, remember) -> list[dict[str, Any]]:
    """Two datasets, the second of which names somebody; a dump from before, and one that holds it."""
    monkeypatch.setitem(ckan_config, "smartregion.feeds.dump_profiles", [])
    monkeypatch.setitem(ckan_config, "ckan.storage_path", str(stored))
    made = remember("two datasets, one of them with a secret", with_a_secret)
    shutil.copytree(stored, tmp_path, dirs_exist_ok=True)
    monkeypatch.setitem(ckan_config, "ckan.storage_path", str(tmp_path))  # each test removes dumps of its own
    return made


def with_a_secret() -> list[dict[str, Any]]:
    owner = factories.Organization(name="namur", title="Namur")["id"]
    made = [factories.Dataset(owner_org=owner, title="Places", name="places")]
    publishing.publish()
    dumping.make()
    made.append(factories.Dataset(owner_org=owner, title=f"Appeler {SECRET}", name="personnes", license_id="odc-by"))
    helpers.call_action("package_patch", id=made[1]["id"], notes=f"Ou {SECRET}")
    publishing.publish()
    helpers.call_action("package_patch", id=made[1]["id"], notes="Pardon")
    publishing.publish()
    judging.judge()
    dumping.make()
    return made


@pytest.fixture
def forget(datasets) -> Callable[[], dict[str, Any]]:
    def forget() -> dict[str, Any]:
        helpers.call_action("package_delete", id="personnes")
        run = CliRunner().invoke(cli.feed, ["forget", "personnes", "--yes", "--json"])
        assert run.exit_code == 0, run.output
        model.Session.remove()
        return json.loads(run.output)

    return forget


def joined_pages() -> str:
    """The texts of all pages that are kept joined."""
    return "".join(zstandard.decompress(back).decode() for (back,) in model.Session.query(JoinedPage.back))


def test_nothing_of_it_is_stored_or_said_any_more_but_that_it_is_gone(app, datasets, forget) -> None:
    walk = app.get("/catalog.nt")
    begun = walk.headers["Link"].partition(">")[0].strip("<").removeprefix(BASE)
    addresses = ["/feeds/changes/1.trig", "/feeds/changes/1.json", "/feeds/changes.json?after=0", "/feeds/changes.atom"]
    helpers.call_action("package_delete", id="personnes")
    app.get("/dataset/personnes.nt", status=410)
    before = {address: app.get(address, buffered=True) for address in [*addresses, begun]}
    for address, answer in before.items():
        assert SECRET in answer.get_data(as_text=True), address

    assert SECRET in joined_pages()

    told = forget()

    assert told == {**told, "id": datasets[1]["id"], "change": feed.latest()}
    assert told["versions"] >= 2
    with model.ensure_engine().connect() as connection:
        for table in TABLES:
            rows = connection.execute(
                sa.select(sa.literal_column("row::text")).select_from(table.__table__.alias("row"))
            )
            assert SECRET not in "".join(rows.scalars()), table
        assert SECRET not in joined_pages()
        stored = set(connection.execute(sa.select(SharedText.hash)).scalars())
        assert stored == set(connection.execute(sa.select(sa.func.unnest(feed.Piece.shared))).scalars())
    for address, answer in before.items():
        again = app.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert SECRET not in again.get_data(as_text=True)
        assert again.status_code == 200, address
    assert helpers.call_action("smartregion_feed_forget", id="personnes")["versions"] == 0, "a second time"
    assert "personnes" in app.get("/dataset/personnes", status=410).get_data(as_text=True)


def test_dumps_that_hold_it_are_removed_and_the_others_stay(datasets, forget) -> None:
    older, holding = dumping.kept().dumps()[::-1]
    assert forget()["dumps"] == [holding.name]
    assert [dump.name for dump in dumping.kept().dumps()] == [older.name]
    made = dumping.make()
    assert made
    assert made.index["datasets"] == 1


def test_writer_who_was_at_work_meanwhile_keeps_no_dump_that_holds_it(datasets, forget, monkeypatch) -> None:
    written = dumping._written

    def slowly(*arguments: Any) -> Any:
        dump = written(*arguments)
        forget()
        return dump

    helpers.call_action("package_patch", id=datasets[0]["id"], notes="Autre")
    monkeypatch.setattr(dumping, "_written", slowly)
    assert dumping.make() is None
    assert len(dumping.kept().dumps()) == 1


def test_follower_from_any_point_has_the_catalogue_in_the_end(app, forget) -> None:
    forget()

    def get(address: str) -> Any:
        return app.get(address.removeprefix(BASE))

    final = snapshot(feed.latest())
    assert [version.seq for version in feed.changes(0, feed.latest())] == list(range(1, feed.latest() + 1))
    for follow in (follow_plainly, follow_stream):
        for start in range(feed.latest()):
            state = snapshot(start)
            assert follow(get, state, start) == feed.latest()
            assert state == final, f"{follow.__name__} from {start}"


def test_what_comes_back_is_published_as_anything_new(datasets, forget) -> None:
    forget()
    helpers.call_action("package_patch", id="personnes", title="Sans noms", state="active")
    publishing.publish()
    dumping.make()
    assert feed.current("personnes").kind == "Create"
    assert dumping.kept().latest().index["datasets"] == 2


def test_what_is_published_is_not_forgotten(datasets) -> None:
    with pytest.raises(tk.ValidationError, match="Withdraw it first"):
        helpers.call_action("smartregion_feed_forget", id="places")
    with pytest.raises(tk.ObjectNotFound):
        helpers.call_action("smartregion_feed_forget", id="jamais")
    assert "Withdraw it first" in CliRunner().invoke(cli.feed, ["forget", "places", "--yes"]).output
