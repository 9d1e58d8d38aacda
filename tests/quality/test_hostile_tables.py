"""Every hostile table through the command line, which asks the same engine as every other door."""

import json

import pytest
from hostile_tables import CONTRACT, DATA, HOSTILE, amplified

from ckan.cli.cli import ckan as ckan_command

from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.rules import error_text
from ckanext.smartregion.schemas import table_contract


@pytest.fixture
def told(cli, tmp_path, with_plugins):
    """The report and exit code of `quality check`."""

    def told(content, name="table"):
        (tmp_path / name).write_bytes(content)
        words = ["smartregion", "quality", "check", str(tmp_path / name), "--contract", CONTRACT, "--json"]
        answer = cli.invoke(ckan_command, words)
        return json.loads(answer.stdout), answer.exit_code

    return told


@pytest.mark.parametrize("table", HOSTILE, ids=lambda table: table.name)
def test_verdict_is_clear_and_says_why(told, table):
    report, code = told(table.content)

    rules = [one["rule"] for one in report["findings"]]
    assert (report["verdict"], report["error"], code) == (table.verdict, None, int(table.verdict == "hold"))
    assert table.rule is None or table.rule in rules


def test_file_whose_name_is_no_utf8_has_its_verdict_too(told):
    report, code = told(DATA, name="v\udce9los.csv")

    assert (report["verdict"], code) == ("publish", 0)


def test_text_that_fills_the_memory_thousands_of_times_ends_in_a_sentence(tmp_path):
    (tmp_path / "table").write_bytes(amplified())

    report = check(tmp_path / "table", table_contract(CONTRACT), limits=Limits(memory_mb=700))

    assert (report.verdict, report.error) == ("hold", error_text("memory"))
