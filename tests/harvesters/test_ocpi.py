"""`ocpi`: locations summed up over pages, private ones left out, and lists that do not end well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from far_end import Answer, FarEnd, Request
from listing import records
from mobility_feeds import envelope, location, told

from ckanext.smartregion.fetch import Client, FetchError
from ckanext.smartregion.harvest.records import Candidate, ListingError, Source
from ckanext.smartregion.harvest.walking import Remembered, Walk, place
from ckanext.smartregion.harvesters import harvester

MOBILITY = "https://w3id.org/mobilitydcat-ap"


def candidates(client: Client, url: str, **options: str) -> list[Candidate]:
    """What the list at an address becomes."""
    source = Source("test", "ocpi", url, {"license": "CC0", **options})
    return [harvester("ocpi").map(record, source) for record in records(source, client)]


def plain(far_end: FarEnd, client: Client, *locations: Any, **options: str) -> Candidate:
    """What a bare list of locations becomes."""
    (found,) = candidates(client, far_end.serve("/locations", json.dumps(locations)), **options)
    return found


def paged(far_end: FarEnd, items: list[Any], size: int = 2, *, total: int | None = None, link: bool = True) -> str:
    """A list that is served in pages."""

    def answer(request: Request) -> Answer:
        offset = int(request.query.get("offset", 0))
        following = f'<{far_end.url}/locations?offset={offset + size}>; rel="next"'
        headers = {"X-Total-Count": str(len(items) if total is None else total), "X-Limit": str(size)}
        more = {"Link": following} if link and offset + size < len(items) else {}
        return Answer(envelope(items[offset : offset + size]).encode(), headers=headers | more)

    return far_end.serve("/locations", answer)


def test_list_becomes_a_mobility_dataset(far_end: FarEnd, client: Client) -> None:
    strong = location(2)
    strong["evses"][0]["connectors"][0] |= {"standard": "IEC_62196_T2_COMBO", "max_electric_power": 150_000}
    found = plain(far_end, client, location(1), strong)
    dataset = found.dataset
    assert dataset["title_translated"]["de"] == "Ladepunkte für Elektrofahrzeuge: Exemple (OCPI)"
    assert dataset["notes_translated"]["en"] == (
        "Publicly accessible charging points in OCPI format: 2 charging locations, 2 charging points, 2 connectors."
        " Connectors by standard: Type 2 (1), CCS (Combo 2) (1). Charging points by power: up to 22 kW (1),"
        " 150 kW or more (1). Unpublished locations and private charging points are not counted."
    )
    assert dataset["transport_mode"] == [f"{MOBILITY}/transport-mode/car"]
    assert dataset["nap_type"] == ["urn:smartregion:vocabulary:nap-type:RTTI"]
    assert dataset["modified"] == "2025-03-16"
    assert dataset["spatial_coverage"][0] == {"text": "Namur"}
    assert dataset["resources"][0]["mobility_data_standard"] == f"{MOBILITY}/mobility-data-standard/ocpi"
    assert found.publishers == ("Exemple",)


def test_real_list_of_the_national_access_point_arrives(far_end: FarEnd, client: Client, shared: Path) -> None:
    body = (shared / "samples/ocpi/ndw-locations.v2_2_1.json").read_bytes()
    (found,) = candidates(client, far_end.serve("/locations", body))
    assert "1 charging location, 2 charging points, 2 connectors" in found.dataset["notes_translated"]["en"]
    assert found.publishers == ("Vattenfall InCharge",)
    assert (found.dataset["modified"], told(found)) == ("2024-11-25", {})


@pytest.mark.parametrize("name", ["location_example", "location_example_parking_garage_opening_hours"])
def test_examples_of_the_standard_arrive(far_end: FarEnd, client: Client, shared: Path, name: str) -> None:
    item = json.loads((shared / f"samples/ocpi/{name}.json").read_text("utf-8"))
    found = plain(far_end, client, item)
    assert "1 charging location" in found.dataset["notes_translated"]["en"]
    assert found.hash == plain(far_end, client, item).hash


def test_tariffs_are_no_locations(far_end: FarEnd, client: Client, shared: Path) -> None:
    tariff = json.loads((shared / "samples/ocpi/tariff_4_complex.json").read_text("utf-8"))
    for body in (json.dumps(tariff), json.dumps([tariff]), envelope([tariff])):
        with pytest.raises(ListingError, match="neither OCPI charging locations nor OCPI versions"):
            candidates(client, far_end.serve("/locations", body))


def test_locations_are_found_from_the_versions(far_end: FarEnd, client: Client, shared: Path) -> None:
    for name in ("info", "details"):
        path = shared / f"samples/ocpi/transport_and_format_version_{name}_example.json"
        body = path.read_text("utf-8").replace("https://example.com/ocpi", far_end.url)
        far_end.serve({"info": "/versions", "details": "/cpo/2.2"}[name], body)
    far_end.serve("/cpo/2.2/locations", envelope([location(1)]))
    (found,) = candidates(client, f"{far_end.url}/versions")
    (resource,) = found.dataset["resources"]
    assert resource["url"] == f"{far_end.url}/cpo/2.2/locations"
    assert resource["mobility_data_standard_version"] == "2.2"


@pytest.mark.parametrize("link", [True, False])
def test_pages_add_up(far_end: FarEnd, client: Client, link: bool) -> None:
    (found,) = candidates(client, paged(far_end, [location(number) for number in range(5)], link=link))
    assert "5 charging locations" in found.dataset["notes_translated"]["en"]
    assert [request.query.get("offset") for request in far_end.requests] == [None, "2", "4"]
    whole = plain(far_end, client, *[location(number) for number in range(5)])
    assert found.dataset["version"] == whole.dataset["version"]


def test_unchanged_pages_are_not_read_again_and_a_changed_one_is(far_end: FarEnd, client: Client) -> None:
    items = [location(number) for number in range(5)]
    source = Source("test", "ocpi", paged(far_end, items))
    first = list(Walk(harvester("ocpi"), source, client).pages())
    memory = {place(page.cursor): Remembered(page.keys, page.next, page.total, page.said) for page in first}
    assert all(page.unchanged for page in Walk(harvester("ocpi"), source, client, memory).pages())
    items[3]["evses"] = []
    second = list(Walk(harvester("ocpi"), source, client, memory).pages())
    assert [page.unchanged for page in second] == [True, False, False]
    (record,) = second[-1].fresh
    assert (record.payload["total"]["locations"], record.payload["total"]["evses"]) == (5, 4)


def test_one_dataset_per_operator_or_party(far_end: FarEnd, client: Client) -> None:
    items = [location(number, party_id="AB"[number % 2], operator={"name": "YZ"[number % 2]}) for number in range(3)]
    url = paged(far_end, items)
    by_party = candidates(client, url, split="party")
    assert [each.dataset["identifier"] for each in by_party] == [f"{url}#BE*A", f"{url}#BE*B"]
    assert "party_id is A" in by_party[0].dataset["resources"][0]["data_format_notes"]["en"]
    assert [each.publishers for each in candidates(client, url, split="operator")] == [("Y",), ("Z",)]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"publish": False}, "unpublished"),
        ({"publish_allowed_to": [{"issuer": "NewMotion"}]}, "restricted"),
        ({"parking_type": "ON_DRIVEWAY"}, "home"),
        ({"type": "Home"}, "home"),
        ({"evses": [{"uid": "1", "type": "HOME"}]}, "home"),
    ],
)
def test_what_is_not_for_everybody_is_left_out_and_counted(
    far_end: FarEnd, client: Client, facts: dict[str, Any], reason: str
) -> None:
    found = plain(far_end, client, location(1), location(2, **facts))
    assert "1 charging location," in found.dataset["notes_translated"]["en"]
    (change,) = [each for each in found.changes if each.rule == "ocpi-left-out"]
    assert change.before == {reason: 1}
    assert found.hash == plain(far_end, client, location(1)).hash


def test_charging_point_that_is_gone_is_not_counted(far_end: FarEnd, client: Client) -> None:
    item = location(1)
    item["evses"].append(item["evses"][0] | {"uid": "gone", "status": "REMOVED"})
    assert plain(far_end, client, item).hash == plain(far_end, client, location(1)).hash


def test_status_changes_nothing_and_a_property_does(far_end: FarEnd, client: Client) -> None:
    busy, other = location(1, last_updated="2026-05-05T00:00:00Z"), location(1, address="Rue de Fer 1")
    busy["evses"][0] |= {"status": "CHARGING", "last_updated": "2026-05-05T00:00:00Z"}
    before = plain(far_end, client, location(1)).hash
    assert plain(far_end, client, busy).hash == before
    assert plain(far_end, client, other).hash != before


def test_location_twice_counts_once(far_end: FarEnd, client: Client) -> None:
    (found,) = candidates(client, paged(far_end, [location(number) for number in (1, 2, 2, 3)]))
    assert "3 charging locations" in found.dataset["notes_translated"]["en"]
    assert [change.before for change in found.changes if change.rule == "ocpi-twice"] == [1]


@pytest.mark.parametrize(
    "broken",
    [None, 7, "x", {}, {"id": "1"}, {"id": "1", "coordinates": 1, "evses": [{"connectors": [3]}], "operator": "x"}],
)
def test_broken_location_does_not_cost_the_others(far_end: FarEnd, client: Client, broken: Any) -> None:
    found = plain(far_end, client, location(1), broken)
    assert found.publishers == ("Exemple",)
    assert told(found) in ({"ocpi-broken": 1}, {"points-nowhere": 1})


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "without any content"),
        ("<html></html>", "web page"),
        ("[]", "no public charging location"),
        (envelope([]), "no public charging location"),
        (envelope([location(1, publish=False)]), "no public charging location"),
        (envelope(None), "neither OCPI"),
        (envelope({"version": "2.2", "endpoints": []}), "no endpoint locations"),
        (envelope([{"version": "1.0", "url": "https://a.be"}]), "no version 2.x"),
        (envelope(None, 2001), "OCPI error 2001"),
        ("[" * 100_000, "exceeds the limits"),
        ('[{"id": "1", "coordinates": ' + "[" * 50_000 + "]" * 50_000 + "}]", ""),
        (json.dumps([location(1)])[:-40], "can't be read"),
        ('"text"', "neither OCPI"),
    ],
)
def test_what_is_no_list_is_refused(far_end: FarEnd, client: Client, body: str, sentence: str) -> None:
    with pytest.raises(ListingError) as error:
        candidates(client, far_end.serve("/locations", body))
    assert sentence in error.value.texts["en"]


def test_list_that_ends_early_is_refused(far_end: FarEnd, client: Client) -> None:
    with pytest.raises(ListingError, match="announces 9 charging locations and delivered 3"):
        candidates(client, paged(far_end, [location(number) for number in range(3)], total=9))


def test_lost_page_breaks_the_listing_off(far_end: FarEnd, client: Client) -> None:
    more = {"Link": f'<{far_end.url}/gone>; rel="next"'}
    with pytest.raises(FetchError):
        candidates(client, far_end.serve("/locations", Answer(envelope([location(1)]).encode(), headers=more)))


@pytest.mark.parametrize("items", [[location(1)], []])
def test_last_page_for_ever_ends(far_end: FarEnd, client: Client, items: list[Any]) -> None:
    def answer(request: Request) -> Answer:
        following = f'<{far_end.url}/locations?offset={int(request.query.get("offset", 0)) + 1}>; rel="next"'
        return Answer(envelope(items).encode(), headers={"Link": following})

    with pytest.raises(ListingError, match="circle"):
        candidates(client, far_end.serve("/locations", answer))
    assert len(far_end.requests) <= 2
