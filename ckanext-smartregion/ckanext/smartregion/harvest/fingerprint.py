"""By which code, rules and options a source is read: where they change, everything is read anew. Pure."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from ckanext.smartregion.harvest.records import Source

HERE = Path(__file__).parent
READ = (".py", ".json", ".csv", ".yaml")


@cache
def _code() -> str:
    """A digest of all that turns what a far end sends into a candidate."""
    import ckanext.smartregion.harvesters as kinds

    folders = (HERE, *(HERE / part for part in ("reading", "mapping", "rules")), Path(kinds.__file__).parent)
    digest = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.iterdir() if path.suffix in READ):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def fingerprint(source: Source, *more: str) -> str:
    """The same as long as the same answer of the far end would become the same candidates."""
    facts = [_code(), source.kind, source.url, dict(source.options), *more]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()[:32]
