"""Vocabularies: every list is complete in four languages, and a concept is found however it is spelt."""

import pytest

from ckanext.smartregion.schemas import LANGUAGES, VocabularyNotFound, vocabularies, vocabulary

COUNTS = {
    "access-right": 6,
    "data-theme": 13,
    "frequency": 36,
    "hvd-category": 96,
    "mobility-theme": 121,
    "transport-mode": 24,
    "mobility-data-standard": 15,
    "conditions-for-access-and-usage": 10,
    "network-coverage": 12,
    "georeferencing-method": 7,
    "application-layer-protocol": 10,
    "communication-method": 2,
    "intended-information-service": 9,
    "planned-availability": 4,
    "distribution-status": 4,
    "publisher-type": 11,
}


@pytest.fixture(params=vocabularies())
def listed(request):
    return vocabulary(request.param)


def test_every_concept_has_a_label_in_each_language(listed):
    assert [
        (concept.code, language)
        for concept in listed.concepts
        for language in LANGUAGES
        if not concept.labels[language] or concept.labels[language] != concept.labels[language].strip()
    ] == []


def test_codes_and_addresses_are_unique(listed):
    assert len({concept.code for concept in listed.concepts}) == len(listed.concepts)
    assert len({concept.uri for concept in listed.concepts}) == len(listed.concepts)


def test_addresses_are_complete(listed):
    assert [
        concept.uri for concept in listed.concepts if not concept.uri.startswith(("http", "urn:smartregion:"))
    ] == []


def test_broader_concepts_are_in_the_same_list(listed):
    assert [each.code for each in listed.concepts if each.broader and not listed.by_uri(each.broader)] == []


def test_every_concept_is_found_by_its_code_and_its_address(listed):
    for concept in listed.concepts:
        assert listed.by_code(concept.code) is concept
        assert listed.by_uri(concept.uri) is concept
        assert listed.find(concept.uri) is concept
        assert listed.find(concept.code) is concept


def test_no_two_concepts_share_an_alias(listed):
    aliases = [alias.casefold() for concept in listed.concepts for alias in concept.aliases]
    assert len(aliases) == len(set(aliases))


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_the_lists_taken_over_are_whole(name, count):
    assert len(vocabulary(name).concepts) == count


@pytest.mark.parametrize(
    ("name", "spelling", "code"),
    [
        ("frequency", "mensuel", "MONTHLY"),
        ("frequency", "R/P1Y", "ANNUAL"),
        ("frequency", "Jaarlijks", "ANNUAL"),
        ("licence", "cc-by", "CC_BY_4_0"),
        ("licence", "https://creativecommons.org/licenses/by/4.0/", "CC_BY_4_0"),
        ("licence", "Licence Ouverte v2.0", "ETALAB_2_0"),
        ("file-type", ".csv", "CSV"),
        ("file-type", "application/geo+json", "GEOJSON"),
        ("file-type", "application/zip", "ZIP"),
        ("language", "fr", "FRA"),
        ("distribution-status", "http://purl.org/adms/status/Completed", "COMPLETED"),
        ("data-theme", "transports", "TRAN"),
    ],
)
def test_a_concept_is_found_by_what_the_world_calls_it(name, spelling, code):
    concept = vocabulary(name).find(spelling)
    assert concept is not None
    assert concept.code == code


def test_nothing_is_found_for_an_unknown_spelling():
    assert vocabulary("frequency").find("parfois") is None


def test_a_label_falls_back_on_french():
    assert vocabulary("data-theme").concepts[0].label("pt") == "Transports"


def test_every_file_type_says_whether_it_is_open_and_readable_by_machines():
    extras = [concept.extra for concept in vocabulary("file-type").concepts]
    assert {extra["non_proprietary"] for extra in extras} == {"yes", "no"}
    assert {extra["machine_readable"] for extra in extras} == {"yes", "no"}
    assert vocabulary("file-type").by_code("CSV").extra["media_type"] == "text/csv"


def test_an_unknown_list_is_refused_with_a_sentence():
    with pytest.raises(VocabularyNotFound) as refused:
        vocabulary("colours")
    assert 'no vocabulary "colours"' in str(refused.value)
    assert "frequency" in str(refused.value)
