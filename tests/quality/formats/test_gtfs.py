"""GTFS: each rule by one thing that breaks it in a feed that is right."""

import csv
import datetime as dt
from pathlib import Path

import pytest
import yaml

from ckanext.smartregion.quality.formats.gtfs_blocks import Reader
from ckanext.smartregion.schemas.format_contracts import COMPARING, PERSONAL, format_contract

from tests.quality.formats.conftest import TODAY, archive, example

GTFS = format_contract("gtfs")
GARE, PONT = "GARE,Gare,50.46860,4.86240,1,", "PONT,Pont de Jambes,50.45990,4.86930,0,"
C1_LAST, C2_FIRST = "C1,08:07:00,08:07:00,PONT,2,1.2", "C2,23:58:00,23:58:00,PONT,1,"
AGENCY = "EX,Bus d'Exemple,https://bus.example,Europe/Brussels,fr"
INFO = "Bus d'Exemple,https://bus.example,fr,20260101,20361231,1"

# The rule, the part of the feed it is found in, the file, what stood there and what stands there instead.
BROKEN = [
    ("outside-region", "stops.stop_lat", "stops", PONT, "PONT,Pont de Jambes,4.86930,50.45990,0,"),
    ("outside-region", "shapes.shape_pt_lat", "shapes", "50.45990", "40.45990"),
    ("missing_required_file", "agency", "agency", None, None),
    ("missing_recommended_file", "feed_info", "feed_info", None, None),
    ("unknown_file", None, "notes", None, "bonjour"),
    ("empty_file", "shapes", "shapes", None, "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"),
    ("empty_file", "levels", "levels", None, ""),
    ("invalid_character", "agency", "agency", "Bus d'Exemple", b"Li\xe8ge"),
    ("duplicated_column", "routes.route_color", "routes", "route_type", "route_color"),
    ("missing_required_column", "routes.route_type", "routes", "route_type", "genre"),
    ("unknown_column", "routes", "routes", "route_long_name", "nom"),
    ("invalid_row_length", "stop_times", "stop_times", C2_FIRST, "C2,23:58:00,23:58:00,PONT,1"),
    ("invalid_row_length", "stop_times", "stop_times", C2_FIRST, C2_FIRST + ",,"),
    ("missing_required_field", "agency.agency_name", "agency", "Bus d'Exemple", ""),
    ("invalid_integer", "routes.route_type", "routes", "Jambes,3", "Jambes,bus"),
    ("invalid_float", "stops.stop_lat", "stops", "50.45990", '"50,45990"'),
    ("invalid_date", "calendar.end_date", "calendar", "20361231", "20360231"),
    ("invalid_time", "stop_times.arrival_time", "stop_times", "C2,23:58:00", "C2,23:61:00"),
    ("invalid_url", "agency.agency_url", "agency", "https://bus.example", "bus.example"),
    ("invalid_email", "agency.agency_email", "agency", None, "agency_id,agency_name,agency_url,agency_timezone,agency_email\nEX,E,https://bus.example,Europe/Brussels,bus@\n"),
    ("invalid_timezone", "agency.agency_timezone", "agency", "Europe/Brussels", "Europe/Namur"),
    ("invalid_language_code", "agency.agency_lang", "agency", ",fr", ",français"),
    ("invalid_color", "routes.route_color", "routes", "003D7C", "#003D7"),
    ("number_out_of_range", "stops.stop_lat", "stops", PONT, "PONT,Pont de Jambes,150.4,4.86930,0,"),
    ("number_out_of_range", "shapes.shape_dist_traveled", "shapes", "T1,50.46865,4.86250,1,0",
     "T1,50.46865,4.86250,1,-1"),
    ("unexpected_enum_value", "trips.direction_id", "trips", "Jambes,0", "Jambes,7"),
    ("leading_or_trailing_whitespaces", "feed_info.feed_start_date", "feed_info", "20260101", " 20260101"),
    ("duplicate_key", "stops.stop_id", "stops", PONT, f"{PONT}\n{PONT}"),
    ("duplicate_key", "calendar_dates.date", "calendar_dates", "SEM,20261225,2", "SEM,20261225,2\nSEM,20261225,1"),
    ("duplicate_key", "shapes.shape_pt_sequence", "shapes", "T1,50.45990,4.86930,2", "T1,50.45990,4.86930,1"),
    ("duplicate_key", "stop_times.stop_sequence", "stop_times", C1_LAST, C1_LAST.replace("PONT,2", "PONT,1")),
    ("foreign_key_violation", "routes.agency_id", "routes", "L1,EX", "L1,AUTRE"),
    ("foreign_key_violation", "trips.service_id", "trips", "L1,NUIT", "L1,FERIE"),
    ("foreign_key_violation", "trips.shape_id", "shapes", None, None),
    ("foreign_key_violation", "stop_times.stop_id", "stop_times", "PONT,2", "PERDU,2"),
    ("foreign_key_violation", "stop_times.trip_id", "stop_times", C2_FIRST, C2_FIRST.replace("C2", "C9")),
    ("missing_stop_name", "stops.stop_name", "stops", "Pont de Jambes", ""),
    ("stop_without_location", "stops.stop_lat", "stops", "50.45990", ""),
    ("point_near_origin", "stops.stop_lat", "stops", PONT, "PONT,Pont de Jambes,0,0,0,"),
    ("location_without_parent_station", "stops.parent_station", "stops", PONT, f"{PONT}\nP2,Entrée,50.4,4.8,2,"),
    ("station_with_parent_station", "stops.parent_station", "stops", GARE, GARE + "PONT"),
    ("wrong_parent_location_type", "stops.parent_station", "stops", PONT, PONT + "GARE-A"),
    ("route_both_short_and_long_name_missing", "routes", "routes", "1,Gare - Jambes", ","),
    ("inconsistent_agency_timezone", "agency.agency_timezone", "agency", AGENCY, f"{AGENCY}\nE2,Autre,https://a.example,Europe/Paris,fr"),
    ("start_and_end_range_out_of_order", "calendar.end_date", "calendar", "20260101", "20370101"),
    ("start_and_end_range_out_of_order", "feed_info.feed_end_date", "feed_info", "20260101", "20370101"),
    ("start_and_end_range_out_of_order", "stop_times.departure_time", "stop_times", "C2,23:58:00,23:58:00",
     "C2,23:58:00,23:57:00"),
    ("stop_time_with_only_arrival_or_departure_time", "stop_times.arrival_time", "stop_times",
     "C2,23:58:00,23:58:00", "C2,23:58:00,"),
    ("stop_time_with_arrival_before_previous_departure_time", "stop_times.arrival_time", "stop_times",
     "24:05:00,24:05:00", "00:05:00,00:05:00"),
    ("missing_trip_edge", "stop_times.arrival_time", "stop_times", "24:05:00,24:05:00", ","),
    ("decreasing_or_equal_stop_time_distance", "stop_times.shape_dist_traveled", "stop_times", C1_LAST,
     C1_LAST.replace("1.2", "0")),
    ("unusable_trip", "stop_times.trip_id", "stop_times", C2_FIRST + "\n", ""),
    ("unused_trip", "trips.trip_id", "trips", "L1,NUIT,C2", "L1,NUIT,C3,,,\nL1,NUIT,C2"),
    ("unused_shape", "shapes.shape_id", "trips", "0,T1", "0,"),
    ("stop_without_stop_time", "stops.stop_id", "stops", PONT, f"{PONT}\nVIDE,Vide,50.4,4.8,0,"),
    ("feed_expiration_date7_days", "feed_info.feed_end_date", "feed_info", "20361231", "20261202"),
    ("expired_calendar", "calendar.end_date", "calendar", "20361231", "20260630"),
    ("expired_calendar", "calendar_dates.service_id", "calendar_dates", "NUIT,20361231", "NUIT,20260630"),
]  # fmt: skip


