"""All sources at once: which of them, in which order, and their sums; a few statements, however many they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.condition import URGENT, Condition, Facts, condition
from ckanext.smartregion.harvest.model import conditions

TROUBLE = "trouble"
FILTERS = ("state", "kind", "q")


@dataclass(frozen=True)
class Standing:
    """A source and how it is."""

    row: model.Source
    facts: Facts
    condition: Condition

    @property
    def in_trouble(self) -> bool:
        """Whether somebody has to look."""
        return self.condition.state in URGENT

    @property
    def urgency(self) -> tuple[int, int, str]:
        """What is in trouble comes first, the worst before all; then what is pulled; then the rest."""
        urgency = URGENT.index(self.condition.state) if self.in_trouble else len(URGENT)
        title = self.row.title or self.row.name
        return urgency, model.STATES.index(model.state_of(self.row)), title.casefold()


def standings(wanted: dict[str, Any]) -> list[Standing]:
    """The sources by name that are in a state, of a kind, or have a text; `trouble` is a state here."""
    state, kind, text = (wanted.get(name) or None for name in FILTERS)
    rows = model.sources(None if state == TROUBLE else state, kind, text)
    known, moment = conditions.facts(rows), model.now()
    found = [Standing(row, known[row.id], condition(known[row.id], moment)) for row in rows]
    return [each for each in found if each.in_trouble] if state == TROUBLE else found


def sums(found: list[Standing]) -> dict[str, Any]:
    """How many sources there are in each state and in trouble, of which kinds, and how many datasets they gave."""
    states = [model.state_of(each.row) for each in found]
    return {
        "sources": len(found),
        **{state: states.count(state) for state in model.STATES},
        TROUBLE: sum(each.in_trouble for each in found),
        "published": sum(each.facts.published for each in found),
        "held": sum(each.facts.held for each in found),
        "kinds": sorted({each.row.kind for each in found}),
    }
