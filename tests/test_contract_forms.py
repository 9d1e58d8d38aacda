"""The forms that the contracts make: few questions, in the reader's language, and the answers are kept."""

from __future__ import annotations

import re

import pytest

from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.schemas import dataset_contracts, vocabulary

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")

TYPES = ["dataset", "mobility", "energy", "governance"]
FRENCH_TITLE = "title_translated-fr"


@pytest.fixture
def namur(remember):
    """One municipality, with its data officer."""

    def make():
        users = [{"name": factories.User(name="officer")["name"], "capacity": "editor"}]
        namur = factories.Organization(name="namur", title="Namur", users=users, kind="municipality")
        return namur | {"token": factories.APIToken(user="officer")["token"]}

    return remember("namur and its officer", make)


@pytest.fixture
def headers(namur):
    """What the browser of the officer sends."""
    return {"Authorization": namur["token"]}


@pytest.fixture
def draft(namur):
    """A draft of the officer's municipality, not yet before the gate."""

    def make(**fields):
        context = {"user": "officer", "ignore_auth": True}
        given = {"title": "Vélos", "name": "velos", "owner_org": namur["id"], "state": "draft"}
        return call_action("package_create", context, **given | fields)

    return make


@pytest.fixture
def form(app, namur, headers):
    """What the form to create a dataset shows, in a language."""
    return lambda kind, language="fr": app.get(f"/{language}/{kind}/new", headers=headers).body


def before_the_fold(body):
    return body[: body.index('<details class="smartregion-more-fields"')]


@pytest.mark.parametrize("kind", TYPES)
def test_only_what_is_asked_stands_before_the_fold(form, kind):
    body = form(kind)
    shown = before_the_fold(body)
    for field in dataset_contracts()[kind]["dataset_fields"]:
        asked = f'id="field-{field["field_name"]}' in shown
        assert asked == bool(field.get("ask")), field["field_name"]


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_the_form_speaks_the_language_of_the_interface(form, language):
    labels = [
        field["label"][language] for field in dataset_contracts()["mobility"]["dataset_fields"] if field.get("ask")
    ]
    body = form("mobility", language)
    assert [label for label in labels if label not in body] == []


def test_the_choices_speak_the_language_of_the_interface(form):
    assert vocabulary("mobility-theme").by_code("bike-parking-locations").labels["nl"] in form("mobility", "nl")


def test_each_translated_field_has_one_input_per_language_french_first(form):
    inputs = re.findall(r'name="title_translated-(\w+)"', form("dataset"))
    assert inputs == ["fr", "nl", "de", "en"]


def test_answers_given_in_the_form_are_kept(app, namur, headers):
    answers = {
        FRENCH_TITLE: "Vélos à Namur",
        "title_translated-nl": "Fietsen in Namen",
        "notes_translated-fr": "Tous les vélos.",
        "tags_translated-fr": "vélo, stationnement",
        "owner_org": namur["id"],
        "theme": [vocabulary("data-theme").by_code("TRAN").uri],
        "frequency": vocabulary("frequency").by_code("MONTHLY").uri,
        "license_id": vocabulary("licence").by_code("CC0").uri,
        "contact-0-email": "velo@namur.be",
        "save": "",
        "_ckan_phase": "1",
    }
    app.post("/dataset/new", data=answers, headers=headers, follow_redirects=False)
    shown = call_action("package_show", id="velos-a-namur")
    assert shown["title_translated"] == {"fr": "Vélos à Namur", "nl": "Fietsen in Namen"}
    assert shown["tags_translated"] == {"fr": ["vélo", "stationnement"]}
    assert shown["theme"] == answers["theme"]
    assert shown["contact"][0]["email"] == "velo@namur.be"


def test_a_mistake_opens_the_fold_and_keeps_what_was_typed(app, namur, headers):
    answers = {FRENCH_TITLE: "Vélos", "owner_org": namur["id"], "issued": "hier", "save": "", "_ckan_phase": "1"}
    body = app.post("/dataset/new", data=answers, headers=headers).body
    assert '<details class="smartregion-more-fields" open>' in body
    assert 'value="Vélos"' in body
    assert "hier" in body


@pytest.mark.parametrize("kind", TYPES)
def test_the_page_of_a_file_shows_the_form_of_its_contract(app, draft, headers, kind):
    draft(type=kind)
    shown = before_the_fold(app.get(f"/fr/{kind}/velos/resource/new", headers=headers).body)
    assert 'name="schema"' in shown
    assert 'name="format"' not in shown


@pytest.mark.parametrize(
    ("code", "titles"),
    [
        ("fr", ["Décisions du conseil", "Éclairage public", "Lignes budgétaires", "Mandats et présences"]),
        ("nl", ["Begrotingslijnen", "Besluiten van de raad", "Mandaten en aanwezigheden", "Openbare verlichting"]),
    ],
)
def test_table_contracts_are_offered_in_the_order_of_their_titles(app, draft, headers, code, titles):
    draft()
    offered = before_the_fold(app.get(f"/{code}/dataset/velos/resource/new", headers=headers).body)
    places = [offered.index(f">{title}<") for title in titles]
    assert places == sorted(places)


def test_the_form_of_an_organisation_asks_for_its_facts(app, namur):
    token = factories.APIToken(user=factories.Sysadmin()["name"])["token"]
    body = app.get("/fr/organization/edit/namur", headers={"Authorization": token}).body
    for name in (FRENCH_TITLE, "kind", "nis_code", "correspondent_email"):
        assert f'name="{name}"' in body


def test_a_page_shows_the_language_of_the_interface_with_french_where_it_lacks(app, draft, headers):
    draft(title_translated={"fr": "Vélos", "nl": "Fietsen"}, provenance={"fr": "Relevé sur place."}, theme=["TRAN"])
    body = app.get("/nl/dataset/velos", headers=headers).body
    assert "Fietsen" in body
    assert "Relevé sur place." in body
    assert "Vervoer" in body


def test_the_page_about_an_organisation_shows_its_facts_in_words(app, namur):
    body = app.get("/nl/organization/about/namur").body
    assert "Gemeente" in body
    assert "{&#39;fr" not in body
    assert "{'fr" not in body
