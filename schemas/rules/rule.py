"""One rule of a contract, as its rules.yaml says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.smartregion.schemas.rules.kinds import columns_in, kinds

OWN_KEYS = frozenset({"rule", "id", "message", "when"})


@dataclass(frozen=True)
class Condition:
    """The rows in which a column holds one of some values (`values`), or is filled or not (`filled`)."""

    column: str
    values: tuple[Any, ...] | None = None
    filled: bool | None = None

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> "Condition":
        """The condition that rules.yaml writes as {column, in} or {column, filled}."""
        return cls(said["column"], tuple(said["in"]) if "in" in said else None, said.get("filled"))

    def to_dict(self) -> dict[str, Any]:
        """The condition as rules.yaml writes it."""
        if self.values is None:
            return {"column": self.column, "filled": self.filled}
        return {"column": self.column, "in": list(self.values)}


@dataclass(frozen=True)
class Rule:
    """One rule: its parameters are complete, what was not said has its default (None for an optional one)."""

    id: str
    kind: str
    parameters: dict[str, Any]
    when: Condition | None = None
    message: dict[str, str] | None = None

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> "Rule":
        """The rule that one entry of rules.yaml says; the entry has passed the lint."""
        defaults = {name: one.default for name, one in kinds()[said["rule"]].parameters.items()}
        given = {name: value for name, value in said.items() if name not in OWN_KEYS}
        when = Condition.from_dict(said["when"]) if said.get("when") else None
        return cls(said["id"], said["rule"], defaults | given, when, said.get("message"))

    def to_dict(self) -> dict[str, Any]:
        """The rule as a complete entry of rules.yaml, which `from_dict` reads back."""
        given = {name: value for name, value in self.parameters.items() if value is not None}
        own = {"when": self.when.to_dict() if self.when else None, "message": self.message}
        return {"rule": self.kind, "id": self.id, **given} | {key: value for key, value in own.items() if value}

    @property
    def columns(self) -> list[str]:
        """The columns that the rule judges; a finding points at the first."""
        said = self.parameters
        return said.get("columns") or said.get("period") or [said["column"]]

    @property
    def columns_read(self) -> list[str]:
        """Every column of the table that the rule looks at, each once."""
        takes = {one.name: one.takes for one in kinds()[self.kind].parameters.values()}
        read = [column for name, value in self.parameters.items() for column in columns_in(takes[name], value)]
        return list(dict.fromkeys([*read, *([self.when.column] if self.when else [])]))
