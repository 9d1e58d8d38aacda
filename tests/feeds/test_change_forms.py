"""The change feed as it is written: an event stream by the rules of DCAT-AP Feeds, plain JSON, Atom."""

from __future__ import annotations

import datetime as dt
import json
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from rdflib import Dataset, Graph, URIRef
from rdflib.namespace import SH

from ckanext.smartregion.feeds.changes import atom, plain, stream
from ckanext.smartregion.feeds.changes.blocks import Addresses, Block, Change, Span, block_of
from ckanext.smartregion.feeds.emission import Value, described, piece

AT = Addresses("https://data.example.be")
AS = "https://www.w3.org/ns/activitystreams#"
TREE = "https://w3id.org/tree#"
LDES = "https://w3id.org/ldes#"
STREAM = ox.NamedNode("https://data.example.be/feeds/changes#stream")
NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
SHAPES = """
    @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix as: <https://www.w3.org/ns/activitystreams#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
    [] a sh:NodeShape ; sh:targetClass as:Create, as:Update, as:Delete ; sh:closed true ;
      sh:ignoredProperties (rdf:type) ;
      sh:property [ sh:path as:object ; sh:nodeKind sh:IRI ; sh:minCount 1 ; sh:maxCount 1 ] ;
      sh:property [ sh:path as:published ; sh:datatype xsd:dateTime ; sh:minCount 1 ; sh:maxCount 1 ] .
"""  # what the specification's own shapes ask of an activity
MEDIA = {"trig": ox.RdfFormat.TRIG, "jsonld": ox.RdfFormat.JSON_LD}


def change(seq: int, kind: str = "Create", extension: str = "trig", title: str = "Vélos & <co>") -> Change:
    iri, label = f"https://data.example.be/dataset/d{seq}", "http://www.w3.org/2000/01/rdf-schema#label"
    form, number = stream.FORMS.get(extension, "ttl"), {"de": "Vélos"}
    own = piece(form, described([(iri, label, Value(text, language=code)) for code, text in number.items()]))
    shared = piece(form, described([("https://example.be/agent", label, Value("Namur"))]))
    texts = ("", ()) if kind == "Delete" else (own, (shared,))
    fields = [{"field": "title", "before": "Vélo", "after": "Vélos"}] if kind == "Update" else []
    moment = NOON + dt.timedelta(seconds=seq)
    return Change(seq, kind, f"d{seq}", f"name-{seq}", iri, moment, fields, title, *texts)


def quads(extension: str, text: str) -> set[ox.Quad]:
    return set(ox.parse(text, format=MEDIA[extension]))


def written(extension: str, number: int = 1, newest: int = 3) -> set[ox.Quad]:
    kinds = ("Create", "Update", "Delete")
    changes = [change(seq, kinds[(seq - 1) % 3], extension) for seq in range(1, 4)]
    return quads(extension, stream.block(extension, AT, Block(number, newest), changes))


def test_block_holds_a_hundred_numbers():
    assert [block_of(seq) for seq in (1, 100, 101)] == [1, 1, 2]
    assert (Block(2, 150).first, Block(2, 150).upto, Block(2, 150).count, Block(2, 150).full) == (101, 150, 50, False)
    assert (Block(1, 150).upto, Block(1, 150).full) == (100, True)
    assert Block(2, 100).count == 0


def test_both_formats_say_the_same():
    assert {str(quad).replace(".trig", "") for quad in written("trig")} == {
        str(quad).replace(".jsonld", "") for quad in written("jsonld")
    }


@pytest.mark.parametrize("extension", stream.FORMS)
def test_what_is_said_of_a_dataset_stands_in_the_graph_of_its_change(extension: str):
    graphs = {}
    for quad in written(extension):
        graphs.setdefault(getattr(quad.graph_name, "value", ""), set()).add(str(quad.subject))

    assert set(graphs) == {"", AT.change(1), AT.change(2)}, "a deletion carries nothing"
    assert graphs[AT.change(2)] == {"<https://data.example.be/dataset/d2>", "<https://example.be/agent>"}


@pytest.mark.parametrize("extension", stream.FORMS)
def test_every_change_is_a_member_with_its_dataset_and_moment(extension: str):
    found = {quad.predicate.value: quad.object for quad in written(extension) if quad.subject.value == AT.change(3)}

    assert found[AS + "object"] == ox.NamedNode("https://data.example.be/dataset/d3")
    assert found[AS + "published"].value == "2026-11-26T12:00:03Z"
    members = {quad.object.value for quad in written(extension) if quad.predicate.value == TREE + "member"}
    assert members == {AT.change(seq) for seq in (1, 2, 3)}


