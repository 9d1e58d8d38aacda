"""The same statements in each serialisation, always in the same words, whatever the texts hold."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef

from ckanext.smartregion.feeds import emission
from ckanext.smartregion.feeds.emission import FORMATS, TYPE, Value
from ckanext.smartregion.feeds.terms import DCAT, DCT, XSD

from tests.feeds.examples import parsed

SUBJECTS = [f"https://example.be/dataset/{name}" for name in ("eau", "arbres#record", "é%20à")]
FOREIGN = ["https://example.be/terms#nom-de-rue", "https://example.be/a/b.c"]
PREDICATES = [str(DCT.title), str(DCAT.keyword), *FOREIGN, TYPE]
TYPES = [str(DCAT.Dataset), str(DCT.Standard), "https://example.be/Chose"]
iris = st.sampled_from(SUBJECTS + TYPES).map(lambda iri: Value(iri, is_iri=True))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
literals = st.one_of(
    texts.map(Value),
    st.tuples(texts, st.sampled_from(["fr", "nl", "de-BE"])).map(lambda each: Value(each[0], language=each[1])),
    st.sampled_from(["2026-01-31", "", "pas une date"]).map(lambda text: Value(text, datatype=str(XSD.date))),
)


def legal(said: tuple[str, str, Value]) -> bool:
    """A type is a thing."""
    return said[1] != TYPE or said[2].text in TYPES


all_said = st.lists(st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(PREDICATES), iris | literals).filter(legal))


def written(form: str, said: list[tuple[str, str, Value]]) -> str:
    return emission.document(form, [emission.piece(form, emission.described(said))])


def read(form: str, text: str) -> Graph:
    return parsed(text.encode(), form)


@settings(max_examples=300, deadline=None)
@given(all_said)
def test_every_serialisation_says_the_same(said: list[tuple[str, str, Value]]) -> None:
    expected = set(read("nt", written("nt", said)))
    for form in FORMATS:
        assert set(read(form, written(form, said))) == expected, form
    assert len(expected) == len({(s, p, v._replace(text=emission._NOT_IN_TEXT.sub("", v.text))) for s, p, v in said})


@settings(max_examples=50, deadline=None)
@given(all_said, st.randoms())
def test_order_in_which_things_are_said_changes_no_byte(
    said: list[tuple[str, str, Value]], chance: random.Random
) -> None:
    other = [*said, *said[:2]]
    chance.shuffle(other)
    for form in FORMATS:
        assert written(form, said) == written(form, other)


@pytest.mark.parametrize("form", FORMATS)
def test_what_no_xml_can_hold_is_in_no_serialisation(form: str) -> None:
    text = written(form, [(SUBJECTS[0], str(DCT.title), Value("a\x00b\x0bc\ufffed", language="fr"))])
    assert [str(value) for value in read(form, text).objects()] == ["abcd"]


@pytest.mark.parametrize("form", FORMATS)
def test_sign_that_no_iri_may_hold_is_escaped(form: str) -> None:
    text = written(form, [("https://example.be/a b", str(DCT.source), Value('https://example.be/<"x">', is_iri=True))])
    assert set(read(form, text)) == {
        (URIRef("https://example.be/a%20b"), URIRef(DCT.source), URIRef("https://example.be/%3C%22x%22%3E"))
    }


def test_document_without_statements_can_be_read() -> None:
    for form in FORMATS:
        assert len(read(form, emission.document(form, []))) == 0


def test_names_of_dcat_are_those_that_data_gov_be_looks_for() -> None:
    said = [(SUBJECTS[0], TYPE, Value(each, is_iri=True)) for each in (*TYPES, str(DCT.Agent))]
    assert "a dcat:Dataset, dct:Agent, " in written("ttl", said).replace("\n", " ")
    assert f'<dcat:Dataset rdf:about="{SUBJECTS[0]}">' in written("xml", said)
    assert json.loads(written("jsonld", said))["@graph"][0]["@type"][0] == "dcat:Dataset"


def test_typed_text_keeps_its_type() -> None:
    said = [(SUBJECTS[0], str(DCT.issued), Value("2026-01-31", datatype=str(XSD.date)))]
    for form in FORMATS:
        (value,) = read(form, written(form, said)).objects()
        assert value == Literal("2026-01-31", datatype=URIRef(XSD.date))
