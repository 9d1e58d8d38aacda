"""The kinds of rule there are and what each takes, as kinds.yaml says it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

NUMBERS = frozenset({"number", "integer", "year"})
# Lists of schemas/reference; besides these every list of schemas/vocabularies may be named.
REFERENCE_LISTS = ("municipalities", "provinces", "arrondissements", "postal-codes", "agencies")
# Dates and moments that the value `by-day` of a parameter's `alike` lets meet.
DAYS = frozenset({"date", "datetime"})


@dataclass(frozen=True)
class Parameter:
    """One parameter of a kind of rule; see the head of kinds.yaml for what its keys say."""

    name: str
    takes: str
    means: str
    types: tuple[str, ...] = ()
    least: int = 1
    most: int | None = None
    alike: bool | str = False
    of: tuple[str, ...] = ()
    default: Any = None
    optional: bool = False
    low: float | None = None
    whole: bool = False

    @property
    def needed(self) -> bool:
        """Whether the rule can't be read without it."""
        return self.default is None and not self.optional


@dataclass(frozen=True)
class Kind:
    """One kind of rule."""

    name: str
    means: str
    parameters: dict[str, Parameter]
    example: dict[str, Any]
    needs_when: bool = False
    one_of: tuple[str, ...] = ()


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of rule by name, in the order of the file."""
    file = Path(__file__).parent / "kinds.yaml"
    listed = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {name: _kind(name, said) for name, said in listed.items()}


def _kind(name: str, said: dict[str, Any]) -> Kind:
    return Kind(
        name=name,
        means=said["means"],
        parameters={key: _parameter(key, value) for key, value in said["parameters"].items()},
        example=said["example"],
        needs_when=said.get("when") == "needed",
        one_of=tuple(said.get("one-of", ())),
    )


def _parameter(name: str, said: dict[str, Any]) -> Parameter:
    lists = {key: tuple(said[key]) for key in ("types", "of") if key in said}
    return Parameter(name, **{**said, **lists})


def family(kind: str) -> str:
    """What values of a type can be compared with: numbers with numbers, all others with their own type."""
    return "number" if kind in NUMBERS else kind


def columns_in(takes: str, value: Any) -> list[str]:
    """The columns of the table that the value of a parameter names."""
    if value is None or (takes == "column-or-today" and value == "today"):
        return []
    if takes in ("condition", "sign"):
        return [value["column"]]
    if isinstance(value, list):
        return value if takes in ("columns", "column-or-columns") else []
    return [value] if takes.startswith("column") and takes != "columns" and isinstance(value, str) else []
