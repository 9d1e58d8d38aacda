"""What is sent validates against the official shapes: no violation, and no warning that the metadata could avoid."""

from __future__ import annotations

import pytest
from rdflib import DCAT

from ckanext.smartregion.feeds.description.values import as_list
from ckanext.smartregion.feeds.profiles import PROFILES, profiles_of

from tests.feeds.examples import DCAT_AP, MOBILITY_DCAT_AP, TYPES, parsed
from tests.feeds.oracle import datasets_below
from tests.feeds.shapes import ALLOWED, BASE, CONTRADICTED, FILES, LEFT_OUT

HVD_CATEGORY = "http://data.europa.eu/bna/c_4b74ea13"
WALLONIA = {"uri": "https://sws.geonames.org/3337387/", "bbox": "POLYGON((3 49, 6 49, 6 51, 3 51, 3 49))"}
VERSIONS = {
    **{field: ["https://example.be/other"] for field in ("has_version", "is_version_of", "previous_version")},
    **{field: ["https://example.be/thing"] for field in ("source", "is_referenced_by", "related_resource")},
    "in_series": [{"title": "Relevés annuels"}],
}
CASES = [
    *((profile, file) for profile, files in FILES.items() for file in files),
    *((profile, file) for profile in FILES if profile not in ("dcat-ap", "mobilitydcat-ap") for file in BASE),
]


@pytest.fixture
def every_kind(full, minimal):
    """Datasets of each type with every field, with nothing but what publication demands, and with hostile values."""
    datasets = [made(kind) for kind in TYPES for made in (full, minimal)]
    systems = {"conforms_to": ["http://www.opengis.net/def/crs/EPSG/0/4326"]}
    return [
        *datasets,
        *(full(kind, id=f"id-version-{kind}", **VERSIONS) for kind in TYPES),
        *(minimal(kind, **HOSTILE, id=f"id-hostile-{kind}") for kind in TYPES),
        minimal(**HOSTILE, id="id-hostile-address", uri='https://example.be/a hostile dataset/<>"{}|\\^`%zz'),
        minimal(id="id-minimal-high-value", hvd_category=[HVD_CATEGORY]),
        minimal(id="id-minimal-place", **systems),
        minimal(id="id-minimal-region", spatial_coverage=[WALLONIA]),
        minimal(id="id-minimal-statistics", dcat_type="STATISTICAL"),
    ]


@pytest.fixture
def page_of(every_kind, page_text, kept):
    """The graph of a profile's page with all datasets that belong there, read once for all files of shapes."""

    def page_of(profile):
        if ("page", profile) not in kept:
            datasets = [dataset for dataset in every_kind if profile in profiles_of(dataset)]
            assert datasets
            kept["page", profile] = parsed(page_text(datasets, profile=profile), "ttl")
        return kept["page", profile]

    return page_of


@pytest.mark.parametrize(("profile", "file"), CASES)
def test_page_of_a_profile_keeps_its_shapes(profile, file, page_of, findings):
    found = findings(page_of(profile), file)

    assert [each for each in found if not allowed(file, each)] == []


def allowed(file, finding) -> bool:
    contradicted = any(version in file and path == finding.path for version, path in CONTRADICTED)
    named = any(path in ("", finding.path) and part in finding.focus for path, part in ALLOWED)
    return contradicted or (named and finding.severity == "Warning")


@pytest.mark.parametrize("kind", TYPES)
def test_dataset_alone_keeps_the_shapes_of_each_of_its_profiles(kind, full, graph_of, violations):
    dataset = full(kind)
    for profile in profiles_of(dataset):
        for file in FILES[profile][:2]:
            assert "2.1.0" in file or violations(graph_of(dataset, profile=profile), file) == [], file


@pytest.mark.parametrize("extension", ["xml", "jsonld"])
def test_page_of_all_types_is_valid_dcat_ap_in_other_serialisations(extension, every_kind, page_text, violations):
    assert violations(parsed(page_text(every_kind, extension), extension), *DCAT_AP) == []


def test_empty_page_is_valid_dcat_ap(page_text, violations):
    assert violations(parsed(page_text([], number=9, count=3), "ttl"), *DCAT_AP) == []


def test_hostile_mobility_dataset_is_valid_alone(minimal, graph_of, violations):
    graph = graph_of(minimal("mobility", **HOSTILE), profile="mobilitydcat-ap")

    assert violations(graph, *MOBILITY_DCAT_AP) == []


@pytest.mark.parametrize(
    ("profile", "kind"),
    [
        ("dcat-ap", "dataset"), ("dcat-ap-hvd", "dataset"), ("geodcat-ap", "dataset"),
        ("dcat-ap", "mobility"), ("mobilitydcat-ap", "mobility"), ("bregdcat-ap", "governance"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("folder", ["shacl", "samples/dcat"])
def test_what_others_wrote_keeps_the_shapes_when_we_write_it(
    folder, profile, kind, shared, minimal, page_text, violations
):
    read = enumerate(datasets_below(shared / folder))
    datasets = [adopted(each, f"id-{place}", minimal(kind)) for place, each in read]
    held = [dataset for dataset in datasets if profile in profiles_of(dataset) and has_what(profile, dataset)]

    page = parsed(page_text(held, profile=profile), "ttl")

    assert held or profile in ("dcat-ap-hvd", "geodcat-ap")
    files = [file for file in FILES[profile][:2] if "2.1.0" not in file]
    assert [line for file in files for line in violations(page, file)] == []


def has_what(profile, dataset):
    """Some examples lack what nobody can make up, such as files, or are there to lack what the regulation demands."""
    if profile == "dcat-ap-hvd":
        return meets_the_regulation(dataset)
    return dataset["resources"] or profile != "mobilitydcat-ap"


def meets_the_regulation(dataset):
    """Whether a dataset has a category, files, and terms for each of them."""
    files = dataset["resources"]
    return (
        as_list(dataset.get("hvd_category"))
        and files
        and all(each.get("license") or each.get("rights") for each in files)
    )


def adopted(dataset, name, ours):
    """A dataset as our catalogue would keep it; the examples give many things the same address."""
    resources = [{**each, "uri": ""} for each in dataset["resources"]]
    kept = ("metadata_created", "metadata_modified", "type", "mobility_theme")
    fields = {field: ours[field] for field in kept if field in ours}
    return {**dataset, **fields, "uri": "", "id": name, "resources": resources}


def test_every_shape_file_is_used_or_left_out_for_a_reason(shared):
    folder = shared / "shacl"
    there = {str(path.relative_to(folder)) for path in folder.glob("*/*.ttl")}

    assert there == {file for files in FILES.values() for file in files} | set(LEFT_OUT)
    assert set(FILES) == set(PROFILES)


def test_the_shapes_do_find_what_is_wrong(minimal, graph_of, violations):
    graph = graph_of(minimal())
    graph.remove((None, DCAT.accessURL, None))

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
    "url": "javascript alert(1)",
    "resources": [
        {"id": "r1", "url": "", "format": "weird", "size": "-1", "hash": "zz", "access_services": "[{}]"},
        {"id": "r2", "url": "http://[broken", "mimetype": "nonsense", "license": "text", "size": "NaN", "issued": "x"},
        {"id": "r3", "url": "ftp://example.be/a file.zip", "hash": "0" * 40, "hash_algorithm": "SHA-256"},
    ],
}
