"""Rules for licences and rights."""

from __future__ import annotations

import pytest
from drafts import EU, FILE, SOURCE, TITLE, resource

from ckanext.smartregion.harvest.mapping.dcat import draft
from ckanext.smartregion.harvest.rules import normalise


@pytest.mark.rule("licence-code")
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


@pytest.mark.rule("licence-code")
def test_licence_of_the_dataset_holds_for_its_files() -> None:
    dataset = normalise({**TITLE, "license": ["CC BY"], "resources": [FILE]}, SOURCE).dataset
    assert dataset["license_id"] == dataset["resources"][0]["license"] == f"{EU}/licence/CC_BY_4_0"


@pytest.mark.rule("licence-code")
def test_licence_of_the_files_alone_is_the_datasets_too() -> None:
    dataset = normalise({**TITLE, "resources": [FILE | {"license": ["CC BY"]}]}, SOURCE).dataset
    assert dataset["license_id"] == f"{EU}/licence/CC_BY_4_0"


@pytest.mark.rule("licence-code")
def test_rights_that_repeat_the_licence_go() -> None:
    assert "rights" not in resource(license=["CC BY"], rights=["CC BY"])


@pytest.mark.rule("licence-code")
@pytest.mark.parametrize("written", ["license", "copyright", "License Not Specified"])
def test_licence_that_says_nothing_is_none(written: str) -> None:
    found = resource(license=[written])
    assert "license" not in found
    assert "rights" not in found


@pytest.mark.rule("licence-code")
def test_licence_we_cannot_read_stays_as_a_statement_of_rights() -> None:
    found = resource(license=["https://data.some.org/link/to/license"])
    assert "license" not in found
    assert found["rights"] == {"fr": "https://data.some.org/link/to/license"}


@pytest.mark.rule("licence-code")
def test_licence_of_liege_as_text_on_the_distributions_holds_for_both() -> None:
    files = [FILE | {"license": ["CC BY"]}, FILE | {"url": "https://a.be/b.csv", "license": ["CC BY"]}]
    dataset = normalise({**TITLE, "resources": files}, SOURCE).dataset
    assert {dataset["license_id"], *(each["license"] for each in dataset["resources"])} == {f"{EU}/licence/CC_BY_4_0"}


@pytest.mark.rule("licence-code")
@pytest.mark.parametrize("written", ["https://data.example.be/CC BY 4.0", "https://data.example.be/CC%20BY%204.0"])
def test_licence_in_words_made_a_relative_address_is_read(written: str) -> None:
    assert resource(license=[written])["license"] == f"{EU}/licence/CC_BY_4_0"


@pytest.mark.rule("licence-code")
def test_unspecified_licence_made_a_relative_address_is_none() -> None:
    found = resource(license=["https://data.example.be/License%20Not%20Specified"])
    assert "license" not in found
    assert "rights" not in found


@pytest.mark.rule("licence-code")
def test_several_licences_keep_the_first_and_tell_the_others_as_rights() -> None:
    found = resource(license=["CC0", "CC BY 4.0"])
    assert found["license"] == f"{EU}/licence/CC0"
    assert found["rights"] == {"fr": "CC BY 4.0"}


@pytest.mark.rule("licence-code")
def test_words_of_a_file_are_kept_beside_the_licence_of_its_dataset() -> None:
    dataset = normalise({**TITLE, "license": ["CC0"], "resources": [FILE | {"license": ["voir conditions"]}]}, SOURCE)
    found = dataset.dataset["resources"][0]
    assert (found["license"], found["rights"]) == (f"{EU}/licence/CC0", {"fr": "voir conditions"})


@pytest.mark.rule("licence-code")
def test_licence_hidden_in_the_type_of_a_licence_node_is_found() -> None:
    node = {"dct:type": [{"@id": "https://creativecommons.org/licenses/by/4.0/"}]}
    tree = {
        "dct:title": [{"@value": "Parkings"}],
        "dcat:distribution": [{"dcat:accessURL": [{"@id": FILE["url"]}], "dct:license": [node]}],
    }
    mapped, _ = draft(tree)
    assert normalise(mapped, SOURCE).dataset["license_id"] == f"{EU}/licence/CC_BY_4_0"
