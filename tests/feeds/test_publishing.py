"""A dataset is rendered once per change, whoever made the change; what is served is never older than the database."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import pytest
import sqlalchemy as sa

from ckan import model
from ckan.tests import factories, helpers

from ckanext.smartregion.feeds import model as feed
from ckanext.smartregion.feeds.logic import forgetting, publishing, sharing
from ckanext.smartregion.feeds.logic.sharing import SharedText
from ckanext.smartregion.feeds.model import Piece, Stale
from ckanext.smartregion.feeds.problems import Problem

from tests.feeds.examples import BASE, datasets_in, parsed

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion_feeds dcat"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]


@pytest.fixture
def organisation(remember: Any) -> dict[str, Any]:
    return remember("Namur", lambda: factories.Organization(title="Namur"))


@pytest.fixture
def published(organisation: dict[str, Any], remember: Any) -> list[dict[str, Any]]:
    """Three public datasets, which nobody has published yet."""
    owner = organisation["id"]
    return remember("three datasets", lambda: [factories.Dataset(owner_org=owner, title=f"Jeu {n}") for n in range(3)])


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the datasets that are rendered."""
    found: list[str] = []
    real = publishing.render

    def watched(dataset: dict[str, Any]) -> Any:
        found.append(dataset["title"])
        return real(dataset)

    monkeypatch.setattr(publishing, "render", watched)
    return found


@pytest.fixture
def page(app: Any) -> Callable[..., str]:
    return lambda extension="ttl": app.get(f"/catalog.{extension}").get_data(as_text=True)


def test_unchanged_datasets_are_rendered_once_for_all_serialisations(page, published, rendered) -> None:
    first = page()
    assert sorted(rendered) == ["Jeu 0", "Jeu 1", "Jeu 2"]
    del rendered[:]
    assert page() == first
    assert len(datasets_in(parsed(page("xml"), "xml"))) == len(datasets_in(parsed(page("jsonld"), "jsonld"))) == 3
    assert rendered == []


def test_dataset_alone_comes_from_the_same_store(app, page, published, rendered) -> None:
    page()
    del rendered[:]
    text = app.get(f"/dataset/{published[1]['name']}.xml").get_data(as_text=True)
    assert datasets_in(parsed(text, "xml")) == [f"{BASE}/dataset/{published[1]['id']}"]
    assert rendered == []


def test_change_renders_its_dataset_again_and_no_other(page, published, rendered) -> None:
    page()
    del rendered[:]
    helpers.call_action("package_patch", id=published[1]["id"], title="Autre")
    assert "Autre" in page()
    assert rendered == ["Autre"]


def test_organisation_that_changes_its_name_changes_the_feed_of_its_datasets(
    page, published, organisation, rendered
) -> None:
    factories.Dataset(owner_org=factories.Organization()["id"], title="Ailleurs")
    page()
    del rendered[:]
    helpers.call_action("organization_patch", id=organisation["id"], title="Ville de Namur")
    assert "Ville de Namur" in page()
    assert sorted(rendered) == ["Jeu 0", "Jeu 1", "Jeu 2"]


def test_write_past_all_actions_is_seen(page, published) -> None:
    page()
    model.Session.execute(sa.text("UPDATE package SET title = 'Par SQL' WHERE id = :id"), {"id": published[0]["id"]})
    model.Session.commit()
    assert "Par SQL" in page()


def test_file_that_is_changed_without_its_dataset_is_seen(page, organisation) -> None:
    files = [{"url": "https://example.be/avant.csv"}]
    factories.Dataset(owner_org=organisation["id"], resources=files)
    assert "avant.csv" in page()
    model.Session.execute(sa.text("UPDATE resource SET url = 'https://example.be/apres.csv'"))
    model.Session.commit()
    assert "apres.csv" in page()


def test_change_that_is_rolled_back_renders_nothing(page, published, rendered) -> None:
    page()
    del rendered[:]
    model.Session.execute(sa.text("UPDATE package SET title = 'Jamais' WHERE id = :id"), {"id": published[0]["id"]})
    model.Session.rollback()
    assert "Jamais" not in page()
    assert rendered == []


def test_dataset_changed_while_it_is_rendered_is_rendered_again(page, published, monkeypatch) -> None:
    real = publishing.read

    def meanwhile(dataset_id: str) -> Any:
        seen = real(dataset_id)
        if dataset_id == published[0]["id"]:
            with model.meta.engine.begin() as other:
                other.execute(sa.text("UPDATE package SET title = 'Juste après' WHERE id = :id"), {"id": dataset_id})
        return seen

    monkeypatch.setattr(publishing, "read", meanwhile)
    assert "Juste après" not in page()
    monkeypatch.setattr(publishing, "read", real)
    assert "Juste après" in page()


@pytest.mark.parametrize("action", ["package_delete", "dataset_purge"])
def test_dataset_that_is_gone_is_in_no_feed_and_is_said_to_be_gone(app, page, published, action: str) -> None:
    page()
    helpers.call_action(action, id=published[0]["id"])
    assert published[0]["id"] not in page()
    assert len(datasets_in(parsed(page(), "ttl"))) == 2
    assert feed.current(published[0]["id"]).kind == "Delete"
    app.get(f"/dataset/{published[0]['name']}.ttl", status=410)


