"""`gbfs`: systems of 2.3 and 3.0, and feeds with files that are broken or missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from far_end import Answer, FarEnd
from listing import records
from mobility_feeds import gbfs, told

from ckanext.smartregion.fetch import Client, FetchError
from ckanext.smartregion.harvest.records import Candidate, ListingError, Source
from ckanext.smartregion.harvesters import harvester

EU = "http://publications.europa.eu/resource/authority"
MOBILITY = "https://w3id.org/mobilitydcat-ap"
STATIONS = [
    {"station_id": str(number), "lat": 50.46, "lon": 4.86 + number / 1000, "capacity": 17} for number in range(30)
]


def serve(far_end: FarEnd, files: dict[str, Any], *, version: str = "3.0", now: int = 0) -> str:
    """A feed of these files; `now` is what changes every minute."""
    listed = [{"name": name, "url": name} for name in files]
    for name, data in files.items():
        body = data if isinstance(data, Answer) else gbfs(data, version, last_updated=now)
        far_end.serve(f"/{name}", body)
    return far_end.serve("/gbfs.json", gbfs({"feeds": listed}, version, last_updated=now))


def system(**facts: Any) -> dict[str, Any]:
    """The description of a system in 3.0."""
    name = [{"text": "Vélo A", "language": "fr"}, {"text": "Fiets A", "language": "nl"}]
    return {"system_id": "velo-a", "languages": ["fr", "nl"], "name": name, "license_id": "CC-BY-4.0"} | facts


def candidate(client: Client, url: str, **options: str) -> Candidate:
    """What a feed becomes."""
    source = Source("test", "gbfs", url, options)
    (record,) = records(source, client)
    return harvester("gbfs").map(record, source)


def test_system_becomes_a_mobility_dataset(far_end: FarEnd, client: Client) -> None:
    files = {
        "system_information": system(operator=[{"text": "Vélos SA", "language": "fr"}], email="info@velo.be"),
        "vehicle_types": {"vehicle_types": [{"form_factor": "bicycle"}, {"form_factor": "scooter_standing"}]},
        "station_information": {"stations": STATIONS},
        "station_status": {"stations": []},
        "own_file": {},
    }
    found = candidate(client, serve(far_end, files))
    dataset = found.dataset
    assert dataset["title_translated"]["fr"] == "Véhicules partagés : Vélo A (GBFS)"
    assert dataset["title_translated"]["nl"] == "Deelvoertuigen: Fiets A (GBFS)"
    assert dataset["title_translated"]["de"] == "Sharing-Fahrzeuge: Vélo A (GBFS)"
    assert "30 stations, avec environ 510 places" in dataset["notes_translated"]["fr"]
    assert dataset["identifier"] == "velo-a"
    assert dataset["license_id"] == f"{EU}/licence/CC_BY_4_0"
    assert dataset["frequency"] == f"{EU}/frequency/UPDATE_CONT"
    assert dataset["language"] == [f"{EU}/language/FRA", f"{EU}/language/NLD"]
    assert dataset["contact"] == [{"name": "Vélos SA", "email": "info@velo.be"}]
    assert found.publishers == ("Vélos SA",)
    assert dataset["transport_mode"] == [
        f"{MOBILITY}/transport-mode/bike-sharing",
        f"{MOBILITY}/transport-mode/e-scooter",
    ]
    assert f"{MOBILITY}/mobility-theme/bike-sharing-availability" in dataset["mobility_theme"]
    assert dataset["spatial_coverage"][0] == {"text": "Namur"}
    names = [each["name_translated"]["en"] for each in dataset["resources"]]
    assert names == [
        "List of the files",
        "Information on the service",
        "Vehicle types",
        "Stations",
        "Availability at the stations",
        "own_file",
    ]
    assert {each["mobility_data_standard_version"] for each in dataset["resources"]} == {"3.0"}
    assert told(found) == {}


@pytest.mark.parametrize("version", ["2.3", "3.0"])
def test_real_files_arrive(far_end: FarEnd, client: Client, shared: Path, version: str) -> None:
    for path in (shared / "samples/gbfs").glob(f"v{version}-*.json"):
        body = path.read_text("utf-8").replace("https://www.example.com/gbfs", far_end.url)
        name = path.stem.removeprefix(f"v{version}-").removesuffix("-1")
        for folder in ("/1", "/1/en", "/1/fr"):
            far_end.serve(f"{folder}/{name}", body)
    found = candidate(client, f"{far_end.url}/1/gbfs")
    assert found.dataset["title_translated"]["fr"] == "Vélos partagés : Example Bike Rental (GBFS)"
    assert found.publishers == ("Example Sharing, Inc",)
    assert found.dataset["contact"][0]["email"] == "datafeed@example.com"
    assert len(found.dataset["resources"]) == 3
    assert "license_id" not in found.dataset
    assert set(told(found)) == {"licence-unread"}
    assert found.hash == candidate(client, f"{far_end.url}/1/gbfs").hash


@pytest.mark.parametrize("name", ["vehicle_types", "station_status", "free_bike_status"])
def test_every_other_real_file_can_be_read(far_end: FarEnd, client: Client, shared: Path, name: str) -> None:
    (path,) = (shared / "samples/gbfs").glob(f"v2.3-{name}*.json")
    files = {"system_information": system(), name: json.loads(path.read_text("utf-8"))["data"]}
    found = candidate(client, serve(far_end, files))
    assert told(found) == {}
    word = "Véhicules" if name == "vehicle_types" else "Vélos"
    assert found.dataset["title_translated"]["fr"].startswith(word)


def test_each_language_gives_its_name(far_end: FarEnd, client: Client) -> None:
    for tongue, name in (("en", "Bike"), ("nl", "Fiets"), ("es", "Bici")):
        far_end.serve(f"/{tongue}", gbfs({"system_id": "a", "language": tongue, "name": name, "license_id": "CC0-1.0"}))
    feeds = {tongue: {"feeds": [{"name": "system_information", "url": tongue}]} for tongue in ("es", "en", "nl")}
    titles = candidate(client, far_end.serve("/gbfs.json", gbfs(feeds))).dataset["title_translated"]
    assert titles["en"] == "Shared bicycles: Bike (GBFS)"
    assert titles["nl"] == "Deelfietsen: Fiets (GBFS)"
    assert {request.path for request in far_end.requests} == {"/gbfs.json", "/nl", "/en"}


def test_what_changes_every_minute_changes_nothing(far_end: FarEnd, client: Client) -> None:
    def files(free: int) -> dict[str, Any]:
        stations = [{"station_id": "1", "num_bikes_available": free}]
        return {"system_information": system(), "station_status": {"stations": stations}}

    before = candidate(client, serve(far_end, files(3), now=1)).hash
    assert candidate(client, serve(far_end, files(9), now=2)).hash == before
    more = files(9) | {"station_information": {"stations": STATIONS}}
    assert candidate(client, serve(far_end, more, now=3)).hash != before


def test_station_twice_counts_once_and_one_dock_more_changes_nothing(far_end: FarEnd, client: Client) -> None:
    files = {"system_information": system(), "station_information": {"stations": [*STATIONS, *STATIONS]}}
    before = candidate(client, serve(far_end, files))
    assert "30 stations" in before.dataset["notes_translated"]["fr"]
    files["station_information"] = {"stations": [STATIONS[0] | {"capacity": 18}, *STATIONS[1:]]}
    assert candidate(client, serve(far_end, files)).hash == before.hash


@pytest.mark.parametrize("broken", [Answer(b"no", 500), Answer(b"<html>"), Answer(b"{"), Answer(b"[]"), Answer(b"")])
def test_broken_file_beside_the_description_is_a_finding(far_end: FarEnd, client: Client, broken: Answer) -> None:
    found = candidate(client, serve(far_end, {"system_information": system(), "station_information": broken}))
    assert told(found) == {"gbfs-file-broken": "station_information"}
    assert len(found.dataset["resources"]) == 3


@pytest.mark.parametrize(
    "broken", [Answer(b"no", 500), Answer(b"<html>"), Answer(b"{"), Answer(b"[]"), Answer(b""), {}]
)
def test_broken_description_breaks_the_listing_off(far_end: FarEnd, client: Client, broken: Any) -> None:
    with pytest.raises((ListingError, FetchError)):
        candidate(client, serve(far_end, {"system_information": broken}))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b"[" * 100_000,
        b"{}",
        b'{"data": {}}',
        b'{"data": {"feeds": []}}',
        b'{"data": {"feeds": "x"}}',
        b'{"data": {"fr": {"feeds": [{"name": "system_information", "url": 7}]}}}',
        b'{"data": {"feeds": [{"name": "system_information", "url": "javascript:alert(1)"}]}}',
    ],
)
def test_what_is_no_feed_is_refused(far_end: FarEnd, client: Client, body: bytes) -> None:
    with pytest.raises(ListingError) as error:
        candidate(client, far_end.serve("/gbfs.json", body))
    assert far_end.url in error.value.texts["fr"]
