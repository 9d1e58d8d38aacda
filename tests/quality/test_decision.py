"""What a verdict means for a dataset, and what an empty field is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartregion.quality.decision import Outcome, is_empty, missing_fields, outcome
from ckanext.smartregion.quality.policy import SEVERITIES, Verdict, verdict_of, worst

LABEL = {"fr": "Licence", "nl": "Licentie", "de": "Lizenz", "en": "Licence"}


@pytest.mark.parametrize("wants_public", [True, False])
@pytest.mark.parametrize("was_public", [True, False])
@pytest.mark.parametrize("verdict", [Verdict.PUBLISH, Verdict.WARN])
def test_what_passes_is_written_as_asked(verdict, was_public, wants_public):
    assert outcome(verdict, wants_public=wants_public, was_public=was_public) is Outcome.AS_ASKED


@pytest.mark.parametrize(
    "was_public, was_private, expected",
    [
        (False, False, Outcome.STAYS_DRAFT),
        (False, True, Outcome.STAYS_PRIVATE),
        (True, False, Outcome.WAITS),
    ],
)
def test_what_does_not_pass_never_becomes_visible(was_public, was_private, expected):
    found = outcome(Verdict.HOLD, wants_public=True, was_public=was_public, was_private=was_private)

    assert found is expected


@pytest.mark.parametrize("was_public", [True, False])
def test_draft_can_be_saved_and_a_published_dataset_withdrawn_whatever_is_wrong_with_it(was_public):
    assert outcome(Verdict.HOLD, wants_public=False, was_public=was_public) is Outcome.AS_ASKED


@given(st.lists(st.sampled_from(SEVERITIES)))
def test_one_blocking_finding_holds_and_notes_change_nothing(severities):
    found = verdict_of(severities)

    assert (found is Verdict.HOLD) == ("block" in severities)
    assert verdict_of([*severities, "note"]) is found
    assert verdict_of([*severities, "block"]) is Verdict.HOLD


@given(st.lists(st.sampled_from(list(Verdict))))
def test_strictest_verdict_wins_in_any_order(verdicts):
    assert worst(verdicts) is worst(reversed(verdicts))
    assert worst([*verdicts, Verdict.HOLD]) is Verdict.HOLD
    assert worst([*verdicts, Verdict.PUBLISH]) is worst(verdicts)


def test_nothing_to_judge_is_no_reason_to_hold():
    assert worst([]) is Verdict.PUBLISH


@pytest.mark.parametrize(
    "value", [None, "", "  ", "[]", "{}", "null", [], {}, [""], {"fr": ""}, {"fr": [], "nl": [" "]}]
)
def test_value_that_says_nothing_is_empty(value):
    assert is_empty(value)


@pytest.mark.parametrize("value", [0, False, "0", "x", ["", "x"], {"fr": "", "nl": "x"}, [{"name": "", "email": "x"}]])
def test_value_that_says_anything_is_not_empty(value):
    assert not is_empty(value)


def test_missing_field_is_a_finding_with_the_contracts_severity_label_and_help():
    fields = [
        {"field_name": "license_id", "publication": "block", "label": LABEL, "help_text": {"fr": "Choisissez."}},
        {"field_name": "frequency", "publication": "warn", "label": LABEL},
        {"field_name": "version", "label": LABEL},
        {"field_name": "theme", "publication": "block", "label": LABEL},
    ]

    found = missing_fields(fields, {"theme": ["x"], "frequency": " "}, resource="Vélos")

    assert [(one["column"], one["severity"], one["resource"]) for one in found] == [
        ("license_id", "block", "Vélos"),
        ("frequency", "warn", "Vélos"),
    ]
    assert found[0]["label"] == LABEL
    assert [one["help"] for one in found] == [{"fr": "Choisissez."}, {}]