@pytest.mark.parametrize("extension", stream.FORMS)
def test_stream_names_its_paths_its_shape_and_one_view(extension: str):
    facts = {(quad.predicate.value, quad.object.value) for quad in written(extension) if quad.subject == STREAM}

    assert (LDES + "timestampPath", AS + "published") in facts
    assert (LDES + "versionOfPath", AS + "object") in facts
    assert (TREE + "shape", stream.SHAPE) in facts
    assert [value for name, value in facts if name == TREE + "view"] == [AT.entry(extension)]


def test_members_stand_in_the_order_of_the_log():
    text = stream.block("trig", AT, Block(1, 12), [change(seq) for seq in range(1, 13)])
    places = [text.index(f"tree:member <{AT.change(seq)}>") for seq in range(1, 13)]
    assert places == sorted(places)


def test_only_a_full_block_is_said_to_be_immutable():
    assert "ldes:immutable" in stream.block("trig", AT, Block(1, 100), [])
    assert "ldes:immutable" not in stream.block("trig", AT, Block(1, 99), [])


def test_activities_keep_the_shape_of_the_specification():
    pyshacl = pytest.importorskip("pyshacl")
    text = stream.block("trig", AT, Block(1, 3), [change(1), change(2, "Update"), change(3, "Delete")])
    graph = Dataset()
    graph.parse(data=text, format="trig")
    shapes = Graph().parse(data=SHAPES, format="turtle")
    conforms, report, _ = pyshacl.validate(graph.default_graph, shacl_graph=shapes)
    assert conforms, list(report.objects(None, SH.resultMessage))


@pytest.mark.parametrize("extension", stream.FORMS)
def test_entry_leads_to_each_block_by_time_and_says_how_long_changes_are_kept(extension: str):
    spans = [Span(3, NOON, NOON + dt.timedelta(hours=1), full=True), Span(4, NOON + dt.timedelta(hours=1), NOON, False)]
    found = quads(extension, stream.entry(extension, AT, spans, 30, {"fr": "Données", "nl": "Data"}))
    facts = {(quad.subject.value, quad.predicate.value): quad.object for quad in found}
    bounds = {
        (facts[relation, TREE + "node"].value[-6:], kind.value.removeprefix(TREE))
        for (relation, predicate), kind in facts.items()
        if predicate.endswith("#type") and (relation, TREE + "node") in facts
    }

    third, fourth = (AT.block(number, extension)[-6:] for number in (3, 4))
    assert bounds == {
        (third, "GreaterThanOrEqualToRelation"),
        (third, "LessThanOrEqualToRelation"),
        (fourth, "GreaterThanOrEqualToRelation"),
    }
    assert facts[AT.entry() + "#retention", LDES + "fullLogDuration"].value == "P30D"
    assert not [quad for quad in found if isinstance(quad.subject, ox.BlankNode)]


def test_plain_change_says_what_changed_field_by_field():
    told = json.loads(plain.block(AT, Block(1, 3), [change(1), change(2, "Update"), change(3, "Delete")]))

    assert [each["kind"] for each in told["changes"]] == ["Create", "Update", "Delete"]
    assert told["changes"][1]["fields"] == [{"field": "title", "before": "Vélo", "after": "Vélos"}]
    assert told["changes"][1]["dataset"] == "https://data.example.be/dataset/d2.jsonld"
    assert told["changes"][2]["dataset"] is None
    assert told["next"] == "https://data.example.be/feeds/changes.json?after=3"


def test_plain_page_goes_on_behind_what_it_passed_over():
    told = plain.page(AT, [], start=4, upto=90, newest=95, oldest=0, parameters={"theme": "TRAN"})

    assert json.loads(told)["next"].endswith("?after=90&theme=TRAN")
    assert json.loads(told)["more"] is True


def test_atom_shows_the_newest_first_and_escapes_what_people_wrote():
    text = atom.feed(
        AT, Block(2, 102), [change(101), change(102, "Delete", title="")], title="A & B", begun="", entry=True
    )
    feed = ElementTree.fromstring(text)
    name = "{http://www.w3.org/2005/Atom}"

    assert [each.findtext(f"{name}title") for each in feed.iter(f"{name}entry")] == ["- name-102", "+ Vélos & <co>"]
    assert [each.get("href") for each in feed.findall(f"{name}link") if each.get("rel") == "prev-archive"] == [
        AT.block(1, "atom")
    ]
    assert URIRef(feed.findtext(f"{name}id")) == URIRef(AT.entry())


@pytest.mark.parametrize("hours", [-5, 0, 2])
def test_moment_reads_the_same_whatever_zone_the_database_speaks(hours: int):
    zone = dt.timezone(dt.timedelta(hours=hours))
    assert Change(1, "Create", "d", "d", "d", NOON.astimezone(zone)).moment == "2026-11-26T12:00:00Z"
