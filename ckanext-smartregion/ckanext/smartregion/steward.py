"""Who is the Region's steward, and who publishes for an organisation: those who sign exceptions are never the same."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Context

from ckanext.smartregion.territory.organizations import REGION

PUBLISHING = ("admin", "editor")


def is_steward(context: Context) -> bool:
    """Whether the caller is an administrator of the Region; its data officers only publish for it."""
    return authz.has_user_permission_for_group_or_org(REGION, context.get("user"), "membership")


def publishes(context: Context, package: model.Package) -> bool:
    """Whether a dataset is the caller's own: made by them, or of an organisation for which they act.

    That a steward may act everywhere, as administrator of the Region above all others, makes nobody a publisher.
    """
    user = model.User.get(context.get("user"))
    if user is None:
        return False
    if package.creator_user_id == user.id or authz.user_is_collaborator_on_dataset(
        user.id, package.id, list(PUBLISHING)
    ):
        return True
    owner = model.Group.get(package.owner_org)
    return owner is not None and _acts_for(user, owner)


def _acts_for(user: model.User, owner: model.Group) -> bool:
    cascading = tk.config["ckan.auth.roles_that_cascade_to_sub_groups"]
    above = {group.id for group in owner.get_parent_group_hierarchy(type="organization") if group.name != REGION}
    memberships = model.Session.query(model.Member.group_id, model.Member.capacity).filter_by(
        table_name="user", table_id=user.id, state="active"
    )
    return any(
        (group == owner.id and role in PUBLISHING) or (group in above and role in cascading)
        for group, role in memberships
    )
