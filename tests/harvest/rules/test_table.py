"""The rules as a whole: their table, what they leave alone, what they tell."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from drafts import EU, FILE, SOURCE, TITLE

from ckanext.smartregion.harvest.rules import FINDINGS, TABLE, normalise, reshapes, rules
from ckanext.smartregion.harvest.rules.findings import FINDERS

ROOT = Path(__file__).resolve().parents[3]
CODE = (ROOT / "ckanext-smartregion/ckanext/smartregion/harvest", ROOT / "harvesters")


def test_draft_without_flaws_passes_unchanged() -> None:
    draft = {
        **TITLE,
        "language": [f"{EU}/language/FRA"],
        "theme": [f"{EU}/data-theme/ENVI"],
        "frequency": f"{EU}/frequency/ANNUAL",
        "tags_translated": {"fr": ["arbres"]},
        "modified": "2026-01-31",
    }
    candidate = normalise(draft, SOURCE)
    assert candidate.changes == normalise(TITLE, SOURCE).changes
    assert candidate.dataset == {**draft, "type": "dataset"}


def test_each_change_tells_rule_field_before_and_after() -> None:
    change = next(iter(normalise({**TITLE, "modified": "\n   2018-04-25T08:16:43+00:00"}, SOURCE).changes))
    assert change.as_dict() == {
        "rule": "date-read",
        "field": "modified",
        "before": "\n   2018-04-25T08:16:43+00:00",
        "after": "2018-04-25T08:16:43+00:00",
    }


def test_candidate_has_the_same_hash_for_the_same_content_only() -> None:
    one, two = (
        normalise({**TITLE, "url": "https://a.be/1"}, SOURCE),
        normalise({"url": "https://a.be/1", **TITLE}, SOURCE),
    )
    assert one.hash == two.hash
    assert one.hash != normalise(TITLE, SOURCE).hash


def test_draft_that_is_given_is_not_changed() -> None:
    draft = {"title_translated": {"": " Vélos "}, "resources": [FILE | {"license": ["CC BY"], "name_translated": {}}]}
    before = json.dumps(draft)
    normalise(draft, SOURCE)
    assert json.dumps(draft) == before


# -- the table


def test_table_and_code_name_the_same_rules_in_the_same_order() -> None:
    assert [rule.name for rule in rules(SOURCE)] == [entry.name for entry in TABLE if entry.stage == "draft"]
    assert len({entry.name for entry in TABLE}) == len(TABLE)


def test_code_has_no_rule_that_the_table_does_not_know() -> None:
    """A rule that is written but not listed would never be applied."""
    assert set(reshapes("fr", "", "", {})) == {entry.name for entry in TABLE if entry.stage == "draft"}


def test_table_and_code_name_the_same_findings() -> None:
    assert [each.name for each in FINDINGS if each.stage == "draft"] == list(FINDERS)


def sentences() -> list[tuple[str, dict[str, str]]]:
    rows = [
        (f"{entry.name}/{part}", text) for entry in TABLE for part, text in (("when", entry.when), ("why", entry.why))
    ]
    return rows + [(f"{each.name}/advice", each.advice) for each in FINDINGS]


@pytest.mark.parametrize(("name", "texts"), sentences(), ids=[name for name, _ in sentences()])
def test_every_rule_and_finding_speaks_in_sentences_of_four_languages(name: str, texts: dict[str, str]) -> None:
    assert list(texts) == ["fr", "nl", "de", "en"]
    assert all(re.fullmatch(r"[A-Z0-9À-Ý«“„\"].*[.…][”“»\"]?", text) for text in texts.values())


# -- each has its test


def marks(marker: str) -> set[str]:
    """The names that tests of this folder carry in a marker."""
    found: set[str] = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        found |= set(re.findall(rf'@pytest\.mark\.{marker}\("([a-z-]+)"\)', path.read_text("utf-8")))
    return found


def test_every_rule_on_a_draft_and_every_finding_has_a_test_of_its_own_and_no_test_speaks_of_another() -> None:
    assert marks("rule") == {each.name for each in (*TABLE, *FINDINGS) if each.stage == "draft"}


@pytest.mark.parametrize("name", [each.name for each in (*TABLE, *FINDINGS) if each.stage != "draft"])
def test_every_rule_and_finding_of_another_stage_is_applied_somewhere(name: str) -> None:
    code = [path.read_text("utf-8") for folder in CODE for path in folder.rglob("*.py")]
    assert any(f'"{name}"' in text for text in code)
