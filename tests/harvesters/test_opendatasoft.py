"""`opendatasoft`: Explore API 2.1, API 1.0 as a fallback, and what a portal may get wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from far_end import Answer, FarEnd, Request
from listing import records

from ckanext.smartregion.fetch import Client, FetchError
from ckanext.smartregion.harvest.records import ListingError, Record, Source
from ckanext.smartregion.harvesters import harvester

EU = "http://publications.europa.eu/resource/authority"
ODS = harvester("opendatasoft")
VERSION_2 = "/api/explore/v2.1/catalog/datasets"
VERSION_1 = "/api/datasets/1.0/search"
EXPORT = "/api/explore/v2.1/catalog/exports/json"
DCAT_EXPORT = "/api/explore/v2.1/catalog/exports/dcat"


def item(name: str, **default: Any) -> dict[str, Any]:
    """One dataset in the documented shape."""
    metas = {"default": {"title": name, "language": "fr", **default}, "dcat": {}}
    return {"dataset_id": name, "dataset_uid": f"da_{name}", "has_records": True, "features": ["geo"], "metas": metas}


def pages(items: list[Any], total: int | None = None) -> Any:
    """A route that answers by limit and offset."""

    def answer(request: Request) -> Answer:
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        found = {"total_count": len(items) if total is None else total, "results": items[offset : offset + limit]}
        return Answer(json.dumps(found).encode())

    return answer


def listed(far_end: FarEnd, client: Client, path: str = "", **options: Any) -> list[Record]:
    """Every record of the portal."""
    return records(Source("test", "opendatasoft", far_end.url + path, options), client)


@pytest.mark.parametrize("path", ["", "/", "/explore/?sort=modified", VERSION_2, "/api/explore/v2.1/console"])
def test_any_address_of_the_portal_will_do(far_end: FarEnd, client: Client, path: str) -> None:
    far_end.serve(VERSION_2, pages([item("a")]))
    assert [record.remote_id for record in listed(far_end, client, path)] == ["da_a"]


def test_pages_are_followed_to_the_end(far_end: FarEnd, client: Client) -> None:
    far_end.serve(VERSION_2, pages([item(str(number)) for number in range(250)]))
    assert len(listed(far_end, client)) == 250
    assert [request.query["offset"] for request in far_end.requests] == ["0", "100", "200"]


def test_facet_filters_the_list(far_end: FarEnd, client: Client) -> None:
    far_end.serve(VERSION_2, pages([item("a")]))
    listed(far_end, client, refine="publisher:Ville de Namur")
    assert far_end.requests[0].query["refine"] == "publisher:Ville de Namur"


def test_metadata_blocks_become_a_candidate(far_end: FarEnd, client: Client) -> None:
    full = item(
        "velos",
        description="<p>Les <b>arceaux</b>.</p>",
        theme=["Mobilité, Espace public"],
        keyword=["vélo", "stationnement"],
        license="CC BY 4.0",
        license_url="https://creativecommons.org/licenses/by/4.0/deed.fr",
        publisher="Ville de Namur",
        data_processed="2026-03-01T10:00:00+00:00",
    )
    full["metas"]["dcat"] = {
        "accrualperiodicity": "Annuelle",
        "contact_name": "Mobilité",
        "contact_email": "mailto:velo@namur.be",
        "temporal": "2024/2025",
        "spatial": "Namur",
        "creator": "Service Mobilité",
    }
    full["attachments"] = [
        {"id": "doc_pdf", "title": "Mode d'emploi", "url": "odsfile://doc.pdf", "mimetype": "application/pdf"}
    ]
    far_end.serve(VERSION_2, pages([full]))

    candidate = ODS.map(listed(far_end, client)[0], Source("test", "opendatasoft", far_end.url))

    dataset = candidate.dataset
    assert candidate.publishers == ("Ville de Namur",)
    assert dataset["theme"] == [f"{EU}/data-theme/TRAN"]
    assert dataset["license_id"] == f"{EU}/licence/CC_BY_4_0"
    assert dataset["frequency"] == f"{EU}/frequency/ANNUAL"
    assert dataset["temporal_coverage"] == [{"start": "2024", "end": "2025"}]
    assert dataset["contact"] == [{"name": "Mobilité", "email": "velo@namur.be"}]
    assert dataset["modified"] == "2026-03-01T10:00:00+00:00"
    exports = f"{far_end.url}{VERSION_2}/velos/exports/"
    assert [(each["format"], each["url"]) for each in dataset["resources"]] == [
        ("CSV", exports + "csv"),
        ("JSON", exports + "json"),
        ("GEOJSON", exports + "geojson"),
        ("SHP", exports + "shp"),
        ("PDF", f"{far_end.url}{VERSION_2}/velos/attachments/doc_pdf"),
    ]


def test_real_items_of_version_1_arrive_where_2_1_is_missing(far_end: FarEnd, client: Client, shared: Path) -> None:
    names = ("test-a", "test-b", "with-attachments")
    items = [json.loads((shared / f"samples/ods/catalog-v1-{name}.json").read_text()) for name in names]
    far_end.serve(VERSION_1, json.dumps({"nhits": 3, "datasets": items}))
    source = Source("test", "opendatasoft", far_end.url)

    candidates = {record.remote_id: ODS.map(record, source) for record in records(source, client)}

    first, last = candidates["test-a"].dataset, candidates["with-attachments"].dataset
    assert first["title_translated"] == {"en": "test-a"}
    assert first["notes_translated"] == {"en": "test-a-description"}
    assert first["license_id"] == f"{EU}/licence/ETALAB_2_0"
    assert first["theme"] == [f"{EU}/data-theme/EDUC", f"{EU}/data-theme/ENVI"]
    assert [each["format"] for each in first["resources"]] == ["CSV", "JSON"]
    assert [each["format"] for each in last["resources"]] == ["ZIP", "PDF"]
    assert last["theme"] == [f"{EU}/data-theme/REGI"]


def test_portal_that_shows_fewer_than_it_announces_breaks_the_listing_off(far_end: FarEnd, client: Client) -> None:
    far_end.serve(VERSION_2, pages([item("a")], total=3))
    with pytest.raises(ListingError, match="announces 3 datasets and delivered 1"):
        listed(far_end, client)


def test_same_page_for_ever_ends(far_end: FarEnd, client: Client) -> None:
    body = json.dumps({"total_count": 300, "results": [item(str(number)) for number in range(100)]})
    far_end.serve(VERSION_2, body)
    with pytest.raises(ListingError, match="circle"):
        listed(far_end, client)
    assert len(far_end.requests) == 2


def test_more_than_pages_reach_comes_from_the_export(far_end: FarEnd, client: Client) -> None:
    items = [item(f"{number:05}") | {"fields": [{"name": "toto"}] * 5} for number in range(10_001)]
    far_end.serve(VERSION_2, pages(items))
    far_end.serve(EXPORT, json.dumps(items))
    found = listed(far_end, client, refine="publisher:Namur")
    assert len(found) == 10_001
    assert [request.path for request in far_end.requests] == [VERSION_2, EXPORT]
    assert far_end.requests[1].query == {"order_by": "dataset_id", "refine": "publisher:Namur"}
    assert "fields" not in found[0].payload
    assert ODS.map(found[0], Source("test", "opendatasoft", far_end.url)).dataset["title_translated"] == {"fr": "00000"}


def test_export_that_lacks_datasets_makes_the_list_incomplete(far_end: FarEnd, client: Client) -> None:
    items = [item(f"{number:05}") for number in range(10_001)]
    far_end.serve(VERSION_2, pages(items))
    far_end.serve(EXPORT, json.dumps(items[:-1]))
    with pytest.raises(ListingError, match="announces 10001 datasets and delivered 10000"):
        listed(far_end, client)


def test_broken_item_of_the_export_is_a_record_with_a_problem(far_end: FarEnd, client: Client) -> None:
    far_end.serve(VERSION_2, pages([item("a")], total=10_001))
    far_end.serve(EXPORT, json.dumps([item(f"{number:05}") for number in range(10_000)] + [{"dataset_id": ""}]))
    assert next(record for record in listed(far_end, client) if record.problem).remote_id.endswith("#broken-10000")


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"error_code": "quota"}', b'[{"dataset_id": "a"}, {"data'])
def test_export_that_is_none_breaks_the_listing_off(far_end: FarEnd, client: Client, body: bytes) -> None:
    far_end.serve(VERSION_2, pages([item("a")], total=10_001))
    far_end.serve(EXPORT, body)
    with pytest.raises(ListingError):
        listed(far_end, client)


def test_more_than_the_former_version_shows_breaks_the_listing_off(far_end: FarEnd, client: Client) -> None:
    far_end.serve(VERSION_1, json.dumps({"nhits": 10_001, "datasets": []}))
    with pytest.raises(ListingError, match="shows only 10000"):
        listed(far_end, client)


def test_pages_have_a_stable_order(far_end: FarEnd, client: Client) -> None:
    far_end.serve(VERSION_2, pages([item(str(number)) for number in range(150)]))
    listed(far_end, client)
    assert [request.query["order_by"] for request in far_end.requests] == ["dataset_id", "dataset_id"]


def test_portal_that_refuses_the_order_is_read_without(far_end: FarEnd, client: Client) -> None:
    whole = pages([item(str(number)) for number in range(150)])
    far_end.serve(VERSION_2, lambda request: Answer(status=400) if "order_by" in request.query else whole(request))
    assert len(listed(far_end, client)) == 150
    assert ["order_by" in request.query for request in far_end.requests] == [True, False, False]


def test_filter_that_the_portal_refuses_is_named(far_end: FarEnd, client: Client) -> None:
    far_end.serve(VERSION_2, Answer(b'{"error_code": "InvalidRESTParameterError"}', 400))
    with pytest.raises(ListingError, match="refuses the question"):
        listed(far_end, client, refine="nothing")
    assert len(far_end.requests) == 2


def test_total_that_shrinks_while_paging_makes_the_list_incomplete(far_end: FarEnd, client: Client) -> None:
    items = [item(f"{number:03}") for number in range(150)]

    def shrinking(request: Request) -> Answer:
        if request.query["offset"] == "100":
            items.pop(0)
        return pages(items)(request)

    far_end.serve(VERSION_2, shrinking)
    with pytest.raises(ListingError, match="announces 150 datasets and delivered 149"):
        listed(far_end, client)


def test_identifier_that_comes_twice_is_one_record(far_end: FarEnd, client: Client) -> None:
    far_end.serve(VERSION_2, pages([item("a"), item("b") | {"dataset_uid": "DA_A"}, item("c")], total=2))
    assert [record.remote_id for record in listed(far_end, client)] == ["da_a", "da_c"]


def test_valid_but_empty_answer_is_a_complete_list_of_nobody(far_end: FarEnd, client: Client) -> None:
    far_end.serve(VERSION_2, pages([]))
    assert listed(far_end, client) == []


# -- the flaws that these portals really have, as far as they show in the JSON


def mapped(name: str = "x", /, dcat: dict[str, Any] | None = None, more: Any = None, **default: Any) -> Any:
    """An item as a candidate."""
    found = item(name, **default)
    found["metas"] |= {"dcat": dcat or {}}
    record = Record(f"da_{name}", found | (more or {}))
    return ODS.map(record, Source("test", "opendatasoft", "https://data.example.be"))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("En continu", "CONT"),
        ("Annuelle", "ANNUAL"),
        ("Mensuelle : le premier du mois, sauf en août", "MONTHLY"),
        ("Quand on y pense", None),
    ],
)
def test_frequency_in_words_or_in_a_whole_sentence(words: str, code: str | None) -> None:
    found = mapped(dcat={"accrualperiodicity": words}).dataset.get("frequency")
    assert found == (f"{EU}/frequency/{code}" if code else None)


@pytest.mark.parametrize("default", [{}, {"license": None}, {"license": "License Not Specified"}])
def test_licence_that_is_not_specified_is_none(default: dict[str, Any]) -> None:
    dataset = mapped(**default).dataset
    assert "license_id" not in dataset
    assert "rights" not in dataset["resources"][0]


def test_licence_as_text_only() -> None:
    dataset = mapped(license="CC BY").dataset
    assert dataset["license_id"].startswith(f"{EU}/licence/CC_BY")
    assert {each["license"] for each in dataset["resources"]} == {dataset["license_id"]}


def test_themes_are_free_categories() -> None:
    dataset = mapped(theme=["Mobilité", "Divers et variés"], keyword=["vélo"]).dataset
    assert dataset["theme"] == [f"{EU}/data-theme/TRAN"]
    assert dataset["tags_translated"] == {"fr": ["vélo", "Divers et variés"]}


def test_one_text_where_a_list_is_meant() -> None:
    dataset = mapped(theme="Environnement", keyword="eau", publisher="Ville de Liège ").dataset
    assert dataset["theme"] == [f"{EU}/data-theme/ENVI"]
    assert dataset["publisher"] == [{"name": "Ville de Liège"}]


def test_description_in_markup_with_entities_and_broken_lines() -> None:
    text = "<p>Les arceaux&nbsp;<b>v\u00e9lo\n     de la ville</p><ul><li>un</ul>"
    assert "<" not in mapped(description=text).dataset["notes_translated"]["fr"]
    assert "arceaux vélo de la ville" in mapped(description=text).dataset["notes_translated"]["fr"]


def test_german_behind_french_in_one_description() -> None:
    text = "<p>Les arceaux de la commune.</p><p>Traduction en allemand : Die Bügel der Gemeinde.</p>"
    assert set(mapped(description=text).dataset["notes_translated"]) == {"fr", "de"}


def test_period_place_and_contact_of_the_block_for_dcat() -> None:
    dcat = {"temporal": "2018 - 2020", "spatial": "France entière et hors territoire", "contact_email": "sig@liege.be"}
    dataset = mapped(dcat=dcat).dataset
    assert dataset["temporal_coverage"] == [{"start": "2018", "end": "2020"}]
    assert dataset["spatial_coverage"] == [{"text": "France entière et hors territoire"}]
    assert dataset["contact"] == [{"email": "sig@liege.be"}]


def test_block_of_a_profile_completes_the_one_for_dcat() -> None:
    hvd = "http://data.europa.eu/bna/c_ac64a52d"
    more = {
        "metas": {
            "default": {"title": "x"},
            "dcat": {"creator": "SIG"},
            "dcat_ap": {"hvd_category": [hvd], "creator": "?"},
        }
    }
    dataset = mapped(more=more).dataset
    assert dataset["hvd_category"] == [hvd]
    assert dataset["creator"] == [{"name": "SIG"}]


def test_exports_are_a_handful_and_the_shapefile_says_that_it_is_packed() -> None:
    resources = {each["format"]: each for each in mapped().dataset["resources"]}
    assert list(resources) == ["CSV", "JSON", "GEOJSON", "SHP"]
    assert resources["SHP"]["compress_format"] == "application/zip"
    assert "compress_format" not in resources["CSV"]


def test_attachments_beside_the_exports_all_stay() -> None:
    files = [{"id": f"f{number}", "title": f"F{number}", "url": f"https://a.be/f{number}.pdf"} for number in range(5)]
    formats = [each["format"] for each in mapped(more={"attachments": files}).dataset["resources"]]
    assert formats == ["CSV", "JSON", "GEOJSON", "SHP", *["PDF"] * 5]


def test_renamed_address_is_the_same_record(far_end: FarEnd, client: Client) -> None:
    renamed = item("velos") | {"dataset_id": "velos-de-namur"}
    far_end.serve(VERSION_2, pages([item("velos")]))
    before = listed(far_end, client)[0]
    far_end.serve(VERSION_2, pages([renamed]))
    after = listed(far_end, client)[0]
    assert (before.remote_id, before.address) != (after.remote_id, after.address)
    assert before.remote_id == after.remote_id == "da_velos"


def test_federated_dataset_keeps_its_address_and_loses_the_domain_in_its_identifier(
    far_end: FarEnd, client: Client
) -> None:
    federated = item("parkings") | {"dataset_id": "parkings@liege", "dataset_uid": None}
    far_end.serve(VERSION_2, pages([federated]))
    record = listed(far_end, client)[0]
    dataset = ODS.map(record, Source("test", "opendatasoft", far_end.url)).dataset
    assert record.remote_id == "parkings@liege"
    assert dataset["identifier"] == "parkings"
    assert dataset["url"].endswith("/explore/dataset/parkings@liege/")
    assert dataset["resources"][0]["url"].endswith("/datasets/parkings@liege/exports/csv")


def test_dataset_without_keyword_publisher_description_or_file_is_read() -> None:
    found = mapped(more={"has_records": False})
    assert found.publishers == ()
    assert not {"tags_translated", "publisher", "notes_translated", "resources"} & found.dataset.keys()


@pytest.mark.parametrize("odd", [None, 7, True, "text", [], {}, [None], [[]], {"a": 1}, ["x", 3]])
@pytest.mark.parametrize("field", ["title", "description", "keyword", "theme", "license", "publisher", "references"])
def test_field_of_an_odd_shape_breaks_nothing(field: str, odd: Any) -> None:
    more = {
        "attachments": odd,
        "alternative_exports": odd,
        "features": odd,
        "metas": {"default": {"title": "x", field: odd}},
    }
    assert mapped(more=more | {"dcat": odd}).dataset["title_translated"]


# -- the DCAT export, for what the JSON lacks


DCAT = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#"
  xmlns:dct="http://purl.org/dc/terms/"><dcat:Dataset rdf:about="https://d.be/api/v2/catalog/datasets/velos">
  <dct:identifier>velos@namur</dct:identifier><dct:title>Un autre titre</dct:title>
  <dct:creator rdf:resource="https://d.be/explore/?refine.dcat.creator=Service+SIG"/>
  <dct:accrualPeriodicity><dct:Frequency rdf:about="En continu"/></dct:accrualPeriodicity>
  <dct:conformsTo rdf:resource="https://schema.example.be/velos"/></dcat:Dataset></rdf:RDF>"""


