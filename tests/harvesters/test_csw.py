"""`csw`: paged, filtered by date, asked for in the output that is offered, and broken in every way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from far_end import Answer, FarEnd, Request

from ckanext.smartregion.fetch import Client
from ckanext.smartregion.harvest.records import ListingError, Page, Source
from ckanext.smartregion.harvest.walking import Walk

from tests.harvesters.csw_catalogue import CSW, Catalogue, envelope, iso, listed

# -- paging


def test_pages_are_asked_for_in_a_stable_order(far_end: FarEnd, client: Client) -> None:
    catalogue = Catalogue(far_end, 120)
    assert len(listed(catalogue.url, client, output="iso19139")) == 120
    assert [each["startPosition"] for each in catalogue.asked] == ["1", "51", "101"]
    for query in catalogue.asked:
        assert query["sortBy"] == "Identifier:A"
        assert (query["elementSetName"], query["resultType"], query["maxRecords"]) == ("full", "results", "50")
        assert query["outputSchema"] == "http://www.isotc211.org/2005/gmd"
    assert not [each for each in far_end.requests if each.query["request"] == "GetCapabilities"]


def test_page_size_is_an_option_and_the_far_ends_cap_is_heeded(far_end: FarEnd, client: Client) -> None:
    catalogue = Catalogue(far_end, 25)
    catalogue.most = 10
    assert len(listed(catalogue.url, client, output="iso19139", page_size=20)) == 25
    assert [each["startPosition"] for each in catalogue.asked] == ["1", "11", "21"]


def test_parameters_of_the_sources_address_give_way(far_end: FarEnd, client: Client) -> None:
    catalogue = Catalogue(far_end, 1)
    listed(catalogue.url + "?REQUEST=GetCapabilities&SERVICE=CSW&key=a", client, output="iso19139")
    assert catalogue.asked[0]["key"] == "a"
    assert "REQUEST" not in catalogue.asked[0]


@pytest.mark.parametrize(
    ("offered", "output", "asked"),
    [
        (["http://www.isotc211.org/2005/gmd"], "auto", "http://www.isotc211.org/2005/gmd"),
        ([], "auto", "http://www.isotc211.org/2005/gmd"),
        (
            ["http://www.isotc211.org/2005/gmd", "http://standards.iso.org/iso/19115/-3/mdb/2.0"],
            "auto",
            "http://standards.iso.org/iso/19115/-3/mdb/2.0",
        ),
        (["http://www.w3.org/ns/dcat#"], "dcat", "http://www.w3.org/ns/dcat#"),
        ([], "dcat", "http://data.europa.eu/r5r/"),
    ],
)
def test_output_is_what_the_catalogue_offers(
    far_end: FarEnd, client: Client, offered: list[str], output: str, asked: str
) -> None:
    catalogue = Catalogue(far_end, 1)
    catalogue.schemas = offered
    listed(catalogue.url, client, output=output)
    assert catalogue.asked[0]["outputSchema"] == asked
    assert (catalogue.asked[0]["typeNames"] == "dcat-ap") == (asked == "http://data.europa.eu/r5r/")


def test_catalogue_without_records_is_an_empty_list(far_end: FarEnd, client: Client) -> None:
    assert listed(Catalogue(far_end).url, client) == []


def test_page_without_records_before_the_announced_end_breaks_the_listing_off(far_end: FarEnd, client: Client) -> None:
    def page(request: Request) -> Answer:
        first = request.query["startPosition"] == "1"
        return Answer(envelope(iso("a") if first else "", 90, 2 if first else 3))

    with pytest.raises(ListingError, match="announces 90 datasets and delivered 1"):
        listed(far_end.serve("/csw", page), client, output="iso19139")


def test_last_page_for_ever_breaks_the_listing_off(far_end: FarEnd, client: Client) -> None:
    url = far_end.serve("/csw", lambda request: Answer(envelope(iso("a"), 90, int(request.query["startPosition"]) + 1)))
    with pytest.raises(ListingError, match="circle"):
        listed(url, client, output="iso19139")
    assert len(far_end.requests) == 2


# -- what has changed since


def since(catalogue: Catalogue, client: Client, **options: Any) -> list[Page | Any]:
    """The pages of a listing of what has changed since noon of a day."""
    moment = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
    source = Source("test", "csw", catalogue.url, {"output": "iso19139", **options}, moment)
    return list(Walk(CSW, source, client).pages())


def test_only_what_changed_is_listed_and_everything_is_named(far_end: FarEnd, client: Client) -> None:
    catalogue = Catalogue(far_end, 700)
    catalogue.most = 300
    catalogue.changed = ["id-002", "id-650"]
    pages = since(catalogue, client)
    assert [record.remote_id for page in pages for record in page.fresh] == ["id-002", "id-650"]
    assert {key for page in pages for key in page.keys} == set(catalogue.items)
    assert "apiso:Modified" in catalogue.asked[0]["constraint"]
    # A day earlier: far ends keep days, in time zones of their own.
    assert "<ogc:Literal>2026-03-09</ogc:Literal>" in catalogue.asked[0]["constraint"]
    assert [each["elementSetName"] for each in catalogue.asked] == ["full", "brief", "brief", "brief"]


def test_nothing_changed_takes_two_questions(far_end: FarEnd, client: Client) -> None:
    catalogue = Catalogue(far_end, 40)
    pages = since(catalogue, client)
    assert [len(page.fresh) for page in pages] == [0, 0]
    assert len({key for page in pages for key in page.keys}) == 40


def test_many_changes_are_paged_before_the_names(far_end: FarEnd, client: Client) -> None:
    catalogue = Catalogue(far_end, 120)
    catalogue.changed = list(catalogue.items)[:110]
    pages = since(catalogue, client)
    assert sum(len(page.fresh) for page in pages) == 110
    assert len({key for page in pages for key in page.keys}) == 120


def test_names_that_are_fewer_than_announced_break_the_listing_off(far_end: FarEnd, client: Client) -> None:
    catalogue = Catalogue(far_end, 5)
    whole = catalogue.answer

    def cut(request: Request) -> Answer:
        answer = whole(request)
        if request.query["elementSetName"] != "brief":
            return answer
        return Answer(answer.body.replace(b'Matched="5"', b'Matched="9"'))

    catalogue.url = far_end.serve("/csw", cut)
    with pytest.raises(ListingError, match="announces 9 datasets and delivered 5"):
        since(catalogue, client)


def test_names_that_become_fewer_while_they_are_read_break_the_listing_off(far_end: FarEnd, client: Client) -> None:
    catalogue = Catalogue(far_end, 6)
    catalogue.most, whole = 2, catalogue.answer

    def shrinking(request: Request) -> Answer:
        if request.query["elementSetName"] == "brief" and request.query["startPosition"] == "3":
            catalogue.items.pop("id-001", None)  # all move up by one, and the third is never named
        return whole(request)

    catalogue.url = far_end.serve("/csw", shrinking)
    with pytest.raises(ListingError, match="announces 6 datasets and delivered 5"):
        since(catalogue, client)


# -- hostile and broken answers


def test_exception_report_is_told_in_its_own_words(far_end: FarEnd, client: Client) -> None:
    report = (
        '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows">'
        '<ows:Exception exceptionCode="InvalidParameterValue" locator="outputSchema">'
        "<ows:ExceptionText>Schema not found</ows:ExceptionText></ows:Exception>"
        "</ows:ExceptionReport>"
    )
    with pytest.raises(ListingError, match="Schema not found InvalidParameterValue"):
        listed(far_end.serve("/csw", report), client, output="iso19139")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "without any content"),
        (b"<!DOCTYPE html><html><body>Maintenance</body></html>", "web page"),
        (b'{"error": 1}', "can't be read"),
        (b"<other/>", "other instead of GetRecordsResponse"),
        (envelope(iso("a"), 1)[:-40], "can't be read"),
        (envelope(iso("a"), 1)[:900], "can't be read"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]>' + envelope(iso("a"), 1)[38:], "declares entities"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + envelope(iso("a"), 1)[38:], "declares entities"),
    ],
)
def test_answer_that_is_no_list_of_records_is_refused(
    far_end: FarEnd, client: Client, body: bytes, sentence: str
) -> None:
    with pytest.raises(ListingError, match=sentence):
        listed(far_end.serve("/csw", body), client, output="iso19139")


def test_broken_record_costs_itself_and_keeps_its_name(far_end: FarEnd, client: Client) -> None:
    broken = iso("mauvais").replace("</gmd:citation>", "</gmd:oups>")
    found = listed(far_end.serve("/csw", envelope(iso("bon") + broken, 2)), client, output="iso19139")
    assert {record.remote_id: record.problem is None for record in found} == {"bon": True, "mauvais": False}