# A station with a way from its entrance over a node to its platform, and a lift back; fares by zones.
STATION = {
    "stops.txt": """stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,zone_id,level_id
GARE,Gare,50.46860,4.86240,1,,,
GARE-A,Gare quai A,50.46865,4.86250,0,GARE,Z1,L0
GARE-E,Entrée,50.46850,4.86230,2,GARE,,L0
GARE-N,,,,3,GARE,,L1
PONT,Pont de Jambes,50.45990,4.86930,0,,Z2,
""",
    "levels.txt": "level_id,level_index\nL0,0\nL1,-1\n",
    "pathways.txt": """pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,length,traversal_time,min_width
P1,GARE-E,GARE-N,2,0,12.5,20,1.5
P2,GARE-N,GARE-A,5,0,,30,
P3,GARE-A,GARE-E,7,0,40,,
""",
    "fare_attributes.txt": "fare_id,price,currency_type,payment_method,transfers,agency_id\nT1,2.50,EUR,0,,EX\n",
    "fare_rules.txt": "fare_id,route_id,origin_id,destination_id\nT1,L1,Z1,Z2\n",
}
SECOND = "E2,Autre,https://a.example,Europe/Brussels,fr\n"
# The same for what a feed may say of fares and of the ways in stations.
BROKEN_STATION = [
    ("invalid_currency", "fare_attributes.currency_type", "fare_attributes", "EUR", "FRB"),
    ("number_out_of_range", "fare_attributes.price", "fare_attributes", "2.50", "-1"),
    ("missing_required_field", "fare_attributes.payment_method", "fare_attributes", "EUR,0", "EUR,"),
    ("unexpected_enum_value", "fare_attributes.transfers", "fare_attributes", ",0,,", ",0,3,"),
    ("duplicate_key", "fare_attributes.fare_id", "fare_attributes", "T1,2.50,EUR,0,,EX\n", "T1,2.50,EUR,0,,EX\n" * 2),
    ("foreign_key_violation", "fare_rules.fare_id", "fare_rules", "T1,", "T9,"),
    ("foreign_key_violation", "fare_rules.fare_id", "fare_attributes", None, None),
    ("foreign_key_violation", "fare_rules.route_id", "fare_rules", "L1", "L9"),
    ("foreign_key_violation", "fare_rules.destination_id", "fare_rules", "Z2", "Z9"),
    ("stop_without_zone_id", "stops.stop_id", "stops", "0,,Z2,", "0,,,"),
    ("missing_required_agency_id", "routes.agency_id", "routes", "L1,EX", "L1,"),
    ("missing_required_agency_id", "fare_attributes.agency_id", "fare_attributes", ",EX", ","),
    ("missing_required_agency_id", "agency.agency_id", "agency", "E2,", ","),
    ("number_out_of_range", "pathways.length", "pathways", "12.5", "-12.5"),
    ("number_out_of_range", "pathways.traversal_time", "pathways", ",20,", ",0,"),
    ("number_out_of_range", "pathways.min_width", "pathways", "1.5", "0"),
    ("unexpected_enum_value", "pathways.pathway_mode", "pathways", "GARE-N,2", "GARE-N,8"),
    ("foreign_key_violation", "pathways.to_stop_id", "pathways", "GARE-E,7", "PERDU,7"),
    ("foreign_key_violation", "stops.level_id", "levels", "L1,-1", "L2,-1"),
    ("pathway_loop", "pathways.to_stop_id", "pathways", "P1,GARE-E,GARE-N", "P1,GARE-N,GARE-N"),
    ("bidirectional_exit_gate", "pathways.is_bidirectional", "pathways", "7,0", "7,1"),
    ("pathway_to_wrong_location_type", "pathways.from_stop_id", "pathways", "P3,GARE-A", "P3,GARE"),
    ("pathway_to_platform_with_boarding_areas", "pathways.to_stop_id", "stops", "PONT,",
     "GARE-A1,,,,4,GARE-A,,\nPONT,"),
    ("missing_level_id", "stops.level_id", "stops", "GARE,,L1", "GARE,,"),
    ("pathway_unreachable_location", "stops.stop_id", "pathways", "P1,GARE-E,GARE-N", "P1,GARE-N,GARE-E"),
    ("pathway_unreachable_location", "stops.stop_id", "pathways", "P3,GARE-A,GARE-E,7,0,40,,\n", ""),
    ("pathway_dangling_generic_node", "stops.stop_id", "pathways", "P1,GARE-E,GARE-N,2,0", "P1,GARE-A,GARE-N,2,0"),
]  # fmt: skip


