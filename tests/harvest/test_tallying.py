"""The count per run of rules and findings."""

from drafts import SOURCE, TITLE, TODAY

from ckanext.smartregion.harvest.rules import normalise
from ckanext.smartregion.harvest.tallying import tally


def test_records_are_counted_per_rule_and_per_finding_the_most_frequent_first():
    drafts = [
        {**TITLE, "frequency": "annuel", "theme": ["Divers et variés", "Autres choses"]},
        {**TITLE, "frequency": "quand on y pense"},
        TITLE,
    ]
    counted = tally(normalise(draft, SOURCE, today=TODAY) for draft in drafts)
    assert counted == {
        "rules": {"frequency-code": 2, "theme-code": 1, "theme-keyword": 1},
        "findings": {"frequency-unread": 1, "theme-unread": 1},
    }
    assert next(iter(counted["rules"])) == "frequency-code"


def test_nothing_is_counted_of_nothing():
    assert tally([]) == {"rules": {}, "findings": {}}
