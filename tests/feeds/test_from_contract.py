"""From a dataset that keeps its contract and passed the gate to a valid feed, with all plugins of the house."""

import pytest
from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS

from ckan.tests import factories, helpers

from ckanext.dcat.profiles import DCAT

from tests.feeds.examples import BASE, CBE, DCAT_AP, EU, HVD, MOBILITY_DCAT_AP, MOBILITY_LISTS, datasets_in, parsed

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")

COMMON = {
    "title_translated": {"fr": "Stationnements pour vélos", "nl": "Fietsenstallingen"},
    "notes_translated": {"fr": "Relevé sur place."},
    "tags_translated": {"fr": ["vélo"]},
    "theme": [EU + "data-theme/TRAN"],
    "frequency": EU + "frequency/ANNUAL",
    "license_id": EU + "licence/CC_BY_4_0",
    "spatial_coverage": [{"uri": "https://sws.geonames.org/3337387/"}],
    "hvd_category": ["http://data.europa.eu/bna/c_4b74ea13"],
    "resources": [{"url": "https://example.be/velos.csv", "format": "CSV", "name_translated": {"fr": "Tableau"}}],
}
THEMED = {
    "dataset": {},
    "energy": {"energy_carrier": ["urn:smartregion:vocabulary:energy-carrier:ELECTRICITY"]},
    "governance": {
        "governing_body": "urn:smartregion:vocabulary:governing-body:MUNICIPAL_COUNCIL",
        "kind_of_act": "urn:smartregion:vocabulary:kind-of-act:DECISION",
    },
    "mobility": {"mobility_theme": [MOBILITY_LISTS + "mobility-theme/bike-parking-locations"]},
}


@pytest.fixture
def organisation(remember):
    """A municipality as its contract describes it."""
    fields = {
        "title_translated": {"fr": "Namur", "nl": "Namen"},
        "kind": "municipality",
        "cbe_uri": CBE + "0207362739",
        "correspondent_email": "data@example.be",
    }
    return remember("a municipality by its contract", lambda: factories.Organization(**fields))


@pytest.fixture
def steward(organisation, remember):
    """Who writes datasets of any organisation."""
    return remember("a municipality and a steward", lambda: factories.Sysadmin()["name"])


@pytest.fixture
def publish(organisation, steward):
    """Write a dataset of a type through the gate."""

    def write(kind, **fields):
        dataset = {"type": kind, "owner_org": organisation["id"], **COMMON, **THEMED[kind], **fields}
        return helpers.call_action("package_create", context={"user": steward, "ignore_auth": False}, **dataset)

    return write


@pytest.mark.parametrize("kind", THEMED)
def test_published_dataset_is_valid_in_its_profiles(kind, publish, app, violations):
    dataset = publish(kind)
    assert dataset["state"] == "active"

    graph = parsed(app.get(f"/dataset/{dataset['name']}.ttl", status=200).get_data(as_text=True), "ttl")

    assert violations(graph, *DCAT_AP, *HVD) == []
    assert kind != "mobility" or violations(graph, *MOBILITY_DCAT_AP) == []


def test_publisher_and_languages_reach_the_page(publish, app):
    dataset = publish("mobility")

    text = app.get("/catalog.ttl", status=200).get_data(as_text=True)

    assert len(datasets_in(parsed(text, "ttl"))) == 1
    assert f"<{CBE}0207362739>" in text
    assert '"Namen"@nl' in text
    assert '"Fietsenstallingen"@nl' in text
    assert "mailto:data@example.be" in text
    assert dataset["id"] in text


def test_dataset_that_the_gate_holds_never_appears(publish, app):
    held = publish("dataset", theme=[])
    assert held["state"] == "draft"

    assert datasets_in(parsed(app.get("/catalog.ttl").get_data(as_text=True), "ttl")) == []
    app.get(f"/dataset/{held['name']}.ttl", status=404)


@pytest.fixture
def answered(app, organisation, steward):
    """Answer the form of a new dataset, then add a file and publish it; gives its name."""
    token = factories.APIToken(user=steward)["token"]

    def answer(title, **answers):
        asked = {"title_translated-fr": title, "notes_translated-fr": "Relevé.", "owner_org": organisation["id"]}
        asked |= {"theme": [EU + "data-theme/TRAN"], "license_id": EU + "licence/CC0", "save": "", "_ckan_phase": "1"}
        app.post("/dataset/new", data={**asked, **answers}, headers={"Authorization": token}, follow_redirects=False)
        name = title.lower().replace(" ", "-")
        files = [dict(each) for each in COMMON["resources"]]
        helpers.call_action("package_patch", {"user": steward}, id=name, resources=files, state="active")
        return name

    return answer


def test_an_officer_makes_a_series_and_its_versions_by_the_form(answered, app, violations):
    series = {"in_series-0-title": "Comptages annuels", "in_series-0-notes": "Un jeu par an."}
    first = answered("Comptages 2025", **series)
    second = answered("Comptages 2026", **series, previous_version=first, is_version_of=first)

    graph = parsed(app.get("/catalog.ttl").get_data(as_text=True), "ttl")
    before, after = (
        URIRef(f"{BASE}/dataset/{helpers.call_action('package_show', id=name)['id']}") for name in (first, second)
    )
    node = graph.value(before, DCAT.inSeries)

    assert graph.value(after, DCAT.inSeries) == node
    assert graph.value(node, DCTERMS.title) == Literal("Comptages annuels", lang="fr")
    assert graph.value(after, DCAT.previousVersion) == before
    assert graph.value(after, DCAT.isVersionOf) == before
    assert violations(graph, *DCAT_AP) == []
