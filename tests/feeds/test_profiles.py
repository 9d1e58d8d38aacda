"""Profiles: which datasets each holds, and that catalogue and records say which one it is."""

import pytest
from rdflib import QB, RDF, RDFS, XSD, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS

from ckanext.smartregion.feeds.description.portal import read_portal
from ckanext.smartregion.feeds.emission import FORMATS
from ckanext.smartregion.feeds.profiles import DEFAULT, PROFILES, profiles_of
from ckanext.smartregion.feeds.serializer import render, render_all
from ckanext.smartregion.schemas import statistical_tables

from tests.feeds.examples import BASE, parsed

STAT = Namespace("http://data.europa.eu/s1n/")

HVD_STATISTICS = "http://data.europa.eu/bna/c_34abf8c1"


@pytest.mark.parametrize(
    ("kind", "fields", "others"),
    [
        ("dataset", {}, []),
        ("dataset", {"hvd_category": ["http://data.europa.eu/bna/c_4b74ea13"]}, ["dcat-ap-hvd"]),
        ("dataset", {"applicable_legislation": "http://data.europa.eu/eli/reg_impl/2023/138/oj"}, ["dcat-ap-hvd"]),
        ("dataset", {"hvd_category": [HVD_STATISTICS]}, ["dcat-ap-hvd", "statdcat-ap"]),
        ("dataset", {"dcat_type": "GEOSPATIAL"}, ["geodcat-ap"]),
        ("dataset", {"resources": [{"id": "r", "url": "https://example.be/a.gpkg", "format": "GPKG"}]}, ["geodcat-ap"]),
        ("dataset", {"conforms_to": '["http://www.opengis.net/def/crs/EPSG/0/31370"]'}, ["geodcat-ap"]),
        ("dataset", {"resources": [{"id": "r", "url": "a.csv", "schema": "traffic-counts@1.0.0"}]}, ["statdcat-ap"]),
        ("mobility", {}, ["mobilitydcat-ap"]),
        ("governance", {"dcat_type": "STATISTICAL"}, ["bregdcat-ap", "statdcat-ap"]),
    ],
)
def test_dataset_belongs_to_the_default_and_to_what_it_is(kind, fields, others, minimal, portal):
    dataset = minimal(kind, **fields)

    assert profiles_of(dataset) == [DEFAULT, *others]
    assert list(render_all(dataset, portal)) == [DEFAULT, *others]


@pytest.mark.parametrize("profile", PROFILES)
def test_catalogue_and_records_declare_their_profile(profile, full, page_text):
    dataset = full("mobility")
    graph = parsed(page_text([dataset], profile=profile), "ttl")
    declared = URIRef(PROFILES[profile].conforms_to)

    for node in (BASE, f"{BASE}/dataset/{dataset['id']}#record"):
        assert list(graph.objects(URIRef(node), DCTERMS.conformsTo)) == [declared]


def test_every_profile_has_its_own_address_and_a_title_in_four_languages():
    assert len({profile.conforms_to for profile in PROFILES.values()}) == len(PROFILES)
    assert all(set(profile.title) == {"fr", "nl", "de", "en"} for profile in PROFILES.values())


def test_rendering_all_says_the_same_as_rendering_one_by_one(full, portal):
    dataset = full("governance", dcat_type="GEOSPATIAL")

    assert render_all(dataset, portal) == {name: render(dataset, portal, name) for name in profiles_of(dataset)}


def test_other_address_of_the_portal_renders_otherwise(full, portal):
    assert render(full(), portal) != render(full(), read_portal("https://elsewhere.example"))


def test_register_names_the_service_that_keeps_it(full, graph_of):
    dataset = full(
        "governance", legal_basis=["http://www.ejustice.just.fgov.be/eli/decret/2004/04/27/2004200000/justel"]
    )
    graph = graph_of(dataset, profile="bregdcat-ap")
    registry = URIRef(f"{BASE}/dataset/{dataset['id']}#registry")

    assert graph.value(registry, URIRef("http://purl.org/vocab/cpsv#produces")) == URIRef(
        f"{BASE}/dataset/{dataset['id']}"
    )
    assert graph.value(registry, URIRef("http://data.europa.eu/m8g/hasLegalResource")) is not None


def test_reference_system_and_outline_are_nodes_in_geodcat_ap(full, graph_of):
    dataset = full(spatial_coverage=[{"text": "Namur", "geom": "POINT(4.87 50.47)"}])
    graph = graph_of(dataset, profile="geodcat-ap")
    node = URIRef(f"{BASE}/dataset/{dataset['id']}")
    place = graph.value(node, DCTERMS.spatial)
    outline = graph.value(place, URIRef("http://www.w3.org/ns/locn#geometry"))

    assert str(graph.value(outline, URIRef("http://www.opengis.net/ont/geosparql#asWKT"))) == "POINT(4.87 50.47)"
    assert graph.value(node, URIRef("http://data.europa.eu/930/referenceSystem")) == URIRef(
        "http://www.opengis.net/def/crs/EPSG/0/4326"
    )


def test_columns_of_a_statistical_table_are_dimensions_measures_and_attributes(full, graph_of):
    graph = graph_of(full("energy"), profile="statdcat-ap")
    node, contract = URIRef(f"{BASE}/dataset/id-full-energy"), f"{BASE}/quality/contract/district-energy"
    said = {role: {str(each) for each in graph.objects(node, STAT[role])} for role in ("dimension", "measure")}
    year = URIRef(f"{contract}#column-year")

    assert f"{contract}#column-carrier" in said["dimension"]
    assert said["measure"] == {f"{contract}#column-kwh", f"{contract}#column-delivery_points"}
    assert (year, RDF.type, QB.DimensionProperty) in graph
    assert (year, RDFS.subPropertyOf, URIRef("http://purl.org/linked-data/sdmx/2009/dimension#refPeriod")) in graph
    assert Literal("Jaar", lang="nl") in set(graph.objects(year, RDFS.label))


def test_statistics_state_their_units_their_structure_and_how_many_series_they_hold(full, graph_of):
    graph = graph_of(full("energy", dcat_type=""), profile="statdcat-ap")
    node = URIRef(f"{BASE}/dataset/id-full-energy")
    structure = graph.value(node, STAT.dataStructureDefinition)

    units = {str(each).rpartition("/")[2] for each in graph.objects(node, STAT.statUnitMeasure)}
    assert units == {"KiloW-HR", "NUM", "PERCENT"}
    assert {len(list(graph.predicate_objects(each))) for each in graph.objects(structure, QB.component)} == {2}
    assert graph.value(node, STAT.numSeries).toPython() == 12
    assert str(graph.value(node, DCTERMS.type)).endswith("/STATISTICAL")


def test_several_statistical_tables_share_a_dataset_without_a_structure(full, graph_of):
    files = [{"id": name, "url": "https://example.be/a.csv", "schema": name} for name in statistical_tables()]
    graph = graph_of(full("energy", resources=files), profile="statdcat-ap")

    assert len(set(graph.subjects(RDF.type, QB.MeasureProperty))) > len(files)
    assert not list(graph.objects(None, STAT.dataStructureDefinition))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("profile", PROFILES)
def test_page_of_each_profile_says_when_the_catalogue_last_changed(page_text, full, profile, form):
    graph = parsed(page_text([full()], form, profile=profile), form)

    moment = Literal("2026-02-01T10:00:00", datatype=XSD.dateTime)
    assert list(graph.objects(URIRef(BASE), DCTERMS.modified)) == [moment]
