"""Fill the catalogue from files: the territory's organisations and the sources."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import yaml

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.smartregion import config, territory

# Stands in the file of sources for the address of the demonstration's remote portal.
DEMO = "{demo}"


def site_context() -> Context:
    """The context of the site itself, for commands that a person with shell access runs."""
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return {"ignore_auth": True, "user": site["name"]}


def load_territory(context: Context) -> dict[str, int]:
    """Make or change the organisations of the territory; count what was done."""
    counts: Counter[str] = Counter(created=0, updated=0, unchanged=0)
    for organization in territory.organizations():
        counts[_ensure_organization(context, organization)] += 1
    return dict(counts)


def _ensure_organization(context: Context, wanted: dict[str, Any]) -> str:
    facts = _as_organization(wanted)
    if not model.Group.get(wanted["name"]):
        tk.get_action("organization_create")(context.copy(), facts)
        return "created"
    present = tk.get_action("organization_show")(
        context.copy(),
        {"id": wanted["name"], "include_users": False, "include_dataset_count": False, "include_followers": False},
    )
    if all(_same(present, key, value) for key, value in facts.items()):
        return "unchanged"
    tk.get_action("organization_patch")(context.copy(), {"id": present["id"], **facts})
    return "updated"


def _same(present: dict[str, Any], key: str, value: Any) -> bool:
    if key == "groups":
        return {group["name"] for group in present.get("groups", [])} == {group["name"] for group in value}
    return (present.get(key) or None) == (value or None)


def _as_organization(wanted: dict[str, Any]) -> dict[str, Any]:
    """A row of the territory in the shape of the organisation contract; the parent becomes CKAN's hierarchy."""
    facts = {key: value for key, value in wanted.items() if key not in {"parent", "bbox", "centre"}}
    facts["groups"] = [{"name": wanted["parent"]}] if wanted.get("parent") else []
    return facts


def load_sources(path: str) -> int:
    """Make the sources of a file that are not there yet, and return the number of all that can be loaded."""
    rows = [row for row in yaml.safe_load(Path(path).read_text(encoding="utf-8"))["sources"] if _loadable(row)]
    known = {source["name"] for source in tk.get_action("smartregion_source_list")(site_context(), {})}
    for row in rows:
        if row["name"] not in known:
            row["url"] = row["url"].replace(DEMO, config.demo_address())
            tk.get_action("smartregion_source_create")(site_context(), row)
    return len(rows)


def _loadable(row: dict[str, Any]) -> bool:
    """Whether the source's kind is here and, for the demonstration's, its remote portal: production has none."""
    return row.get("available", True) and bool(config.demo_address() or DEMO not in row["url"])
