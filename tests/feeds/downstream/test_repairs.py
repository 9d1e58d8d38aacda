"""Each check finds what its repair is there for."""

from __future__ import annotations

import pytest
from rdflib import Graph

from tests.feeds.downstream.faulty import FAULTY, PREFIXES
from tests.feeds.downstream.repairs import needed
from tests.feeds.downstream.repairs.registry import REPAIRS
from tests.feeds.downstream.walk import guessed_notation, walk


def test_every_repair_has_its_fault():
    assert set(FAULTY) == set(REPAIRS)


@pytest.mark.parametrize("name", FAULTY)
def test_fault_is_found(name):
    assert name in needed(Graph().parse(data=PREFIXES + FAULTY[name], format="turtle"))


def test_walk_ends_at_a_page_that_names_neither_dataset_nor_service_and_skips_what_is_broken():
    names = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#"'
    page = f"<rdf:RDF {names}>{{}}</rdf:RDF>"
    pages = [page.format('<dcat:Dataset rdf:about="https://example.be/1"/>'), "<dcat:Dataset", page.format(""), page]
    walked = walk(lambda number: pages[number - 1])

    assert walked.pages == 2
    assert walked.unparseable == [2]
    assert walked.datasets == {"https://example.be/1"}


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("<?xml ...", "xml"),
        ("<rdf:RDF", "xml"),
        ("PREFIX a:", "ttl"),
        ("@prefix a:", "ttl"),
        ("{", "jsonld"),
        ("[", None),
    ],
)
def test_notation_of_a_file_is_guessed_by_its_first_bytes(text, notation):
    assert guessed_notation(text) == notation
