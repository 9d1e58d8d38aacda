"""Rules for coded values: frequency, theme, high-value category and the rest of the EU lists."""

from __future__ import annotations

import pytest
from drafts import EU, SOURCE, TITLE, clean, resource

from ckanext.smartregion.harvest.rules import normalise

GEOSPATIAL = "http://data.europa.eu/bna/c_ac64a52d"


@pytest.mark.rule("frequency-code")
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


@pytest.mark.rule("frequency-code")
@pytest.mark.parametrize("written", ["http://purl.org/cld/freq/ThisTermDoesNotExist", "quand on y pense", "license"])
def test_frequency_nobody_knows_is_not_guessed(written: str) -> None:
    candidate = normalise({**TITLE, "frequency": written}, SOURCE)
    assert "frequency" not in candidate.dataset
    assert [(change.rule, change.before) for change in candidate.changes] == [("frequency-code", written)]


@pytest.mark.rule("theme-code")
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


@pytest.mark.rule("theme-keyword")
def test_category_without_eu_theme_is_kept_as_keyword() -> None:
    dataset = normalise({**TITLE, "theme": ["Divers et variés"]}, SOURCE).dataset
    assert "theme" not in dataset
    assert dataset["tags_translated"] == {"fr": ["Divers et variés"]}


@pytest.mark.rule("theme-from-keywords")
def test_theme_is_read_from_keywords_when_there_is_none() -> None:
    assert clean("theme", [], tags_translated={"fr": ["elections"]}) == [f"{EU}/data-theme/GOVE"]


@pytest.mark.rule("frequency-code")
@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("https://data.example.be/En%20continu", "CONT"),
        ("Mensuelle, le premier lundi, sauf en juillet et en août", "MONTHLY"),
        ("https://data.example.be/Annuelle : les données sont revues chaque année en novembre", "ANNUAL"),
    ],
)
def test_whole_french_sentence_as_frequency_is_read_by_its_first_word(written: str, code: str) -> None:
    assert clean("frequency", written) == f"{EU}/frequency/{code}"


@pytest.mark.rule("theme-code")
def test_theme_with_https_instead_of_http_is_the_same_theme() -> None:
    assert clean("theme", ["https://publications.europa.eu/resource/authority/data-theme/TRAN"]) == [
        f"{EU}/data-theme/TRAN"
    ]


@pytest.mark.rule("access-rights-code")
@pytest.mark.parametrize(
    "written", ["PUBLIC", "public", "https://publications.europa.eu/resource/authority/access-right/PUBLIC"]
)
def test_access_rights_in_a_word_become_their_eu_address(written: str) -> None:
    assert clean("access_rights", written) == f"{EU}/access-right/PUBLIC"


@pytest.mark.rule("availability-code")
def test_availability_in_a_word_becomes_its_eu_address() -> None:
    assert resource(availability="STABLE")["availability"].endswith("/planned-availability/STABLE")


@pytest.mark.rule("status-code")
def test_status_under_another_address_becomes_its_eu_address() -> None:
    assert resource(status="http://purl.org/adms/status/Completed")["status"] == f"{EU}/distribution-status/COMPLETED"


@pytest.mark.rule("hvd-code")
@pytest.mark.parametrize("written", ["https://data.europa.eu/bna/c_ac64a52d", "Geospatial", "c_ac64a52d"])
def test_high_value_category_with_https_or_by_name_becomes_its_eu_address(written: str) -> None:
    assert clean("hvd_category", [written]) == ["http://data.europa.eu/bna/c_ac64a52d"]


@pytest.mark.rule("hvd-in-theme")
def test_high_value_category_among_the_themes_moves_to_its_own_field() -> None:
    dataset = normalise({**TITLE, "theme": [GEOSPATIAL, f"{EU}/data-theme/REGI"]}, SOURCE).dataset
    assert (dataset["theme"], dataset["hvd_category"]) == ([f"{EU}/data-theme/REGI"], [GEOSPATIAL])


@pytest.mark.rule("legislation-code")
@pytest.mark.parametrize(
    "written",
    ["https://data.europa.eu/eli/reg_impl/2023/138/oj", "http://data.europa.eu/eli/reg_impl/2023/138", "HVD"],
)
def test_law_written_in_another_fashion_gets_the_address_of_the_list(written: str) -> None:
    assert clean("applicable_legislation", [written]) == ["http://data.europa.eu/eli/reg_impl/2023/138/oj"]


@pytest.mark.rule("legislation-code")
def test_law_that_the_list_does_not_hold_stays() -> None:
    law = "https://www.ejustice.just.fgov.be/eli/loi/2016/05/04/2016009236/justel"
    assert clean("applicable_legislation", [law]) == [law]