def test_dataset_that_turns_private_leaves_and_comes_back(page, published) -> None:
    page()
    helpers.call_action("package_patch", id=published[0]["id"], private=True)
    assert published[0]["id"] not in page()
    helpers.call_action("package_patch", id=published[0]["id"], private=False)
    assert published[0]["id"] in page()


def test_dataset_that_returns_has_its_old_place(page, published) -> None:
    page()
    helpers.call_action("package_patch", id=published[0]["id"], private=True)
    page()
    helpers.call_action("package_patch", id=published[0]["id"], private=False)
    page()
    assert [version.kind for version in feed.history(published[0]["id"])] == ["Create", "Delete", "Create"]
    assert {version.place for version in feed.history(published[0]["id"])} == {1}
    assert [version.fields for version in feed.history(published[0]["id"])] == [[], [], []]


def test_dataset_that_was_never_public_leaves_no_trace(page, organisation) -> None:
    draft = factories.Dataset(owner_org=organisation["id"], private=True)
    helpers.call_action("dataset_purge", id=draft["id"])
    page()
    assert feed.history(draft["id"]) == []
    assert feed.stale() == 0


def test_change_that_changes_nothing_is_no_change(page, published, rendered) -> None:
    page()
    model.Session.execute(sa.text("UPDATE package SET title = title"))
    model.Session.commit()
    page()
    assert len(rendered) == 6
    assert feed.latest() == 3


def test_version_says_which_fields_changed(page, published) -> None:
    page()
    helpers.call_action("package_patch", id=published[1]["id"], title="Autre")
    page()
    fields = {each["field"]: (each["before"], each["after"]) for each in feed.current(published[1]["id"]).fields}
    assert fields.pop("metadata_modified")
    assert fields == {"title": ("Jeu 1", "Autre")}


def test_changes_are_numbered_without_a_gap_in_the_order_of_their_publication(page, published) -> None:
    page()
    helpers.call_action("package_patch", id=published[1]["id"], title="Autre")
    helpers.call_action("package_delete", id=published[2]["id"])
    page()
    versions = feed.changes(0, feed.latest())
    assert [(version.seq, version.kind) for version in versions] == [
        (1, "Create"), (2, "Create"), (3, "Create"), (4, "Update"), (5, "Delete"),
    ]  # fmt: skip
    moments = [version.published for version in versions]
    assert moments == sorted(moments)


def test_other_lists_or_another_address_render_everything_anew_in_the_background(
    page, published, rendered, monkeypatch
) -> None:
    before = page()
    del rendered[:]
    monkeypatch.setattr(publishing, "_code", lambda: "autre")
    assert page() == before
    assert rendered == []
    assert publishing.publish_outdated() == 3
    assert publishing.publish_outdated() == 0
    assert len(rendered) == 3
    assert feed.latest() == 3, "what is rendered anew and reads the same is no change"


def test_what_was_superseded_long_ago_is_forgotten_and_its_walks_end(app, page, published, monkeypatch) -> None:
    monkeypatch.setattr(forgetting, "SIZE", 2)
    page()
    helpers.call_action("package_patch", id=published[0]["id"], title="Autre")
    page()
    assert forgetting.forget(days=1) == 0
    assert forgetting.forget(days=0) == 1
    assert model.Session.query(Piece).filter_by(seq=1).count() == 0
    assert "Jeu 1" in app.get("/catalog.ttl?cursor=4.0", status=200).get_data(as_text=True)
    assert "too old" in app.get("/catalog.ttl?cursor=3.0", status=410).get_data(as_text=True)


def test_text_that_datasets_share_is_kept_once_until_none_names_it(page, published, monkeypatch) -> None:
    monkeypatch.setattr(forgetting, "SIZE", 1)
    page()
    kept = dict(model.Session.query(SharedText.hash, SharedText.text))
    assert kept == {sharing.hash_of(text): text for text in kept.values()}
    assert len(kept) < sum(len(hashes) for (hashes,) in model.Session.query(Piece.shared)), "datasets share most"
    other = factories.Organization()
    helpers.call_action("package_patch", id=published[0]["id"], owner_org=other["id"])
    page()
    of_other = set(dict(model.Session.query(SharedText.hash, SharedText.text))) - set(kept)
    assert of_other
    helpers.call_action("package_patch", id=published[0]["id"], owner_org=published[0]["owner_org"])
    page()
    forgetting.forget(days=0)
    left = {hash for (hash,) in model.Session.query(SharedText.hash)}
    assert left.isdisjoint(of_other)
    assert left == set(chain.from_iterable(hashes for (hashes,) in model.Session.query(Piece.shared)))


def test_text_that_was_removed_while_a_page_is_read_is_asked_for_again(page, published) -> None:
    page()
    with pytest.raises(Problem) as refused:
        sharing.read(model.Session, [["0" * 32]])
    assert refused.value.status == 503


