"""What data.gov.be makes of our feed: nothing to repair, nothing lost, no page that cannot be parsed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ckanext.smartregion.feeds.description.iris import dataset_iri

from tests.feeds.downstream.repairs import needed
from tests.feeds.downstream.walk import Walk, guessed_notation, walk
from tests.feeds.examples import BASE, TYPES
from tests.feeds.test_shapes import HOSTILE

SIZE = 3
# What nobody but the publisher can say; the gate lets no dataset without it pass.
UNSAID = {"theme by keyword"}
# What the feed does not say yet although it could: each goes when its part of the description says it.
NOT_YET = {
    "address that leads to itself",
    "availability added",
    "language copied to the files",
    "language guessed",
    "markup stripped",
    "public access added",
    "title copied to an empty description",
}


@pytest.fixture
def good(full, minimal) -> list[dict]:
    """Every type with everything, and with nothing but what publication demands."""
    return [*(full(kind, identifier=f"velos-{kind}") for kind in TYPES), *(minimal(kind) for kind in TYPES)]


@pytest.fixture
def hostile(minimal) -> list[dict]:
    """Every type with values that nobody should have written, each under an address and a number of its own."""
    own = {
        kind: {
            "id": f"id-hostile-{kind}",
            "name": f"hostile-{kind}",
            "uri": f"{HOSTILE['uri']}{kind}",
            "identifier": kind,
        }
        for kind in TYPES
    }
    return [minimal(kind, **{**HOSTILE, **own[kind]}) for kind in TYPES]


@pytest.fixture
def walked(page_text) -> Callable[[list[dict]], Walk]:
    """The walk over some datasets."""

    def through(datasets: list[dict]) -> Walk:
        def read(number: int) -> str:
            return page_text(datasets[(number - 1) * SIZE : number * SIZE], "xml", number, len(datasets))

        return walk(read)

    return through


def test_nothing_is_to_be_repaired(good, walked):
    assert set(needed(walked(good).graph)) - NOT_YET == set()


def test_nothing_but_what_nobody_said_is_to_be_repaired_in_hostile_datasets(hostile, walked):
    assert set(needed(walked(hostile).graph)) - NOT_YET <= UNSAID


def test_no_dataset_is_lost_and_every_page_is_parsed(good, hostile, walked):
    datasets = [*good, *hostile]
    found = walked(datasets)

    assert found.unparseable == []
    assert found.pages == -(-len(datasets) // SIZE)
    assert found.datasets == {dataset_iri(dataset, BASE) for dataset in datasets}


@pytest.mark.parametrize("extension", ["xml", "ttl", "jsonld"])
def test_notation_is_guessed_rightly(extension, good, page_text):
    assert guessed_notation(page_text(good, extension)) == extension
