"""What is sent validates against the official shapes, without one violation."""

import pytest

from tests.feeds.examples import DCAT_AP, HVD, MOBILITY_DCAT_AP, TYPES, parsed

EVERY_TYPE = pytest.mark.parametrize("kind", TYPES)


@EVERY_TYPE
def test_full_dataset_is_valid_dcat_ap(kind, full, graph_of, violations):
    assert violations(graph_of(full(kind)), *DCAT_AP) == []


@EVERY_TYPE
def test_minimal_dataset_is_valid_dcat_ap(kind, minimal, graph_of, violations):
    assert violations(graph_of(minimal(kind)), *DCAT_AP) == []


@EVERY_TYPE
def test_high_value_dataset_is_valid_hvd(kind, full, graph_of, violations):
    assert violations(graph_of(full(kind)), *HVD) == []


def test_high_value_dataset_without_table_or_service_is_valid_hvd(minimal, graph_of, violations):
    dataset = minimal(hvd_category=["http://data.europa.eu/bna/c_4b74ea13"])

    assert violations(graph_of(dataset), *HVD) == []


def test_full_mobility_dataset_is_valid_mobility_dcat_ap(full, graph_of, violations):
    assert violations(graph_of(full("mobility"), profile="mobilitydcat-ap"), *MOBILITY_DCAT_AP) == []


def test_minimal_mobility_dataset_is_valid_mobility_dcat_ap(minimal, graph_of, violations):
    assert violations(graph_of(minimal("mobility"), profile="mobilitydcat-ap"), *MOBILITY_DCAT_AP) == []


@pytest.mark.parametrize("extension", ["ttl", "xml", "jsonld"])
def test_page_of_all_types_is_valid_dcat_ap(extension, full, minimal, page_text, violations):
    datasets = [made(kind) for kind in TYPES for made in (full, minimal)]

    assert violations(parsed(page_text(datasets, extension), extension), *DCAT_AP) == []


def test_page_of_mobility_is_valid_mobility_dcat_ap(full, minimal, page_text, violations):
    page = page_text([full("mobility"), minimal("mobility")], profile="mobilitydcat-ap")

    assert violations(parsed(page, "ttl"), *MOBILITY_DCAT_AP) == []


def test_empty_page_is_valid_dcat_ap(page_text, violations):
    assert violations(parsed(page_text([], number=9, count=3), "ttl"), *DCAT_AP) == []


def test_hostile_dataset_is_valid_dcat_ap(minimal, graph_of, violations):
    assert violations(graph_of(minimal(**HOSTILE)), *DCAT_AP) == []


def test_hostile_mobility_dataset_is_valid_mobility_dcat_ap(minimal, graph_of, violations):
    assert violations(graph_of(minimal("mobility", **HOSTILE), profile="mobilitydcat-ap"), *MOBILITY_DCAT_AP) == []


def test_the_shapes_do_find_what_is_wrong(minimal, graph_of, violations):
    graph = graph_of(minimal())
    graph.update(
        "DELETE { ?s <http://www.w3.org/ns/dcat#accessURL> ?o } WHERE { ?s <http://www.w3.org/ns/dcat#accessURL> ?o }"
    )

    assert any("accessURL" in line for line in violations(graph, *DCAT_AP))


HOSTILE = {
    "title_translated": {"fr": "  Vélos\x00 & <b>co</b>\x0b ", "nl": "", "not a tag": "x"},
    "notes_translated": "not json",
    "tags_translated": {"fr": ["", None, "vélo"]},
    "frequency": "now and then",
    "language": ["klingon"],
    "theme": "http://evil.example/theme",
    "license_id": "notspecified",
    "dcat_type": "a text",
    "issued": "the day before yesterday",
    "modified": "2026-13-45",
    "identifier": "https://example.be/a b",
    "contact": [{}, {"name": "X", "email": "no address", "uri": "nowhere"}],
    "publisher": [{"name": ""}],
    "temporal_coverage": [{"start": "soon"}, {}],
    "spatial_coverage": [{"text": "", "uri": "here"}, "Namur"],
    "conforms_to": ["a text"],
    "applicable_legislation": "a text",
    "alternate_identifier": "[]",
    "uri": 'https://example.be/a dataset/<>"{}|\\^`%zz',
    "url": "javascript alert(1)",
    "resources": [
        {"id": "r1", "url": "", "format": "weird", "size": "-1", "hash": "zz", "access_services": "[{}]"},
        {"id": "r2", "url": "http://[broken", "mimetype": "nonsense", "license": "text", "size": "NaN", "issued": "x"},
        {"id": "r3", "url": "ftp://example.be/a file.zip", "hash": "0" * 40, "hash_algorithm": "SHA-256"},
    ],
}
