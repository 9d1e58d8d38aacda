"""Formats through the engine's one door: the fenced child process, and the report that tables have."""

import dataclasses
import datetime as dt

import pytest

from ckanext.smartregion.quality import engine
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.report import Report
from ckanext.smartregion.quality.rules import error_text
from ckanext.smartregion.quality.terminal import render
from ckanext.smartregion.schemas import LANGUAGES, format_contracts, table_contract
from ckanext.smartregion.schemas.format_contracts import format_contract

from tests.quality.formats.conftest import TODAY, archive, example

# What each sample says, looked at through our policy: the rules that block, or that warn.
OUTSIDE, NO_FORMAT = ["outside-region"], ["not-this-format"]
SAMPLES = {
    "gtfs/sample-feed-1.zip": ("hold", ["empty_file", "invalid_row_length", "outside-region"]),
    "gtfs/transport-site-gtfs.zip": ("hold", OUTSIDE),
    "gtfs/gtfs-rt-alerts-brest.pb": ("hold", NO_FORMAT),
    "gbfs/v2.3-gbfs.json": ("publish", []),
    "gbfs/v2.3-system_information.json": ("publish", []),
    "gbfs/v2.3-station_status.json": ("publish", []),
    "gbfs/v2.3-vehicle_types.json": ("publish", []),
    "gbfs/v2.3-station_information-1.json": ("hold", OUTSIDE),
    "gbfs/v2.3-free_bike_status-1.json": ("hold", OUTSIDE),
    "gbfs/v3.0-gbfs.json": ("publish", []),
    "gbfs/v3.0-system_information-1.json": ("publish", []),
    "gbfs/v3.0-station_information-1.json": ("hold", OUTSIDE),
    "ocpi/location_example.json": ("publish with warnings", []),
    "ocpi/location_example_parking_garage_opening_hours.json": ("hold", OUTSIDE),
    "ocpi/ndw-locations.v2_2_1.json": ("hold", OUTSIDE),
    "ocpi/tariff_4_complex.json": ("hold", NO_FORMAT),
    "ocpi/transport_and_format_version_info_example.json": ("hold", NO_FORMAT),
    "datex2/france-speeds.xml": ("publish", []),
    "datex2/netherlands-srti.xml": ("publish", []),
    "datex2/netherlands-truckparking-status.xml": ("publish", []),
    "datex2/synthetic-afir-recharging-table.xml": ("publish", []),
}


@pytest.fixture
def checked(tmp_path):
    """The report of the engine on content by the contract of a format."""

    def checked(name, content, **more):
        path = tmp_path / "file"
        raw = archive(content) if isinstance(content, dict) else content
        path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
        return engine.check(path, format_contract(name), today=TODAY, **more)

    return checked


@pytest.mark.parametrize("name", [one.name for one in format_contracts()])
def test_the_two_examples_of_a_contract_are_published_and_held_with_the_report_that_tables_have(checked, name):
    good, bad = checked(name, example(name)), checked(name, example(name, "invalid"))

    assert (good.verdict, good.findings) == ("publish", [])
    assert (bad.verdict, bad.error) == ("hold", None)
    assert len({one.rule for one in bad.findings}) > 1
    assert [field.name for field in dataclasses.fields(bad)] == [field.name for field in dataclasses.fields(Report)]
    assert Report.from_dict(bad.to_dict()) == bad
    for code in LANGUAGES:
        assert bad.findings[0].message[code] in render(bad, code)


def test_findings_that_block_stand_first(checked):
    levels = [one.severity for one in checked("ocpi", example("ocpi", "invalid")).findings]

    assert levels == sorted(levels, key=["block", "warn", "note"].index)


@pytest.mark.parametrize("sample", SAMPLES)
def test_real_samples_get_the_verdict_that_they_deserve(shared, sample):
    verdict, rules = SAMPLES[sample]
    report = engine.check(shared / "samples" / sample, format_contract(sample.partition("/")[0]), today=TODAY)

    blocking = sorted({one.rule for one in report.findings if one.severity == "block"})
    assert (report.verdict, report.error, blocking) == (verdict, None, rules)


def test_a_file_is_judged_by_the_day_that_is_given_and_says_until_when(tmp_path):
    (tmp_path / "feed.zip").write_bytes(archive(example("gtfs")))

    before = engine.check(tmp_path / "feed.zip", format_contract("gtfs"), today=dt.date(2036, 12, 1))
    after = engine.check(tmp_path / "feed.zip", format_contract("gtfs"), today=dt.date(2036, 12, 25))

    assert (before.verdict, before.until) == ("publish", "2036-12-25")
    assert (after.verdict, after.until) == ("publish with warnings", "2037-01-01")


def test_a_document_that_would_fill_the_memory_ends_in_a_sentence_and_harms_no_other(checked):
    swollen = b'{"type": "FeatureCollection", "features": [' + b"{}," * 8_000_000 + b"{}]}"

    report = checked("geojson", swollen, limits=Limits(memory_mb=700))

    assert (report.verdict, report.error) == ("hold", error_text("memory"))
    assert checked("geojson", example("geojson")).verdict == "publish"


def test_no_number_of_small_faults_hides_a_large_one(checked, tmp_path):
    """Three hundred notes are as many as a report keeps: what comes after them may block."""
    doubles = ", ".join(f'"m{n}": 1, "m{n}": 2' for n in range(40))
    swapped = f'{{"type": "Point", "coordinates": [50.46, 4.86], "more": {{{doubles}}}}}'
    assert checked("geojson", swapped).verdict == "hold"
    assert checked("geojson", swapped, limits=Limits(findings=20)).verdict == "hold"

    contract = table_contract("bicycle-parking")
    header, *rows = contract.example_invalid.read_text(encoding="utf-8").splitlines()
    wide = [header + "".join(f",plus{n}" for n in range(320)), *(row + "," * 320 for row in rows)]
    (tmp_path / "wide.csv").write_text("\n".join(wide), encoding="utf-8")
    report = engine.check(tmp_path / "wide.csv", contract)
    assert (report.verdict, report.truncated) == ("hold", True)


def test_the_wider_limits_of_a_format_are_its_own(checked):
    """A region's feed may be larger than any table, what an installation allows of tables stays as it is."""
    assert engine._widened(Limits(rows=5), format_contract("gtfs")).rows == 40_000_000
    assert engine._widened(Limits(rows=5), format_contract("geojson")).rows == 5
    assert engine._widened(Limits(rows=5), table_contract("parking")).rows == 5
