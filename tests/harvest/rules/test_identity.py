"""Rules for what a dataset is called and told apart by."""

from __future__ import annotations

import pytest
from drafts import SOURCE, clean

from ckanext.smartregion.harvest.records import RecordError
from ckanext.smartregion.harvest.rules import normalise


@pytest.mark.rule("identifier-trimmed")
@pytest.mark.rule("identifier-domain")
def test_identifier_loses_what_trails_behind_it() -> None:
    assert clean("identifier", "0c456d2d https://sig.oreme.org/geonetwork") == "0c456d2d"
    assert clean("identifier", "parkings-taxis@liege") == "parkings-taxis"
    assert clean("identifier", "a@b.be") == "a@b.be"


@pytest.mark.rule("title-missing")
def test_dataset_without_title_takes_its_identifier() -> None:
    assert normalise({"identifier": "parkings"}, SOURCE).dataset["title_translated"] == {"fr": "parkings"}


def test_dataset_without_title_and_identifier_is_no_candidate() -> None:
    with pytest.raises(RecordError, match="neither a title nor an identifier"):
        normalise({"notes_translated": {"fr": "Rien"}}, SOURCE)


@pytest.mark.rule("identifier-domain")
@pytest.mark.parametrize("written", ["parkings@odwb", "parkings@namur"])
def test_federated_suffix_goes(written: str) -> None:
    assert clean("identifier", written) == "parkings"


@pytest.mark.rule("identifier-trimmed")
def test_identifier_with_blanks_but_without_an_address_stays() -> None:
    assert clean("identifier", "Parkings 2024") == "Parkings 2024"
