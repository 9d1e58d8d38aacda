"""What people read of the feeds: the page that explains them, and the changes of a dataset."""

from __future__ import annotations

import re

import pytest

from ckan import model as ckan_model
from ckan.tests import factories, helpers

from ckanext.smartregion.feeds.logic import publishing

from tests.feeds.examples import BASE

PLUGINS = "smartregion smartregion_feeds smartregion_contracts smartregion_organizations dcat"
pytestmark = [pytest.mark.ckan_config("ckan.plugins", PLUGINS), pytest.mark.usefixtures("clean_db", "clean_index")]
FIELDS = {
    "title_translated": {"fr": "Vélos", "en": "Bicycles"},
    "notes_translated": {"fr": "Relevé."},
    "license_id": "http://publications.europa.eu/resource/authority/licence/CC0",
    "theme": ["http://publications.europa.eu/resource/authority/data-theme/TRAN"],
}


@pytest.fixture
def organisation(remember):
    return remember("Namur in French", lambda: factories.Organization(name="namur", title_translated={"fr": "Namur"}))


@pytest.fixture
def dataset(organisation, remember):
    """A dataset that is published."""

    def make():
        made = helpers.call_action("package_create", name="velos", owner_org=organisation["id"], **FIELDS)
        publishing.publish()
        return made

    return remember("a dataset of Namur in French", make)


def changed(dataset, **fields):
    changed = helpers.call_action("package_patch", id=dataset["id"], **fields)
    publishing.publish()
    ckan_model.Session.rollback()
    return changed


def read(app, path, status=200):
    return app.get(path, status=status).get_data(as_text=True)


def test_page_offers_every_profile_in_every_format_and_says_how_many_datasets_each_holds(app, dataset):
    page = read(app, "/en/feeds")

    assert f"{BASE}/catalog.nt?profile=mobilitydcat-ap" in page
    row = page[page.index("<code>dcat-ap</code>") :]
    assert re.search(r'class="sr-number">\s*1\b', row)
    assert f"curl -s &#34;{BASE}/catalog.ttl&#34;" in page


def test_form_makes_an_address_that_answers(app, dataset):
    asked = "organization=namur&theme=TRAN&modified_since=2026-01-01"
    path = f"/catalog.jsonld?{asked}"
    page = read(app, f"/en/feeds?format=jsonld&hvd=&profile=dcat-ap&{asked}")

    assert f'href="{BASE}{path.replace("&", "&amp;")}"' in page
    assert dataset["id"] in read(app, path)


def test_form_says_what_it_cannot_read_and_writes_nothing_of_it_unescaped(app):
    page = read(app, "/en/feeds?format=ttl&modified_since=<script>x</script>")

    assert "&lt;script&gt;x&lt;/script&gt; is no date" in page
    assert "<script>x" not in page


def test_dataset_shows_its_changes_in_the_language_of_the_reader_escaped(app, dataset):
    changed(dataset, title_translated={"fr": "Vélos <b>partagés</b>", "en": "Bicycles"})

    page = read(app, "/en/dataset/velos")
    history = page[page.index('class="sr-history"') :]

    assert "Title" in history
    assert "fr: Vélos</del>" in history
    assert "fr: Vélos &lt;b&gt;partagés&lt;/b&gt;</ins>" in history
    assert "metadata_modified" not in history


def test_all_changes_stand_on_a_page_of_their_own_which_is_gone_with_the_dataset(app, dataset):
    changed(dataset, notes_translated={"fr": "Relevé sur place."})
    assert "Relevé sur place." in read(app, "/en/dataset/velos/changes")

    helpers.call_action("package_delete", id=dataset["id"])
    read(app, "/en/dataset/velos/changes", status=410)
    read(app, "/en/dataset/nothing/changes", status=404)


def test_page_shows_ten_changes_at_most(app, dataset):
    for number in range(11):
        changed(dataset, notes_translated={"fr": f"Relevé {number}."})

    page = read(app, "/en/dataset/velos")

    assert "Relevé 10." in page
    assert page.count('class="sr-history-line"') == 10
    assert read(app, "/en/dataset/velos/changes").count('class="sr-history-line"') == 12


def test_nothing_of_a_draft_is_told(app, organisation):
    helpers.call_action("package_create", name="draft", owner_org=organisation["id"], state="draft", **FIELDS)
    token = factories.SysadminWithToken()["token"]

    assert 'class="sr-history"' not in app.get("/dataset/draft", headers={"Authorization": token}).get_data(
        as_text=True
    )
    app.get("/dataset/draft/changes", headers={"Authorization": token}, status=404)


def test_pages_name_their_rdf_once_in_the_head_and_in_the_header(app, dataset):
    answer = app.get("/dataset/velos")
    head = answer.get_data(as_text=True).partition("</head>")[0]

    assert head.count('type="text/turtle"') == 1
    assert f'<{BASE}/dataset/velos.nt>; rel="alternate"; type="application/n-triples"' in ", ".join(
        answer.headers.getlist("Link")
    )
    assert f"<{BASE}/catalog.ttl>" in ", ".join(app.get("/").headers.getlist("Link"))
