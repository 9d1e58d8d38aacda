"""The RDF reader: what rdflib reads it reads the same, and what rdflib refuses it mends by named rules."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from rdf_oracle import trees

from ckanext.smartregion.harvest.reading import rdf, reader
from ckanext.smartregion.harvest.reading.rdf_shape import reshaped
from ckanext.smartregion.harvest.records import ListingError
from ckanext.smartregion.harvest.rules import LABELS

BASE = "https://a.be/catalogue/all.rdf"
SAMPLES = (
    "dcat/be-favv.rdf",
    "dcat/be-fpsjustice.xml",
    "dcat/be-multilang.rdf",
    "dcat/ckan-catalog.rdf",
    "dcat/ckan-dataset-multilingual.ttl",
    "dcat/udata-catalog.xml",
    "dcat/udata-flat.jsonld",
    "dcat/udata-geonetwork.xml",
    "dcat/udata-nested.jsonld",
    "dcat/udata-partial-collection-1.jsonld",
    "dcat/udata-partial-collection-2.jsonld",
    "dcat/udata-udata.xml",
    "ods/liege-v2-catalog-export.rdf",
    "ods/rennes-explore-v2-dcat-export.rdf",
    "csw/geonetwork-dcat-page-3.xml",
    "csw/metawal-getrecords-dcat-25-wellformed.xml",
    "csw/metawal-record3.dcat.rdf",
)
# What rdflib refuses as it stands, and why: it reads the same document once this flaw is mended.
REFUSED_BY_RDFLIB = {
    "dcat/be-favv.rdf": "several datasets inside one property",
}


def documents(path: Path) -> list[bytes]:
    """The RDF documents of a sample: the file, or what a CSW answer carries."""
    body = path.read_bytes()
    return re.findall(rb"<rdf:RDF.*?</rdf:RDF>", body, re.DOTALL) if path.parent.name == "csw" else [body]


@pytest.mark.parametrize("name", SAMPLES)
def test_real_sample_reads_as_rdflib_reads_it(shared: Path, name: str) -> None:
    for body in documents(shared / "samples" / name):
        kind = rdf.syntax(body)
        page = rdf.read(body, "", BASE)
        understood = reshaped(body)[0] if name in REFUSED_BY_RDFLIB else body
        assert page.datasets == trees(understood, kind, BASE)
        assert page.datasets
        assert page.broken == []


def test_every_rdf_sample_is_compared(shared: Path) -> None:
    folders = [shared / "samples" / folder for folder in ("dcat", "ods", "csw")]
    stored = {f"{folder.name}/{path.name}" for folder in folders for path in folder.iterdir()}
    others = {name for name in stored if name.endswith((".md", ".json")) or "iso19" in name}
    # Not well-formed, as served: no reader takes it as it is; tests/harvesters/test_csw_records.py reads it.
    assert stored - others - {"csw/metawal-record1.dcat.rdf"} == set(SAMPLES)


XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#" '
    'xmlns:dct="http://purl.org/dc/terms/"><dcat:Dataset rdf:about="/1"><dct:title>Un</dct:title>%s'
    "</dcat:Dataset></rdf:RDF>"
)
TURTLE = (
    "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
    '</1> a dcat:Dataset ; dct:title "Un" ; %s .'
)


def one(body: str | bytes) -> tuple[dict[str, Any], set[str]]:
    """The only dataset of a document, and the rules that reading it took."""
    page = rdf.read(body.encode() if isinstance(body, str) else body, "", BASE)
    assert (len(page.datasets), page.broken) == (1, [])
    return page.datasets[0], {change.rule for change in page.changes}


@pytest.mark.parametrize(
    ("property", "expected"),
    [
        ('<dct:spatial rdf:resource="France entière"/>', {"@id": "https://a.be/catalogue/France entière"}),
        ('<dct:source rdf:resource="http://b.be/a|b%zz"/>', {"@id": "http://b.be/a|b%zz"}),
        ('<dct:source xml:lang="fr_BE">x</dct:source>', {"@value": "x", "@language": "fr_be"}),
        ('<dct:source xml:lang="">x</dct:source>', {"@value": "x"}),
        ('<dct:source rdf:datatype="date">x</dct:source>', {"@value": "x"}),
        ("<dct:source>a<!-- c -->b<![CDATA[<p>]]></dct:source>", {"@value": "ab<p>"}),
        ('<dct:source rdf:resource="/x">label</dct:source>', {"@id": "https://a.be/x"}),
    ],
)
def test_value_that_breaks_a_strict_reader_is_kept(property: str, expected: dict[str, str]) -> None:
    tree, _ = one(XML % property)
    assert (tree.get("dct:spatial") or tree["dct:source"]) == [expected]


@pytest.mark.parametrize(
    ("property", "expected", "rule"),
    [
        ("<dct:source>R&D</dct:source>", [{"@value": "R&D"}], "ampersand-escaped"),
        ("<dct:source>a\x0bb</dct:source>", [{"@value": "ab"}], "control-characters-removed"),
        ("<dct:source>a&nbsp;b</dct:source>", [{"@value": "a\xa0b"}], "entities-read"),
        ('<dct:source resource="/x"/>', [{"@id": "https://a.be/x"}], "attributes-qualified"),
        ("<dct:source>1 &lt; 2 <b>c</b></dct:source>", [{"@value": "1 &lt; 2 <b>c</b>"}], "markup-as-text"),
        (
            '<dct:source><dct:A rdf:about="/a"/><dct:A rdf:about="/b"/></dct:source>',
            ["https://a.be/a", "https://a.be/b"],
            "nodes-parted",
        ),
    ],
)
def test_flaw_is_mended_by_a_rule_that_has_its_label(property: str, expected: list[Any], rule: str) -> None:
    tree, rules = one(XML % property)
    assert rules == {rule}
    assert rule in LABELS
    found = tree["dct:source"]
    assert (found if isinstance(expected[0], dict) else [value["@id"] for value in found]) == expected


def test_language_written_as_a_locale_is_mended_in_turtle() -> None:
    tree, rules = one(TURTLE % 'dct:source "x"@fr_BE')
    assert tree["dct:source"] == [{"@value": "x", "@language": "fr-be"}]
    assert rules == {"language-tag-mended"} <= set(LABELS)


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "windows-1252"])
def test_declared_encoding_is_believed(encoding: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?>' + XML % "<dct:source>Forêt</dct:source>"
    assert one(body.encode(encoding))[0]["dct:source"] == [{"@value": "Forêt"}]


def test_byte_order_mark_is_no_part_of_the_text() -> None:
    assert one(b"\xef\xbb\xbf" + (TURTLE % 'dct:source "x"').encode())[0]["@id"] == "https://a.be/1"


def test_entities_of_the_document_are_read_and_those_of_other_files_are_not() -> None:
    head = "<!DOCTYPE rdf:RDF [<!ENTITY dct 'http://purl.org/dc/'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    tree, _ = one(head + XML % "<dct:source>&dct;x&f;</dct:source>")
    assert tree["dct:source"] == [{"@value": "http://purl.org/dc/x"}]


@pytest.mark.parametrize("body", [XML % "<dct:source>x</dct:source>", TURTLE % 'dct:source "x"'])
@pytest.mark.parametrize("part", [0.5, 0.8, 0.99])
def test_cut_off_document_is_never_taken_for_a_whole_one(body: str, part: float) -> None:
    with pytest.raises(ListingError, match="can't be read"):
        rdf.read(body[: int(len(body) * part)].encode(), "", BASE)


def test_wrong_skos_namespace_is_read_as_the_right_one() -> None:
    concept = '<k:Concept xmlns:k="http://www.w3.org/2004/02/kos/core#"><k:prefLabel>Eau</k:prefLabel></k:Concept>'
    tree, rules = one(XML % f"<dcat:theme>{concept}</dcat:theme>")
    assert tree["dcat:theme"][0]["skos:prefLabel"] == [{"@value": "Eau"}]
    assert rules == {"skos-namespace"} <= set(LABELS)


def test_context_of_json_may_stand_last() -> None:
    body = (
        '{"title":"Un","@id":"/1","@type":"D","@context":{"title":"http://purl.org/dc/terms/title",'
        '"D":"http://www.w3.org/ns/dcat#Dataset"}}'
    )
    assert one(body)[0]["dct:title"] == [{"@value": "Un"}]


def test_same_document_is_the_same_to_the_byte_each_time() -> None:
    blanks = "".join(
        f"<dcat:dataset><dcat:Dataset><dct:title>{n}</dct:title></dcat:Dataset></dcat:dataset>" for n in "cab"
    )
    body = (XML % blanks).encode()
    first, second = (json.dumps(rdf.read(body, "", BASE).datasets) for _ in range(2))
    assert first == second
    assert re.findall(r'"@value": "(\w+)"', first) == ["Un", "a", "b", "c"]


# -- the child


def test_child_imports_nothing_heavy() -> None:
    program = "import sys, ckanext.smartregion.harvest.reading.rdf_child; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True).stdout
    assert not {"rdflib", "ckan", "lxml", "requests", "sqlalchemy", "shapely", "asyncio"} & set(modules.split())


def test_one_child_reads_page_after_page() -> None:
    if grown := reader._idle.pop("rdf", None):
        grown.end()
    one(TURTLE % 'dct:source "x"')
    first = reader._idle["rdf"]
    one(TURTLE % 'dct:source "y"')
    assert reader._idle["rdf"] is first


def test_child_that_fell_asleep_is_replaced() -> None:
    one(TURTLE % 'dct:source "x"')
    process = reader._idle["rdf"].process
    process.stdin.close()  # what its parent's end or a long silence looks like to it
    process.wait(5)
    assert one(TURTLE % 'dct:source "y"')[0]["dct:source"] == [{"@value": "y"}]


def test_document_that_is_too_heavy_costs_its_child_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "SECONDS", 0.3)
    heavy = TURTLE % ", ".join(f'dct:source "{n}"'.removeprefix("dct:source " if n else "") for n in range(400_000))
    with pytest.raises(ListingError, match="limits of memory or time"):
        rdf.read(heavy.encode(), "", BASE)
    monkeypatch.undo()
    assert one(TURTLE % 'dct:source "y"')[0]["dct:source"] == [{"@value": "y"}]


def test_entity_that_blows_up_is_not_read() -> None:
    entity = "<!DOCTYPE rdf:RDF [<!ENTITY a '" + "a" * 1_000_000 + "'>]>"
    page = rdf.read((entity + XML % f"<dct:source>{'&a;' * 3000}</dct:source>").encode(), "", BASE)
    assert (page.datasets, [each["id"] for each in page.broken]) == ([], ["/1"])


def test_readers_at_the_same_time_do_not_wait_for_each_other() -> None:
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda n: one(TURTLE % f'dct:source "{n}"')[0]["dct:source"][0]["@value"], range(12)))
    assert pages == [str(n) for n in range(12)]
