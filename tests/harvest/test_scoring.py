"""The score of a source, from a sample of its records."""

from __future__ import annotations

from typing import Any

import pytest
from drafts import EU, SOURCE, TODAY

from ckanext.smartregion.harvest.records import Candidate
from ckanext.smartregion.harvest.rules import normalise
from ckanext.smartregion.harvest.scoring import DIMENSIONS, MEASURES, score

FILE = {"url": "https://a.be/a.csv", "download_url": "https://a.be/a.csv", "format": "csv"}
WELL: dict[str, Any] = {
    "title_translated": {"fr": "Arbres remarquables"},
    "notes_translated": {"fr": "Les arbres remarquables de la commune, avec leur essence et leur hauteur."},
    "tags_translated": {"fr": ["arbres", "nature", "patrimoine"]},
    "theme": [f"{EU}/data-theme/ENVI"],
    "spatial_coverage": [{"text": "Namur"}],
    "temporal_coverage": [{"start": "2025", "end": "2025"}],
    "license": ["CC BY"],
    "contact": [{"email": "opendata@namur.be"}],
    "publisher": [{"name": "Ville de Namur"}],
    "frequency": "annuel",
    "issued": "2025-01-01",
    "modified": "2025-06-01",
    "language": ["fr"],
    "resources": [FILE],
}
BARE: dict[str, Any] = {"identifier": "x1"}


def candidate(draft: dict[str, Any], **others: Any) -> Candidate:
    return normalise({**draft, **others}, SOURCE, today=TODAY)


def points(*sample: Candidate, broken: int = 0) -> dict[str, float]:
    """What each measure reached."""
    return {part.name: part.points for each in score(sample, broken).dimensions for part in each.parts}


def test_measures_of_the_table_are_those_of_the_code_and_make_a_hundred_points() -> None:
    metrics = [metric for dimension in DIMENSIONS for metric in dimension["metrics"]]
    assert [metric["name"] for metric in metrics] == list(MEASURES)
    assert sum(metric["points"] for metric in metrics) == 100


def test_source_whose_records_say_everything_has_a_hundred() -> None:
    found = score([candidate(WELL)])
    assert (found.total, found.records, found.broken, found.findings) == (100, 1, 0, 0)
    assert [(each.name, each.of) for each in found.dimensions] == [
        ("findability", 30),
        ("accessibility", 20),
        ("interoperability", 20),
        ("reusability", 20),
        ("contextuality", 10),
    ]


def test_record_that_says_nothing_has_only_that_it_says_nothing_wrong() -> None:
    assert {name: reached for name, reached in points(candidate(BARE)).items() if reached} == {"codes": 4}


def test_source_without_a_record_has_nothing() -> None:
    assert score([]).total == 0


def test_score_is_the_mean_of_the_records_and_a_broken_one_counts_nothing() -> None:
    assert score([candidate(WELL), candidate(BARE)]).total == 52
    found = score([candidate(WELL)], broken=1)
    assert (found.total, found.records, found.broken) == (50, 2, 1)


@pytest.mark.parametrize(
    ("measure", "others", "reached"),
    [
        ("description", {"notes_translated": {"fr": "Arbres de la ville."}}, 8 * 19 / 40),
        ("keywords", {"tags_translated": {"fr": ["arbres"]}}, 2),
        ("theme", {"theme": ["Divers et variés"], "tags_translated": {"fr": ["a1", "b2"]}}, 0),
        ("codes", {"frequency": "quand on y pense"}, 0),
        ("frequency", {"frequency": "quand on y pense"}, 0),
        ("licence", {"license": ["voir conditions"]}, 0),
        ("contact", {"contact": [{"name": "Service"}]}, 0),
        ("publisher", {"publisher": [{"name": "Acme"}]}, 0),
        ("download", {"resources": [FILE, {"url": "https://a.be/b.csv"}]}, 4),
        ("format", {"resources": [FILE, {"url": "https://a.be/b"}]}, 4),
        ("open_format", {"resources": [{"url": "https://a.be/b.pdf"}]}, 0),
        ("files", {"resources": []}, 0),
    ],
)
def test_what_lacks_costs_its_points(measure: str, others: dict[str, Any], reached: float) -> None:
    assert points(candidate(WELL, **others))[measure] == pytest.approx(reached)


def test_score_is_shown_with_its_parts_and_their_labels() -> None:
    shown = score([candidate(WELL, license=["license"])]).as_dict()
    licence = next(part for each in shown["dimensions"] for part in each["parts"] if part["name"] == "licence")
    assert licence["label"]["de"] == "Lizenz der EU-Liste"
    assert (licence["points"], licence["of"], shown["findings_per_record"]) == (0, 10, 1)
