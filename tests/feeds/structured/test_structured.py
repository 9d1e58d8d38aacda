"""A dataset in schema.org keeps Google's rules, in Croissant those of version 1.1, whatever it says."""

from __future__ import annotations

import io
import json

import pyoxigraph as ox
import pytest

from ckanext.smartregion.feeds.description.dataset import prepare
from ckanext.smartregion.feeds.structured import croissant, schema_org
from ckanext.smartregion.schemas import LANGUAGES, table_contract, table_contracts

from tests.feeds.examples import BASE, FILE, TYPES

GOOGLE = ("name", "description", "license", "creator", "identifier", "url", "includedInDataCatalog", "spatialCoverage",
          "dateModified", "distribution", "isAccessibleForFree")  # fmt: skip
CROISSANT = ("@context", "@type", "conformsTo", "description", "license", "name", "url", "creator", "datePublished",
             "distribution")  # fmt: skip
HOSTILE = '</script><script>alert(1)</script><!-- & \u2028 "'


@pytest.fixture
def schema(portal):
    return lambda dataset, language="fr": schema_org.dataset(dataset, prepare(dataset, portal), portal, language)


@pytest.fixture
def crumbs(portal):
    return lambda dataset, language="fr": croissant.dataset(dataset, prepare(dataset, portal), portal, language)


@pytest.mark.parametrize("kind", TYPES)
def test_schema_org_has_what_google_asks_for(kind: str, full, minimal, schema) -> None:
    for dataset in (full(kind), minimal(kind)):
        node = schema(dataset)
        assert [term for term in GOOGLE if not node.get(term)] == []
        assert all(isinstance(each["name"], str) and each["@type"] == "Organization" for each in node["creator"])
    assert schema(full(kind))["temporalCoverage"] == ["2024-01-01/2025-12-31"]
    assert schema(full(kind))["spatialCoverage"][0]["geo"] == {"@type": "GeoShape", "box": "50.4 4.7 50.5 5"}
    assert schema(full(kind))["license"] == "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize("notes", ["", "Vélos.", "x" * 49, "x" * 50, "mot " * 3000, "x" * 5000, "x" * 6000])
def test_description_has_50_to_5000_characters(notes: str, minimal, schema) -> None:
    text = schema(minimal(notes_translated={"fr": notes}))["description"]
    assert 50 <= len(text) <= 5000
    assert text.startswith(notes.strip()[:40].rstrip("."))


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_in_the_language_of_the_page(language: str, full, schema, crumbs) -> None:
    dataset = full()
    assert schema(dataset, language)["name"] == dataset["title_translated"][language]
    [records] = crumbs(dataset, language)["recordSet"]
    assert records["description"] == table_contract("bicycle-parking").description[language]


def test_open_period_has_an_open_end(minimal, schema) -> None:
    assert schema(minimal(temporal_coverage=[{"start": "2024", "end": ""}]))["temporalCoverage"] == ["2024/.."]


@pytest.mark.parametrize("write", ["schema", "crumbs"])
def test_nothing_in_a_dataset_ends_the_script_that_holds_it(write: str, minimal, request) -> None:
    spoiled = {field: {"fr": HOSTILE} for field in ("title_translated", "notes_translated")}
    node = request.getfixturevalue(write)(minimal(**spoiled, tags_translated={"fr": [HOSTILE]}))
    assert HOSTILE in json.dumps(node, ensure_ascii=False).replace('\\"', '"')
    text = schema_org.script(node)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == node


@pytest.mark.parametrize("kind", TYPES)
def test_croissant_has_what_version_1_1_requires(kind: str, full, minimal, crumbs) -> None:
    for dataset in (full(kind), minimal(kind)):
        node = crumbs(dataset)
        assert [term for term in CROISSANT if not node.get(term)] == []
        assert node["conformsTo"] == "http://mlcommons.org/croissant/1.1"
        for file in node["distribution"]:
            assert file["@type"] == "cr:FileObject"
            assert {"@id", "name", "contentUrl", "encodingFormat"} <= set(file)


def test_croissant_describes_the_columns_of_a_table_by_its_contract(full, crumbs) -> None:
    node, contract = crumbs(full()), table_contract("bicycle-parking")
    [file], [records] = node["distribution"], node["recordSet"]
    assert (file["sha256"], file["contentSize"], file["encodingFormat"]) == (FILE["hash"], "1234 B", "text/csv")
    assert "isLiveDataset" not in node
    assert [each["source"]["extract"]["column"] for each in records["field"]] == contract.field_names
    assert {each["source"]["fileObject"]["@id"] for each in records["field"]} == {file["@id"]}
    assert records["key"] == [{"@id": f"{records['@id']}/id"}]
    assert len({each["@id"] for each in records["field"]}) == len(contract.fields)


def test_dataset_with_a_file_that_may_change_is_live(minimal, crumbs) -> None:
    assert crumbs(minimal())["isLiveDataset"] is True


def test_every_type_of_column_has_its_croissant_type(minimal, crumbs) -> None:
    found = {}
    for contract in table_contracts():
        table = {"id": "r", "url": f"{BASE}/t.csv", "url_type": "upload", "format": "CSV", "schema": contract.name}
        [records] = crumbs(minimal(resources=[table]))["recordSet"]
        found |= {of["type"]: to["dataType"] for of, to in zip(contract.fields, records["field"], strict=True)}
    assert found == {
        "boolean": "sc:Boolean", "date": "sc:Date", "datetime": "sc:DateTime", "geojson": "sc:Text",
        "integer": "sc:Integer", "number": "sc:Float", "string": "sc:Text", "year": "sc:Integer",
    }  # fmt: skip


def test_croissant_is_json_ld_in_which_every_term_has_its_meaning(full, crumbs) -> None:
    text = json.dumps(crumbs(full())).encode()
    quads = list(ox.parse(io.BytesIO(text), format=ox.RdfFormat.JSON_LD, base_iri=f"{BASE}/x"))
    terms = {quad.predicate.value for quad in quads}
    known = (
        "https://schema.org/",
        "http://mlcommons.org/croissant/",
        "http://purl.org/dc/terms/",
        "http://www.w3.org/",
    )
    assert all(term.startswith(known) for term in terms)
    assert {f"http://mlcommons.org/croissant/{term}" for term in ("recordSet", "field", "source", "column")} <= terms
    kinds = {quad.object.value for quad in quads if quad.predicate.value.endswith("croissant/dataType")}
    assert "https://schema.org/Text" in kinds
