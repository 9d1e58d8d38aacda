"""Our check finds what the official shapes find: the same places, severities and values, in whatever is said."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph

from ckanext.smartregion.feeds.conformance.checking import check
from ckanext.smartregion.feeds.conformance.constraints import PROFILES
from ckanext.smartregion.feeds.conformance.facts import Described

from tests.feeds.conformance.damages import DAMAGES, damaged
from tests.feeds.conformance.shapes import Shapes, described, graph_of_descriptions, ours
from tests.feeds.test_shapes import HOSTILE

SHACL = Path(__file__).resolve().parents[4] / "shared/shacl"
EXAMPLES = {
    "dcat-ap-hvd": sorted((SHACL / "dcat-ap-hvd-3.0.0/examples").glob("*.ttl")),
    "mobilitydcat-ap": sorted((SHACL / "mobilitydcat-ap-1.1.0/sample_data").rglob("*.ttl")),
}
OWN_KIND = {"geodcat-ap": "dataset", "bregdcat-ap": "governance", "statdcat-ap": "energy"}

EVERY_PROFILE = pytest.mark.parametrize("profile", PROFILES)


@pytest.fixture(scope="session")
def truth(shared: Path) -> Callable[[Graph, str], Any]:
    """What the official shapes of a profile find in a graph."""
    loaded = {profile: Shapes(shared / "shacl", profile) for profile in PROFILES}
    return lambda graph, profile: loaded[profile].findings(graph)


@pytest.fixture
def richest_of(full, graph_of, kept) -> Callable[[str], Described]:
    """The description of a profile with the most kinds of things and properties; read once, to be spoiled at will."""

    def richest_of(profile: str) -> Described:
        of = ("richest", profile) if profile in OWN_KIND else ("richest", "mobilitydcat-ap")
        if of not in kept:
            kept[of] = described(graph_of(full(OWN_KIND.get(profile, "mobility")), profile=of[1]))
        return copy.deepcopy(kept[of])

    return richest_of


@pytest.fixture
def richest(richest_of) -> Described:
    """The richest of all."""
    return richest_of("mobilitydcat-ap")


@EVERY_PROFILE
@pytest.mark.parametrize("kind", ["dataset", "mobility"])
def test_full_and_minimal_datasets_are_judged_as_by_the_shapes(kind, profile, full, minimal, graph_of, truth):
    for dataset in (full(kind), minimal(kind), minimal(kind, **HOSTILE)):
        graph = graph_of(dataset, profile=profile)

        assert ours(check(described(graph), [profile])) == truth(graph, profile)


@EVERY_PROFILE
def test_page_with_its_catalogue_is_judged_as_by_the_shapes(profile, full, minimal, page_text, truth):
    graph = Graph().parse(data=page_text([full(), minimal("mobility")]), format="turtle")

    assert ours(check(described(graph), [profile])) == truth(graph, profile)


@EVERY_PROFILE
@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_is_spoiled_is_found_as_by_the_shapes(damage, profile, richest_of, truth):
    for spoiled in damaged(richest_of(profile), DAMAGES[damage]):
        assert ours(check(spoiled, [profile])) == truth(graph_of_descriptions(spoiled), profile)


@pytest.mark.parametrize(
    ("profile", "path"),
    [pytest.param(profile, path, id=path.stem) for profile, paths in EXAMPLES.items() for path in paths],
)
def test_examples_of_the_standards_are_judged_as_by_the_shapes(profile, path, truth):
    graph = Graph().parse(path)

    for each in ("dcat-ap", profile, *(OWN_KIND if profile == "dcat-ap-hvd" else ())):
        assert ours(check(described(graph), [each])) == truth(graph, each)


@pytest.mark.parametrize("profile", OWN_KIND)
def test_dataset_in_a_series_with_an_outline_and_a_contact_in_two_languages_keeps_its_profile(profile, full, graph_of):
    outline = {"text": "Namur", "geom": "POINT(4.87 50.47)"}
    dataset = full(OWN_KIND[profile], in_series=[{"title": "Relevés"}], spatial_coverage=[outline], contact=[])

    assert check(described(graph_of(dataset, profile=profile)), [profile]) == []


def test_what_several_profiles_ask_for_is_said_once(richest):
    del richest["https://data.example.be/dataset/id-full-mobility"]["http://purl.org/dc/terms/title"]
    results = check(richest, PROFILES)

    assert [each.profile for each in results if each.path.endswith("terms/title")] == ["dcat-ap"]


def test_violations_come_before_warnings(richest):
    del richest["https://data.example.be/dataset/id-full-mobility"]["http://purl.org/dc/terms/title"]
    severities = [each.severity for each in check(richest, PROFILES)]

    assert severities == sorted(severities)
    assert set(severities) == {"violation", "warning"}
