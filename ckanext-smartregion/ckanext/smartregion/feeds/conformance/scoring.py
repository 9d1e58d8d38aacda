"""The score of data.europa.eu, up to 405 points, from a description and what is known of its addresses. Pure.

Points that depend on an address of which nobody knows whether it answers are not given, and are said to be unchecked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ckanext.smartregion.feeds.conformance import mending
from ckanext.smartregion.feeds.conformance.checking import Result
from ckanext.smartregion.feeds.conformance.constraints import VIOLATION, every_test, iri_of
from ckanext.smartregion.feeds.conformance.facts import Facts
from ckanext.smartregion.feeds.emission import Value
from ckanext.smartregion.schemas import LANGUAGES, vocabulary

Answers = Callable[[str], bool | None]  # whether an address answers; None where nobody knows
Words = dict[str, Any]
Texts = dict[str, str]
NO_FILES = mending.Place("dataset", "resources")
MET, MISSED, UNCHECKED = "met", "missed", "not checked"


class Outcome(NamedTuple):
    """What became of one indicator: ``focus`` is the IRI of the dataset or of the file that counts."""

    part: str
    name: str
    points: int
    most: int
    state: str
    focus: str
    place: mending.Place


@dataclass(frozen=True)
class Score:
    """A score with all its indicators, in the order of the table."""

    outcomes: tuple[Outcome, ...]

    @property
    def points(self) -> int:
        """The points in all."""
        return sum(each.points for each in self.outcomes)

    @property
    def parts(self) -> dict[str, tuple[int, int]]:
        """Points won, and to be won, of each of the five parts."""
        found: dict[str, tuple[int, int]] = {}
        for each in self.outcomes:
            won, most = found.get(each.part, (0, 0))
            found[each.part] = won + each.points, most + each.most
        return found


def score(facts: Facts, dataset: str, results: Iterable[Result], answers: Answers) -> Score:
    """The score of a dataset (its IRI), given the results of its check."""
    valid = not any(each.severity == VIOLATION and each.profile == "dcat-ap" for each in results)
    scale = _Scale(facts, answers, valid)
    files = sorted(value.text for value in facts.values(dataset, iri_of("dcat:distribution")) if value.is_iri)
    ranked = [list(scale.outcomes("dcat:Distribution", file)) for file in files]
    best = max(ranked, key=lambda one: sum(each.points for each in one), default=list(scale.nothing(dataset)))
    found = {each.name: each for each in (*scale.outcomes("dcat:Dataset", dataset), *best)}
    return Score(tuple(found[each["name"]] for _, each in _indicators()))


def rating(points: int) -> Words:
    """What a number of points is worth: ``{"from", "name", "label"}``."""
    return next(each for each in _table()["ratings"] if points >= each["from"])


def rating_names() -> list[str]:
    """The names of all ratings, the best first."""
    return [each["name"] for each in _table()["ratings"]]


@cache
def most() -> int:
    """The points that there are in all."""
    return sum(each["points"] for _, each in _indicators())


def parts() -> list[Words]:
    """The parts of a score: ``{"name", "label", "most"}``."""
    return [
        {"name": part["name"], "label": part["label"], "most": sum(each["points"] for each in part["indicators"])}
        for part in _table()["parts"]
    ]


def part_label(name: str) -> Texts:
    """What a part is called."""
    return next(each["label"] for each in _table()["parts"] if each["name"] == name)


class Mend(NamedTuple):
    """One thing to do: where, and how many points it wins."""

    points: int
    place: mending.Place
    focus: str
    sentence: Texts


def mends(score: Score, kind: str = "dataset") -> list[Mend]:
    """What to do to win the points that are lost, the most first: one entry for each field of each form."""
    by_place: dict[tuple[str, mending.Place], list[Outcome]] = {}
    for each in score.outcomes:
        if each.points < each.most:
            by_place.setdefault((each.focus, each.place), []).append(each)
    found = [
        Mend(sum(each.most for each in lost), place, focus, _sentence(lost[0], kind))
        for (focus, place), lost in by_place.items()
    ]
    return sorted(found, key=lambda each: -each.points)


def _sentence(outcome: Outcome, kind: str) -> Texts:
    name = mending.label(outcome.place, kind) or dict.fromkeys(LANGUAGES, outcome.name)
    return {language: text.format(field=name[language], value="") for language, text in _template(outcome).items()}


def _template(outcome: Outcome) -> Texts:
    own = _table()["sentences"]
    if outcome.place == NO_FILES:
        return mending.template("min")
    if outcome.state == UNCHECKED:
        return own[UNCHECKED]
    said = next(each.get("say") for _, each in _indicators() if each["name"] == outcome.name)
    return own[said] if said else mending.template("min")


class _Scale:
    """The indicators, asked of one description."""

    def __init__(self, facts: Facts, answers: Answers, valid: bool) -> None:
        self._facts, self._answers, self._valid = facts, answers, valid

    def outcomes(self, kind: str, focus: str) -> Iterator[Outcome]:
        """What becomes of the indicators of a dataset or of a file."""
        for part, each in _indicators():
            if each["of"] == kind:
                yield _outcome(part, each, focus, self._state(each, focus))

    def nothing(self, dataset: str) -> Iterator[Outcome]:
        """What becomes of a file's indicators where there is no file."""
        for part, each in _indicators():
            if each["of"] == "dcat:Distribution":
                yield _outcome(part, each, dataset, MISSED)._replace(place=NO_FILES)

    def _state(self, indicator: Words, focus: str) -> str:
        if "valid" in indicator:
            return MET if self._valid else MISSED
        conditions = [indicator, *([indicator["also"]] if "also" in indicator else [])]
        if not all(self._holds(each, focus) for each in conditions):
            return MISSED
        return self._answering(indicator, focus) if indicator.get("answers") else MET

    def _holds(self, condition: Words, focus: str) -> bool:
        tests = every_test(condition.get("values", {}))
        values = self._values(condition, focus)
        return any(tests(value, self._facts) and _is_in_column(value, condition.get("column")) for value in values)

    def _answering(self, indicator: Words, focus: str) -> str:
        known = [self._answers(value.text) for value in self._values(indicator, focus)]
        if True in known:
            return MET
        return UNCHECKED if None in known else MISSED

    def _values(self, condition: Words, focus: str) -> Iterable[Value]:
        return self._facts.values(focus, iri_of(condition["property"]))


def _outcome(part: str, indicator: Words, focus: str, state: str) -> Outcome:
    won = indicator["points"] if state == MET else 0
    place = _place(indicator["of"], indicator["property"]) if "property" in indicator else mending.PORTAL
    return Outcome(part, indicator["name"], won, indicator["points"], state, focus, place)


@cache
def _place(kind: str, path: str) -> mending.Place:
    # Who publishes is not written in the dataset's form: it is the organisation, which every dataset has.
    return mending.place_of([iri_of(kind)], iri_of(path))


def _is_in_column(value: Value, column: str | None) -> bool:
    if not column:
        return True
    concept = vocabulary("file-type").by_uri(value.text)
    return concept is not None and concept.extra.get(column) == "yes"


@cache
def _indicators() -> list[tuple[str, Words]]:
    return [(part["name"], each) for part in _table()["parts"] for each in part["indicators"]]


@cache
def _table() -> Words:
    return yaml.load(Path(__file__).with_name("score.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