@pytest.fixture
def station():
    """A feed that is right, with fares and pathways."""
    return example("gtfs") | STATION


def test_feed_with_fares_and_pathways_breaks_no_rule(examined, station):
    assert examined("gtfs", station)["findings"] == []


@pytest.mark.parametrize(
    ("rule", "where", "file", "old", "new"), BROKEN_STATION, ids=lambda value: value if value in GTFS.rule_names else ""
)
def test_rule_of_fares_and_pathways_is_found_where_it_is_broken(examined, station, rule, where, file, old, new):
    name = f"{file}.txt"
    if rule == "missing_required_agency_id":
        station["agency.txt"] += SECOND
    if old is None:
        del station[name]
    else:
        assert old in station[name]
        station[name] = station[name].replace(old, new, 1)

    outcome = examined("gtfs", station)

    finding = next(one for one in outcome["findings"] if (one["rule"], one["column"]) == (rule, where))
    assert finding["severity"] == GTFS.policy[rule]
    assert finding["samples"][0]["cell"] == f"{where.partition('.')[0]}.txt"


def test_pathways_of_one_station_ask_nothing_of_another_and_may_be_walked_both_ways(examined, station):
    station["stops.txt"] += "AUTRE,Autre,50.45,4.86,1,,,\nAUTRE-A,Autre quai,50.45,4.86,0,AUTRE,Z2,\n"
    both = "P1,GARE-E,GARE-N,2,1,,,\nP2,GARE-N,GARE-A,5,1,,,\n"
    station["pathways.txt"] = station["pathways.txt"].partition("P1")[0] + both

    assert {one["rule"] for one in examined("gtfs", station)["findings"]} == {"stop_without_stop_time"}


