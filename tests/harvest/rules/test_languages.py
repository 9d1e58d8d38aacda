"""Rules for languages."""

from __future__ import annotations

import pytest
from drafts import EU, SOURCE, TITLE, clean

from ckanext.smartregion.harvest.records import Source
from ckanext.smartregion.harvest.rules import normalise


@pytest.mark.rule("language-code")
@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("http://id.loc.gov/vocabulary/iso639-1/fr", "FRA"),
        ("fre", "FRA"),
        ("FRE", "FRA"),
        ("fr-BE", "FRA"),
        ("de", "DEU"),
        ("eng", "ENG"),
        (f"{EU}/language/NLD", "NLD"),
    ],
)
def test_language_of_every_fashion_becomes_its_eu_address(written: str, code: str) -> None:
    assert clean("language", [written]) == [f"{EU}/language/{code}"]


@pytest.mark.rule("languages-parted")
def test_two_languages_in_one_description_are_parted_at_the_marker() -> None:
    notes = {"fr": "Les arrêts de bus. Traduction en allemand : Die Bushaltestellen."}
    assert clean("notes_translated", notes) == {"fr": "Les arrêts de bus.", "de": "Die Bushaltestellen."}


@pytest.mark.rule("languages-parted")
def test_two_languages_in_one_description_are_parted_at_the_span() -> None:
    notes = {"fr": '<p>La consommation.</p><span lang="DE">Der Verbrauch.</span>'}
    assert clean("notes_translated", notes) == {"fr": "La consommation.", "de": "Der Verbrauch."}


@pytest.mark.rule("language-retagged")
def test_text_with_the_wrong_language_tag_gets_the_right_one() -> None:
    dutch = "De lijst van het spoor met een overzicht van de stations voor reizigers, niet voor goederen, met het type"
    dataset = normalise({"title_translated": {"fr": "Stations"}, "notes_translated": {"fr": dutch}}, SOURCE).dataset
    assert dataset["notes_translated"] == {"nl": dutch}
    assert dataset["title_translated"] == {"nl": "Stations"}


@pytest.mark.rule("language-retagged")
def test_text_in_doubt_keeps_its_language() -> None:
    assert clean("notes_translated", {"fr": "Stations, Bahnhöfe"}) == {"fr": "Stations, Bahnhöfe"}


@pytest.mark.rule("language-assumed")
def test_text_without_language_takes_the_only_one_of_the_dataset() -> None:
    assert clean("notes_translated", {"": "Parkplätze"}, language=["de"]) == {"de": "Parkplätze"}


@pytest.mark.rule("language-assumed")
def test_text_without_language_takes_the_sources_where_the_dataset_has_none() -> None:
    german = Source("eupen", "dcat", SOURCE.url, {"language": "de"})
    assert clean("notes_translated", {"": "Parkplätze"}, german) == {"de": "Parkplätze"}
    assert clean("notes_translated", {"": "Parkings"}) == {"fr": "Parkings"}


@pytest.mark.rule("language-tag")
def test_language_tag_with_a_region_is_shortened() -> None:
    assert clean("title_translated", {"fr-be": "Vélos", "NL": "Fietsen"}) == {"fr": "Vélos", "nl": "Fietsen"}


@pytest.mark.rule("language-shown")
def test_only_languages_that_the_portal_shows_are_kept() -> None:
    assert clean("title_translated", {"ca": "Dades", "en": "Data"}) == {"en": "Data"}
    assert clean("title_translated", {"ca": "Dades"}) == {"fr": "Dades"}


@pytest.mark.rule("language-code")
@pytest.mark.parametrize("written", ["FRE", "fre", f"{EU}/language/FRE", "http://id.loc.gov/vocabulary/iso639-2/fre"])
def test_bibliographic_code_of_french_is_fra(written: str) -> None:
    assert clean("language", [written]) == [f"{EU}/language/FRA"]


@pytest.mark.rule("language-stated")
def test_dataset_without_language_has_the_one_its_source_is_said_to_have() -> None:
    french = Source("odwb", "dcat", SOURCE.url, {"language": "fr"})
    assert clean("title_translated", {"fr": "Vélos"}, french) == {"fr": "Vélos"}
    assert normalise(TITLE, french).dataset["language"] == [f"{EU}/language/FRA"]
    assert "language" not in normalise(TITLE, SOURCE).dataset


@pytest.mark.rule("language-assumed")
@pytest.mark.rule("language-stated")
def test_german_speaking_municipality_publishes_in_german_where_nothing_else_is_said() -> None:
    draft = {"title_translated": {"": "Parkplätze"}, "publisher": [{"name": "Stadt Eupen"}]}
    dataset = normalise(draft, SOURCE).dataset
    assert dataset["title_translated"] == {"de": "Parkplätze"}
    assert dataset["language"] == [f"{EU}/language/DEU"]


@pytest.mark.rule("languages-parted")
@pytest.mark.parametrize(
    "text",
    [
        "Les arrêts. Traduction en allemand : Die Haltestellen.",
        "Les arrêts.\n\nTraduction allemande: Die Haltestellen.",
        "<p>Les arrêts.</p><p>(Traduction en allemand) :</p><p>Die Haltestellen.</p>",
        "Les arrêts. Deutsche Übersetzung: Die Haltestellen.",
        '<p>Les arrêts.</p><span lang="DE">Die Haltestellen.</span>',
        "<p>Les arrêts.</p><p lang='de-BE'>Die Haltestellen.</p>",
    ],
)
def test_german_inside_french_is_parted_whatever_announces_it(text: str) -> None:
    assert clean("notes_translated", {"fr": text}) == {"fr": "Les arrêts.", "de": "Die Haltestellen."}


@pytest.mark.rule("languages-parted")
def test_german_in_several_spans_is_gathered() -> None:
    text = '<p>Un.</p><span lang="DE">Eins.</span><p>Deux.</p><span lang="DE">Zwei.</span>'
    assert clean("notes_translated", {"fr": text}) == {"fr": "Un.\n\nDeux.", "de": "Eins.\n\nZwei."}


@pytest.mark.rule("languages-parted")
def test_two_languages_under_the_tag_of_the_second_are_parted_as_well() -> None:
    text = "Les arrêts. Traduction en allemand : Die Haltestellen."
    assert clean("notes_translated", {"de": text}) == {"fr": "Les arrêts.", "de": "Die Haltestellen."}


@pytest.mark.rule("languages-parted")
def test_marker_without_a_text_behind_it_parts_nothing() -> None:
    assert clean("notes_translated", {"fr": "Les arrêts. Traduction en allemand :"}) == {
        "fr": "Les arrêts. Traduction en allemand :"
    }
