"""A dataset is rendered once per change, whoever made the change; what is served is never older than the database."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from rdflib import BNode

from ckan import model
from ckan.tests import factories, helpers

from ckanext.smartregion.feeds.logic import rendering
from ckanext.smartregion.feeds.model import Stale, StoredFragment
from ckanext.smartregion.feeds.serializer import FeedSerializer

from tests.feeds.examples import BASE, datasets_in, parsed

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion_feeds dcat"),
    pytest.mark.ckan_config("ckanext.dcat.rdf.profiles", "smartregion_dcat_ap"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]


@pytest.fixture
def organisation() -> dict[str, Any]:
    return factories.Organization(title="Namur")


@pytest.fixture
def published(organisation: dict[str, Any]) -> list[dict[str, Any]]:
    """Three public datasets."""
    return [factories.Dataset(owner_org=organisation["id"], title=f"Jeu {number}") for number in range(3)]


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the datasets that are rendered."""
    found: list[str] = []
    real = FeedSerializer.fragment

    def watched(self: FeedSerializer, dataset: dict[str, Any]) -> Any:
        found.append(dataset["title"])
        return real(self, dataset)

    monkeypatch.setattr(FeedSerializer, "fragment", watched)
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
    real = rendering._public

    def meanwhile(dataset_id: str) -> Any:
        seen = real(dataset_id)
        if dataset_id == published[0]["id"]:
            with model.meta.engine.begin() as other:
                other.execute(sa.text("UPDATE package SET title = 'Juste après' WHERE id = :id"), {"id": dataset_id})
        return seen

    monkeypatch.setattr(rendering, "_public", meanwhile)
    assert "Juste après" not in page()
    monkeypatch.setattr(rendering, "_public", real)
    assert "Juste après" in page()


def test_older_rendering_never_replaces_a_newer_one(page, published) -> None:
    page()
    stored = model.Session.query(StoredFragment).filter_by(package_id=published[0]["id"]).one()
    newest, mark = rendering.model.fresh([stored.package_id], stored.version, "ttl"), stored.mark
    old = rendering.Fragment({"ttl": "vieux"}, {"ttl": []}, [])
    rendering.model.keep({stored.package_id: old}, {stored.package_id: mark - 1}, stored.version)
    assert rendering.model.fresh([stored.package_id], stored.version, "ttl") == newest


@pytest.mark.parametrize("action", ["package_delete", "dataset_purge"])
def test_dataset_that_is_gone_is_in_no_feed(page, published, action: str) -> None:
    page()
    helpers.call_action(action, id=published[0]["id"])
    assert published[0]["id"] not in page()
    assert len(datasets_in(parsed(page(), "ttl"))) == 2
    if action == "dataset_purge":
        ids = {published[0]["id"]}
        assert not ids & {row[0] for table in (Stale, StoredFragment) for row in model.Session.query(table.package_id)}


def test_dataset_that_turns_private_leaves_and_comes_back(page, published) -> None:
    page()
    helpers.call_action("package_patch", id=published[0]["id"], private=True)
    assert published[0]["id"] not in page()
    helpers.call_action("package_patch", id=published[0]["id"], private=False)
    assert published[0]["id"] in page()


def test_other_lists_or_another_address_render_everything_anew(page, published, rendered, monkeypatch) -> None:
    page()
    del rendered[:]
    monkeypatch.setattr(rendering, "_code", lambda: "autre")
    page()
    assert len(rendered) == 3


def test_other_profiles_are_rendered_and_not_stored(app, page, published, rendered) -> None:
    before = page()
    del rendered[:]
    text = helpers.call_action("dcat_catalog_show", format="ttl", profiles=["euro_dcat_ap_3"])
    assert len(rendered) == 3
    assert text != before == page()
    assert datasets_in(parsed(text, "ttl")) == datasets_in(parsed(before, "ttl"))
    assert not [node for node in parsed(text, "ttl").all_nodes() if isinstance(node, BNode)]


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
