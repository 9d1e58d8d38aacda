"""docs/harvesters.md leads to a working kind of source: built here from its own text."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from far_end import FarEnd
from far_ends import FAR_ENDS, Plan, Remote, udata
from page_code import block, kind_of_the_page

from ckanext.smartregion import harvesters
from ckanext.smartregion.fetch import Client
from ckanext.smartregion.harvest.records import ListingError
from ckanext.smartregion.harvest.walking import Remembered, Walk, place
from ckanext.smartregion.harvesters import GROUP, KINDS, announced


@pytest.fixture
def remote(far_end: FarEnd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Remote:
    """A far end with 120 datasets, and the kind of the page among the known ones."""
    monkeypatch.setitem(KINDS, "udata", kind_of_the_page(tmp_path))
    monkeypatch.setitem(FAR_ENDS, "udata", Plan(udata, page=50))
    remote = Remote("udata", far_end)
    remote.fill(120)
    return remote


def test_code_has_fewer_than_sixty_lines() -> None:
    assert 20 < len(block("python").splitlines()) < 60


def test_kind_of_the_page_lists_every_page(remote: Remote, client: Client) -> None:
    pages = list(Walk(KINDS["udata"], remote.source, client).pages())
    assert [len(page.fresh) for page in pages] == [50, 50, 20]


def test_kind_of_the_page_maps_what_it_lists(remote: Remote, client: Client) -> None:
    (page, *_) = Walk(KINDS["udata"], remote.source, client).pages()
    candidate = KINDS["udata"].map(page.fresh[0], remote.source)
    dataset = candidate.dataset
    assert candidate.publishers == ("Ville de Namur",)
    assert dataset["title_translated"] == {"fr": "Jeu de données 1"}
    assert dataset["license_id"].endswith("/CC_BY_4_0")
    assert dataset["frequency"].endswith("/ANNUAL")
    assert dataset["theme"][0].endswith("/ENVI")
    assert [each["format"] for each in dataset["resources"]] == ["CSV"]


def test_kind_of_the_page_bears_a_broken_item(remote: Remote, client: Client) -> None:
    remote.broken.add("item-0002")
    pages = Walk(KINDS["udata"], remote.source, client).pages()
    assert [record.problem is None for page in pages for record in page.fresh].count(False) == 1


def test_kind_of_the_page_reads_nothing_twice(remote: Remote, client: Client) -> None:
    first = list(Walk(KINDS["udata"], remote.source, client).pages())
    memory = {place(page.cursor): Remembered(page.keys, page.next, page.total, page.said) for page in first}
    second = list(Walk(KINDS["udata"], remote.source, client, memory).pages())
    assert all(page.unchanged for page in second)


def test_kind_of_the_page_refuses_what_is_no_list(far_end: FarEnd, remote: Remote, client: Client) -> None:
    far_end.serve("*", json.dumps({"message": "Not found"}))
    with pytest.raises(ListingError, match="no data"):
        list(Walk(KINDS["udata"], remote.source, client).pages())


# -- from another package


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Install a package that announces kinds under the name that the page gives; take it away afterwards."""

    def package(entries: str) -> None:
        (tmp_path / "stranger_udata.py").write_text(block("python"), "utf-8")
        facts = tmp_path / "stranger-1.0.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
        (facts / "entry_points.txt").write_text(f"[{GROUP}]\n{entries}\n")
        monkeypatch.syspath_prepend(str(tmp_path))

    yield package
    sys.modules.pop("stranger_udata", None)


def test_page_names_the_group_that_is_read() -> None:
    points = tomllib.loads(block("toml"))["project"]["entry-points"]
    assert points == {GROUP: {"udata": "my_package.udata:Udata"}}


def test_kind_of_another_package_is_found(package: Any) -> None:
    before = announced().keys()
    package("udata = stranger_udata:Udata")
    assert announced().keys() - before == {"udata"}


def test_kind_that_can_not_be_loaded_costs_only_itself(package: Any, caplog: pytest.LogCaptureFixture) -> None:
    package("lost = nowhere_to_be_found:Lost\nudata = stranger_udata:Udata")
    assert "udata" in announced()
    assert "The kind of source lost (nowhere_to_be_found:Lost) could not be loaded" in caplog.text


def test_kind_of_ours_is_not_replaced() -> None:
    assert {type(each).__module__ for each in harvesters.OWN} == {
        type(KINDS[each.kind]).__module__ for each in harvesters.OWN
    }
