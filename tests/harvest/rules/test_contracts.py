"""Rules that tie a candidate to its contracts."""

from __future__ import annotations

import pytest
from drafts import EU, SOURCE, clean

from ckanext.smartregion.harvest.records import Source
from ckanext.smartregion.harvest.rules import normalise


@pytest.mark.rule("table-contract")
def test_table_contract_promised_by_the_source_stands_on_the_first_csv() -> None:
    source = Source("x", "dcat", SOURCE.url, {"contract.velos": "bicycle-parking"})
    files = [{"url": "https://a.be/a.json"}, {"url": "https://a.be/a.csv"}, {"url": "https://a.be/b.csv"}]
    kept = clean("resources", files, source, identifier="velos")
    assert [each.get("schema") for each in kept] == [None, "bicycle-parking", None]


@pytest.mark.rule("table-contract")
def test_format_contract_promised_by_the_source_stands_on_the_first_file_of_its_kind() -> None:
    source = Source("x", "dcat", SOURCE.url, {"contract.arbres": "geojson@1.0.0"})
    files = [{"url": f"https://a.be/a.{end}"} for end in ("csv", "json", "geojson")]

    kept = clean("resources", files, source, identifier="arbres")
    assert [each.get("schema") for each in kept] == [None, None, "geojson@1.0.0"]
    kept = clean("resources", files[:1], source, identifier="arbres")
    assert [each.get("schema") for each in kept] == [None]


@pytest.mark.rule("type-by-topic")
@pytest.mark.parametrize(
    ("theme", "title", "kind"),
    [
        ("TRAN", "Stationnements vélos", "mobility"),
        ("ENER", "Installations photovoltaïques par commune", "energy"),
        ("GOVE", "Décisions du conseil communal de Namur", "governance"),
        ("TRAN", "Divers", "dataset"),
        ("ENVI", "Arbres remarquables", "dataset"),
    ],
)
def test_themed_contract_is_taken_when_title_and_keywords_answer_its_questions(
    theme: str, title: str, kind: str
) -> None:
    draft = {"title_translated": {"fr": title}, "theme": [f"{EU}/data-theme/{theme}"]}
    assert normalise(draft, SOURCE).dataset["type"] == kind


@pytest.mark.rule("type-by-topic")
def test_word_inside_a_longer_phrase_is_read_once() -> None:
    draft = {"title_translated": {"fr": "Parkings vélos"}, "theme": [f"{EU}/data-theme/TRAN"]}
    topics = normalise(draft, SOURCE).dataset["mobility_theme"]
    assert topics == ["https://w3id.org/mobilitydcat-ap/mobility-theme/bike-parking-locations"]
