"""The actions of ckanext-dcat's feeds, answered from our log, and those of our own."""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Action, Context

from ckanext.smartregion.feeds import model as feed
from ckanext.smartregion.feeds.logic import asking, dumping, forgetting, hooks, judging, publishing
from ckanext.smartregion.feeds.logic.alone import open_dataset, published
from ckanext.smartregion.feeds.logic.walk import open_page
from ckanext.smartregion.feeds.problems import Problem
from ckanext.smartregion.feeds.webhooks import model as webhooks

log = logging.getLogger(__name__)


def smartregion_webhook_create(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Have changes sent to an address from now on, signed as Standard Webhooks says.

    :param address: where to send them, http or https, on the public internet
    :param owner_org: name of the organisation whose officers share it; the caller's own without
    :param organization: only changes of datasets of the organisation of this name
    :param municipality: only those of the municipality of this NIS code
    :param theme: only those of this theme, as a code (``TRAN``) or an address
    :param type: only those of this contract
    :param hvd: ``true`` for high-value datasets only
    :returns: what ``smartregion_webhook_show`` gives, and ``secret``, which is shown this once
    """
    tk.check_access("smartregion_webhook_create", context, data_dict)
    webhook, secret = hooks.make(_person(context), data_dict)
    return {**hooks.shown(webhook), "secret": secret}


@tk.side_effect_free
def smartregion_webhook_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the caller's webhooks and those of the organisations they publish for; a system administrator's are all.

    :returns: what ``smartregion_webhook_show`` gives of each, the oldest first
    """
    tk.check_access("smartregion_webhook_list", context, data_dict)
    person = _person(context)
    if person.sysadmin:
        return [hooks.shown(webhook) for webhook in webhooks.every()]
    mine = tk.get_action("organization_list_for_user")(tk.fresh_context(context), {"permission": "create_dataset"})
    return [hooks.shown(webhook) for webhook in webhooks.of(person.id, [each["id"] for each in mine])]


@tk.side_effect_free
def smartregion_webhook_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show how a webhook fares; its secret is shown to nobody.

    :param id: the id of the webhook
    :returns: ``id``, ``address``, ``user``, ``owner_org``, ``filters``, ``state`` (active, paused, dead), ``created``,
        ``told_up_to`` (number of a change), ``waiting`` (changes after it), ``delivered`` (when, last), ``failures``
        (one after the other), ``next_attempt``, ``reason`` of the last failure in four languages
    """
    return hooks.shown(_webhook("smartregion_webhook_show", context, data_dict))


def smartregion_webhook_delete(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Delete a webhook.

    :param id: the id of the webhook
    :returns: what ``smartregion_webhook_show`` gave of it
    """
    webhook = _webhook("smartregion_webhook_delete", context, data_dict)
    last = hooks.shown(webhook)
    model.Session.delete(webhook)
    model.Session.commit()
    return last


def smartregion_webhook_pause(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Send nothing to a webhook until it is resumed.

    :param id: the id of the webhook
    :returns: what ``smartregion_webhook_show`` gives
    """
    webhook = _webhook("smartregion_webhook_pause", context, data_dict)
    webhook.state = webhooks.PAUSED
    model.Session.commit()
    return hooks.shown(webhook)


def smartregion_webhook_resume(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Send to a webhook again that was paused or given up, beginning with what changed meanwhile.

    :param id: the id of the webhook
    :returns: what ``smartregion_webhook_show`` gives
    """
    webhook = _webhook("smartregion_webhook_resume", context, data_dict)
    hooks.begin_again(webhook)
    return hooks.shown(webhook)


def smartregion_webhook_test(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Send a message that says nothing to a webhook, at once.

    :param id: the id of the webhook
    :returns: ``delivered``; ``reason`` in four languages where it was not
    """
    return hooks.tried(_webhook("smartregion_webhook_test", context, data_dict))


def _webhook(action: str, context: Context, data_dict: dict[str, Any]) -> webhooks.Webhook:
    id = str(tk.get_or_bust(data_dict, "id"))
    tk.check_access(action, context, data_dict)
    webhook = webhooks.find(id)
    if webhook is None:
        raise tk.ObjectNotFound(tk._("There is no webhook with this id."))
    return webhook


def _person(context: Context) -> model.User:
    person = model.User.get(context.get("user"))
    if person is None:
        raise tk.NotAuthorized(tk._("Log in to have changes sent to you."))
    return person


@tk.side_effect_free
@tk.chained_action
def dcat_catalog_show(up_func: Action, context: Context, data_dict: dict[str, Any]) -> str:
    """One page of the catalogue as DCAT-AP: the public datasets, each at the place where it was first published.

    A page beyond the last is empty.

    :param format: ``ttl``, ``xml``, ``rdf``, ``jsonld``, ``nt`` or ``n3``
    :param page: the number of the page, from 1
    :param cursor: as a link of another page gives it: the same walk goes on, whatever has changed since it began
    :param profile: the profile to write in, ``dcat-ap`` when none is named
    :param organization: only datasets of the organisation of this name
    :param municipality: only datasets of the municipality of this NIS code
    :param theme: only datasets of this theme, as a code (``TRAN``) or an address
    :param type: only datasets of this contract
    :param hvd: ``true`` for high-value datasets only
    :param modified_since: only what changed since this date, with the datasets that left
    :param q: words to search for
    :param fq: a filter in the syntax of Solr
    """
    tk.check_access("dcat_catalog_show", context, data_dict)
    given = {name: str(data_dict[name]) for name in asking.PARAMETERS if data_dict.get(name)}
    try:
        reading = open_page(asking.read(data_dict.get("format") or "xml", given))
        text = reading.body().decode()
    except Problem as problem:
        raise asking.as_validation_error(problem) from problem
    reading.keep()
    return text


@tk.side_effect_free
@tk.chained_action
def dcat_catalog_search(up_func: Action, context: Context, data_dict: dict[str, Any]) -> str:
    """The same as ``dcat_catalog_show``, under ckanext-dcat's other name."""
    tk.check_access("dcat_catalog_search", context, data_dict)
    return tk.get_action("dcat_catalog_show")(tk.fresh_context(context), data_dict)


@tk.side_effect_free
@tk.chained_action
def dcat_dataset_show(up_func: Action, context: Context, data_dict: dict[str, Any]) -> str:
    """One public dataset as DCAT-AP.

    :param id: the id or name of the dataset
    :param format: ``ttl``, ``xml``, ``rdf``, ``jsonld``, ``nt`` or ``n3``
    :param profile: the profile to write in, ``dcat-ap`` when none is named
    """
    tk.check_access("dcat_dataset_show", context, data_dict)
    given = {"profile": data_dict["profile"]} if data_dict.get("profile") else {}
    try:
        asked = asking.read(data_dict.get("format") or "xml", given)
        return open_dataset(tk.get_or_bust(data_dict, "id"), asked.form, asked.profile).text()
    except Problem as problem:
        raise asking.as_validation_error(problem) from problem


@tk.side_effect_free
def smartregion_feed_quality_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Tell how good the description of a published dataset is: its score, what to mend first, what its profiles find.

    Points for an address of which nobody knows whether it answers are not given: the state is ``not checked``.

    :param id: the id or name of the dataset
    :returns: ``{"id", "name", "type", "iri", "change", "published", "profiles", "valid", "violations", "warnings",
        "score": {"points", "most", "rating", "label", "parts", "indicators"}, "mend": [{"points", "form", "field",
        "label", "resource", "message"}], "results": [{"severity", "profile", "focus", "path", "value", "constraint",
        "form", "field", "label", "resource", "message"}]}``; ``label`` and ``message`` are maps from language to text
    """
    tk.check_access("smartregion_feed_quality_show", context, data_dict)
    try:
        found = judging.report_of(published(tk.get_or_bust(data_dict, "id")))
    except Problem as problem:
        raise tk.ObjectNotFound(problem.detail) from problem
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no published dataset of this name."))
    return found


@tk.side_effect_free
def smartregion_feed_quality_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Tell how good the descriptions of all published datasets are, or of one organisation's: sums and a list.

    :param organization: the name of an organisation
    :param start: how many datasets to leave out of the list
    :param rows: how many datasets the list may hold, 100 when none is said, 1000 at most
    :returns: ``{"totals": {"datasets", "points", "most", "parts", "ratings", "valid", "violations", "warnings",
        "lost"}, "waiting", "datasets": [{"id", "name", "organization", "points", "rating", "parts", "violations",
        "warnings"}]}``: means of points, how many datasets have which rating and lose which indicator, how many are
        not judged yet, and the datasets with the fewest points first
    """
    tk.check_access("smartregion_feed_quality_list", context, data_dict)
    start, rows = (_number(data_dict, name, default) for name, default in (("start", 0), ("rows", 100)))
    publishing.publish()
    waiting = judging.judge()
    organization = str(data_dict.get("organization") or "")
    return {
        "totals": judging.sums(organization),
        "waiting": judging.waiting() if waiting == judging.BATCH else 0,
        "datasets": judging.listed(organization, start, min(rows, 1000)),
    }


def _number(data_dict: dict[str, Any], name: str, default: int) -> int:
    text = str(data_dict.get(name, default))
    if not text.isdecimal():
        raise tk.ValidationError({name: [tk._("Write a whole number from 0.")]})
    return int(text)


def smartregion_feed_forget(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Erase at once what the feeds ever said of a withdrawn dataset, such as personal data published by mistake.

    That it was there and is gone stays known, with its address and its name; its numbers in the log are told without
    what they said. Dumps that hold it are removed.

    :param id: the id of the dataset, or the last name it had
    :returns: ``id``, ``name``, ``change`` (the number of its withdrawal), ``versions`` (how many said something), and
        the names of the ``dumps`` that were removed
    """
    tk.check_access("smartregion_feed_forget", context, data_dict)
    publishing.publish()
    gone = feed.current(str(tk.get_or_bust(data_dict, "id")))
    if gone is None:
        raise tk.ObjectNotFound(tk._("The feeds have never known a dataset of this name."))
    versions = forgetting.erase(gone.package_id)
    if versions is None:
        message = tk._("This dataset is published. Withdraw it first (delete it or make it private), then forget it.")
        raise tk.ValidationError({"id": [message]})
    dumps = dumping.take_away(gone.package_id, gone.seq)
    log.warning("%s had the feeds forget the dataset %s", context.get("user"), gone.package_id)
    return {"id": gone.package_id, "name": gone.name, "change": gone.seq, "versions": versions, "dumps": dumps}


@tk.side_effect_free
def smartregion_feed_dumps_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """The dumps of the catalogue that are kept, the newest first.

    :returns: per dump its name, ``seq`` (the change it ends with), when it was ``created``, how many ``datasets`` it
        holds, and its ``files``: name, format, profile, media type, bytes, SHA-256, address, and the same of each
        packed form
    """
    tk.check_access("smartregion_feed_dumps_list", context, data_dict)
    return [dumping.summary(dump) for dump in dumping.kept().dumps()]
