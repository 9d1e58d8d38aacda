"""Hostile and broken files: each ends in a hold with its rule, none in an exception or a publication."""

import io
import json
import signal
import subprocess
import sys
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.quality.examination.examine import Examination
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.policy import verdict

from .conftest import HEADER, ROW

TABLE = f"{HEADER}\n{ROW}\n"


def zipped(**members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty-file"),
        (b" \n\n ", "empty-file"),
        (b"\xef\xbb\xbf", "empty-file"),
        (b",,,\n,,\n", "empty-file"),
        (HEADER.encode(), "no-rows"),
        (b"name;value\n1;2\n", "unknown-header"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "web-page"),
        (b"\n  <html>", "web-page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><error/>", "web-page"),
        (b"%PDF-1.7 ...", "pdf"),
        (zipped(a=TABLE, b=TABLE), "archive"),
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "unreadable-workbook"),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), "document"),
        (zipped(word__document_xml="<w/>"), "document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old-format"),
        (zipped(xl__workbook_xml="<broken"), "unreadable-workbook"),
        (zipped(xl__workbook_xml="x" * 12_000_000), "unpacked-too-large"),
        (b"PK\x03\x04 no archive at all", "unreadable-workbook"),
        (TABLE.replace("Gare", "Ga\0re").encode(), "binary"),
        (TABLE.encode("utf-16-le"), "binary"),
        (TABLE.encode("utf-16-be"), "binary"),
        (TABLE.replace("Gare", "Ga\0re").encode("utf-16"), "binary"),
        (TABLE.encode("utf-16") + b"\x00", "encoding-unknown"),
        (TABLE.encode().replace(b"Gare", b"Gar\x81"), "encoding-unknown"),
        (TABLE.replace("Gare", "Liège").encode() + ROW.replace("Gare", "Liège").encode("cp1252"), "encoding-mixed"),
        (TABLE.replace("Gare", '"Gare').encode() + ROW.encode() * 9, "quote"),
        (TABLE.replace("Gare", '"Ga"re').encode(), "quote"),
        (TABLE.replace("Gare", "x" * 70_000).encode(), "cell-too-long"),
        (b"x" * 9_000_000, "cell-too-long"),
        (("a," * 1000 + "a\n").encode(), "too-many-columns"),
        ((HEADER + ",x" * 1000 + "\n").encode(), "too-many-columns"),
    ],
)
def test_file_that_is_no_readable_table_is_refused_by_name(examine, content, rule):
    outcome = examine(content)

    refusals = [one["rule"] for one in outcome["findings"] if one["severity"] == "block"]
    assert rule in refusals
    assert verdict(["block"], outcome["file"]["rows"], failed=False) == "hold"


def test_quote_that_swallows_the_file_is_told_at_its_line(examine):
    content = TABLE + ROW.replace("Gare", '"Gare') + "\n" + (ROW + "\n") * 2000

    finding = examine(content)["findings"][-1]

    assert (finding["rule"], finding["values"]["line"]) == ("quote", 3)


def test_file_beyond_the_size_limit_is_refused(found):
    assert found("x" * 1_100_000, file_mb=1) == [("too-large", None)]


def test_rows_beyond_the_limit_are_said_not_to_be_examined(examine):
    rows = "\n".join(ROW.replace("000001", f"{n:06}") for n in range(30))

    outcome = examine(f"{HEADER}\n{rows}\n", rows=10)

    assert (outcome["truncated"], outcome["counts"]["rows"], outcome["file"]["rows"]) == (True, 10, None)


def test_thousands_of_odd_columns_do_not_swell_the_report(examine):
    header = HEADER + "," + ",".join(f"x{n}" for n in range(900))

    outcome = examine(header + "\n" + ROW + "," * 900 + "\n", findings=50)

    assert (len(outcome["findings"]), outcome["truncated"]) == (50, True)


def test_control_signs_are_made_visible_in_samples(examine):
    finding = examine(TABLE.replace("public", "pub\x1b[31m\u202elic"))["findings"][-1]

    assert finding["samples"][0]["value"] == "pub�[31m�lic"


def test_json_that_no_database_holds_is_a_wrong_value(found, bicycles):
    with bicycles.example_valid.open(encoding="utf-8") as file:
        content = file.read().replace('""type"": ""Point""', '""type"": ""Point"", ""a"": ""\\u0000""')

    assert ("type", "coordinates") in found(content, contract=bicycles)


@given(content=st.binary(max_size=400))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_bytes_never_raise_and_never_publish(tmp_path, charging, content):
    assert_held(tmp_path, charging, content)


