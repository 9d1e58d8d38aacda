"""What the running portal serves: valid, complete and readable for data.gov.be."""

from __future__ import annotations

from configparser import RawConfigParser

import pytest
import requests
from rdflib import DCAT, DCTERMS, RDF, Graph, URIRef

from tests.feeds.downstream.repairs import needed
from tests.feeds.downstream.walk import walk
from tests.feeds.examples import DCAT_AP, HVD, HVD_LAW, MOBILITY, MOBILITY_DCAT_AP, datasets_in, parsed

pytestmark = pytest.mark.live

APPLICABLE_LEGISLATION = URIRef("http://data.europa.eu/r5r/applicableLegislation")


@pytest.fixture(autouse=True)
def address():
    """Nothing of this process is described here: the portal has its own address."""


@pytest.fixture(scope="module")
def portal(run_dir):
    """The address of the running portal."""
    options = RawConfigParser(strict=False)
    options.read(run_dir / "ckan.ini", encoding="utf-8")
    return options["app:main"]["ckan.site_url"].rstrip("/")


@pytest.fixture(scope="module")
def pages(portal):
    """The texts of the walk, as data.gov.be makes it."""
    texts = []
    for number in range(1, 999):
        answer = requests.get(f"{portal}/catalog.xml", params={"page": number}, timeout=120)
        assert answer.status_code == 200
        texts.append(answer.text)
        if "dcat:Dataset" not in answer.text and "dcat:DataService" not in answer.text:
            return texts
    raise AssertionError("the walk has no end")


@pytest.fixture(scope="module")
def public(portal):
    """Every public dataset, as the API lists them."""
    query = {"rows": 1000, "fq": "dataset_type:(dataset OR mobility OR energy OR governance)"}
    answer = requests.get(f"{portal}/api/3/action/package_search", params=query, timeout=120)
    return answer.json()["result"]["results"]


def feed_of(portal, dataset, profile="dcat-ap") -> Graph:
    answer = requests.get(f"{portal}/dataset/{dataset['name']}.ttl", params={"profile": profile}, timeout=120)
    assert answer.status_code == 200, answer.text
    return parsed(answer.text, "ttl")


def test_every_public_dataset_is_there_exactly_once(pages, public):
    walked = [iri for text in pages for iri in datasets_in(parsed(text, "xml"))]

    assert public, "the demonstration publishes at least one dataset"
    assert len(walked) == len(set(walked)) == len(public)


def test_every_page_is_valid_dcat_ap(pages, violations):
    for text in pages:
        assert violations(parsed(text, "xml"), *DCAT_AP) == []


@pytest.mark.parametrize("extension", ["ttl", "jsonld"])
def test_first_page_says_the_same_in_each_format(extension, portal, pages):
    text = requests.get(f"{portal}/catalog.{extension}", timeout=120).text

    assert datasets_in(parsed(text, extension)) == datasets_in(parsed(pages[0], "xml"))


def test_every_dataset_alone_is_valid_dcat_ap(portal, public, violations):
    for dataset in public:
        assert violations(feed_of(portal, dataset), *DCAT_AP) == [], dataset["name"]


def test_every_mobility_dataset_is_valid_mobility_dcat_ap(portal, public, violations):
    mobility = [dataset for dataset in public if dataset["type"] == "mobility"]

    assert mobility, "the demonstration publishes at least one mobility dataset"
    for dataset in mobility:
        graph = feed_of(portal, dataset, "mobilitydcat-ap")
        assert list(graph.objects(None, MOBILITY.mobilityTheme)) != []
        assert violations(graph, *MOBILITY_DCAT_AP) == [], dataset["name"]


def test_every_high_value_dataset_is_valid_hvd(portal, public, violations):
    high_value = [dataset for dataset in public if dataset.get("hvd_category")]

    assert high_value, "the demonstration publishes at least one high-value dataset"
    for dataset in high_value:
        graph = feed_of(portal, dataset, "dcat-ap-hvd")
        assert (None, APPLICABLE_LEGISLATION, HVD_LAW) in graph
        assert violations(graph, *HVD) == [], dataset["name"]


def test_publisher_is_the_organisation_under_its_number(portal, public):
    numbers = {}
    for dataset in public:
        answer = requests.get(
            f"{portal}/api/3/action/organization_show", params={"id": dataset["owner_org"]}, timeout=120
        )
        numbers[dataset["name"]] = answer.json()["result"].get("cbe_uri")

    assert any(numbers.values()), "at least one organisation of the demonstration has its number"
    for dataset in (dataset for dataset in public if numbers[dataset["name"]]):
        publishers = {str(node) for node in feed_of(portal, dataset).objects(None, DCTERMS.publisher)}
        assert numbers[dataset["name"]] in publishers


def test_what_we_mint_stands_under_our_address(portal, pages):
    for text in pages:
        graph = parsed(text, "xml")
        records = [str(node) for node in graph.subjects(RDF.type, DCAT.CatalogRecord)]
        assert [record for record in records if not record.startswith(portal)] == []


def test_every_report_of_the_demonstration_finds_no_violation(portal, public):
    found = requests.get(f"{portal}/api/3/action/smartregion_feed_quality_list", timeout=120).json()["result"]

    assert found["totals"]["violations"] == 0
    assert {each["id"] for each in found["datasets"]} >= {dataset["id"] for dataset in public[:50]}


def test_no_page_of_the_walk_loses_a_dataset_to_a_repair(pages):
    walked = walk(lambda number: pages[number - 1])

    assert walked.unparseable == []
    assert not {"files of a dataset with more than ten", "catalogue node replaced", "records and pages deleted"} & set(
        needed(walked.graph)
    )