def test_dcat_export_completes_and_does_not_contradict(far_end: FarEnd, client: Client) -> None:
    both = item("velos"), item("autres")
    both[0]["metas"]["dcat"] = {"accrualperiodicity": "Annuelle"}
    far_end.serve(VERSION_2, pages(list(both)))
    far_end.serve(DCAT_EXPORT, DCAT, content_type="application/rdf+xml")
    source = Source("test", "opendatasoft", far_end.url, {"dcat_export": "yes"})

    velos, others = (ODS.map(record, source).dataset for record in records(source, client))

    assert velos["title_translated"] == {"fr": "velos"}
    assert velos["frequency"] == f"{EU}/frequency/ANNUAL"
    assert velos["creator"] == [{"name": "Service SIG"}]
    assert velos["conforms_to"] == ["https://schema.example.be/velos"]
    assert [each["format"] for each in velos["resources"]] == ["CSV", "JSON", "GEOJSON", "SHP"]
    assert "creator" not in others
    assert far_end.requests[1].query["include_exports"] == "csv"


def test_real_dcat_export_completes_the_json(far_end: FarEnd, client: Client, shared: Path) -> None:
    slug = "principaux-etablissements-denseignement-superieur"
    far_end.serve(VERSION_2, pages([item(slug)]))
    far_end.serve(DCAT_EXPORT, (shared / "samples/ods/rennes-explore-v2-dcat-export.rdf").read_bytes())
    source = Source("test", "opendatasoft", far_end.url, {"dcat_export": "yes"})

    found = ODS.map(records(source, client)[0], source)

    assert found.dataset["frequency"] == f"{EU}/frequency/CONT"
    assert found.dataset["issued"] == "2021-12-29T00:00:00"
    assert found.dataset["modified"] == "2018-04-25T08:16:43+00:00"
    assert found.dataset["contact"] == [{"email": "dataesr@recherche.gouv.fr"}]
    assert found.publishers[0].startswith("Ministère de l'Enseignement supérieur")


