"""The actions behind ckanext-dcat's feed addresses, answered by our serialiser."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Action, Context

from ckanext.dcat.utils import CONTENT_TYPES
from ckanext.smartregion.feeds.fragments import document
from ckanext.smartregion.feeds.logic import walk
from ckanext.smartregion.feeds.logic.rendering import anybody, fragments_of
from ckanext.smartregion.feeds.serializer import FeedSerializer

FORMS = {"ttl": "ttl", "n3": "ttl", "xml": "xml", "rdf": "xml", "jsonld": "jsonld"}


@tk.side_effect_free
@tk.chained_action
def dcat_catalog_show(up_func: Action, context: Context, data_dict: dict[str, Any]) -> str:
    """One page of the catalogue as DCAT-AP: the public datasets, in the order of their creation.

    A page beyond the last is empty.

    :param page: the number of the page, from 1
    :param format: ``ttl``, ``xml``, ``rdf``, ``n3`` or ``jsonld``
    :param modified_since: only datasets whose description changed since this date
    :param q: words to search for
    :param fq: a filter in the syntax of Solr
    :param profiles: names of RDF profiles to write with, instead of the configured ones
    """
    tk.check_access("dcat_catalog_show", context, data_dict)
    extension = _extension(data_dict)
    page, ids = walk.read_page({**data_dict, "format": extension})
    form, profiles = FORMS[extension], data_dict.get("profiles")
    shown = fragments_of(ids, form, profiles)
    head = FeedSerializer(profiles).head(page, shown, modified=walk.last_change())
    return document(form, head, shown)


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
    :param format: ``ttl``, ``xml``, ``rdf``, ``n3`` or ``jsonld``
    :param profiles: names of RDF profiles to write with, instead of the configured ones
    """
    tk.check_access("dcat_dataset_show", context, data_dict)
    extension = _extension(data_dict)
    dataset = _published(tk.get_or_bust(data_dict, "id"))
    form = FORMS[extension]
    return document(form, (), fragments_of([dataset["id"]], form, data_dict.get("profiles")))


def _published(id_or_name: str) -> dict[str, Any]:
    """The dataset, when everybody may see it; a stranger does not even learn that another one exists."""
    hidden = tk.ObjectNotFound(tk._("There is no published dataset of this name."))
    try:
        dataset = tk.get_action("package_show")(anybody(), {"id": id_or_name})
    except tk.NotAuthorized as error:
        raise hidden from error
    if dataset["state"] != "active" or dataset["private"]:
        raise hidden
    return dataset


def _extension(data_dict: dict[str, Any]) -> str:
    extension = data_dict.get("format") or "xml"
    if extension not in CONTENT_TYPES:
        known = ", ".join(sorted(CONTENT_TYPES))
        message = tk._("There is no feed in the format %(format)s. Ask for one of these: %(known)s.")
        raise tk.ValidationError({"format": [message % {"format": extension, "known": known}]})
    return extension