def test_fare_that_is_the_same_everywhere_needs_no_zones(found, station):
    station["fare_rules.txt"] = "fare_id,route_id\nT1,L1\n"
    station["stops.txt"] = station["stops.txt"].replace("Z1", "").replace("Z2", "")

    assert found("gtfs", station) == []


def test_stop_without_a_zone_is_told_only_where_a_line_with_zones_stops(found, station):
    station["routes.txt"] += "L2,EX,2,Autre ligne,3,\n"
    station["fare_rules.txt"] = station["fare_rules.txt"].replace("T1,L1", "T1,L2")
    station["stops.txt"] = station["stops.txt"].replace("0,,Z2,", "0,,,").replace("GARE,Z1", "GARE,Z2")

    assert ("stop_without_zone_id", "stops.stop_id") not in found("gtfs", station)


def test_codes_and_severities_are_those_of_the_canonical_validator():
    canonical = yaml.safe_load((Path(__file__).parent / "canonical_gtfs.yaml").read_text(encoding="utf-8"))
    severities = {code: severity for severity, codes in canonical.items() for code in codes.split()}
    ours = {rule for rule in GTFS.rule_names if rule in shared_rules()}
    meaning = {"ERROR": "block", "WARNING": "warn", "INFO": "note"}

    assert len(severities) == 173
    for rule in set(GTFS.rule_names) - ours:
        assert GTFS.policy[rule] == meaning[severities[rule]], rule


def shared_rules():
    """The rules that formats share under names of the house."""
    return set(GTFS.rule_names) & set(format_contract("geojson").rule_names)


def broken(file, old, new):
    """The valid feed with one file changed; without an old text the file is new as a whole, or gone."""
    feed, name = example("gtfs"), f"{file}.txt"
    if old is None:
        return {**{key: text for key, text in feed.items() if key != name}, **({} if new is None else {name: new})}
    assert old in feed[name]
    if isinstance(new, bytes):
        return feed | {name: feed[name].encode().replace(old.encode(), new)}
    return feed | {name: feed[name].replace(old, new, 1)}


def test_the_example_breaks_no_rule(examined):
    outcome = examined("gtfs", example("gtfs"))

    assert (outcome["findings"], outcome["file"]["rows"], outcome["counts"]["invalid_rows"]) == ([], 17, 0)


@pytest.mark.parametrize(
    ("rule", "where", "file", "old", "new"),
    BROKEN,
    ids=lambda value: value if isinstance(value, str) and len(value) < 60 else "",
)
def test_rule_is_found_where_it_is_broken_and_means_what_the_policy_says(examined, rule, where, file, old, new):
    outcome = examined("gtfs", broken(file, old, new))
    finding = next(one for one in outcome["findings"] if (one["rule"], one["column"]) == (rule, where))

    assert finding["severity"] == GTFS.policy[rule]
    assert finding["samples"][0]["cell"]


def test_services_without_a_week_ahead_are_told(found):
    feed = {name: text.replace("20361231", "20261130") for name, text in example("gtfs").items()}

    assert ("trip_coverage_not_active_for_next7_days", "calendar") in found("gtfs", feed)


