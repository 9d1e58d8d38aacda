"""Referents: who publishes for an accredited agency may publish for the municipalities that it covers."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.smartregion import territory

ACTING = {"admin", "editor"}
CAPACITY = "editor"


def covered(organization: str) -> list[str]:
    """Names of the organisations that the referents of this one may act for; none unless it is an agency."""
    group = model.Group.get(organization)
    owner = group and territory.owners().get(group.name)
    if not isinstance(owner, territory.Agency):
        return []
    municipalities = (territory.by_nis(code) for code in owner.members)
    return [one.slug for one in municipalities if one and model.Group.get(one.slug)]


def extend(context: Context, organization: str, user: str, role: str) -> None:
    """Give a new member of an agency the same work in every municipality it covers; who has a role there keeps it."""
    account = model.User.get(user)
    if role not in ACTING or not account:
        return
    for name in covered(organization):
        if _capacity(name, account) is None:
            tk.get_action("member_create")(
                tk.fresh_context(context, ignore_auth=True),
                {"id": name, "object": account.id, "object_type": "user", "capacity": CAPACITY},
            )


def withdraw(context: Context, organization: str, user: str) -> None:
    """Take back what `extend` gave, except where another agency of the user still covers the municipality."""
    account = model.User.get(user)
    if not account:
        return
    others = {name for group in account.get_groups("organization") for name in covered(group.name)}
    for name in covered(organization):
        if name not in others and _capacity(name, account) == CAPACITY:
            tk.get_action("member_delete")(
                tk.fresh_context(context, ignore_auth=True), {"id": name, "object": account.id, "object_type": "user"}
            )


def _capacity(organization: str, account: model.User) -> str | None:
    """What somebody is in an organisation itself, whatever cascades to it from above."""
    group = model.Group.get(organization)
    members = model.Session.query(model.Member.capacity).filter_by(
        group_id=group and group.id, table_name="user", table_id=account.id, state="active"
    )
    return members.scalar()