@given(tail=st.binary(max_size=300))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_bytes_below_a_good_header_never_raise(tmp_path, charging, tail):
    assert_held(tmp_path, charging, HEADER.encode() + b"\n" + tail)


@given(cells=st.lists(st.text(max_size=12), min_size=1, max_size=15))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_text_in_the_cells_never_raises(tmp_path, charging, cells):
    row = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    assert_held(tmp_path, charging, f"{HEADER}\n{row}\n".encode(errors="replace"))


def assert_held(folder, contract, content):
    path = folder / "any"
    path.write_bytes(content)

    outcome = Examination(path, contract.schema, contract.policy, Limits()).run(folder / "typed")

    severities = [one["severity"] for one in outcome["findings"]]
    assert verdict(severities, outcome["file"]["rows"], failed=False) == "hold"


def test_check_that_takes_too_long_holds_with_a_sentence(write, charging):
    report = check(write(TABLE), charging, limits=Limits(seconds=0))

    assert (report.verdict, report.file["rows"]) == ("hold", None)
    assert report.error["en"].startswith("The check took longer than allowed")


def test_check_without_enough_memory_holds_with_a_sentence(write, charging):
    rows = "\n".join(ROW.replace("000001", f"{n:06}") for n in range(60_000))

    report = check(write(f"{HEADER}\n{rows}\n"), charging, limits=Limits(memory_mb=40))

    assert report.verdict == "hold"
    assert set(report.error) == {"fr", "nl", "de", "en"}


def many_columns(count):
    """A contract of so many columns of whole numbers."""
    fields = [{"name": f"c{n}", "type": "integer", "title": {}, "description": {}} for n in range(count)]
    return type("Contract", (), {"schema": {"fields": fields}, "policy": {}})


def test_faults_in_thousands_of_columns_make_a_small_outcome(examine):
    header, row = ",".join(f"c{n}" for n in range(2_000)), ",".join(["x"] * 2_000)

    outcome = examine("\n".join([header, row, row, row]), contract=many_columns(2_000), columns=2_000)

    assert (len(outcome["findings"]), outcome["truncated"]) == (300, True)
    assert len(json.dumps(outcome)) < 300_000


def test_long_cells_are_cut_in_the_report(examine):
    rows = "\n".join(ROW.replace("000001", f"{n:06}").replace("public", "y" * 60_000) for n in range(100))

    outcome = examine(f"{HEADER}\n{rows}\n")

    finding = next(one for one in outcome["findings"] if one["rule"] == "enum")
    assert {len(sample["value"]) for sample in finding["samples"]} == {201}
    assert len(json.dumps(outcome)) < 10_000


def test_report_has_a_largest_size(write, charging):
    names = ",".join(f"{n:04}{'z' * 196}" for n in range(900))

    report = check(write(f"{HEADER},{names}\n{ROW}{',' * 900}\n"), charging, limits=Limits(report_kb=100))

    assert len(json.dumps(report.to_dict(), ensure_ascii=False).encode()) < 110_000
    assert (report.truncated, report.counts["rows"]) == (True, 1)


CONFINED = """
import sys
sys.path[:0] = {path!r}
from ckanext.smartregion.quality.examination.working import confine
confine({limits!r})
{deed}
"""


def confined(deed, **limits):
    """What becomes of a child that does something else than it should: its exit code and its last words."""
    script = CONFINED.format(path=sys.path, limits=Limits(**limits).to_dict(), deed=deed)
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    return ended.returncode, ended.stderr


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "PermissionError"),
        ("import socket; socket.getaddrinfo('example.org', 80)", "PermissionError"),
        ("import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')", "a check does not do"),
        ("import subprocess; subprocess.run(['/bin/true'])", "PermissionError"),
        ("import os; os.system('true')", "PermissionError"),
        ("import os; os.fork()", "PermissionError"),
        ("bytes(2_000_000_000)", "MemoryError"),
        ("open(__import__('tempfile').mkstemp()[1], 'wb').write(bytes(5_000_000))", "File too large"),
    ],
    ids=lambda deed: deed.partition(";")[2][:40] or deed[:20],
)
def test_child_can_not_do_what_a_file_may_want(deed, words):
    code, said = confined(deed, file_mb=1, unpacked_mb=1)

    assert code == 1
    assert words in said


def test_child_that_computes_without_end_is_ended_by_its_limit_of_time():
    assert confined("while True: pass", seconds=1)[0] == -signal.SIGXCPU


def test_check_of_a_file_that_is_not_there_holds(tmp_path, charging):
    report = check(tmp_path / "gone.csv", charging)

    assert (report.verdict, report.error["fr"][:24]) == ("hold", "Le fichier à vérifier n'")
