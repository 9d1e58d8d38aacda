"""Changes as plain JSON, for those who read no RDF: what changed, field by field, and where to go on. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from ckanext.smartregion.feeds.changes.blocks import Addresses, Block, Change


def as_json(at: Addresses, change: Change) -> dict[str, Any]:
    """A change: its number and kind, which dataset, when, the fields with their values before and after.

    ``dataset`` is the address of the dataset's newest description; a dataset that is gone has none.
    """
    return {
        "seq": change.seq,
        "kind": change.kind,
        "id": change.package_id,
        "name": change.name,
        "iri": change.iri,
        "published": change.moment,
        "fields": change.fields,
        "dataset": None if change.kind == "Delete" else f"{at.dataset(change.package_id)}.jsonld",
        "change": at.change(change.seq),
    }


def block(at: Addresses, of: Block, changes: Iterable[Change]) -> str:
    """A block; ``next`` leads to what came after it."""
    listed = [as_json(at, change) for change in changes]
    return _text({"after": of.first - 1, "next": after(at, of.upto), "changes": listed})


def page(
    at: Addresses,
    changes: Iterable[Change],
    *,
    start: int,
    upto: int,
    newest: int,
    oldest: int,
    parameters: Mapping[str, str],
) -> str:
    """What came after a number, up to another one; ``more`` while the newest change is not reached."""
    told = {
        "after": start,
        "next": after(at, upto, parameters),
        "more": upto < newest,
        "newest": newest,
        "oldest": oldest,
        "changes": [as_json(at, change) for change in changes],
    }
    return _text(told)


def after(at: Addresses, seq: int, parameters: Mapping[str, str] | None = None) -> str:
    """The address of what comes after a change, for the same reader."""
    return f"{at.entry('json')}?{urlencode({'after': seq, **(parameters or {})})}"


def _text(told: dict[str, Any]) -> str:
    """One change a line, so that people and line tools can read it."""
    head = json.dumps({name: value for name, value in told.items() if name != "changes"}, ensure_ascii=False)
    lines = ",\n".join(json.dumps(change, ensure_ascii=False) for change in told["changes"])
    return f'{head[:-1]}, "changes": [\n{lines}\n]}}\n'
