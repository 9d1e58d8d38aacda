"""The pages that tell of one kind of source each: its options in a table, and a command that adds one."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ckanext.smartregion.harvest import cli
from ckanext.smartregion.harvest.options import COMMON, refusal
from ckanext.smartregion.harvesters import KINDS

FOLDER = Path(__file__).parents[2] / "docs/sources"
PAGES = {path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.md") if path.stem != "README"}


def test_every_kind_has_its_page() -> None:
    assert PAGES.keys() == KINDS.keys()


def test_list_of_the_pages_names_each_kind_once() -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \[`(\w+)`\]\(\1\.md\) \|", page, re.MULTILINE)
    assert rows == sorted(KINDS)


@pytest.mark.parametrize("kind", sorted(PAGES))
def test_every_option_has_its_row(kind: str) -> None:
    own = {option.name for option in KINDS[kind].options} - {option.name for option in COMMON}
    section = PAGES[kind].partition("## Options")[2].partition("\n## ")[0]
    assert own <= set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


@pytest.mark.parametrize("kind", sorted(PAGES))
def test_command_is_one_that_adds_a_source_of_the_kind(kind: str) -> None:
    page = PAGES[kind].replace("\\\n", " ")
    command = re.search(r"^ {4}bin/smartregion source add (.+)$", page, re.MULTILINE)
    assert command
    words = shlex.split(command[1])

    given = cli.source.commands["add"].make_context("add", words).params

    options = dict(pair.split("=", 1) for pair in given["pairs"])
    assert given["kind"] == kind
    assert refusal(KINDS[kind].options, options) is None
    assert options.keys() <= {option.name for option in KINDS[kind].options}
