"""Dataset and organisation contracts: readable, complete, written once, and enough for the European profiles."""

from collections import Counter

import pytest

from ckanext.smartregion.schemas import LANGUAGES, dataset_contracts, organization_contract, vocabularies, vocabulary
from ckanext.smartregion.schemas.contracts import FOLDER, read

TYPES = ["dataset", "energy", "governance", "mobility"]
DATASET_FILES = sorted(path.name for path in (FOLDER / "datasets").glob("*.yaml"))
CODED = ("smartregion_concept", "smartregion_concepts", "smartregion_file_format")

# Property -> field that holds it: the minimum of the shapes of DCAT-AP 3.0.1, HVD 3.0 and mobilityDCAT-AP 1.1.
DATASET = {
    "dct:title": "title_translated",
    "dct:description": "notes_translated",
    "dcat:contactPoint": "contact",
    "dcat:distribution": None,  # the files themselves
    "dcat:keyword": "tags_translated",
    "dct:publisher": "publisher",
    "dcat:theme": "theme",
    "dct:spatial": "spatial_coverage",
    "dct:temporal": "temporal_coverage",
    "dcatap:applicableLegislation": "applicable_legislation",
    "dcatap:hvdCategory": "hvd_category",
    "dct:conformsTo": "conforms_to",
    "dct:accrualPeriodicity": "frequency",
    "dct:accessRights": "access_rights",
    "dct:language": "language",
}
DISTRIBUTION = {
    "dcat:accessURL": "access_url",
    "dcat:downloadURL": "download_url",
    "dcatap:availability": "availability",
    "dct:description": "description_translated",
    "dct:title": "name_translated",
    "dct:format": "format",
    "dct:license": "license",
    "dct:rights": "rights",
    "dcatap:applicableLegislation": "applicable_legislation",
    "dcat:accessService": "access_services",
    "dct:conformsTo": "conforms_to",
    "spdx:checksum": "hash",
    "spdx:algorithm": "hash_algorithm",
    "dcat:byteSize": "size",
    "adms:status": "status",
}
SERVICE = {
    "dct:title": "title",
    "dcat:endpointURL": "endpoint_url",
    "dcat:endpointDescription": "endpoint_description",
    "dcat:servesDataset": "serves_dataset",
    "dcat:contactPoint": "contact",
    "dcat:theme": "theme",
    "dcat:keyword": "keyword",
    "dct:publisher": "publisher",
    "dct:conformsTo": "conforms_to",
    "dct:description": "description",
    "dct:license": "license",
    "dct:accessRights": "access_rights",
    "dcatap:applicableLegislation": "applicable_legislation",
    "dcatap:hvdCategory": "hvd_category",
    "foaf:page": "documentation",
}
MOBILITY_DATASET = {
    "mobilitydcatap:mobilityTheme": "mobility_theme",
    "mobilitydcatap:transportMode": "transport_mode",
    "mobilitydcatap:networkCoverage": "network_coverage",
    "mobilitydcatap:georeferencingMethod": "georeferencing_method",
    "mobilitydcatap:intendedInformationService": "intended_information_service",
}
MOBILITY_DISTRIBUTION = {
    "mobilitydcatap:mobilityDataStandard": "mobility_data_standard",
    "mobilitydcatap:applicationLayerProtocol": "application_layer_protocol",
    "mobilitydcatap:communicationMethod": "communication_method",
    "mobilitydcatap:dataFormatNotes": "data_format_notes",
    "dct:rights/dct:type": "conditions_for_access_and_usage",
    "cnt:characterEncoding": "character_encoding",
    "adms:sample": "sample",
    "dct:temporal": "temporal_coverage",
}
MANDATORY = {"title_translated", "notes_translated", "owner_org", "theme", "license_id"}
THEMED = {
    "mobility": {*MOBILITY_DATASET.values(), "nap_type"},
    "energy": {
        "energy_carrier",
        "energy_sector",
        "grid_operator",
        "spatial_resolution_level",
        "aggregation_threshold",
        "data_status",
        "climate_plan",
        "temporal_resolution",
    },
    "governance": {
        "governing_body",
        "kind_of_act",
        "legal_basis",
        "session_date",
        "term_of_office",
        "publicity_rule",
        "personal_data_statement",
    },
}


def every_field(contract):
    """All fields of a contract, and the parts of those that have parts."""
    waiting = [field for part in ("dataset_fields", "resource_fields", "fields") for field in contract.get(part, [])]
    while waiting:
        field = waiting.pop()
        waiting += field.get("repeating_subfields", [])
        yield field


def names(fields):
    return {field["field_name"] for field in fields}


def parts(contract, field_name):
    field = next(each for each in contract["resource_fields"] if each["field_name"] == field_name)
    return names(field["repeating_subfields"])


def definitions(written):
    """Every place in a contract file where a field is described."""
    if isinstance(written, dict):
        if "label" in written:
            yield written
        written = list(written.values())
    for each in written if isinstance(written, list) else []:
        yield from definitions(each)


@pytest.fixture(params=[*TYPES, "organization"])
def contract(request):
    return dataset_contracts().get(request.param) or organization_contract()


@pytest.fixture(params=TYPES)
def dataset(request):
    return dataset_contracts()[request.param]


def test_there_is_a_contract_for_each_type_of_dataset():
    assert sorted(dataset_contracts()) == TYPES