def test_feed_without_days_of_service_is_told(found):
    feed = {name: text for name, text in example("gtfs").items() if not name.startswith("calendar")}

    assert ("missing_calendar_and_calendar_date_files", "calendar") in found("gtfs", feed)


def test_files_in_a_folder_are_told_and_read_all_the_same(examined):
    outcome = examined("gtfs", {f"gtfs/{name}": text for name, text in example("gtfs").items()})

    assert [one["rule"] for one in outcome["findings"]] == ["invalid_input_files_in_subfolder"]
    assert outcome["file"]["rows"] == 17


def test_every_rule_has_its_case():
    elsewhere = {"not-this-format", "invalid_input_files_in_subfolder", "missing_calendar_and_calendar_date_files"}

    cases = {rule for rule, *_ in [*BROKEN, *BROKEN_STATION]}
    ours = set(GTFS.rule_names) - {*PERSONAL, *COMPARING}
    assert cases | elsewhere | {"trip_coverage_not_active_for_next7_days"} == ours


def test_verdict_holds_until_the_first_day_that_changes_it(examined):
    feed = example("gtfs")
    feed["feed_info.txt"] = feed["feed_info.txt"].replace("20361231", "20270131")

    assert examined("gtfs", feed)["until"] == "2027-01-25"
    assert examined("gtfs", feed, today=dt.date(2027, 1, 25))["findings"][0]["rule"] == "feed_expiration_date7_days"


def test_a_feed_of_nothing_but_required_fields_is_right(found):
    feed = {
        "agency.txt": "agency_name,agency_url,agency_timezone\nBus,https://bus.example,Europe/Brussels\n",
        "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nA,Gare,50.46,4.86\nB,Pont,50.45,4.87\n",
        "routes.txt": "route_id,route_short_name,route_type\nL,1,3\n",
        "trips.txt": "route_id,service_id,trip_id\nL,S,C\n",
        "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "C,8:00:00,8:00:00,A,1\nC,8:05:00,8:05:00,B,2\n",
        "calendar_dates.txt": "service_id,date,exception_type\nS,20361231,1\n",
    }

    assert found("gtfs", feed) == [("missing_recommended_file", "feed_info")]
    for file, text in feed.items():
        for at, field in enumerate(text.partition("\n")[0].split(",")):
            lines = [line.split(",") for line in text.splitlines()]
            less = "\n".join(",".join(line[:at] + line[at + 1 :]) for line in lines)
            told = found("gtfs", feed | {file: less})
            assert len(told) > 1, f"{file} without {field}"


def test_times_pass_midnight_and_stops_between_may_have_none(found):
    feed = example("gtfs")
    feed["stop_times.txt"] += "C2,,,PONT,3,\nC2,49:00:00,49:00:00,GARE-A,4,\n"

    assert found("gtfs", feed) == []


def test_quotes_byte_marks_and_other_line_ends_are_read_as_the_standard_allows(found):
    feed = example("gtfs")
    quoted = "".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) + "\r\n" for line in feed["stops.txt"].splitlines()
    )

    assert (
        found("gtfs", feed | {"stops.txt": "\ufeff" + quoted.replace("Pont de Jambes", "Pont, dit « de Jambes »")})
        == []
    )
    assert found("gtfs", feed | {"stops.txt": feed["stops.txt"].replace("\n", "\r")}) == []


@pytest.mark.parametrize("name", ["trip", "stop", "line", "\0line", "last", ""])
def test_fields_of_their_own_bear_any_name(found, name):
    feed = example("gtfs")
    for file, text in feed.items():
        header, *rows = text.splitlines()
        feed[file] = "\n".join([f"{header},{name}", *(f"{row},x" for row in rows)]) + "\n"

    assert {rule for rule, _ in found("gtfs", feed)} == {"unknown_column"}


@pytest.mark.parametrize("day", ["-20361231", "00001231", "20361331", "99991231", "2036123", "٢٠٣٦١٢٣١"])
def test_no_day_ends_the_check(found, day):
    feed = {name: text.replace("20361231", day) for name, text in example("gtfs").items()}

    assert ("invalid_date", "calendar.end_date") in found("gtfs", feed) or day == "99991231"


