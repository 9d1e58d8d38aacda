"""Dates as sources really write them, from the far end to the dataset: what arrives, what goes, what is told."""

from __future__ import annotations

from typing import Any

import pytest

from ckan.tests.helpers import call_action

from tests.harvest.test_run import counts, datasets

WRITTEN = {
    "saut": "\n          2018-04-25T08:16:43+00:00",
    "annee": "2018",
    "mois": "2018-04",
    "jour": "01/02/2024",
    "mots": "1er février 2024",
    "futur": "2199-01-01",
    "annuel": "annuel",
    "nombre": "52011.0",
    "faux": "32/01/2024",
}
ARRIVED = {
    "saut": "2018-04-25T08:16:43+00:00",
    "annee": "2018",
    "mois": "2018-04",
    "jour": "2024-02-01",
    "mots": "2024-02-01",
    "futur": "2199-01-01",
}


@pytest.fixture
def dated(make: Any, remote: Any, run: Any) -> dict[str, dict[str, Any]]:
    """A dataset for each way to write a date, harvested; by name."""
    remote.items.clear()
    for name, date in WRITTEN.items():
        remote.put(name, title=name, modified=date, dcat={"issued": date}, territory=52011.0)
    assert counts(run(make(remote.url))) == {"created": len(WRITTEN)}
    return datasets()


@pytest.mark.parametrize("field", ["modified", "issued"])
def test_date_arrives_as_exactly_as_it_was_given_and_one_that_is_none_does_not(dated, field: str) -> None:
    assert {name: dataset[field] for name, dataset in dated.items() if dataset.get(field)} == ARRIVED


def test_what_was_made_of_a_date_is_stored_with_its_record(dated) -> None:
    for name, written in WRITTEN.items():
        shown = call_action("smartregion_record_show", id=dated[name]["id"])
        made = [(each["before"], each["after"]) for each in shown["changes"] if each["field"] == "modified"]
        assert made == ([] if written.strip() == ARRIVED.get(name) else [(written, ARRIVED.get(name, ""))]), name


def test_code_of_a_municipality_written_as_a_number_arrives_as_its_name(dated) -> None:
    assert [place["text"] for place in dated["annee"]["spatial_coverage"]] == ["Charleroi"]
    assert dated["annee"]["frequency"].endswith("/frequency/ANNUAL")
