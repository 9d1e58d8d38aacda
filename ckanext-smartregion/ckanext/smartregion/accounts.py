"""The demonstration's accounts, one or more per role, made from config/roles.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.smartregion import config, loading

# What a role of ours is in CKAN's terms: the capacity in the account's organisations.
CAPACITIES = {"steward": "admin", "referent": "editor", "organisation admin": "admin", "data officer": "editor"}


def load(path: str) -> int:
    """Make or bring up to date every account of the file and return their number."""
    rows = yaml.safe_load(Path(path).read_text(encoding="utf-8"))["accounts"]
    for row in rows:
        _ensure_user(row)
        for organization in row.get("organizations", []):
            _ensure_member(row["name"], organization, CAPACITIES[row["role"]])
    return len(rows)


def _ensure_user(row: dict[str, Any]) -> None:
    if model.User.get(row["name"]):
        return
    facts = {
        "name": row["name"],
        "fullname": row["fullname"],
        "email": row.get("email", f"{row['name']}@smartregion.example"),
        "password": config.accounts_password(),
    }
    tk.get_action("user_create")(loading.site_context(), facts)
    if row["role"] == "sysadmin":
        tk.get_action("user_patch")(loading.site_context(), {"id": row["name"], "sysadmin": True})


def _ensure_member(user: str, organization: str, capacity: str) -> None:
    """A referent's membership in an agency carries over to its municipalities; see logic.action."""
    members = tk.get_action("member_list")(loading.site_context(), {"id": organization, "object_type": "user"})
    account = model.User.get(user)
    if account and (account.id, capacity) not in {(member, role.lower()) for member, _, role in members}:
        tk.get_action("organization_member_create")(
            loading.site_context(), {"id": organization, "username": user, "role": capacity}
        )


def token(name: str) -> str:
    """A new API token of an account."""
    created = tk.get_action("api_token_create")(loading.site_context(), {"user": name, "name": "bin/smartregion token"})
    return created["token"]
