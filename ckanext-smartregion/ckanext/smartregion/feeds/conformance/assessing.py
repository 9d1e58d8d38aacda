"""The whole judgement on one dataset's description: by which profiles, what they find, and the score. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ckanext.smartregion.feeds.conformance.checking import Result, check
from ckanext.smartregion.feeds.conformance.constraints import PROFILES, VIOLATION
from ckanext.smartregion.feeds.conformance.facts import Described, Facts
from ckanext.smartregion.feeds.conformance.scoring import Answers, Score, score


@dataclass(frozen=True)
class Assessment:
    """What the profiles that a dataset belongs to find in its description, each in its own, and the score."""

    dataset: str
    facts: Mapping[str, Facts]
    results: list[Result]
    score: Score

    @property
    def profiles(self) -> list[str]:
        """The names of the profiles, the default first."""
        return list(self.facts)

    def count(self, severity: str) -> int:
        """How many results there are of one severity."""
        return sum(each.severity == severity for each in self.results)

    @property
    def is_valid(self) -> bool:
        """Whether no profile finds a violation."""
        return not self.count(VIOLATION)


def assess(described: Mapping[str, Described], dataset: str, answers: Answers) -> Assessment:
    """The judgement on a dataset (its IRI), given what each profile says of it and what is known of its addresses.

    The first of PROFILES must be there; those that we have no table for are left alone.
    """
    facts = {profile: Facts(described[profile]) for profile in PROFILES if profile in described}
    found = [result for profile in facts for result in check(described[profile], [profile])]
    once = {result[:-1]: result for result in reversed(found)}  # what several ask for is said by the first
    results = sorted(once.values(), key=lambda each: each.order)
    return Assessment(dataset, facts, results, score(facts[PROFILES[0]], dataset, results, answers))
