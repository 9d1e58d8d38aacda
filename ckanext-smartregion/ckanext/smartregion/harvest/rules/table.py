"""The tables of rules and findings as data: what each is called, when it applies, and why it is there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Texts = dict[str, str]
Stage = Literal["reading", "draft", "saving"]


@dataclass(frozen=True)
class Entry:
    """One rule: `label` says what it does; it works while a record is read, on its draft, or when it is saved."""

    name: str
    stage: Stage
    label: Texts
    when: Texts
    why: Texts


@dataclass(frozen=True)
class Unread:
    """One kind of finding: what could not be read, and what its publisher or its steward can do about it.

    It is seen on the draft of any record, or by a kind of source while it reads.
    """

    name: str
    label: Texts
    advice: Texts
    stage: Stage = "draft"


def _read(name: str) -> list[dict[str, Any]]:
    return json.loads(Path(__file__).with_name(name).read_text("utf-8"))


TABLE = tuple(Entry(**row) for row in _read("rules.json"))
FINDINGS = tuple(Unread(**row) for row in _read("findings.json"))
LABELS: dict[str, Texts] = {entry.name: entry.label for entry in TABLE}
