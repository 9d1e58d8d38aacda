"""Every normalisation rule, shown on a flaw that a real source really has."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.smartregion.harvest.records import RecordError, Source
from ckanext.smartregion.harvest.rules import LABELS, normalise, rules

SOURCE = Source("test", "dcat", "https://data.example.be/catalog.ttl")
EU = "http://publications.europa.eu/resource/authority"
TITLE = {"title_translated": {"fr": "Parkings"}}
FILE = {"url": "https://data.example.be/a.csv", "format": "csv"}


def clean(field: str, value: Any, source: Source = SOURCE, **others: Any) -> Any:
    """The value of one field after all rules."""
    return normalise({**TITLE, field: value, **others}, source).dataset.get(field)


def resource(**facts: Any) -> dict[str, Any]:
    """One resource after all rules."""
    return normalise({**TITLE, "resources": [FILE | facts]}, SOURCE).dataset["resources"][0]


def applied(draft: dict[str, Any], source: Source = SOURCE) -> set[str]:
    """The names of the rules that changed a draft."""
    return {change.rule for change in normalise(TITLE | draft, source).changes}


def test_every_rule_says_in_four_languages_what_it_does() -> None:
    assert {rule.name for rule in rules(SOURCE)} <= LABELS.keys()
    assert all(set(label) == {"fr", "nl", "de", "en"} for label in LABELS.values())


def test_draft_without_flaws_passes_unchanged() -> None:
    draft = {
        **TITLE,
        "language": [f"{EU}/language/FRA"],
        "theme": [f"{EU}/data-theme/ENVI"],
        "frequency": f"{EU}/frequency/ANNUAL",
        "tags_translated": {"fr": ["arbres"]},
        "modified": "2026-01-31",
    }
    candidate = normalise(draft, SOURCE)
    assert candidate.changes == normalise(TITLE, SOURCE).changes
    assert candidate.dataset == {**draft, "type": "dataset"}


def test_each_change_tells_rule_field_before_and_after() -> None:
    change = next(iter(normalise({**TITLE, "modified": "\n   2018-04-25T08:16:43+00:00"}, SOURCE).changes))
    assert change.as_dict() == {
        "rule": "date-read",
        "field": "modified",
        "before": "\n   2018-04-25T08:16:43+00:00",
        "after": "2018-04-25T08:16:43+00:00",
    }


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("En continu", "CONT"),
        ("https://data.example.be/En continu", "CONT"),
        ("https://data.example.be/En%20continu", "CONT"),
        ("continual", "CONT"),
        ("annuel", "ANNUAL"),
        ("Annuelle : mise à jour le 1er novembre", "ANNUAL"),
        ("à chaque nouvel appel à projet (tous les ans)", "ANNUAL"),
        ("Jährlich", "ANNUAL"),
        ("wekelijks", "WEEKLY"),
        ("daily", "DAILY"),
        ("http://purl.org/cld/freq/daily", "DAILY"),
        ("R/P1M", "MONTHLY"),
        (f"{EU}/frequency/QUARTERLY", "QUARTERLY"),
    ],
)
def test_frequency_in_words_or_as_relative_address_becomes_its_eu_address(written: str, code: str) -> None:
    assert clean("frequency", written) == f"{EU}/frequency/{code}"


@pytest.mark.parametrize("written", ["http://purl.org/cld/freq/ThisTermDoesNotExist", "quand on y pense", "license"])
def test_frequency_nobody_knows_is_not_guessed(written: str) -> None:
    candidate = normalise({**TITLE, "frequency": written}, SOURCE)
    assert "frequency" not in candidate.dataset
    assert [(change.rule, change.before) for change in candidate.changes] == [("frequency-code", written)]


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


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("https://opendata.liege.be/id/theme/Mobilit%C3%A9%2C%20Espace%20public", ["TRAN"]),
        ("https://www.odwb.be/explore/?refine.theme=%C3%89conomie%2C+Business%2C+PME", ["ECON"]),
        ("https://data.rennesmetropole.fr/explore/?refine.theme=Education", ["EDUC"]),
        ("Administration, Gouvernement, Finances publiques, Citoyenneté", ["GOVE", "ECON"]),
        ("Spatial planning, Town planning, Buildings, Equipment, Housing", ["REGI"]),
        ("Transport", ["TRAN"]),
        (f"{EU}/data-theme/HEAL", ["HEAL"]),
    ],
)
def test_theme_in_free_french_becomes_eu_themes(written: str, codes: list[str]) -> None:
    assert clean("theme", [written]) == [f"{EU}/data-theme/{code}" for code in codes]


def test_category_without_eu_theme_is_kept_as_keyword() -> None:
    dataset = normalise({**TITLE, "theme": ["Divers et variés"]}, SOURCE).dataset
    assert "theme" not in dataset
    assert dataset["tags_translated"] == {"fr": ["Divers et variés"]}


def test_theme_is_read_from_keywords_when_there_is_none() -> None:
    assert clean("theme", [], tags_translated={"fr": ["elections"]}) == [f"{EU}/data-theme/GOVE"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("CC BY", "CC_BY_4_0"),
        ("cc-by", "CC_BY_4_0"),
        ("CC%20BY%204.0", "CC_BY_4_0"),
        ("https://creativecommons.org/licenses/by/4.0/deed.fr", "CC_BY_4_0"),
        ("http://creativecommons.org/licenses/by/4.0/legalcode", "CC_BY_4_0"),
        ("CC0 1.0", "CC0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/deed.fr", "CC0"),
        ("https://www.etalab.gouv.fr/wp-content/uploads/2017/04/ETALAB-Licence-Ouverte-v2.0.pdf", "ETALAB_2_0"),
        ("Licence Ouverte (Etalab)", "ETALAB_2_0"),
        ("Licence Ouverte Version 2.0", "ETALAB_2_0"),
    ],
)
def test_licence_as_text_or_document_becomes_its_eu_address(written: str, code: str) -> None:
    assert resource(license=[written])["license"] == f"{EU}/licence/{code}"


def test_licence_of_the_dataset_holds_for_its_files() -> None:
    dataset = normalise({**TITLE, "license": ["CC BY"], "resources": [FILE]}, SOURCE).dataset
    assert dataset["license_id"] == dataset["resources"][0]["license"] == f"{EU}/licence/CC_BY_4_0"


def test_licence_of_the_files_alone_is_the_datasets_too() -> None:
    dataset = normalise({**TITLE, "resources": [FILE | {"license": ["CC BY"]}]}, SOURCE).dataset
    assert dataset["license_id"] == f"{EU}/licence/CC_BY_4_0"


def test_rights_that_repeat_the_licence_go() -> None:
    assert "rights" not in resource(license=["CC BY"], rights=["CC BY"])


@pytest.mark.parametrize("written", ["license", "copyright", "License Not Specified"])
def test_licence_that_says_nothing_is_none(written: str) -> None:
    found = resource(license=[written])
    assert "license" not in found
    assert "rights" not in found


def test_licence_we_cannot_read_stays_as_a_statement_of_rights() -> None:
    found = resource(license=["https://data.some.org/link/to/license"])
    assert "license" not in found
    assert found["rights"] == {"fr": "https://data.some.org/link/to/license"}


def test_markup_becomes_plain_paragraphs() -> None:
    html = "<p>Parkings&nbsp;taxis.</p>\n<hr/>\n<p><em>Question ? <a href='https://a.be/contact'>Contact</a></em></p>"
    assert clean("notes_translated", {"fr": html}) == {
        "fr": "Parkings taxis.\n\nQuestion ? [Contact](https://a.be/contact)"
    }


def test_markup_that_was_escaped_twice_is_removed_as_well() -> None:
    assert clean("notes_translated", {"fr": "&lt;p&gt;Un texte.&lt;/p&gt;"}) == {"fr": "Un texte."}


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>Parkings",
        "<style>p{}</style>Parkings",
        "<img src=x onerror=alert(1)>Parkings",
        '<a href="javascript:alert(1)">Parkings</a>',
    ],
)
def test_script_in_a_text_falls_silent(text: str) -> None:
    assert clean("notes_translated", {"fr": text}) == {"fr": "Parkings"}
    assert clean("title_translated", {"fr": text}) == {"fr": "Parkings"}


def test_mathematics_is_no_markup() -> None:
    assert clean("notes_translated", {"fr": "Si a < b et c > d, R&D"}) == {"fr": "Si a < b et c > d, R&D"}


def test_blanks_and_line_breaks_inside_a_title_go() -> None:
    title = {"fr": " Établissements d'enseignement -\n          Rennes\u00a0Métropole\u200b"}
    assert clean("title_translated", title) == {"fr": "Établissements d'enseignement - Rennes Métropole"}


def test_broken_lines_of_a_description_are_joined_and_paragraphs_kept() -> None:
    notes = {"fr": "Une phrase\n      coupée.\n\nUn autre paragraphe."}
    assert clean("notes_translated", notes) == {"fr": "Une phrase coupée.\n\nUn autre paragraphe."}


def test_two_languages_in_one_description_are_parted_at_the_marker() -> None:
    notes = {"fr": "Les arrêts de bus. Traduction en allemand : Die Bushaltestellen."}
    assert clean("notes_translated", notes) == {"fr": "Les arrêts de bus.", "de": "Die Bushaltestellen."}


def test_two_languages_in_one_description_are_parted_at_the_span() -> None:
    notes = {"fr": '<p>La consommation.</p><span lang="DE">Der Verbrauch.</span>'}
    assert clean("notes_translated", notes) == {"fr": "La consommation.", "de": "Der Verbrauch."}


def test_text_with_the_wrong_language_tag_gets_the_right_one() -> None:
    dutch = "De lijst van het spoor met een overzicht van de stations voor reizigers, niet voor goederen, met het type"
    dataset = normalise({"title_translated": {"fr": "Stations"}, "notes_translated": {"fr": dutch}}, SOURCE).dataset
    assert dataset["notes_translated"] == {"nl": dutch}
    assert dataset["title_translated"] == {"nl": "Stations"}


def test_text_in_doubt_keeps_its_language() -> None:
    assert clean("notes_translated", {"fr": "Stations, Bahnhöfe"}) == {"fr": "Stations, Bahnhöfe"}


def test_text_without_language_takes_the_only_one_of_the_dataset() -> None:
    assert clean("notes_translated", {"": "Parkplätze"}, language=["de"]) == {"de": "Parkplätze"}


def test_text_without_language_takes_the_sources_where_the_dataset_has_none() -> None:
    german = Source("eupen", "dcat", SOURCE.url, {"language": "de"})
    assert clean("notes_translated", {"": "Parkplätze"}, german) == {"de": "Parkplätze"}
    assert clean("notes_translated", {"": "Parkings"}) == {"fr": "Parkings"}


def test_language_tag_with_a_region_is_shortened() -> None:
    assert clean("title_translated", {"fr-be": "Vélos", "NL": "Fietsen"}) == {"fr": "Vélos", "nl": "Fietsen"}


def test_only_languages_that_the_portal_shows_are_kept() -> None:
    assert clean("title_translated", {"ca": "Dades", "en": "Data"}) == {"en": "Data"}
    assert clean("title_translated", {"ca": "Dades"}) == {"fr": "Dades"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("\n          2018-04-25T08:16:43+00:00", "2018-04-25T08:16:43+00:00"),
        ("2016-12-14T19:01:24.184120", "2016-12-14T19:01:24"),
        ("2024", "2024"),
        ("2024-05", "2024-05"),
        ("01/02/2024", "2024-02-01"),
        ("1er février 2024", "2024-02-01"),
        ("3. März 2024", "2024-03-03"),
        ("août 2024", "2024-08"),
        (" 20180425", "2018-04-25"),
    ],
)
def test_date_is_read_as_exactly_as_it_was_given(written: str, read: str) -> None:
    assert clean("modified", written) == read


@pytest.mark.parametrize("written", ["annuel", "32/01/2024", "2024-13-01", "0001-01-01", "52011.0", "hier"])
def test_date_that_is_none_goes(written: str) -> None:
    assert clean("issued", written) is None


@pytest.mark.parametrize(
    ("period", "read"),
    [
        (
            {"text": "2004-11-03T00:00:00+01:00\n /\n 2005-03-30T00:00:00+02:00"},
            [{"start": "2004-11-03", "end": "2005-03-30"}],
        ),
        ({"text": "2022/2025"}, [{"start": "2022", "end": "2025"}]),
        ({"text": "de 2010 à 2015"}, [{"start": "2010", "end": "2015"}]),
        ({"text": "2025"}, [{"start": "2025", "end": "2025"}]),
        ({"start": "2016-12-05", "end": "2016-01-01"}, [{"start": "2016-01-01", "end": "2016-12-05"}]),
        ({"text": "toujours"}, None),
    ],
)
def test_period_in_one_text_is_taken_apart(period: dict[str, str], read: Any) -> None:
    assert clean("temporal_coverage", [period]) == read


@pytest.mark.parametrize("written", ["mailto:a@b.be", "mailto:mailto:a@b.be", "mailto: a@b.be", " a@b.be "])
def test_mail_address_stands_without_mailto(written: str) -> None:
    assert clean("contact", [{"name": "A", "email": written}]) == [{"name": "A", "email": "a@b.be"}]


def test_publisher_given_as_a_search_of_the_portal_gets_its_name() -> None:
    uri = "https://www.odwb.be/explore/?refine.publisher=Ville+de+Li%C3%A8ge"
    assert clean("publisher", [{"uri": uri}]) == [{"name": "Ville de Liège"}]
    assert normalise({**TITLE, "publisher": [{"uri": uri}]}, SOURCE).publishers == ("Ville de Liège",)


def test_place_given_as_address_with_blanks_becomes_text() -> None:
    place = {"uri": "https://data.example.be/France entière et hors territoire"}
    assert clean("spatial_coverage", [place]) == [{"text": "France entière et hors territoire"}]


def test_outline_with_its_reference_system_becomes_geojson() -> None:
    wkt = "\n <http://www.opengis.net/def/crs/OGC/1.3/CRS84>\n Polygon((4 50, 5 50, 5 51, 4 50))"
    found = clean("spatial_coverage", [{"text": "Ici", "geom": wkt}])
    assert found[0]["geom"] == '{"type":"Polygon","coordinates":[[[4.0,50.0],[5.0,50.0],[5.0,51.0],[4.0,50.0]]]}'


@pytest.mark.parametrize("address", ["http://localhost:8080/geonetwork/1", "http://127.0.0.1/x", "file:///base/data/1"])
def test_address_of_somebody_elses_own_machine_goes(address: str) -> None:
    assert clean("url", address) is None


def test_address_on_the_sources_own_machine_stays() -> None:
    local = Source("demo", "dcat", "http://127.0.0.1:5001/catalog.ttl")
    assert clean("url", "http://127.0.0.1:5001/a", local) == "http://127.0.0.1:5001/a"


def test_broken_percent_signs_and_blanks_in_an_address_are_mended() -> None:
    assert clean("url", "https://a.be/100% vélo?x=%20") == "https://a.be/100%25%20v%C3%A9lo?x=%20"


def test_identifier_loses_what_trails_behind_it() -> None:
    assert clean("identifier", "0c456d2d https://sig.oreme.org/geonetwork") == "0c456d2d"
    assert clean("identifier", "parkings-taxis@liege") == "parkings-taxis"
    assert clean("identifier", "a@b.be") == "a@b.be"


def test_keywords_fit_the_catalogues_rule() -> None:
    words = {"fr": ["braine-l'alleud", "mobilité, vélo", "Vélo", "x", "a" * 200]}
    assert clean("tags_translated", words) == {"fr": ["braine-l alleud", "mobilité", "Vélo", "a" * 100]}


def test_exports_are_folded_to_the_useful_ones() -> None:
    base = "https://a.be/api/explore/v2.1/catalog/datasets/x/exports/"
    exports = [{"url": base + name} for name in ("csv", "json", "geojson", "shp", "kml", "xlsx", "jsonl", "gpx")]
    kept = clean("resources", [*exports, {"url": "https://a.be/doc.pdf"}])
    assert [each["format"] for each in kept] == ["CSV", "JSON", "GEOJSON", "SHP", "PDF"]


def test_zipped_shapefile_says_that_it_is_zipped() -> None:
    found = resource(url="https://a.be/exports/shp", format="", mimetype="application/zip")
    assert (found["format"], found["mimetype"], found["compress_format"]) == (
        "SHP",
        "application/vnd.shp",
        "application/zip",
    )


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"format": "https://www.iana.org/assignments/media-types/application/json"}, "JSON"),
        ({"format": "text/csv"}, "CSV"),
        ({"format": "XSLX"}, "XLSX"),
        ({"format": "GeoTIFF"}, "GEOTIFF"),
        ({"format": f"{EU}/file-type/PDF"}, "PDF"),
        ({"format": "", "url": "https://a.be/x.geojson?v=1"}, "GEOJSON"),
        ({"format": "", "url": "https://a.be/x"}, None),
    ],
)
def test_format_of_every_fashion_becomes_its_eu_code(facts: dict[str, str], code: str | None) -> None:
    assert resource(**facts).get("format") == code


def test_resource_without_address_goes() -> None:
    assert clean("resources", [{"format": "csv"}, {"url": "odsfile://a.pdf"}]) is None


def test_resource_without_name_takes_its_formats() -> None:
    assert resource()["name_translated"]["de"] == "CSV (Tabelle)"


def test_more_resources_than_a_page_can_bear_are_capped() -> None:
    many = [{"url": f"https://a.be/{number}.csv"} for number in range(8327)]
    assert len(clean("resources", many)) == 500
    assert "resources-capped" in applied({"resources": many})


def test_landing_page_that_is_the_file_goes() -> None:
    assert clean("url", FILE["url"], resources=[FILE]) is None


def test_dataset_without_title_takes_its_identifier() -> None:
    assert normalise({"identifier": "parkings"}, SOURCE).dataset["title_translated"] == {"fr": "parkings"}


def test_dataset_without_title_and_identifier_is_no_candidate() -> None:
    with pytest.raises(RecordError, match="neither a title nor an identifier"):
        normalise({"notes_translated": {"fr": "Rien"}}, SOURCE)


def test_table_contract_promised_by_the_source_stands_on_the_first_csv() -> None:
    source = Source("x", "dcat", SOURCE.url, {"contract.velos": "bicycle-parking"})
    files = [{"url": "https://a.be/a.json"}, {"url": "https://a.be/a.csv"}, {"url": "https://a.be/b.csv"}]
    kept = clean("resources", files, source, identifier="velos")
    assert [each.get("schema") for each in kept] == [None, "bicycle-parking", None]


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


def test_word_inside_a_longer_phrase_is_read_once() -> None:
    draft = {"title_translated": {"fr": "Parkings vélos"}, "theme": [f"{EU}/data-theme/TRAN"]}
    topics = normalise(draft, SOURCE).dataset["mobility_theme"]
    assert topics == ["https://w3id.org/mobilitydcat-ap/mobility-theme/bike-parking-locations"]


def test_candidate_has_the_same_hash_for_the_same_content_only() -> None:
    one, two = (
        normalise({**TITLE, "url": "https://a.be/1"}, SOURCE),
        normalise({"url": "https://a.be/1", **TITLE}, SOURCE),
    )
    assert one.hash == two.hash
    assert one.hash != normalise(TITLE, SOURCE).hash
