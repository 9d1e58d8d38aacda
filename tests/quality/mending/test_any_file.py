"""Files of every kind of flaw: what a mending promises holds for each of them."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ckanext.smartregion.quality.examination.examine import Examination
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.mending import source, table
from ckanext.smartregion.quality.examination.reading import Dialect, records

from tests.quality.differential import Made, installed
from tests.quality.mending.conftest import Done, mended_file

FILES, BATCHES = 160, 4
# Of a value that is right now, another one may be a double; and rules of whole rows judge what they could not before.
OF_SEVERAL = {"unique", "key"}
# What was no column of the contract is one now, and its cells are judged for the first time.
FOUND = {"column-name", "lines-above"}


@dataclass
class Mended:
    """A file, under which contract and limits it was mended, and what came of it."""

    path: Path
    contract: Any
    limits: dict[str, int]
    done: Done


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Every file by its number, mended once."""
    contracts, folder = installed(), tmp_path_factory.mktemp("files")

    def mended(number):
        made, path = Made(number, contracts), folder / f"{number}"
        path.write_bytes(made.content)
        limits = {"cell_chars": made.limits.cell_chars, "samples": 50}
        return Mended(path, made.contract, limits, mended_file(path, made.contract, folder / f"{number}.csv", **limits))

    return list(map(mended, range(FILES)))


@pytest.mark.parametrize("batch", range(BATCHES))
def test_mending_twice_changes_nothing_and_no_file_becomes_worse(batch, files, tmp_path):
    mended = 0
    for number in range(batch, FILES, BATCHES):
        one, first = files[number], files[number].done
        if not first.said["mended"]:
            continue
        mended += 1

        again = mended_file(first.path, one.contract, tmp_path / "again.csv", **one.limits)

        assert (number, again.said["mended"], again.said["cells"]) == (number, False, 0)
        if not again.changes:  # a table of one column whose cells are read as others now
            assert again.path.read_bytes() == first.path.read_bytes(), number
        if not FOUND & {kind for kind, *_ in first.changes}:
            before, after = (faults(path, one) for path in (one.path, first.path))
            assert not after - before, number
    assert mended


def faults(path, one):
    """How often each rule of single cells is broken, by column."""
    outcome = Examination(path, one.contract.schema, {}, Limits(**one.limits)).run()
    found = Counter({(one["column"], one["rule"]): one["count"] for one in outcome["findings"] if one["column"]})
    return Counter({key: count for key, count in found.items() if key[1] not in OF_SEVERAL})


def test_both_ways_of_reading_give_the_same_file_and_tell_the_same(files, tmp_path, monkeypatch):
    monkeypatch.setattr(table, "opened_source", only_the_last_way)
    plain_too = 0
    for number, one in enumerate(files[:60]):
        plain = mended_file(one.path, one.contract, tmp_path / f"{number}.csv", **one.limits)

        assert json.dumps(plain.said) == json.dumps(one.done.said), number
        if one.done.path.exists():
            plain_too += 1
            assert plain.path.read_bytes() == one.done.path.read_bytes(), number
    assert plain_too > 30


def only_the_last_way(*arguments):
    opened = source.opened_source(*arguments)
    return source.Source(opened.header, opened.written, opened.serials, lambda layout: opened.ways(layout)[-1:])


def test_every_change_that_is_told_is_real(files):
    looked_at = 0
    for number, one in enumerate(files[:120]):
        done = one.done
        if not done.said["mended"] or {kind for kind, *_ in done.changes} & {"separator", "encoding", "spreadsheet"}:
            continue
        cells = {record.number: record.cells for record in records(one.path, "utf-8-sig", Dialect(","), Limits())}
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
