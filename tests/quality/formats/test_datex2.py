"""DATEX II: what is told of a publication, and that no document makes the reader reach, grow or hang."""

import pytest

from ckanext.smartregion.schemas.format_contracts import COMPARING, PERSONAL, format_contract

from tests.quality.formats.conftest import example

DATEX = format_contract("datex2")
VALID = example("datex2")


def changed(before, after):
    assert before in VALID
    return VALID.replace(before, after)


TIME = "<com:publicationTime>2026-11-02T08:00:00+01:00</com:publicationTime>"
BROKEN = [
    ("datex-version", "payload", changed("http://datex2.eu/schema/3/d2Payload", "http://datex2.eu/schema/1_0/1_0")),
    ("missing-part", "publicationTime", changed(TIME, "")),
    ("wrong-value", "publicationTime", changed(TIME, "<com:publicationTime>hier</com:publicationTime>")),
    ("wrong-value", "overallEndTime", changed("2026-11-20T18:00:00+01:00", "20/11/2026")),
    ("wrong-value", "latitude", changed("50.4669", "50,4669")),
    ("wrong-value", "latitude", changed("50.4669", "NaN")),
    ("duplicate-id", "situationRecord.id", changed("</sit:situationRecord>",
     '</sit:situationRecord><sit:situationRecord id="chantier-1-a" version="1"/>')),
    ("outside-region", "pointCoordinates", changed("50.4669", "45.4669")),
    ("in-future", "publicationTime", changed("2026-11-02T08:00:00+01:00</com:publicationTime>",
     "2027-11-02T08:00:00+01:00</com:publicationTime>")),
    ("order-of-times", "overallEndTime", changed("2026-11-20T18", "2026-10-20T18")),
]  # fmt: skip


def test_the_example_breaks_no_rule(examined):
    outcome = examined("datex2", VALID)

    assert (outcome["findings"], outcome["file"]["rows"]) == ([], 2)


@pytest.mark.parametrize(("rule", "where", "content"), BROKEN)
def test_rule_is_found_where_it_is_broken_and_means_what_the_policy_says(examined, rule, where, content):
    outcome = examined("datex2", content)
    finding = next(one for one in outcome["findings"] if (one["rule"], one["column"]) == (rule, where))

    assert finding["severity"] == DATEX.policy[rule]
    assert finding["samples"]


BOMB = "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>" for n in range(9)
)
HOSTILE = {
    "entities that grow": (f"<?xml version='1.0'?>{BOMB}]><payload>&j;</payload>", "xml-doctype"),
    "an entity from elsewhere": ("<!DOCTYPE p [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><payload>&x;</payload>",
     "xml-doctype"),
    "a type of document": (VALID.replace("<d2p:payload",
     "<!DOCTYPE payload SYSTEM 'http://x.example/d.dtd'><d2p:payload"), "xml-doctype"),
    "half a document": (VALID[:-40], "xml-broken"),
    "a text": ("bonjour", "not-this-format"),
    "another XML": ("<rss><channel/></rss>", "not-this-format"),
    "a web page": ("<!DOCTYPE html><html></html>", "web-page"),
    "an encoding that nobody knows": ("<?xml version='1.0' encoding='klingon'?><payload/>", "xml-broken"),
    "elements without end": ("<payload>" * 50_000, "too-nested"),
    "nothing": (b"", "empty-file"),
    "JSON": ('{"a": 1}', "not-this-format"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_ends_in_a_finding_that_holds(examined, name):
    content, rule = HOSTILE[name]

    assert (rule, "block") in [(one["rule"], one["severity"]) for one in examined("datex2", content)["findings"]]


def test_every_rule_has_its_case():
    cases = {rule for rule, *_ in BROKEN} | {rule for _, rule in HOSTILE.values()}

    assert set(DATEX.rule_names) - {*PERSONAL, *COMPARING} <= cases


def test_other_letters_are_read_as_the_document_declares_them(found):
    latin = VALID.replace("UTF-8", "ISO-8859-1").replace("be</com:country>", "Liège</com:country>").encode("latin-1")

    assert found("datex2", latin) == []