@pytest.fixture
def faulty(monkeypatch) -> Callable[[], None]:
    """The dataset `Jeu 1` can't be rendered; gives what mends that."""
    real = publishing.render

    def render(dataset: dict[str, Any]) -> Any:
        if dataset["title"] == "Jeu 1":
            raise ValueError("a mistake of ours")
        return real(dataset)

    monkeypatch.setattr(publishing, "render", render)
    return lambda: monkeypatch.setattr(publishing, "render", real)


def test_dataset_that_cannot_be_rendered_stops_no_other_and_is_tried_again(page, published, faulty) -> None:
    assert publishing.publish() == 2
    assert publishing.publish() == 0, "who follows the changes does not spin"
    assert "Jeu 2" in page()
    assert "Jeu 1" not in page()
    faulty()
    assert "Jeu 1" not in page()
    assert feed.stale() == 1
    model.Session.execute(sa.update(Stale).values(again=sa.func.now() - sa.text("interval '1 second'")))
    model.Session.commit()
    assert "Jeu 1" in page()
    assert feed.stale() == 0


def test_dataset_that_could_not_be_rendered_is_tried_as_soon_as_it_changes(page, published, faulty) -> None:
    publishing.publish()
    helpers.call_action("package_patch", id=published[1]["id"], title="Mieux")
    assert "Mieux" in page()


def test_what_cannot_be_rendered_anew_goes_on_to_be_said_as_it_was(page, published, monkeypatch, request) -> None:
    before = page()
    monkeypatch.setattr(publishing, "_code", lambda: "autre")
    request.getfixturevalue("faulty")
    assert publishing.publish_outdated() == 3
    assert publishing.publish_outdated() == 0
    assert page() == before
    assert feed.stale() == 1


def test_two_who_publish_at_once_write_every_change_once(app, published) -> None:
    def publish(_: int) -> int:
        with app.flask_app.test_request_context():
            return publishing.publish()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(publish, range(2)))
    assert sum(done) == 3
    assert feed.latest() == 3


def test_dataset_that_was_just_published_is_served_although_somebody_else_publishes(app, published) -> None:
    with model.ensure_engine().connect() as other:
        other.execute(sa.select(sa.func.pg_advisory_lock(publishing.LOCK)))
        threading.Timer(0.5, lambda: other.execute(sa.select(sa.func.pg_advisory_unlock(publishing.LOCK)))).start()

        text = app.get(f"/dataset/{published[2]['name']}.ttl", status=200).get_data(as_text=True)

    assert "Jeu 2" in text
    assert feed.stale() == 2, "it came first"


def test_dataset_is_as_the_feed_knows_it_where_others_publish_for_too_long(app, published, monkeypatch) -> None:
    monkeypatch.setattr(publishing, "PATIENCE", "50ms")
    name = published[0]["name"]
    app.get(f"/dataset/{name}.ttl", status=200)
    helpers.call_action("package_patch", id=published[0]["id"], title="Titre nouveau")
    with model.ensure_engine().connect() as other:
        other.execute(sa.select(sa.func.pg_advisory_lock(publishing.LOCK)))

        text = app.get(f"/dataset/{name}.ttl", status=200).get_data(as_text=True)

        other.execute(sa.select(sa.func.pg_advisory_unlock(publishing.LOCK)))
    assert "Titre nouveau" not in text
    assert "Titre nouveau" in app.get(f"/dataset/{name}.ttl", status=200).get_data(as_text=True)


def test_page_says_what_its_datasets_share_once(page, published) -> None:
    assert page("xml").count('<foaf:name xml:lang="fr">Namur</foaf:name>') == 1


@pytest.mark.parametrize("extension", ["ttl", "xml", "jsonld"])
def test_feed_that_has_not_changed_is_not_sent_again(app, published, extension: str) -> None:
    first = app.get(f"/catalog.{extension}")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert not first.headers["ETag"].startswith("W/")
    again = app.get(f"/catalog.{extension}", headers=tag, status=304)
    assert again.get_data() == b""
    helpers.call_action("package_patch", id=published[0]["id"], title="Autre")
    assert app.get(f"/catalog.{extension}", headers=tag, status=200).headers["ETag"] != first.headers["ETag"]


def test_feed_is_packed_for_those_who_can_unpack_it(app, published) -> None:
    plain = app.get("/catalog.ttl", headers={"Accept-Encoding": "identity"})
    packed = app.get("/catalog.ttl", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert packed.headers["ETag"] != plain.headers["ETag"]
    app.get("/catalog.ttl", headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}, status=304)


def test_feed_is_read_from_any_page_and_by_its_head_alone(app, published) -> None:
    answer = app.test_client().head(f"/dataset/{published[0]['name']}.ttl")
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["ETag"]
    assert answer.get_data() == b""


def test_refusal_has_no_tag(app) -> None:
    assert "ETag" not in app.get("/dataset/nulle-part.ttl", status=404).headers