def test_every_field_has_its_label_and_its_help_in_each_language(contract):
    assert [
        (field["field_name"], key, language)
        for field in every_field(contract)
        for key in ("label", "help_text")
        for language in LANGUAGES
        if not field.get(key, {}).get(language, "").strip()
    ] == []


def test_every_help_ends_as_a_sentence_and_gives_an_example(contract):
    words = {"fr": "Exemple", "nl": "Voorbeeld", "de": "Beispiel", "en": "Example"}
    assert [
        (field["field_name"], language)
        for field in every_field(contract)
        for language, word in words.items()
        if word not in field["help_text"][language] or not field["help_text"][language].endswith(".")
    ] == []


def test_every_coded_field_takes_its_codes_from_a_vocabulary(contract):
    coded = [field for field in every_field(contract) if set(field.get("validators", "").split()) & set(CODED)]
    assert coded
    assert {field["vocabulary"] for field in coded} <= set(vocabularies())
    assert [field["field_name"] for field in every_field(contract) if "choices" in field] == []


def test_every_vocabulary_but_those_of_machines_is_used_by_a_field():
    contracts = [*dataset_contracts().values(), organization_contract()]
    used = {field.get("vocabulary") for each in contracts for field in every_field(each)}
    assert set(vocabularies()) - used == set()


def test_what_is_assumed_or_preset_is_in_its_vocabulary(dataset):
    for field in every_field(dataset):
        for key in ("assume", "default"):
            values = field.get(key) or []
            for value in [values] if isinstance(values, str) else values:
                assert vocabulary(field["vocabulary"]).by_uri(value), field["field_name"]


def test_at_most_eight_fields_are_asked(dataset):
    asked = [field["field_name"] for field in every_field(dataset) if field.get("ask")]
    assert len(asked) <= 8
    assert {"title_translated", "url"} <= set(asked)


def test_only_the_title_and_the_organisation_keep_a_draft_from_being_saved(dataset):
    assert {field["field_name"] for field in every_field(dataset) if field.get("required")} == {
        "title_translated",
        "owner_org",
    }


def test_each_field_says_what_its_absence_means_for_publication_or_nothing(dataset):
    levels = {field["field_name"]: field.get("publication") for field in dataset["dataset_fields"]}
    assert set(levels.values()) <= {"block", "warn", "note", None}
    assert {name for name, level in levels.items() if level == "block"} >= MANDATORY


def test_what_blocks_is_asked_or_known_without_asking(dataset):
    known_from_the_organisation = {"spatial_coverage"}
    assert [
        field["field_name"]
        for field in (*dataset["dataset_fields"], *dataset["resource_fields"])
        if field.get("publication") == "block" and not field.get("ask") and not field.get("assume")
        if field["field_name"] not in known_from_the_organisation
    ] == []


def test_no_field_is_written_twice():
    written = [each for name in DATASET_FILES for each in definitions(read(f"datasets/{name}"))]
    helps = Counter(each["help_text"]["fr"] for each in written)
    assert [text for text, count in helps.items() if count > 1] == []
    labels = Counter(each["label"]["en"] for each in written)
    assert [text for text, count in labels.items() if count > 1] == []


def test_no_field_stands_twice_in_a_contract(dataset):
    for part in ("dataset_fields", "resource_fields"):
        assert len(names(dataset[part])) == len(dataset[part])


def test_a_theme_has_every_field_of_the_base(dataset):
    base = dataset_contracts()["dataset"]
    assert names(base["dataset_fields"]) <= names(dataset["dataset_fields"])
    assert names(base["resource_fields"]) <= names(dataset["resource_fields"])


@pytest.mark.parametrize("theme", THEMED)
def test_a_theme_adds_what_its_domain_needs(theme):
    assert THEMED[theme] <= names(dataset_contracts()[theme]["dataset_fields"])


def test_the_properties_of_dcat_ap_and_of_high_value_data_have_a_field(dataset):
    assert {field for field in DATASET.values() if field} <= names(dataset["dataset_fields"])
    assert set(DISTRIBUTION.values()) <= names(dataset["resource_fields"])
    assert set(SERVICE.values()) <= parts(dataset, "access_services")


def test_the_properties_of_mobility_dcat_ap_have_a_field():
    mobility = dataset_contracts()["mobility"]
    assert set(MOBILITY_DATASET.values()) <= names(mobility["dataset_fields"])
    assert set(MOBILITY_DISTRIBUTION.values()) <= names(mobility["resource_fields"])


def test_a_file_names_its_table_contract_and_keeps_what_the_gate_found(dataset):
    gate = {"schema", "validation_status", "validation_timestamp", "hash", "hash_algorithm", "size"}
    assert gate <= names(dataset["resource_fields"])


def test_multilingual_fields_are_known_to_the_feed_by_the_name_of_their_validator(dataset):
    translated = {"title_translated", "notes_translated", "tags_translated", "provenance", "version_notes"}
    found = {field["field_name"] for field in dataset["dataset_fields"] if "fluent" in field.get("validators", "")}
    assert translated <= found


def test_the_organisation_contract_holds_what_the_territory_knows():
    wanted = {"kind", "nis_code", "cbe_uri", "title_translated", "description_translated", "correspondent_name"}
    wanted |= {"correspondent_email", "referent_agency", "population", "postal_codes", "language", "homepage"}
    assert wanted <= names(organization_contract()["fields"])
