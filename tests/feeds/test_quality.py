"""The quality of the description of a dataset: for programs, for its officer, and for everybody at a glance."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from rdflib import Namespace
from rdflib.namespace import RDF

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests import factories, helpers

from ckanext.smartregion.feeds.logic import following, judging

from tests.feeds.examples import BASE, parsed

DQV = Namespace("http://www.w3.org/ns/dqv#")
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_feeds dcat"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]


@pytest.fixture
def officer(remember) -> dict[str, Any]:
    """Who may change the datasets of Namur."""
    return remember("an officer", factories.UserWithToken)


@pytest.fixture
def namur(officer, remember) -> dict[str, Any]:
    users = [{"name": officer["name"], "capacity": "editor"}]
    return remember("an officer of Namur", lambda: factories.Organization(name="namur", users=users))


@pytest.fixture
def dataset(namur, remember) -> dict[str, Any]:
    """A public dataset without keywords, and with one link."""
    fields = {"name": "velos", "resources": [{"url": "https://www.example.be/velos.csv", "format": "CSV"}]}
    return remember("a dataset without keywords", lambda: factories.Dataset(owner_org=namur["id"], **fields))


def show(name: str) -> dict[str, Any]:
    return helpers.call_action("smartregion_feed_quality_show", id=name)


def test_report_tells_the_score_and_what_wins_most(dataset):
    told = show("velos")

    assert told["iri"] == f"{BASE}/dataset/{dataset['id']}"
    assert 0 < told["score"]["points"] < 405
    assert told["mend"][0]["points"] == max(each["points"] for each in told["mend"])


def test_report_follows_an_edit(dataset):
    before = show("velos")["score"]["points"]
    helpers.call_action("package_patch", id=dataset["id"], tags=[{"name": "vélo"}])

    assert show("velos")["score"]["points"] == before + 30


def test_what_is_not_published_has_no_report(dataset):
    helpers.call_action("package_patch", id=dataset["id"], private=True)

    for name in ("velos", "none"):
        with pytest.raises(tk.ObjectNotFound):
            show(name)


def test_description_that_cannot_be_judged_stops_no_other(dataset, namur, monkeypatch):
    helpers.call_action("package_create", name="parkings", owner_org=namur["id"])
    real = judging._assessed

    def assessed(version: Any, pieces: Any) -> Any:
        if version.name == "velos":
            raise ValueError("a mistake of ours")
        return real(version, pieces)

    monkeypatch.setattr(judging, "_assessed", assessed)
    found = helpers.call_action("smartregion_feed_quality_list", organization="namur")

    assert [each["name"] for each in found["datasets"]] == ["parkings"]


def test_list_has_means_and_the_weakest_first(dataset, namur):
    helpers.call_action("package_create", name="parkings", owner_org=namur["id"], tags=[{"name": "auto"}])
    found = helpers.call_action("smartregion_feed_quality_list", organization="namur")
    totals, points = found["totals"], [each["points"] for each in found["datasets"]]

    assert totals["datasets"] == 2
    assert totals["points"] == sum(points) / 2
    for name in ("violations", "warnings"):
        assert totals[name] == sum(each[name] for each in found["datasets"])
    assert totals["valid"] == sum(each["violations"] == 0 for each in found["datasets"])
    assert totals["ratings"] == totals["ratings"] | Counter(each["rating"] for each in found["datasets"])
    assert sum(totals["ratings"].values()) == 2
    for name, mean in totals["parts"].items():
        assert mean == sum(each["parts"][name] for each in found["datasets"]) / 2
    assert set(totals["parts"]) == set(found["datasets"][0]["parts"])
    assert points == sorted(points)
    assert {"indicator": "keywords", "datasets": 1} in totals["lost"]
    assert helpers.call_action("smartregion_feed_quality_list", organization="dinant")["datasets"] == []
    assert found["waiting"] == 0


def test_withdrawn_dataset_leaves_the_list(dataset):
    helpers.call_action("smartregion_feed_quality_list")
    helpers.call_action("package_delete", id=dataset["id"])

    assert helpers.call_action("smartregion_feed_quality_list")["totals"]["datasets"] == 0


def test_follower_judges_each_version_once(dataset):
    done = dict(following.follow(once=True))

    assert done["judged"] == 1
    assert judging.judge() == 0


def test_report_answers_as_a_file_in_json_and_rdf(app, dataset):
    answer = app.get("/feeds/quality/velos.json", status=200)
    graph = parsed(app.get("/feeds/quality/velos.ttl", status=200).get_data(as_text=True), "ttl")

    assert answer.json["score"] == show("velos")["score"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert len(set(graph.subjects(RDF.type, DQV.QualityMeasurement))) == len(answer.json["score"]["indicators"]) + 1
    app.get("/feeds/quality/velos.json", headers={"If-None-Match": answer.headers["ETag"]}, status=304)


@pytest.mark.parametrize(
    ("address", "status"), [("none.json", 404), ("velos.docx", 404), ("velos.json?verbose=1", 400)]
)
def test_what_cannot_be_reported_is_refused_by_a_problem_document(address, status, app, dataset):
    answer = app.get(f"/feeds/quality/{address}", status=status)

    assert answer.json["status"] == status
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_withdrawn_dataset_is_gone(app, dataset):
    show("velos")
    helpers.call_action("package_delete", id=dataset["id"])

    app.get("/feeds/quality/velos.json", status=410)


def test_officer_sees_what_to_mend_and_where(app, dataset, officer):
    text = app.get("/dataset/velos", headers={"Authorization": officer["token"]}).get_data(as_text=True)

    assert 'href="/dataset/edit/velos#field-tags_translated"' in text
    assert f'href="/dataset/velos/resource/{dataset["resources"][0]["id"]}/edit#field-url"' in text


def test_visitor_sees_the_score_alone(app, dataset):
    show("velos")
    text = app.get("/dataset/velos").get_data(as_text=True)

    assert 'class="sr-score"' in text
    assert 'class="sr-mend"' not in text


def test_draft_shows_no_score(app, namur):
    factories.Dataset(owner_org=namur["id"], name="brouillon", state="draft")
    token = factories.SysadminWithToken()["token"]
    model.Session.commit()

    assert "sr-score" not in app.get("/dataset/brouillon", headers={"Authorization": token}).get_data(as_text=True)
