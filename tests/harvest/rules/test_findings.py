"""Findings: what no rule can read is told with its field and value, and never guessed."""

from __future__ import annotations

from typing import Any

import pytest
from drafts import EU, FILE, SOURCE, TITLE, TODAY, unread

from ckanext.smartregion.harvest.rules import normalise

ELSEWHERE = {"url": "https://a.be/b.csv"}
GEOSPATIAL = "http://data.europa.eu/bna/c_ac64a52d"


@pytest.mark.rule("licence-unread")
@pytest.mark.parametrize("text", ["license", "voir conditions", "https://a.be/conditions.pdf", "© SPW"])
def test_licence_text_that_names_none_is_told(text: str) -> None:
    assert unread("licence-unread", {"license": [text]}) == [("license", text)]
    assert unread("licence-unread", {"resources": [FILE | {"license": [text]}]}) == [("resources[0].license", text)]


@pytest.mark.rule("licence-unread")
def test_same_unread_licence_of_many_files_is_told_once() -> None:
    files = [FILE | {"license": ["license"]}, ELSEWHERE | {"license": ["license"]}]
    assert unread("licence-unread", {"resources": files}) == [("resources[0].license", "license")]


@pytest.mark.rule("licence-unread")
def test_words_beside_a_licence_that_is_read_are_no_finding() -> None:
    assert unread("licence-unread", {"license": ["CC0", "license"], "rights": ["© SPW"]}) == []
    files = [FILE | {"license": ["CC0"], "rights": ["© SPW"]}]
    assert unread("licence-unread", {"resources": files}) == []
    assert unread("licence-unread", {"license": ["CC0"], "resources": [FILE | {"rights": ["© SPW"]}]}) == []


@pytest.mark.rule("licences-differ")
def test_one_thing_under_two_licences_is_told() -> None:
    assert unread("licences-differ", {"license": ["CC0", "CC BY 4.0"]}) == [("license", ["CC0", "CC BY 4.0"])]
    assert unread("licences-differ", {"license": ["CC BY", "https://creativecommons.org/licenses/by/4.0/"]}) == []


@pytest.mark.rule("theme-unread")
def test_theme_in_free_words_is_told() -> None:
    assert unread("theme-unread", {"theme": ["Divers et variés", "Transport"]}) == [("theme", "Divers et variés")]


@pytest.mark.rule("theme-unread")
def test_themes_of_another_list_are_told_only_where_no_theme_is_left() -> None:
    other = "http://aims.fao.org/aos/agrovoc/c_2821"
    assert unread("theme-unread", {"theme": [other, "Transport"]}) == []
    assert unread("theme-unread", {"theme": [other, GEOSPATIAL]}) == [("theme", other)]


@pytest.mark.rule("frequency-unread")
@pytest.mark.parametrize("text", ["quand on y pense", "license", "http://purl.org/cld/freq/ThisTermDoesNotExist"])
def test_frequency_that_nobody_knows_is_told(text: str) -> None:
    assert unread("frequency-unread", {"frequency": text}) == [("frequency", text)]
    assert unread("frequency-unread", {"frequency": "annuel"}) == []


@pytest.mark.rule("date-unread")
def test_date_that_is_none_is_told() -> None:
    assert unread("date-unread", {"issued": "annuel", "modified": "01/02/2024"}) == [("issued", "annuel")]
    file = FILE | {"modified": "12/31/2024"}
    assert unread("date-unread", {"resources": [file]}) == [("resources[0].modified", "12/31/2024")]


@pytest.mark.rule("date-ahead")
@pytest.mark.parametrize(
    ("date", "told"),
    [("2026-11-05", False), ("2026-11-06T00:00:00+02:00", False), ("2026-11-07", True), ("2027", True)],
)
def test_date_in_the_future_is_told(date: str, told: bool) -> None:
    assert unread("date-ahead", {"modified": date}) == ([("modified", date)] if told else [])


@pytest.mark.rule("dates-crossed")
@pytest.mark.parametrize(
    ("issued", "told"), [("2024-05-01", True), ("2023", False), ("2024-03-01", False), ("2025", True)]
)
def test_change_before_the_release_is_told(issued: str, told: bool) -> None:
    found = unread("dates-crossed", {"issued": issued, "modified": "2024-03-01T10:00:00"})
    assert found == ([("modified", f"2024-03-01T10:00:00 < {issued}")] if told else [])


@pytest.mark.rule("period-unread")
def test_period_that_is_none_is_told() -> None:
    periods = [{"text": "toujours"}, {"text": "2022/2025"}]
    assert unread("period-unread", {"temporal_coverage": periods}) == [("temporal_coverage", {"text": "toujours"})]


