"""Choices and truth values in other words: another writing of a code, or its label in one of four languages."""

from collections.abc import Iterator
from typing import Any

from ckanext.smartregion.quality.examination.accepting import FALSE, TRUE
from ckanext.smartregion.quality.examination.mending.reading import Evidence, Field, Reading, folded

TRUE_WORDS = frozenset(("oui", "ja", "yes", "vrai", "waar", "wahr", "true", "1", "1.0", "o", "j", "y"))
FALSE_WORDS = frozenset(("non", "nee", "neen", "nein", "no", "faux", "onwaar", "falsch", "false", "0", "0.0", "n"))
CROSSES = frozenset(("x", "✓", "✔", "☑", "☒", "✗", "✘"))


def truth_readings(text: str, field: Field, evidence: Evidence) -> Iterator[Reading]:
    """What a word says; in a column of nothing but crosses a cross is yes, an empty cell that must be filled no."""
    word = folded(text)
    if word in TRUE_WORDS:
        yield Reading(_first(field, "trueValues", TRUE), ("truth-value",))
    elif word in FALSE_WORDS:
        yield Reading(_first(field, "falseValues", FALSE), ("truth-value",))
    elif evidence.ticked and word in CROSSES:
        yield Reading(_first(field, "trueValues", TRUE), ("ticked",))
    elif evidence.ticked and not word:
        yield Reading(_first(field, "falseValues", FALSE), ("ticked",))


def choice_readings(text: str, field: Field, _evidence: Evidence) -> Iterator[Reading]:
    """The codes of which a text is another writing, and those of which it is the label."""
    wanted = folded(text)
    if not wanted:
        return
    labels: dict[str, Any] = field.get("labels") or {}
    for code in field.get("constraints", {}).get("enum", []):
        if folded(code) == wanted:
            yield Reading(str(code), ("choice-writing",))
        elif any(folded(label) == wanted for label in labels.get(str(code), {}).values()):
            yield Reading(str(code), ("choice-label",))


def _first(field: Field, name: str, usual: list[str]) -> str:
    return str((field.get(name) or usual)[0])
