"""The portal as a feed describes it: facts of this deployment, read from one YAML file and a few options."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

DEFAULT = Path(__file__).with_name("catalogue.yaml")


@dataclass(frozen=True)
class Portal:
    """What every rendered page says about the portal itself; texts are maps from language to text."""

    base: str
    language: str
    title: dict[str, str]
    description: dict[str, str]
    issued: str
    licence: str
    spatial: str
    themes: str
    publisher: dict[str, Any]
    contact: dict[str, Any]
    services: list[dict[str, Any]] = field(default_factory=list)
    documentation: str = ""

    def __hash__(self) -> int:
        return hash(self.base)  # dictionaries have none


@lru_cache(maxsize=10)  # each page asks for it several times
def read_portal(base: str, *, file: str = "", publisher: str = "", contact_email: str = "") -> Portal:
    """The portal under an address, from a catalogue file; the publisher's IRI and the e-mail may be overridden."""
    facts = dict(_facts(Path(file) if file else DEFAULT))
    if publisher:
        facts["publisher"] = {**facts["publisher"], "uri": publisher}
    if contact_email:
        facts["contact"] = {**facts["contact"], "email": contact_email}
    return Portal(base=base.rstrip("/"), **facts)


@cache
def _facts(path: Path) -> dict[str, Any]:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
