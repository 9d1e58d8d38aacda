"""Whom news concern: those who publish for the organisation of a source, and the steward; each in their language."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.smartregion.schemas import LANGUAGES
from ckanext.smartregion.territory.organizations import REGION

ACTING = ("admin", "editor")
# Where a person's wishes stand among the extras of their account.
EXTRAS = "smartregion_harvest"


@dataclass(frozen=True)
class Scope:
    """The organisations whose news somebody gets: all of them for the steward; `own` are those they belong to."""

    everything: bool = False
    organizations: frozenset[str] = frozenset()
    own: tuple[str, ...] = ()

    @property
    def wanted(self) -> frozenset[str] | None:
        """Ids of organisations; None for all."""
        return None if self.everything else self.organizations

    def covers(self, organization_id: str) -> bool:
        """Whether news of an organisation concern this person."""
        return self.everything or organization_id in self.organizations

    def __bool__(self) -> bool:
        return self.everything or bool(self.organizations)


def scope(user: model.User | None) -> Scope:
    """What concerns one person; a system administrator sees everything."""
    if user is None or user.state != "active":
        return Scope()
    found = scopes([user.id]).get(user.id, Scope())
    return Scope(True, found.organizations, found.own) if user.sysadmin else found


def scopes(user_ids: Iterable[str]) -> dict[str, Scope]:
    """User id -> what concerns them by their roles; who has none is missing. Two statements, however many people."""
    wanted = list(user_ids)
    below = _children()
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for user_id, organization_id, name, capacity in model.Session.execute(members().where(model.User.id.in_(wanted))):
        found[user_id].append((organization_id, name, capacity))
    return {user_id: _scope(roles, below) for user_id, roles in found.items()}


def members() -> Any:
    """Who acts for which organisation: id of the person, id and name of the organisation, role; by name."""
    membership = sa.and_(model.Member.table_id == model.User.id, model.Member.table_name == "user")
    query = sa.select(model.User.id, model.Group.id, model.Group.name, model.Member.capacity)
    query = query.join(model.Member, membership).join(model.Group, model.Group.id == model.Member.group_id)
    query = query.where(model.Member.state == "active", model.Member.capacity.in_(ACTING))
    query = query.where(model.Group.is_organization, model.Group.state == "active", model.User.state == "active")
    return query.order_by(model.Group.name)


def _scope(roles: list[tuple[str, str, str]], below: dict[str, set[str]]) -> Scope:
    cascading = tk.config["ckan.auth.roles_that_cascade_to_sub_groups"]
    own = [organization_id for organization_id, _, _ in roles]
    wider = {each for organization_id, _, role in roles if role in cascading for each in _tree(organization_id, below)}
    return Scope(any(name == REGION for _, name, _ in roles), frozenset({*own, *wider}), tuple(own))


def _children() -> dict[str, set[str]]:
    """Organisation -> the organisations directly below it."""
    query = sa.select(model.Member.table_id, model.Member.group_id)
    found: dict[str, set[str]] = defaultdict(set)
    for parent, child in model.Session.execute(query.where(model.Member.table_name == "group", _active())):
        found[parent].add(child)
    return found


def _active() -> Any:
    return model.Member.state == "active"


def _tree(organization_id: str, below: dict[str, set[str]]) -> set[str]:
    """All organisations below one, whatever circles there may be."""
    seen, todo = set(), [organization_id]
    while todo:
        for each in below.get(todo.pop(), set()) - seen:
            seen.add(each)
            todo.append(each)
    return seen


# -- what a person wishes


def wants_mail(user: model.User) -> bool:
    """Whether a person has not switched the mails off."""
    return _wishes(user).get("digest", True) is not False


def chosen_language(user: model.User) -> str | None:
    """The language that a person chose for their mails."""
    chosen = _wishes(user).get("language")
    return chosen if chosen in LANGUAGES else None


def wish(user: model.User, **wishes: Any) -> None:
    """Keep what a person wishes, beside what others keep in the extras of the account."""
    user.plugin_extras = {**(user.plugin_extras or {}), EXTRAS: {**_wishes(user), **wishes}}


def _wishes(user: model.User) -> dict[str, Any]:
    return (user.plugin_extras or {}).get(EXTRAS) or {}


def language(user: model.User, own: Iterable[str]) -> str:
    """The language to write to a person in: the one they chose, else the first of their organisation, else French."""
    if chosen := chosen_language(user):
        return chosen
    for organization_id in own:
        group = model.Group.get(organization_id)
        for code in _languages(group):
            if code in LANGUAGES:
                return code
    return LANGUAGES[0]


def _languages(group: model.Group | None) -> list[str]:
    """The languages in which an organisation publishes, in its own order, by their two-letter codes."""
    extras: dict[str, Any] = getattr(group, "extras", None) or {}
    try:
        value = json.loads(extras.get("language") or "[]")
    except ValueError:  # a single code is kept as it is
        value = [extras["language"]]
    return value if isinstance(value, list) else []
