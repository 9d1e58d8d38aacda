"""`gtfs`: static feeds as they come, and what an archive may do to its reader."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from far_end import Answer, FarEnd
from listing import records
from mobility_feeds import AGENCY, archive

from ckanext.smartregion.fetch import Client, FetchError
from ckanext.smartregion.harvest.mapping import gtfs as gtfs_mapping
from ckanext.smartregion.harvest.mapping.gtfs import mode
from ckanext.smartregion.harvest.records import Candidate, ListingError, Source
from ckanext.smartregion.harvesters import harvester

EU = "http://publications.europa.eu/resource/authority"
MOBILITY = "https://w3id.org/mobilitydcat-ap"


def candidate(far_end: FarEnd, client: Client, body: bytes, **options: str) -> Candidate:
    """What a feed becomes."""
    source = Source("test", "gtfs", far_end.serve("/gtfs.zip", body), options)
    (record,) = records(source, client)
    return harvester("gtfs").map(record, source)


def refused(far_end: FarEnd, client: Client, body: bytes) -> str:
    """Why an address gives no feed, in English."""
    with pytest.raises(ListingError) as error:
        candidate(far_end, client, body)
    assert error.value.texts.keys() == {"fr", "nl", "de", "en"}
    return error.value.texts["en"]


def rules(found: Candidate) -> set[str]:
    """The findings and changes of a candidate, licences aside."""
    told = [*found.findings, *found.changes]
    return {each.rule for each in told if each.rule.startswith(("gtfs", "points", "encoding", "licences-d"))}


def test_feed_becomes_a_mobility_dataset(far_end: FarEnd, client: Client) -> None:
    dataset = candidate(far_end, client, archive(), license="CC BY 4.0", frequency="hebdomadaire").dataset
    assert dataset["type"] == "mobility"
    assert dataset["theme"] == [f"{EU}/data-theme/TRAN"]
    assert dataset["license_id"] == f"{EU}/licence/CC_BY_4_0"
    assert dataset["frequency"] == f"{EU}/frequency/WEEKLY"
    assert dataset["temporal_coverage"] == [{"start": "2026-01-01", "end": "2099-12-31"}]
    assert dataset["modified"] == "2026-01-02"
    assert dataset["version"] == "2026.1"
    assert dataset["publisher"] == [{"name": "TEC", "url": "https://www.letec.be"}]
    assert dataset["language"] == [f"{EU}/language/FRA"]
    assert dataset["spatial_coverage"][0] == {"text": "Namur"}
    assert "[4.862, 50.456]" in dataset["spatial_coverage"][1]["bbox"]
    assert dataset["transport_mode"] == [f"{MOBILITY}/transport-mode/bus", f"{MOBILITY}/transport-mode/tram-light-rail"]
    assert f"{MOBILITY}/mobility-theme/timetables-static" in dataset["mobility_theme"]
    assert dataset["nap_type"] == ["urn:smartregion:vocabulary:nap-type:MMTIS"]
    assert dataset["notes_translated"]["fr"] == (
        "Horaires théoriques de TEC au format GTFS : 2 arrêts, 3 lignes, 3 courses."
        " Lignes par mode : bus (2), tram (1). Les horaires valent du 01/01/2026 au 31/12/2099."
    )
    (resource,) = dataset["resources"]
    assert (resource["format"], resource["url"]) == ("GTFS", f"{far_end.url}/gtfs.zip")
    assert resource["mobility_data_standard"] == f"{MOBILITY}/mobility-data-standard/gtfs"
    assert resource["communication_method"] == f"{MOBILITY}/communication-method/pull"
    free = f"{MOBILITY}/conditions-for-access-and-usage/licence-provided-free-of-charge"
    assert resource["conditions_for_access_and_usage"] == free


@pytest.mark.parametrize(
    ("name", "counts", "window"),
    [
        ("sample-feed-1.zip", "9 stops, 5 lines, 11 trips", {"start": "2007-01-01", "end": "2010-12-31"}),
        ("transport-site-gtfs.zip", "6 stops, 1 line, 61 trips", {"start": "2016-04-08", "end": "2017-04-02"}),
    ],
)
def test_real_feeds_arrive(
    far_end: FarEnd, client: Client, shared: Path, name: str, counts: str, window: dict[str, str]
) -> None:
    body = (shared / "samples/gtfs" / name).read_bytes()
    found = candidate(far_end, client, body)
    assert counts in found.dataset["notes_translated"]["en"]
    assert found.dataset["temporal_coverage"] == [window]
    assert rules(found) == {"gtfs-feed-info-missing", "gtfs-expired"}
    assert found.hash == candidate(far_end, client, body).hash


def test_real_time_stream_is_no_static_feed(far_end: FarEnd, client: Client, shared: Path) -> None:
    body = (shared / "samples/gtfs/gtfs-rt-alerts-brest.pb").read_bytes()
    assert "gives a real-time stream (GTFS-RT), no timetables" in refused(far_end, client, body)


def test_real_time_streams_stand_beside_the_timetable(far_end: FarEnd, client: Client) -> None:
    found = candidate(far_end, client, archive(), realtime_alerts="https://a.be/alerts.pb")
    _, alerts = found.dataset["resources"]
    assert alerts["mobility_data_standard"] == f"{MOBILITY}/mobility-data-standard/gtfs-rt"
    assert (alerts["url"], alerts["mimetype"]) == ("https://a.be/alerts.pb", "application/x-protobuf")
    assert "temps réel" in found.dataset["notes_translated"]["fr"]


def test_licence_is_never_invented(far_end: FarEnd, client: Client) -> None:
    found = candidate(far_end, client, archive())
    assert "license_id" not in found.dataset
    assert "licence-missing" in {finding.rule for finding in found.findings}
    assert "conditions_for_access_and_usage" not in found.dataset["resources"][0]


def test_licence_stated_twice_differently_decides_nothing(far_end: FarEnd, client: Client) -> None:
    twice = {
        "feed_info.txt": "feed_publisher_name,feed_license\nOTW,CC0\n",
        "attributions.txt": "organization_name,license_url\nOTW,https://creativecommons.org/licenses/by/4.0/\n",
    }
    found = candidate(far_end, client, archive(twice))
    assert "license_id" not in found.dataset
    (finding,) = [each for each in found.findings if each.rule == "licences-differ"]
    assert finding.value == ["CC0", "https://creativecommons.org/licenses/by/4.0/"]
    decided = candidate(far_end, client, archive(twice), license="CC BY 4.0")
    assert decided.dataset["license_id"] == f"{EU}/licence/CC_BY_4_0"
    assert "licences-differ" in rules(decided)


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"feed_info.txt": "feed_publisher_name,feed_start_date,feed_end_date\nOTW, 20260101,  20991231\n"},
            "gtfs-date-blanks",
        ),
        ({"feed_info.txt": None}, "gtfs-feed-info-missing"),
        ({"trips.txt": None}, "gtfs-file-missing"),
        ({"stops.txt": None, "STOPS.TXT": "STOP_ID,Stop_Lat,stop_lon\nA,50.46,4.86\n"}, "gtfs-file-name"),
        ({"stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nA,Ath,0,0\nB,Mons,50.45,3.95\n"}, "points-nowhere"),
        ({"agency.txt": AGENCY.format(name="Société").encode("cp1252")}, "encoding-guessed"),
        ({"feed_info.txt": None, "calendar.txt": None, "calendar_dates.txt": None}, "gtfs-window-missing"),
        ({"feed_info.txt": "feed_publisher_name,feed_end_date\nOTW,20200101\n"}, "gtfs-expired"),
    ],
)
def test_flaw_is_read_over_and_told(
    far_end: FarEnd, client: Client, tables: dict[str, str | bytes | None], expected: str
) -> None:
    found = candidate(far_end, client, archive(tables), license="CC0")
    assert expected in rules(found)
    assert found.dataset["license_id"] == f"{EU}/licence/CC0"


def test_blanks_mark_and_line_breaks_cost_nothing(far_end: FarEnd, client: Client) -> None:
    odd = {
        "agency.txt": b"\xef\xbb\xbf" + AGENCY.format(name='"TEC\n  Namur"').encode(),
        "feed_info.txt": "feed_publisher_name, feed_start_date ,feed_end_date\nOTW, 20260101, 20991231\n",
    }
    dataset = candidate(far_end, client, archive(odd)).dataset
    assert dataset["publisher"][0]["name"] == "TEC Namur"
    assert dataset["temporal_coverage"] == [{"start": "2026-01-01", "end": "2099-12-31"}]


def test_tables_in_one_folder_are_found(far_end: FarEnd, client: Client) -> None:
    assert rules(candidate(far_end, client, archive(folder="gtfs/"))) == {"gtfs-file-name"}


def test_names_that_lead_out_of_the_archive_are_not_read(far_end: FarEnd, client: Client) -> None:
    assert "does not hold the tables" in refused(far_end, client, archive(folder="../"))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "without any content"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (archive()[:-300], "can't be read"),
        (b"PK\x03\x04 and then nothing", "can't be read"),
        (archive(dict.fromkeys(("agency.txt", "stops.txt", "routes.txt", "trips.txt"))), "does not hold the tables"),
        (archive({"stops.txt": "stop_id\n", "routes.txt": "route_id\n"}), "does not hold the tables"),
        (archive({"stops.txt": "stop_id,stop_name\nA," + "x" * 2_000_000}), "stops.txt"),
    ],
)
def test_what_is_no_feed_is_refused(far_end: FarEnd, client: Client, body: bytes, sentence: str) -> None:
    assert sentence in refused(far_end, client, body)


def test_archive_inside_an_archive_is_not_opened(far_end: FarEnd, client: Client) -> None:
    memory = BytesIO()
    with zipfile.ZipFile(memory, "w") as outer:
        outer.writestr("feeds/inner.zip", archive())
    assert "holds another archive (feeds/inner.zip)" in refused(far_end, client, memory.getvalue())


def test_bursting_table_is_not_unpacked(far_end: FarEnd, client: Client) -> None:
    bomb = archive({"trips.txt": b"0" * (20 * 2**20)})
    assert len(bomb) < 100_000
    assert "trips.txt announces 20 MB" in refused(far_end, client, bomb)


def test_table_that_is_not_read_may_be_large(far_end: FarEnd, client: Client) -> None:
    large = archive({"stop_times.txt": "trip_id"}, announced={"stop_times.txt": 300 * 2**20})
    assert candidate(far_end, client, large).dataset["type"] == "mobility"


def test_encrypted_table_is_refused(far_end: FarEnd, client: Client) -> None:
    body = bytearray(archive())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := body.find(mark, start)) >= 0:
            body[start + offset] |= 1
            start += 4
    assert "protected by a password" in refused(far_end, client, bytes(body))


def test_archive_beyond_the_cap_is_not_fetched(far_end: FarEnd, client: Client) -> None:
    far_end.serve("/gtfs.zip", Answer(b"P" * (2 * 2**20)))
    source = Source("test", "gtfs", f"{far_end.url}/gtfs.zip", {"max_megabytes": "1"})
    with pytest.raises(FetchError, match="larger than"):
        records(source, client)


def test_route_types_of_the_extension_have_their_mode() -> None:
    assert [mode(number).mode for number in ("0", "3", "109", "704", "900", "1501", "x", "")] == [
        "tram-light-rail",
        "bus",
        "regional-and-local-rail",
        "bus",
        "tram-light-rail",
        "taxi",
        "other",
        "other",
    ]


def test_last_day_is_still_valid() -> None:
    summary = {"feed_info": {"feed_publisher_name": "OTW", "feed_end_date": "20260131"}}
    assert not list(gtfs_mapping.findings(summary, date(2026, 1, 31)))
    assert [each.rule for each in gtfs_mapping.findings(summary, date(2026, 2, 1))] == ["gtfs-expired"]


def test_script_in_a_name_does_not_arrive(far_end: FarEnd, client: Client) -> None:
    found = candidate(far_end, client, archive({"agency.txt": AGENCY.format(name="TEC<script>alert(1)</script>")}))
    assert "script" not in found.dataset["title_translated"]["fr"]
    assert "alert" not in found.dataset["notes_translated"]["nl"]