def test_export_of_liege_is_found_by_its_address(far_end: FarEnd, client: Client, shared: Path) -> None:
    far_end.serve(VERSION_2, pages([item("parkings-taxis")]))
    far_end.serve(DCAT_EXPORT, (shared / "samples/ods/liege-v2-catalog-export.rdf").read_bytes())
    source = Source("test", "opendatasoft", far_end.url, {"dcat_export": "yes"})
    assert ODS.map(records(source, client)[0], source).publishers == ("Ville de Liège",)


def test_dcat_export_that_fails_is_no_dataset_that_lacks_something(far_end: FarEnd, client: Client) -> None:
    far_end.serve(VERSION_2, pages([item("velos")]))
    far_end.serve(DCAT_EXPORT, Answer(status=500))
    with pytest.raises(FetchError, match="status 500"):
        listed(far_end, client, dcat_export="yes")


def test_answer_with_records_instead_of_datasets_is_refused(far_end: FarEnd, client: Client, shared: Path) -> None:
    for name in ("liege-garages-records-v1.json", "namur-parking-pmr-records-v1.json"):
        far_end.serve(VERSION_1, (shared / "samples/ods" / name).read_bytes())
        with pytest.raises(ListingError, match="no nhits and datasets"):
            listed(far_end, client)


@pytest.mark.parametrize(
    "broken", ["text", None, 7, {}, {"dataset_id": ""}, {"dataset_id": "x", "metas": "text"}, {"dataset_id": "x"}]
)
def test_broken_item_is_a_record_with_a_problem(far_end: FarEnd, client: Client, broken: Any) -> None:
    far_end.serve(VERSION_2, pages([item("a"), broken, item("b")]))
    records = listed(far_end, client)
    assert [record.problem is None for record in records] == [True, False, True]
    lacks = "metas" if isinstance(broken, dict) and broken.get("dataset_id") else "dataset_id"
    assert f"has no “{lacks}”" in records[1].problem["en"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"<html>Maintenance</html>", "web page"),
        (b"", "without any content"),
        (b'{"total_count": 1, "results": [', "can't be read"),
        (b"[" * 100_000, "can't be read"),
        (b"[]", "can't be read"),
        (b'{"total_count": "many", "results": []}', "can't be read"),
        (b'{"error_code": "ODSQLError"}', "can't be read"),
    ],
)
def test_answer_that_is_no_catalogue_is_refused(far_end: FarEnd, client: Client, body: bytes, sentence: str) -> None:
    far_end.serve(VERSION_2, body)
    with pytest.raises(ListingError, match=sentence):
        listed(far_end, client)


@pytest.mark.parametrize("status", [401, 403, 500])
def test_refused_listing_is_no_empty_list(far_end: FarEnd, client: Client, status: int) -> None:
    far_end.serve(VERSION_2, Answer(status=status))
    with pytest.raises(FetchError, match=f"status {status}"):
        listed(far_end, client)


def test_missing_second_page_breaks_the_listing_off(far_end: FarEnd, client: Client) -> None:
    whole = pages([item(str(number)) for number in range(150)])
    far_end.serve(VERSION_2, lambda request: whole(request) if request.query["offset"] == "0" else Answer(status=404))
    with pytest.raises(FetchError, match="status 404"):
        listed(far_end, client)
