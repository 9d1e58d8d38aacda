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


def test_more_than_the_platform_shows_breaks_the_listing_off(far_end: FarEnd, client: Client) -> None:
    far_end.serve(VERSION_2, pages([item(str(number)) for number in range(100)] * 101))
    with pytest.raises(ListingError, match="shows only 10000"):
        listed(far_end, client)
    assert len(far_end.requests) == 1


@pytest.mark.parametrize(
    "broken", ["text", None, 7, {}, {"dataset_id": ""}, {"dataset_id": "x", "metas": "text"}, {"dataset_id": "x"}]
)
def test_broken_item_is_a_record_with_a_problem(far_end: FarEnd, client: Client, broken: Any) -> None:
    far_end.serve(VERSION_2, pages([item("a"), broken, item("b")]))
    records = listed(far_end, client)
    assert [record.problem is None for record in records] == [True, False, True]


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
