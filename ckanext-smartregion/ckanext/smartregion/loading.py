"""Fill the catalogue from files: the territory's organisations and the sources."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.smartregion import config, territory

# Stands in the file of sources for the address of the demonstration's remote portal.
DEMO = "{demo}"
# CKAN shows each organisation that it writes, and would ask Solr three times how many datasets it has.
UNCOUNTED: dict[str, dict[str, int]] = {"owner_org": {}, "groups": {}}


def site_context() -> Context:
    """The context of the site itself, for commands that a person with shell access runs."""
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return {"ignore_auth": True, "user": site["name"]}


def load_territory(context: Context) -> dict[str, int]:
    """Make or change the organisations of the territory, all or none of them; count what was done."""
    deferring: Context = {**context, "defer_commit": True, "dataset_counts": UNCOUNTED}
    counts: Counter[str] = Counter(created=0, updated=0, unchanged=0)
    stored = _stored_organizations()
    for organization in territory.organizations():
        facts = _as_organization(organization)
        counts[_ensure_organization(deferring, facts, stored.get(facts["name"]))] += 1
    model.repo.commit()
    return dict(counts)


def _ensure_organization(context: Context, facts: dict[str, Any], stored: dict[str, Any] | None) -> str:
    if stored is None:
        tk.get_action("organization_create")(context.copy(), facts)
        return "created"
    if all(_same(stored.get(key), value) for key, value in facts.items()):
        return "unchanged"
    tk.get_action("organization_patch")(context.copy(), {"id": stored["id"], **facts})
    return "updated"


def _stored_organizations() -> dict[str, dict[str, Any]]:
    """Every organisation as it is stored, by name: two queries instead of one `organization_show` for each."""
    parents: dict[str, list[dict[str, str]]] = {}
    for child, parent in model.Session.execute(_parents()):
        parents.setdefault(child, []).append({"name": parent})
    groups: Any = model.Session.query(model.Group).filter_by(is_organization=True)
    return {
        group.name: {**group.extras, "id": group.id, "name": group.name, "groups": parents.get(group.id, [])}
        for group in groups
    }


def _parents() -> sa.Select[Any]:
    """Pairs of the id of an organisation and the name of its parent; CKAN keeps the parent as a member of the child."""
    return (
        sa.select(model.Member.group_id, model.Group.name)
        .join(model.Group, model.Group.id == model.Member.table_id)
        .where(model.Member.table_name == "group", model.Member.state == "active")
        .order_by(model.Group.name)
    )


def _same(stored: Any, wanted: Any) -> bool:
    """Whether a stored value says the same; CKAN keeps lists, maps and numbers as text."""
    if isinstance(wanted, list | dict) and str(stored).startswith(("[", "{")):
        stored = json.loads(stored) if isinstance(stored, str) else stored
    return (stored or None) == (wanted or None) or str(stored) == str(wanted)


def _as_organization(wanted: dict[str, Any]) -> dict[str, Any]:
    """A row of the territory in the shape of the organisation contract; the parent becomes CKAN's hierarchy."""
    facts = {key: value for key, value in wanted.items() if key not in {"parent", "bbox", "centre"}}
    facts["groups"] = [{"name": wanted["parent"]}] if wanted.get("parent") else []
    return facts


def load_sources(path: str) -> int:
    """Make the sources of a file that are not there yet, and return the number of all that can be loaded.

    A new source that is switched on is pulled at once; then its schedule holds.
    """
    rows = [row for row in yaml.safe_load(Path(path).read_text(encoding="utf-8"))["sources"] if _loadable(row)]
    known = {source["name"]: source for source in tk.get_action("smartregion_source_list")(site_context(), {})}
    for row in rows:
        address = row["url"].replace(DEMO, config.demo_address())
        if row["name"] not in known:
            _make_source({**row, "url": address})
        elif DEMO in row["url"] and known[row["name"]]["url"] != address:  # the demonstration moved to another port
            tk.get_action("smartregion_source_update")(site_context(), {"id": row["name"], "url": address})
    return len(rows)


def _make_source(row: dict[str, Any]) -> None:
    tk.get_action("smartregion_source_create")(site_context(), row)
    if row.get("enabled"):
        tk.get_action("smartregion_source_run")(site_context(), {"id": row["name"]})


def _loadable(row: dict[str, Any]) -> bool:
    """Whether the source's kind is here and, for the demonstration's, its remote portal: production has none."""
    return row.get("available", True) and bool(config.demo_address() or DEMO not in row["url"])
