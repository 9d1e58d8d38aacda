"""`ckan`: the Action API of portals old and new, what changed and what vanished, and what a portal may get wrong."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from far_end import Answer, FarEnd, Request

from ckanext.smartregion.fetch import Client, FetchError
from ckanext.smartregion.harvest.records import ListingError, Source
from ckanext.smartregion.harvest.roll import Roll
from ckanext.smartregion.harvest.walking import Remembered, Walk, Walked, place

from tests.harvesters.ckan_portal import CKAN, NEW, SEARCH, SINCE, Portal, listed, package, walked


@pytest.fixture
def portal(far_end: FarEnd) -> Portal:
    """An empty portal."""
    return Portal(far_end)


# -- the whole list


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/dataset",
        "/dataset/velos",
        "/fr/dataset/?q=velo",
        "/organization/namur",
        "/group/eau",
        "/catalog.ttl",
        SEARCH,
    ],
)
def test_any_page_of_the_portal_will_do(portal: Portal, client: Client, path: str) -> None:
    portal.packages = [package("velos")]
    record = listed(portal.far_end, client, path)[0]
    assert record.remote_id == "id-velos"
    assert record.address == f"{portal.far_end.url}/dataset/velos"


@pytest.mark.parametrize(
    ("address", "options"),
    [("/data/fr/dataset/velos", {}), ("/", {"api": "/data/api/3/action"}), ("/home", {"api": "data/api/3/action/"})],
)
def test_portal_below_a_path(portal: Portal, client: Client, address: str, options: dict[str, Any]) -> None:
    portal.packages = [package("velos")]
    portal.far_end.serve("/data" + SEARCH, portal.search)
    del portal.far_end.routes[SEARCH]
    record = listed(portal.far_end, client, address, **options)[0]
    assert record.address == f"{portal.far_end.url}/data/dataset/velos"


def test_pages_are_followed_to_the_end(portal: Portal, client: Client) -> None:
    portal.packages = [package(f"{number:03}") for number in range(250)]
    assert len(listed(portal.far_end, client)) == 250
    assert [request.query["start"] for request in portal.far_end.requests] == ["0", "100", "200"]


def test_portal_that_gives_fewer_rows_than_asked_is_read_to_the_end(portal: Portal, client: Client) -> None:
    portal.packages = [package(f"{number:03}") for number in range(25)]
    portal.cap = 10
    assert len(listed(portal.far_end, client)) == 25
    assert [request.query["start"] for request in portal.far_end.requests] == ["0", "10", "20"]


def test_filters_and_page_size_are_asked_for(portal: Portal, client: Client) -> None:
    portal.packages = [package("a")]
    listed(portal.far_end, client, organization="namur", fq="tags:eau", page_size="20")
    query = portal.far_end.requests[0].query
    assert query["fq"] == '(tags:eau) AND (organization:"namur")'
    assert query["rows"] == "20"


def test_page_that_is_too_heavy_is_asked_for_in_smaller_ones(portal: Portal, client: Client) -> None:
    heavy = "x" * 500_000
    portal.packages = [package(f"{number:02}", notes=heavy) for number in range(60)]
    assert len(listed(portal.far_end, client)) == 60
    assert [request.query["rows"] for request in portal.far_end.requests] == ["100", "20", "20", "20"]


@pytest.mark.parametrize(
    "hidden", [{"private": True}, {"private": "true"}, {"state": "draft"}, {"state": "deleted"}, {"type": "harvest"}]
)
def test_what_is_no_published_dataset_is_left_out_and_not_missed(
    portal: Portal, client: Client, hidden: dict[str, Any]
) -> None:
    portal.packages = [package("a"), package("b", **hidden), package("c"), package("d", **hidden), package("e")]
    found = listed(portal.far_end, client, page_size=2)
    assert [record.remote_id for record in found] == ["id-a", "id-c", "id-e"]


def test_identifier_outlives_a_new_name(portal: Portal, client: Client) -> None:
    portal.packages = [package("velos")]
    before = listed(portal.far_end, client)[0].remote_id
    portal.packages[0]["name"] = "velos-de-namur"
    after = listed(portal.far_end, client)[0]
    assert after.remote_id == before
    assert after.address.endswith("/dataset/velos-de-namur")


# -- only what changed


def test_unchanged_portal_costs_one_request(portal: Portal, client: Client) -> None:
    portal.packages = [package(f"{number:03}") for number in range(250)]
    pages = walked(portal.far_end, client)
    assert len(portal.far_end.requests) == 1
    assert [page.fresh for page in pages] == [()]
    assert len(pages[0].keys) == pages[0].total == 250


@pytest.mark.parametrize("stated", [None, "", "hier", 7])
def test_portal_that_does_not_tell_dates_is_asked_what_changed(portal: Portal, client: Client, stated: Any) -> None:
    portal.packages = [package("a"), package("b", metadata_modified=stated)]
    portal.far_end.serve(
        SEARCH,
        lambda request: portal.search(request) if "fl" in request.query else Answer(_answer([package("b")])),
    )
    pages = walked(portal.far_end, client)
    assert [record.remote_id for page in pages for record in page.fresh] == ["id-b"]
    assert {key for page in pages for key in page.keys} == {"id-a", "id-b"}


def test_dataset_without_identifier_is_asked_for_and_hides_nobody(portal: Portal, client: Client) -> None:
    portal.packages = [package("a"), package("b", id="") | {"name": ""}]
    portal.far_end.serve(
        SEARCH,
        lambda request: portal.search(request) if "fl" in request.query else Answer(_answer(portal.packages[1:])),
    )
    [page] = walked(portal.far_end, client)
    assert [record.problem is not None for record in page.fresh] == [True]


def _answer(packages: list[dict[str, Any]]) -> bytes:
    return json.dumps({"success": True, "result": {"count": len(packages), "results": packages}}).encode()


def test_only_what_changed_is_sent_and_all_is_named(portal: Portal, client: Client) -> None:
    portal.packages = [package(f"{number:03}") for number in range(30)]
    portal.packages[7]["metadata_modified"] = NEW
    pages = walked(portal.far_end, client)
    assert [record.remote_id for page in pages for record in page.fresh] == ["id-007"]
    assert {key for page in pages for key in page.keys} == {f"id-{number:03}" for number in range(30)}


def test_what_vanished_is_not_named(portal: Portal, client: Client) -> None:
    portal.packages = [package("a"), package("c")]
    assert {key for page in walked(portal.far_end, client) for key in page.keys} == {"id-a", "id-c"}


def test_emptied_portal_names_nobody_and_is_complete(portal: Portal, client: Client) -> None:
    pages = walked(portal.far_end, client)
    assert [page.keys for page in pages] == [()]
    assert pages[0].total == 0


def test_many_changes_come_page_by_page(portal: Portal, client: Client) -> None:
    portal.packages = [package(f"{number:03}", metadata_modified=NEW) for number in range(25)]
    portal.packages += [package("zzz")]
    pages = walked(portal.far_end, client, page_size=10)
    assert [len(page.fresh) for page in pages] == [10, 10, 5]
    assert len({key for page in pages for key in page.keys}) == 26


def test_list_of_changes_is_taken_up_at_its_second_page(portal: Portal, client: Client) -> None:
    portal.packages = [package(f"{number:03}", metadata_modified=NEW) for number in range(25)]
    first = walked(portal.far_end, client, page_size=10)[0]
    source = Source("test", "ckan", portal.far_end.url, {"page_size": 10}, SINCE + dt.timedelta(days=1))
    rest = list(Walk(CKAN, source, client, roll=Roll.of([first.called]), number=1).pages(first.next))
    assert [len(page.fresh) for page in rest] == [10, 5]


def test_list_of_changes_that_shrinks_while_it_is_read_breaks_off(portal: Portal, client: Client) -> None:
    portal.packages = [package(f"{number:03}", metadata_modified=NEW) for number in range(25)]

    def shrinking(request: Request) -> Answer:
        if request.query["start"] == "10":
            portal.packages.pop(0)
        return portal.search(request)

    portal.far_end.serve(SEARCH, shrinking)
    with pytest.raises(ListingError, match="changed while it was read"):
        walked(portal.far_end, client, page_size=10)


def test_identifiers_are_read_to_the_end_where_rows_are_capped(portal: Portal, client: Client) -> None:
    portal.packages = [package(f"{number:03}") for number in range(25)]
    portal.cap = 10
    pages = walked(portal.far_end, client)
    assert len(pages[0].keys) == 25
    assert len(portal.far_end.requests) == 5


def memory(pages: list[Walked]) -> dict[str, Remembered]:
    """What the engine remembers of a complete listing."""
    return {place(page.cursor): Remembered(page.keys, page.next, page.total, page.said) for page in pages}


def again(portal: Portal, client: Client, before: list[Walked], **options: Any) -> list[Walked]:
    """The listing after one that is remembered; counts its own requests."""
    portal.far_end.requests.clear()
    source = Source("test", "ckan", portal.far_end.url, options, SINCE)
    return list(Walk(CKAN, source, client, memory(before)).pages())


def test_list_of_names_vouches_for_the_identifiers_where_rows_are_capped(portal: Portal, client: Client) -> None:
    portal.packages = [package(f"{number:03}") for number in range(250)]
    portal.cap = 10
    before = walked(portal.far_end, client)
    pages = again(portal, client, before)
    assert [request.path.rsplit("/", 1)[-1] for request in portal.far_end.requests] == [
        "package_search",
        "package_search",
        "package_list",
    ]
    assert pages[0].unchanged
    assert len(pages[0].keys) == pages[0].total == 250


@pytest.mark.parametrize("changed", ["gone", "new", "edited"])
def test_list_of_names_hides_nothing(portal: Portal, client: Client, changed: str) -> None:
    portal.packages = [package(f"{number:03}") for number in range(25)]
    portal.cap = 10
    before = walked(portal.far_end, client)
    if changed == "gone":
        portal.packages.pop()
    elif changed == "new":
        portal.packages.append(package("new", metadata_modified=NEW))
    else:
        portal.packages[3]["metadata_modified"] = NEW
    pages = again(portal, client, before)
    assert not pages[0].unchanged
    assert {key for page in pages for key in page.keys} == {each["id"] for each in portal.packages}
    assert len([record for page in pages for record in page.fresh]) == (changed != "gone")


def test_list_of_names_is_not_believed_where_the_source_is_filtered(portal: Portal, client: Client) -> None:
    portal.packages = [package(f"{number:03}") for number in range(25)]
    portal.cap = 10
    before = walked(portal.far_end, client, organization="namur")
    again(portal, client, before, organization="namur")
    assert {request.path for request in portal.far_end.requests} == {SEARCH}


def test_list_of_names_may_be_switched_off(portal: Portal, client: Client) -> None:
    portal.packages = [package(f"{number:03}") for number in range(25)]
    portal.cap = 10
    portal.far_end.serve(SEARCH.replace("search", "list"), Answer(status=403))
    assert len(walked(portal.far_end, client)[0].keys) == 25


def test_showcase_is_no_dataset_in_the_list_of_identifiers_either(portal: Portal, client: Client) -> None:
    portal.packages = [package("a"), package("b", type="showcase", metadata_modified=NEW)]
    pages = walked(portal.far_end, client)
    assert [page.keys for page in pages] == [("id-a",)]


def test_portal_before_2_9_knows_no_short_answers_and_is_read_as_a_whole(portal: Portal, client: Client) -> None:
    portal.packages, portal.short = [package("a"), package("b")], False
    pages = walked(portal.far_end, client)
    assert [record.remote_id for page in pages for record in page.fresh] == ["id-a", "id-b"]


@pytest.mark.parametrize("status", [400, 409])
def test_portal_that_refuses_the_filter_by_date_is_read_as_a_whole(portal: Portal, client: Client, status: int) -> None:
    portal.packages = [package("a", metadata_modified=NEW), package("b")]
    portal.far_end.serve(
        SEARCH,
        lambda request: Answer(b"{}", status) if "TO *" in request.query.get("fq", "") else portal.search(request),
    )
    pages = walked(portal.far_end, client)
    assert [record.remote_id for page in pages for record in page.fresh] == ["id-a", "id-b"]


def test_clock_that_is_behind_ours_hides_no_change(portal: Portal, client: Client) -> None:
    portal.packages = [package("a", metadata_modified="2026-06-01T10:30:00.000000"), package("b")]
    portal.clock = -dt.timedelta(hours=1)
    pages = walked(portal.far_end, client)
    assert [record.remote_id for page in pages for record in page.fresh] == ["id-a"]


def test_first_listing_after_one_of_changes_reads_everything(portal: Portal, client: Client) -> None:
    portal.packages = [package("a"), package("b")]
    assert len(walked(portal.far_end, client, since=None)[0].fresh) == 2


# -- what a portal may get wrong


@pytest.mark.parametrize("broken", ["text", None, 7, [], {}, {"id": ""}, {"id": None, "title": "sans identifiant"}])
def test_broken_package_is_a_record_with_a_problem(far_end: FarEnd, client: Client, broken: Any) -> None:
    result = {"count": 3, "results": [package("a"), broken, package("b")]}
    far_end.serve(SEARCH, json.dumps({"success": True, "result": result}))
    found = listed(far_end, client)
    assert [record.problem is None for record in found] == [True, False, True]
    assert "has no “id”" in found[1].problem["en"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "without any content"),
        (b"<!DOCTYPE html><h1>Maintenance</h1>", "web page"),
        (b'{"success": true, "result": {"count": 2, "results": [', "can't be read"),
        (b'{"title": "Li\xe8ge"}', "not UTF-8"),
        (b"[" * 100_000, "nested more than"),
        (b'{"success": false, "error": {"message": "Access denied"}}', "refuses the question .Access denied"),
        (
            b'{"success": false, "error": {"__type": "Search Query Error", "query": ["Invalid"]}}',
            "refuses the question",
        ),
        (b'{"success": false}', "refuses the question"),
        (b'{"success": true}', "no result with count and results"),
        (b'{"success": true, "result": ["a", "b"]}', "no result with count and results"),
        (b'{"success": true, "result": {"count": "2", "results": []}}', "no result with count and results"),
        (b"[]", "no result with count and results"),
    ],
)
@pytest.mark.parametrize("since", [None, SINCE])
def test_answer_that_is_none_of_ckan_is_refused(
    far_end: FarEnd, client: Client, body: bytes, sentence: str, since: dt.datetime | None
) -> None:
    far_end.serve(SEARCH, body)
    with pytest.raises(ListingError, match=sentence):
        walked(far_end, client, since)


@pytest.mark.parametrize("status", [401, 403, 404, 410, 500, 503])
@pytest.mark.parametrize("since", [None, SINCE])
def test_refused_listing_is_no_empty_list(
    far_end: FarEnd, client: Client, status: int, since: dt.datetime | None
) -> None:
    far_end.serve(SEARCH, Answer(b'{"success": false}', status))
    with pytest.raises(FetchError, match=f"status {status}"):
        walked(far_end, client, since)


def test_filter_that_the_portal_refuses_is_named(far_end: FarEnd, client: Client) -> None:
    far_end.serve(SEARCH, Answer(b'{"success": false}', 409))
    with pytest.raises(ListingError, match=r"refuses the question .status 409.*filters"):
        listed(far_end, client, fq="tags:(")


def test_valid_but_empty_answer_is_a_complete_list_of_nobody(portal: Portal, client: Client) -> None:
    assert listed(portal.far_end, client) == []


def test_identifier_that_comes_twice_is_one_record(far_end: FarEnd, client: Client) -> None:
    result = {"count": 2, "results": [package("a"), package("b", id="ID-A "), package("c")]}
    far_end.serve(SEARCH, json.dumps({"success": True, "result": result}))
    assert [record.remote_id for record in listed(far_end, client)] == ["id-a", "id-c"]


def test_missing_second_page_breaks_the_listing_off(portal: Portal, client: Client) -> None:
    portal.packages = [package(f"{number:03}") for number in range(150)]
    portal.far_end.serve(
        SEARCH, lambda request: portal.search(request) if request.query["start"] == "0" else Answer(status=404)
    )
    with pytest.raises(FetchError, match="status 404"):
        listed(portal.far_end, client)


def test_same_page_for_ever_ends(far_end: FarEnd, client: Client) -> None:
    result = {"count": 500, "results": [package(f"{number:03}") for number in range(100)]}
    far_end.serve(SEARCH, json.dumps({"success": True, "result": result}))
    with pytest.raises(ListingError, match="circle"):
        listed(far_end, client)
    assert len(far_end.requests) == 2


def test_total_that_shrinks_while_paging_makes_the_list_incomplete(portal: Portal, client: Client) -> None:
    portal.packages = [package(f"{number:03}") for number in range(150)]

    def shrinking(request: Request) -> Answer:
        if request.query["start"] == "100":
            portal.packages.pop(0)
        return portal.search(request)

    portal.far_end.serve(SEARCH, shrinking)
    with pytest.raises(ListingError, match="announces 150 datasets and delivered 149"):
        listed(portal.far_end, client)


def test_short_answers_that_end_early_break_the_listing_off(far_end: FarEnd, client: Client) -> None:
    far_end.serve(SEARCH, json.dumps({"success": True, "result": {"count": 5, "results": []}}))
    with pytest.raises(ListingError, match="announces 5 datasets and delivered 0"):
        walked(far_end, client)
