"""The door of a repair: the child process under limits, the answer, and the report on what came of it."""

import json
from pathlib import Path

import pytest
from hostile_tables import CONTRACT, HOSTILE, amplified

from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.mending.cells import REASONS, SEVERAL
from ckanext.smartregion.quality.repair import repair
from ckanext.smartregion.quality.rules import error_text, mendings
from ckanext.smartregion.quality.terminal import render_repair
from ckanext.smartregion.schemas import LANGUAGES, table_contract

from .test_samples import FOLDERS

VALID = table_contract(CONTRACT).example_valid


def test_mended_file_is_checked_by_the_same_engine_and_the_answer_survives_json(charging, write, tmp_path):
    content = charging.example_valid.read_text("utf-8").replace(",public,", ", Publique ,").replace(",22,", ",22 kW,")

    found = repair(write(content), charging, tmp_path / "mended.csv")

    said = json.loads(json.dumps(found.to_dict()))
    assert said["mended"] is True
    assert said["report"]["contract"] == said["contract"] == "charging-points"
    assert {one["column"] for one in said["changes"]} >= {"power_kw"}
    assert all(set(one["label"]) == set(LANGUAGES) for one in [*said["changes"], *said["left"]])
    for language in LANGUAGES:
        assert "«22 kW» -> «22»" in render_repair(found, language)


def test_file_that_needs_no_mending_is_not_written_anew(charging, tmp_path):
    found = repair(charging.example_valid, charging, tmp_path / "mended.csv")

    assert (found.mended, found.changes, found.cells, found.report.verdict) == (False, [], 0, "publish")
    assert list(tmp_path.iterdir()) == []


def test_absent_file_is_told_by_the_report(charging, tmp_path):
    found = repair(tmp_path / "absent.csv", charging, tmp_path / "mended.csv")

    assert (found.mended, found.report.error) == (False, error_text("missing"))


@pytest.mark.parametrize("table", HOSTILE[::5], ids=lambda table: table.name)
def test_hostile_file_ends_in_a_clear_answer(table, write, tmp_path):
    found = repair(write(table.content), table_contract(CONTRACT), tmp_path / "mended.csv")

    assert found.error is None
    assert found.mended or found.report.verdict == table.verdict


def test_mending_that_needs_too_much_memory_says_so(write, tmp_path):
    found = repair(write(amplified()), table_contract(CONTRACT), tmp_path / "mended.csv", limits=Limits(memory_mb=700))

    assert (found.mended, found.error) == (False, error_text("memory"))


@pytest.mark.parametrize("name", FOLDERS)
def test_spoiled_file_of_the_walloon_standard_is_mended_as_far_as_is_certain(name, shared, tmp_path):
    path: Path = shared / "samples/tableschema" / FOLDERS[name] / "invalide-derive.csv"

    found = repair(path, table_contract(name), tmp_path / "mended.csv")

    assert {"decimal-comma", "truth-value", "duplicate-row", "blank-row"} <= {one["kind"] for one in found.changes}
    assert {"empty", "unclear"} == {one["kind"] for one in found.left}
    broken = {(one.rule, one.column) for one in found.report.findings if one.severity == "block"}
    assert not broken & {("decimal-comma", one["column"]) for one in found.changes}
    assert ("required", "id") in broken


def test_every_reason_to_leave_a_cell_has_its_words():
    assert {*REASONS, SEVERAL} <= set(mendings())
