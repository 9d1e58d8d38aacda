"""Actions of harvesting, news: what changed at the sources, who has read it, who gets mails, how the sources are."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.logic import validate
from ckan.types import Context

from ckanext.smartregion.harvest import condition, model
from ckanext.smartregion.harvest.logic import schema, showing
from ckanext.smartregion.harvest.model import conditions, notices
from ckanext.smartregion.harvest.notices import audience, digest


@tk.side_effect_free
@validate(schema.notice_list)
def smartregion_notice_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """List what changed at the sources and datasets that concern the caller, newest first, and their mails of the day.

    A change of a source's state is told once, not once per run.

    :param unread: only what the caller has not marked as read
    :type unread: bool
    :param limit: how many at most, 50 by default and 500 at most
    :type limit: int
    :param offset: how many to leave out before
    :type offset: int
    :returns: ``count``; ``unread``, how many the caller has not read; ``results`` with ``id``, ``kind`` (troubled,
        failing, silent, recovered, asks, first, held, waiver-ends, waiver-ended), ``texts`` in four languages,
        ``source`` and ``source_title`` or ``dataset`` and ``dataset_title``, ``run``, ``moment`` and ``read``;
        ``digest`` with ``mail``, ``language`` and ``possible``
    """
    tk.check_access("smartregion_notice_list", context, data_dict)
    person = _person(context)
    scope = audience.scope(person)
    unread = notices.notices(scope.wanted, person.id, unread=True)
    found = unread if data_dict.get("unread") else notices.notices(scope.wanted, person.id)
    rows = found.offset(data_dict.get("offset", 0)).limit(min(data_dict.get("limit", 50), 500)).all()
    return {
        "count": found.count(),
        "unread": unread.count(),
        "results": [_notice(*row) for row in rows],
        "digest": _digest(person, scope),
    }


def _notice(
    row: notices.Notice, source: model.Source | None, package: ckan_model.Package | None, read: Any
) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "texts": row.texts,
        "source": source.name if source else None,
        "source_title": (source.title or source.name) if source else None,
        "dataset": package.name if package else None,
        "dataset_title": (package.title or package.name) if package else None,
        "run": row.run_id,
        "moment": row.moment.isoformat(),
        "read": read.isoformat() if read else None,
    }


def _digest(person: ckan_model.User, scope: audience.Scope) -> dict[str, Any]:
    return {
        "mail": audience.wants_mail(person),
        "language": audience.language(person, scope.own),
        "chosen": audience.chosen_language(person),
        "possible": digest.possible(),
    }


@validate(schema.notice_read)
def smartregion_notice_read(context: Context, data_dict: dict[str, Any]) -> dict[str, int]:
    """Mark a notice as read by the caller, or all that concern them.

    :param id: a notice; without it all of them
    :type id: string
    :returns: ``read``, how many were unread before
    """
    tk.check_access("smartregion_notice_read", context, data_dict)
    person = _person(context)
    if data_dict.get("id"):
        ids = [data_dict["id"]]
    else:
        scope = audience.scope(person)
        ids = [row.id for row, *_ in notices.notices(scope.wanted, person.id, unread=True).all()]
    read = notices.mark_read(ids, person.id)
    ckan_model.Session.commit()
    return {"read": read}


@validate(schema.digest_set)
def smartregion_digest_set(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Switch the caller's own mails of the day on or off, and choose their language.

    :param mail: whether to get them
    :type mail: bool
    :param language: fr, nl, de or en; empty for the language of the caller's organisation
    :type language: string
    :returns: ``mail``, ``language`` (the one that is written in), ``chosen`` and ``possible`` (whether mail goes out)
    """
    tk.check_access("smartregion_digest_set", context, data_dict)
    person = _person(context)
    wishes = {"digest": data_dict.get("mail"), "language": data_dict.get("language")}
    named = {"digest": "mail", "language": "language"}
    audience.wish(person, **{name: wish for name, wish in wishes.items() if named[name] in data_dict})
    ckan_model.Session.commit()
    return _digest(person, audience.scope(person))


@tk.side_effect_free
@validate(schema.source_condition)
def smartregion_source_condition(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Show how sources are: well, troubled, failing, silent or resting, and why.

    :param id: name or id of a source; without it all sources
    :type id: string
    :returns: ``source``, ``state``, ``cause`` and ``why`` in four languages, by name
    """
    tk.check_access("smartregion_source_condition", context, data_dict)
    rows = [showing.find(data_dict["id"])] if data_dict.get("id") else model.sources()
    moment = model.now()
    found = [(facts.name, condition.condition(facts, moment)) for facts in conditions.facts(rows).values()]
    return [{"source": name, "state": each.state, "cause": each.cause, "why": each.why} for name, each in found]


def _person(context: Context) -> ckan_model.User:
    """The caller; raises NotAuthorized for a user that is none."""
    person = ckan_model.User.get(context.get("user"))
    if person is None:
        raise tk.NotAuthorized(tk._("Log in to see what changed at your sources."))
    return person
