"""Organisations of a page: their fields in one query, where CKAN's search knows only name and title."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ckan import model


def with_organisations(datasets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The datasets, each with the whole of its organisation."""
    known = _read({dataset["owner_org"] for dataset in datasets if dataset.get("owner_org")})
    return [{**dataset, "organization": known.get(dataset.get("owner_org", ""))} for dataset in datasets]


def _read(ids: set[str]) -> dict[str, dict[str, Any]]:
    if not ids:
        return {}
    group = model.group_table.c
    rows = model.Session.execute(sa.select(group.id, group.name, group.title, group.extras).where(group.id.in_(ids)))
    return {row.id: {**(row.extras or {}), "id": row.id, "name": row.name, "title": row.title} for row in rows}
