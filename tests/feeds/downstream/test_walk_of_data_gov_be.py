"""What data.gov.be makes of our feed: nothing to repair, nothing lost, no page that cannot be parsed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rdflib import DCTERMS, URIRef

from ckanext.smartregion.feeds.description.iris import dataset_iri

from tests.feeds.downstream.repairs import needed
from tests.feeds.downstream.walk import Walk, guessed_notation, walk
from tests.feeds.examples import BASE, TYPES
from tests.feeds.test_shapes import HOSTILE

SIZE = 3
WALLONIA = "https://sws.geonames.org/3337387/"
NOTES = (
    "<p>Relevé sur place</p>\n\nVoir <https://example.be/guide>\u00a0: moins de <5 et >3 places.\n\n\n"
    "Des abris,\ndes arceaux."
)
HOSTILE_ADDRESS = 'https://example.be/a hostile dataset/<>"{}|\\^`%zz'
# What nobody but the publisher can say; the gate lets no dataset without it pass.
UNSAID = {"theme by keyword"}


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
            "uri": f"{HOSTILE_ADDRESS}{kind}",
            "identifier": kind,
        }
        for kind in TYPES
    }
    return [minimal(kind, **{**HOSTILE, **own[kind]}) for kind in TYPES]


@pytest.fixture
def awkward(minimal) -> dict:
    """What people and other portals do write: markup, lines, no-break spaces, and things named by where they lead."""
    page, file = "https://data.namur.be/velos", "https://data.namur.be/velos.csv"
    return minimal(
        name="awkward",
        identifier="awkward",
        title_translated={"fr": "Vélos\u00a0: les <em>stationnements</em>"},
        notes_translated={"fr": NOTES, "nl": "Wat <b>vet</b> is:\r\n\r\n\r\n- een\r\n- twee"},
        tags_translated={"fr": ["deux\u00a0roues"]},
        uri=page,
        url=page,
        spatial_coverage=[{"uri": WALLONIA, "bbox": "POLYGON((3 49, 6 49, 6 51, 3 51, 3 49))"}],
        resources=[
            {"id": "r1", "uri": file, "url": file, "rights": {"fr": "<p>Libre.</p>\n\n\n<p>Citer\u00a0!</p>"}},
            {"id": "r2", "url": "no address"},
        ],
    )


@pytest.fixture
def walked(page_text) -> Callable[[list[dict]], Walk]:
    """The walk over some datasets."""

    def through(datasets: list[dict]) -> Walk:
        def read(number: int) -> str:
            return page_text(datasets[(number - 1) * SIZE : number * SIZE], "xml", number, len(datasets))

        return walk(read)

    return through


def test_nothing_is_to_be_repaired(good, walked):
    assert needed(walked(good).graph) == {}


def test_nothing_but_what_nobody_said_is_to_be_repaired_in_hostile_datasets(hostile, walked):
    assert set(needed(walked(hostile).graph)) <= UNSAID


def test_nothing_is_to_be_repaired_in_what_people_do_write(awkward, walked):
    assert needed(walked([awkward]).graph) == {}


def test_text_keeps_its_sense_without_markup(awkward, walked):
    graph = walked([awkward]).graph
    told = {str(text) for text in graph.objects(URIRef(awkward["uri"]), DCTERMS.description)}

    assert told == {
        "Relevé sur place Voir https://example.be/guide : moins de ‹5 et ›3 places.\nDes abris, des arceaux.",
        "Wat vet is:\n- een - twee",
    }


def test_no_dataset_is_lost_and_every_page_is_parsed(good, hostile, walked):
    datasets = [*good, *hostile]
    found = walked(datasets)

    assert found.unparseable == []
    assert found.pages == -(-len(datasets) // SIZE)
    assert found.datasets == {dataset_iri(dataset, BASE) for dataset in datasets}


@pytest.mark.parametrize("extension", ["xml", "ttl", "jsonld"])
def test_notation_is_guessed_rightly(extension, good, page_text):
    assert guessed_notation(page_text(good, extension)) == extension
