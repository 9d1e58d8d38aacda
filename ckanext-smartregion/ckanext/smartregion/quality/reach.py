"""Which datasets a caller may see or change, as conditions in SQL: lists ask once, not row by row."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Context


def changeable(context: Context) -> sa.ColumnElement[bool]:
    """The datasets that the caller may change, as `package_update` says it; a condition on the table ``package``."""
    return _reached(context, "update_dataset", ("admin", "editor"))


def visible(context: Context) -> sa.ColumnElement[bool]:
    """The datasets that the caller may see: the published ones, and those of the organisations they act for."""
    package: Any = model.meta.metadata.tables["package"]
    online = sa.and_(package.c.state == "active", package.c.private.is_(sa.false()))
    private = sa.and_(package.c.state == "active", _reached(context, "read", ("admin", "editor", "member")))
    return sa.or_(online, private, changeable(context))


def _reached(context: Context, permission: str, capacities: tuple[str, ...]) -> sa.ColumnElement[bool]:
    name = context.get("user") or ""
    if context.get("ignore_auth") or authz.is_sysadmin(name):
        return sa.true()
    user = model.User.get(name) if name else None
    if user is None:
        return sa.false()
    package: Any = model.meta.metadata.tables["package"]
    reached = package.c.owner_org.in_(_organizations(user.id, permission))
    if authz.check_config_permission("allow_dataset_collaborators"):
        shared: Any = model.PackageMember
        mine = sa.select(shared.package_id).where(shared.user_id == user.id, shared.capacity.in_(capacities))
        reached = sa.or_(reached, package.c.id.in_(mine))
    return reached


def _organizations(user_id: str, permission: str) -> sa.Select[Any]:
    """Ids of the organisations in which the user has this right, by a membership there or in one above."""
    member: Any = model.Member
    mine = sa.select(member.group_id).where(
        member.table_name == "user", member.table_id == user_id, member.state == "active"
    )
    direct = mine.where(member.capacity.in_(authz.get_roles_with_permission(permission)))
    cascading = tk.config["ckan.auth.roles_that_cascade_to_sub_groups"]
    above = direct.where(member.capacity.in_(cascading)).cte(f"above_{permission}", recursive=True)
    below: Any = aliased(model.Member)
    children = sa.select(below.group_id).join(above, below.table_id == above.c.group_id)
    children = children.where(below.table_name == "group", below.state == "active")
    tree = above.union(children)
    return sa.select(tree.c.group_id).union(direct)  # type: ignore[return-value]
