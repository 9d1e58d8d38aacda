"""What tests of the engine write: a candidate that lacks nothing, and what came of it."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest.engine import writing
from ckanext.smartregion.harvest.records import Candidate

EU = "http://publications.europa.eu/resource/authority"
ONE, TWO, THREE = (writing.package_id("source", name) for name in ("one", "two", "three"))


def candidate(title: str = "Arbres", **more: Any) -> Candidate:
    """A dataset that lacks nothing."""
    dataset = {
        "type": "dataset",
        "title_translated": {"fr": title},
        "notes_translated": {"fr": "Une description assez longue pour être utile."},
        "tags_translated": {"fr": ["arbres", "relevé"]},
        "license_id": f"{EU}/licence/CC_BY_4_0",
        "theme": [f"{EU}/data-theme/ENVI"],
        "language": [f"{EU}/language/FRA"],
        "frequency": f"{EU}/frequency/ANNUAL",
        "contact": [{"name": "Données", "email": "a@liege.be"}],
        "resources": [{"url": "https://liege.be/arbres.csv", "name_translated": {"fr": "Arbres"}, "format": "CSV"}],
    }
    return Candidate(dataset | more)


def commit() -> None:
    """What the engine does at the end of a batch."""
    model.Session.commit()


def found() -> list[str]:
    """Ids that searches see."""
    return sorted(row["id"] for row in call_action("package_search", rows=100)["results"])
