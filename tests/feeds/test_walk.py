"""The walk through the catalogue as a reader makes it, on the real database and search index."""

from __future__ import annotations

import pytest

from ckan.tests import factories, helpers

from ckanext.smartregion.feeds.logic import publishing

from tests.feeds.examples import BASE, CBE, datasets_in, parsed

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion_feeds dcat"),
    pytest.mark.ckan_config("ckanext.dcat.datasets_per_page", "2"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]


@pytest.fixture
def organisation(remember):
    """A municipality with its number in the register of enterprises."""
    fields = {"cbe_uri": CBE + "0207362739", "kind": "municipality", "title_translated": '{"fr": "Namur"}'}
    extras = [{"key": key, "value": value} for key, value in fields.items()]
    return remember("a registered municipality", lambda: factories.Organization(extras=extras))


@pytest.fixture
def published(organisation, remember):
    """Five public datasets."""

    def made():
        made = [factories.Dataset(owner_org=organisation["id"], title=f"Jeu {number}") for number in range(5)]
        publishing.publish()
        return made

    return remember("five datasets of a registered municipality", made)


def iri(dataset):
    return f"{BASE}/dataset/{dataset['id']}"


def read(app, page):
    answer = app.get(f"/catalog.xml?page={page}", status=200)
    assert answer.headers["Content-Type"].startswith("application/rdf+xml")
    return answer.get_data(as_text=True)


def walk(app):
    """All datasets, read as data.gov.be does: until a page names neither a dataset nor a service."""
    seen = []
    for page in range(1, 999):
        text = read(app, page)
        if "dcat:Dataset" not in text and "dcat:DataService" not in text:
            return seen
        seen += datasets_in(parsed(text, "xml"))
    raise AssertionError("the walk has no end")


def test_walk_meets_every_public_dataset_once_and_ends(app, published):
    assert sorted(walk(app)) == sorted(iri(dataset) for dataset in published)


def test_walk_of_an_empty_catalogue_ends_at_once(app):
    assert walk(app) == []


def test_walk_goes_from_the_oldest_to_the_newest(app, published):
    first, second = (set(datasets_in(parsed(read(app, page), "xml"))) for page in (1, 2))

    assert first == {iri(dataset) for dataset in published[:2]}
    assert second == {iri(dataset) for dataset in published[2:4]}


def test_edit_during_the_walk_moves_no_dataset(app, published):
    before = datasets_in(parsed(read(app, 1), "xml"))
    helpers.call_action("package_patch", id=published[4]["id"], title="Autre")

    assert datasets_in(parsed(read(app, 1), "xml")) == before


def test_far_away_page_is_empty(app, published):
    assert "dcat:Dataset" not in read(app, 10**12)


def test_what_is_not_public_never_appears(app, published, organisation):
    factories.Dataset(owner_org=organisation["id"], state="draft")
    factories.Dataset(owner_org=organisation["id"], private=True)
    helpers.call_action("package_delete", id=published[0]["id"])

    assert sorted(walk(app)) == sorted(iri(dataset) for dataset in published[1:])


def test_officer_sees_no_draft_in_the_feed(app, organisation):
    draft = factories.Dataset(owner_org=organisation["id"], state="draft")
    token = factories.SysadminWithToken()["token"]

    assert draft["id"] not in app.get("/catalog.ttl", headers={"Authorization": token}).get_data(as_text=True)
    assert draft["id"] not in app.get("/catalog.ttl?fq=state:draft", headers={"Authorization": token}).get_data(
        as_text=True
    )
    app.get(f"/dataset/{draft['name']}.ttl", headers={"Authorization": token}, status=404)


@pytest.mark.parametrize("extension", ["ttl", "xml", "jsonld"])
def test_dataset_is_read_by_its_name_in_each_format(extension, app, published):
    text = app.get(f"/dataset/{published[0]['name']}.{extension}", status=200).get_data(as_text=True)

    assert datasets_in(parsed(text, extension)) == [iri(published[0])]


def test_publisher_comes_from_the_organisation(app, published):
    text = app.get(f"/dataset/{published[0]['name']}.ttl").get_data(as_text=True)

    assert f"dct:publisher <{CBE}0207362739>" in text


def test_page_that_is_no_number_is_refused_with_a_sentence(app):
    assert "page=1" in app.get("/catalog.xml?page=last", status=400).get_data(as_text=True)


def test_unknown_format_is_refused_with_the_known_ones(app):
    assert "jsonld" in app.get("/catalog.docx", status=404).get_data(as_text=True)


@pytest.mark.parametrize("query", ["fq=)(", "fq=nothing:[", "fq={!parent}"])
def test_unreadable_search_is_refused_with_a_sentence(query, app):
    assert "organization:namur" in app.get(f"/catalog.xml?{query}", status=400).get_data(as_text=True)


def test_changes_since_a_day_leave_out_what_is_older(app, published):
    assert datasets_in(parsed(app.get("/catalog.ttl?modified_since=2999-01-01").get_data(as_text=True), "ttl")) == []
    assert datasets_in(parsed(app.get("/catalog.ttl?modified_since=2000-01-01").get_data(as_text=True), "ttl")) != []
    app.get("/catalog.ttl?modified_since=yesterday", status=400)


def test_address_of_a_service_leads_to_its_page(app):
    answer = app.get("/service/datastore", follow_redirects=False, status=303)

    assert answer.headers["Location"].startswith("https://docs.ckan.org/")
    app.get("/service/none", status=404)
