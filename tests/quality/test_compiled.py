"""The compiled path against plain frictionless: the same outcome, flaw by flaw in the same order, for every file.

`FILES` in the environment says how many files are compared; `make test-long` compares 20,000.
"""

import os

import polars as pl
import pytest

from ckanext.smartregion.quality.examination.accepting import accepted
from ckanext.smartregion.quality.examination.blocks import NotProvable, Text, TextSource
from ckanext.smartregion.quality.examination.examine import Examination
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.patterns import translated
from ckanext.smartregion.quality.examination.reading import Dialect

from .conftest import HEADER, ROW
from .differential import difference, installed
from .spellings import CELLS, FORMATTED

FILES = int(os.environ.get("FILES", "1000"))
BATCHES = max(10, FILES // 200)


@pytest.fixture(scope="module")
def contracts():
    return installed()


@pytest.mark.parametrize("batch", range(BATCHES))
def test_both_paths_give_the_same_outcome(contracts, tmp_path, batch):
    ways = []
    for number in range(batch, FILES, BATCHES):
        different, way, plain, quick, made = difference(number, contracts, tmp_path)
        assert not different, f"file {number} of {made.contract.name}: {plain} but {quick}"
        assert "raised" not in plain, f"file {number} of {made.contract.name} can't be judged: {plain}"
        ways.append(way)

    assert ways.count("CompiledPath") > len(ways) / 2, "most files are judged by the compiled path"


@pytest.mark.parametrize(
    ("field", "sure"),
    [
        ({"type": "integer"}, ["0", "1", "7", "42", "-3", "999999999999999"]),
        ({"type": "number"}, ["0", "1.5", "-2.25", "50.1234", "-0", "-0.0"]),
        ({"type": "boolean"}, ["true", "True", "TRUE", "1", "false", "False", "FALSE", "0"]),
        ({"type": "date"}, ["2026-01-15", "2026-02-28", "1899-12-31"]),
        ({"type": "year"}, ["2026", "1999"]),
        ({"type": "yearmonth"}, ["2026-01", "2026-12"]),
        ({"type": "time"}, ["19:30:00", "00:00:00"]),
        ({"type": "geopoint"}, ["4.86,50.46", "4.86, 50.46", "-0,0", "179.9,89.99"]),
        ({"type": "string", "format": "uri"}, ["https://example.org/a?b=c", "http://example.org"]),
        ({"type": "string", "format": "email"}, ["info@example.org", "a.b-c_d@sub.example.be"]),
        ({"type": "string", "format": "uuid"}, ["2f1c9f3e-5d2a-4c1b-8a77-0123456789ab"]),
    ],
)  # fmt: skip
def test_usual_spellings_need_no_second_look(field, sure):
    texts = CELLS.get(field["type"]) or FORMATTED[field["format"]]
    taken = pl.DataFrame({"cell": texts}).filter(accepted(field, [""], pl.col("cell")))["cell"].to_list()

    assert set(sure) <= set(taken)


@pytest.mark.parametrize("pattern", [r"\d{5}", "[A-Z]{2}[0-9]+", "(a|b)c?", r"[^,;]+", r"BE\*[A-Z0-9]{3}\*E.*"])
def test_usual_pattern_means_the_same_in_polars(pattern):
    assert translated(pattern)


@pytest.mark.parametrize("pattern", [r"[^\d]", "(?i)abc", r"(?=a)b", r"(a)\1", r"\bword\b", r"\S+", r"a{5000}"])
def test_pattern_that_might_mean_something_else_is_left_to_python(pattern):
    assert translated(pattern) is None


def rows_of(write, content, width=2):
    text = Text(write(content), Dialect(","))
    source = TextSource(text, width, Limits())
    read = [(block, row) for block in source.blocks() for row in range(block.frame.height)]
    cells = [block.odd.get(row, list(block.frame.row(row))) for block, row in read]
    assert [record.cells for record in source.records(range(1, len(read) + 1)).values()] == cells
    return cells


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]),
        ("a,b\n\n1\n1,2,3\n", [["a", "b"], [], ["1"], ["1", "2", "3"]]),
        ('a,b\n"x,y","said ""yes"""\n"two\nlines",""\n', [["a", "b"], ["x,y", 'said "yes"'], ["two\nlines", ""]]),
    ],
)
def test_file_is_read_as_csv_reads_it(write, content, rows):
    assert rows_of(write, content) == rows


@pytest.mark.parametrize(
    "content",
    ["a,b\r1,2\r", 'a,b\n"x,2\n', 'a,b\nx"y,2\n', 'a,b\n"x"y,2\n', 'a,b\n""x,2\n', "a,b\n" + "x" * 70_000 + ",2\n"],
)
def test_file_that_may_be_read_otherwise_is_left_to_csv(write, content):
    with pytest.raises(NotProvable):
        rows_of(write, content)


def test_lines_are_counted_over_cells_of_several_lines(write):
    text = Text(write('a,b\n"1\n2\n3",4\n5,6\n'), Dialect(","))
    block = next(TextSource(text, 2, Limits()).blocks())

    assert [block.line(row) for row in range(3)] == [1, 2, 5]


def test_large_file_of_many_blocks_gives_the_same_outcome(write, charging, monkeypatch, tmp_path):
    monkeypatch.setattr("ckanext.smartregion.quality.examination.blocks.BLOCK", 20_000)
    rows = [ROW.replace("000001", f"{number % 1_900:06}") for number in range(2_000)]
    rows[700], rows[1_300] = rows[700].replace("22", "22 kW"), rows[1_300].rsplit(",", 1)[0]
    rows[1_500] = rows[1_500].replace("Gare", '"Gare\ndu Nord"')
    path = write("\n".join([HEADER, *rows]) + "\n")

    def outcome(compiled):
        told = []
        examination = Examination(
            path, charging.schema, charging.policy, Limits(), compiled=compiled, witness=lambda *one: told.append(one)
        )
        found = examination.run(tmp_path / "typed.csv")
        return found, told, (tmp_path / "typed.csv").read_bytes(), examination.way

    quick, plain = outcome(True), outcome(False)

    assert quick[:3] == plain[:3]
    assert (quick[3], plain[3]) == ("CompiledPath", "PlainPath")
    assert quick[0]["counts"] == {"rows": 2_000, "valid_rows": 1_898, "invalid_rows": 102}