def test_a_row_at_fault_counts_once_however_many_faults_it_has(examined):
    outcome = examined("gtfs", broken("stops", PONT, "PONT,,95,200,9,PERDU"))

    assert outcome["counts"]["invalid_rows"] == 1
    assert len({one["rule"] for one in outcome["findings"]}) >= 3


@pytest.mark.parametrize("size", [7, 64, 1_000, 10**6])
def test_rows_are_the_same_wherever_blocks_are_cut(monkeypatch, size):
    monkeypatch.setattr("ckanext.smartregion.quality.formats.gtfs_blocks.BLOCK", size)
    text = "a,b\r\n" + "".join(f'{n},"ligne\n{n}, dite ""x"""\r\n' if n % 3 == 0 else f"{n},é\r\n" for n in range(50))
    raw = text.encode()
    reader = Reader(iter([raw[at : at + 5] for at in range(0, len(raw), 5)]))
    rows = [row for block in reader.rows() for row in block.frame.select("a", "b").rows()]

    assert rows == [(str(n), f'ligne\n{n}, dite "x"' if n % 3 == 0 else "é") for n in range(50)]


def test_trips_are_judged_the_same_a_few_rows_at_a_time(examined, monkeypatch):
    feed = example("gtfs")
    feed["trips.txt"] += "".join(f"L1,SEM,T{n},,,\n" for n in range(40))
    feed["stop_times.txt"] += "".join(
        f"T{n},0{8 - n % 3}:00:00,0{8 - n % 3}:00:00,PONT,{k},\n" for k in (1, 2) for n in range(39)
    )
    feed["stop_times.txt"] += "T7,06:00:00,06:00:00,PONT,2,\nT38,06:00:00,06:00:00,GARE-A,9,\n"
    whole = examined("gtfs", feed)["findings"]
    monkeypatch.setattr("ckanext.smartregion.quality.formats.gtfs_trips.SLICE", 5)

    assert examined("gtfs", feed)["findings"] == whole
    assert {one["rule"]: one["count"] for one in whole} == {
        "duplicate_key": 1, "stop_time_with_arrival_before_previous_departure_time": 1, "unused_trip": 1,
    }  # fmt: skip


def test_a_thousand_files_that_nobody_knows_make_one_note(examined):
    outcome = examined("gtfs", example("gtfs") | {f"notes-{n}.txt": "x" for n in range(1000)})

    assert [(one["rule"], one["count"]) for one in outcome["findings"]] == [("unknown_file", 1000)]


def test_more_rows_than_allowed_end_the_reading(examined):
    outcome = examined("gtfs", example("gtfs"), rows=10)

    assert outcome["findings"][-1]["rule"] == "too-many-rows"
    assert outcome["file"]["rows"] is None, "what was not read to its end is never published"


HOSTILE = {
    "a text": ("stop_id,stop_name\n1,Gare\n", "not-this-format"),
    "an archive of something else": ({"photo.jpg": "x"}, "not-this-format"),
    "nothing": (b"", "empty-file"),
    "a web page": (b"<!DOCTYPE html><html></html>", "web-page"),
    "a damaged archive": (archive(example("gtfs"))[:-40], "archive"),
    "a path instead of a name": ({"../stops.txt": "x", **example("gtfs")}, "archive"),
    "zeros that were packed to burst": ({**example("gtfs"), "shapes.txt": b"0" * 20_000_000}, "unpacked-too-large"),
    "a cell without end": ({**example("gtfs"), "stops.txt": 'stop_id,stop_name\n1,"' + "x" * 200_000}, "cell-too-long"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_feed_ends_in_a_clear_refusal(examined, name):
    content, rule = HOSTILE[name]
    outcome = examined("gtfs", content)

    assert rule in [one["rule"] for one in outcome["findings"]]
    assert outcome["file"]["rows"] is None


def test_cell_without_end_is_refused_though_another_reader_took_longer_ones(examined):
    csv.field_size_limit(10**9)  # one for the whole process; libraries raise it when they are loaded
    outcome = examined("gtfs", HOSTILE["a cell without end"][0])

    assert "cell-too-long" in [one["rule"] for one in outcome["findings"]]


def test_the_day_that_is_looked_at_is_the_one_that_was_given(found):
    assert found("gtfs", example("gtfs"), today=TODAY) == []
    assert ("expired_calendar", "calendar.end_date") in found("gtfs", example("gtfs"), today=dt.date(2037, 1, 1))