@pytest.mark.rule("language-unread")
def test_language_that_is_none_is_told() -> None:
    assert unread("language-unread", {"language": ["fr", "klingon"]}) == [("language", "klingon")]


@pytest.mark.rule("format-unread")
def test_format_that_nobody_knows_is_told_unless_the_address_says_it() -> None:
    assert unread("format-unread", {"resources": [{"url": "https://a.be/x", "format": "Divers"}]}) == [
        ("resources[0].format", "Divers")
    ]
    assert unread("format-unread", {"resources": [FILE | {"format": "Divers"}]}) == []


@pytest.mark.rule("place-unread")
def test_outline_that_is_no_shape_is_told() -> None:
    place = {"text": "Namur", "geom": "POLYGON((4 50"}
    assert unread("place-unread", {"spatial_coverage": [place]}) == [("spatial_coverage[0].geom", "POLYGON((4 50")]
    assert unread("place-unread", {"spatial_coverage": [{"text": "Namur", "bbox": "POINT(4 50)"}]}) == []


@pytest.mark.rule("code-unread")
def test_value_outside_its_list_is_told() -> None:
    assert unread("code-unread", {"access_rights": "sur demande"}) == [("access_rights", "sur demande")]
    assert unread("code-unread", {"resources": [FILE | {"status": "vieux"}]}) == [("resources[0].status", "vieux")]


@pytest.mark.rule("law-missing")
def test_high_value_category_without_its_law_is_told() -> None:
    law = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
    assert unread("law-missing", {"hvd_category": [GEOSPATIAL]}) == [("hvd_category", [GEOSPATIAL])]
    assert unread("law-missing", {"hvd_category": [GEOSPATIAL], "applicable_legislation": [law]}) == []


@pytest.mark.rule("publisher-unknown")
def test_publisher_that_the_territory_does_not_know_is_told() -> None:
    assert unread("publisher-unknown", {"publisher": [{"name": "Acme"}]}) == [("publisher", "Acme")]
    assert unread("publisher-unknown", {"publisher": [{"name": "Ville de Namur"}]}) == []
    assert unread("publisher-unknown", {}) == []


@pytest.mark.rule("publishers-several")
def test_several_publishers_are_told() -> None:
    several = [{"name": "Ville de Namur"}, {"name": "Acme"}]
    assert unread("publishers-several", {"publisher": several}) == [("publisher", ["Ville de Namur", "Acme"])]


@pytest.mark.rule("mail-unread")
def test_mail_address_that_is_none_is_told() -> None:
    contacts = [{"name": "A", "email": "mailto:a@b.be"}, {"name": "B", "email": "081 24 60 00"}]
    assert unread("mail-unread", {"contact": contacts}) == [("contact[1].email", "081 24 60 00")]


@pytest.mark.rule("address-unread")
def test_words_in_place_of_an_address_are_told() -> None:
    assert unread("address-unread", {"documentation": ["voir le site"]}) == [("documentation", "voir le site")]


@pytest.mark.rule("file-nowhere")
@pytest.mark.parametrize("url", ["", "odsfile://x.pdf", "http://localhost:8080/x"])
def test_distribution_without_an_address_that_others_can_open_is_told(url: str) -> None:
    assert unread("file-nowhere", {"resources": [FILE, {"url": url, "format": "csv"}]}) == [("resources[1].url", url)]


@pytest.mark.rule("files-many")
def test_distributions_beyond_the_cap_are_told() -> None:
    many = [{"url": f"https://a.be/{number}.csv"} for number in range(501)]
    assert unread("files-many", {"resources": many}) == [("resources", 501)]
    assert unread("files-many", {"resources": many[:500]}) == []


def test_record_without_a_flaw_has_no_finding() -> None:
    draft: dict[str, Any] = {
        **TITLE,
        "language": [f"{EU}/language/FRA"],
        "theme": [f"{EU}/data-theme/ENVI"],
        "frequency": f"{EU}/frequency/ANNUAL",
        "license": ["CC BY"],
        "publisher": [{"name": "Ville de Namur"}],
        "resources": [FILE],
    }
    assert normalise(draft, SOURCE, today=TODAY).findings == ()


def test_findings_do_not_make_another_content() -> None:
    """The hash decides whether a record is written again; that a date has come meanwhile is no change of it."""
    draft = {**TITLE, "modified": "2026-11-09"}
    early, late = normalise(draft, SOURCE, today=TODAY), normalise(draft, SOURCE, today=TODAY.replace(day=20))
    assert (len(early.findings), len(late.findings)) == (1, 0)
    assert early.hash == late.hash
