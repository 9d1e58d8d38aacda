"""Files of every kind of flaw: what a mending promises holds for each of them."""

import json
from collections import Counter

import pytest

from ckanext.smartregion.quality.examination.examine import Examination
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.mending import source, table
from ckanext.smartregion.quality.examination.reading import Dialect, records

from tests.quality.differential import Made, installed
from tests.quality.mending.conftest import mended_file

FILES, BATCHES = 160, 4
# Of a value that is right now, another one may be a double; and rules of whole rows judge what they could not before.
OF_SEVERAL = {"unique", "key"}
# What was no column of the contract is one now, and its cells are judged for the first time.
FOUND = {"column-name", "lines-above"}


@pytest.fixture(scope="module")
def contracts():
    return installed()


@pytest.mark.parametrize("batch", range(BATCHES))
def test_mending_twice_changes_nothing_and_no_file_becomes_worse(batch, contracts, tmp_path):
    mended = 0
    for number in range(batch, FILES, BATCHES):
        made = Made(number, contracts)
        path, limits = tmp_path / "table", {"cell_chars": made.limits.cell_chars}
        path.write_bytes(made.content)
        first = mended_file(path, made.contract, tmp_path / "first.csv", **limits)
        if not first.said["mended"]:
            continue
        mended += 1

        again = mended_file(first.path, made.contract, tmp_path / "again.csv", **limits)

        assert (number, again.said["mended"], again.said["cells"]) == (number, False, 0)
        if not again.changes:  # a table of one column whose cells are read as others now
            assert again.path.read_bytes() == first.path.read_bytes(), number
        if not FOUND & {kind for kind, *_ in first.changes}:
            before, after = (faults(one, made.contract, limits) for one in (path, first.path))
            assert not after - before, number
    assert mended


def faults(path, contract, limits):
    """How often each rule of single cells is broken, by column."""
    outcome = Examination(path, contract.schema, {}, Limits(**limits)).run()
    found = Counter({(one["column"], one["rule"]): one["count"] for one in outcome["findings"] if one["column"]})
    return Counter({key: count for key, count in found.items() if key[1] not in OF_SEVERAL})


def test_both_ways_of_reading_give_the_same_file_and_tell_the_same(contracts, tmp_path, monkeypatch):
    plain_too = 0
    for number in range(60):
        made = Made(number, contracts)
        path = tmp_path / "table"
        path.write_bytes(made.content)
        quick = mended_file(path, made.contract, tmp_path / "quick.csv")
        with monkeypatch.context() as patched:
            patched.setattr(table, "opened_source", only_the_last_way)
            plain = mended_file(path, made.contract, tmp_path / "plain.csv")
        assert json.dumps(plain.said) == json.dumps(quick.said), number
        if quick.path.exists():
            plain_too += 1
            assert plain.path.read_bytes() == quick.path.read_bytes(), number
            plain.path.unlink()
            quick.path.unlink()
    assert plain_too > 30


def only_the_last_way(*arguments):
    opened = source.opened_source(*arguments)
    return source.Source(opened.header, opened.written, opened.serials, lambda layout: opened.ways(layout)[-1:])


def test_every_change_that_is_told_is_real(contracts, tmp_path):
    looked_at = 0
    for number in range(120):
        made = Made(number, contracts)
        path = tmp_path / "table.csv"
        path.write_bytes(made.content)
        done = mended_file(path, made.contract, tmp_path / "mended.csv", samples=50)
        if not done.said["mended"] or {kind for kind, *_ in done.changes} & {"separator", "encoding", "spreadsheet"}:
            continue
        cells = {record.number: record.cells for record in records(path, "utf-8-sig", Dialect(","), Limits())}
        for change in done.said["changes"]:
            for sample in change["samples"]:
                if sample["after"] is None or "�" in sample["before"] or "…" in sample["before"]:
                    continue
                at, row = place(sample["cell"])
                assert cells[row][at] == sample["before"] or "•••" in sample["before"], number
                assert sample["after"] != sample["before"]
                looked_at += 1
    assert looked_at > 10


def place(cell):
    """Position of the column and number of the row of an address such as AB12."""
    letters = "".join(sign for sign in cell if sign.isalpha())
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return at - 1, int(cell[len(letters) :])
