"""The walk: which datasets stand on which page of the feed."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchError
from ckan.types import Context

from ckanext.smartregion.feeds.logic.organisations import with_organisations
from ckanext.smartregion.feeds.serializer import Page
from ckanext.smartregion.schemas import dataset_contracts

# New datasets come last, so one that appears during a walk moves no other to a page already read.
ORDER = "metadata_created asc, id asc"
FURTHEST = 2**31 - 1  # Solr counts rows in 32 bits


def read_page(data_dict: dict[str, Any]) -> Page:
    """The datasets of the asked page, which is empty beyond the last."""
    number, size = page_number(data_dict.get("page")), page_size()
    start = (number - 1) * size
    found = _search(data_dict, rows=size if start + size < FURTHEST else 0, start=min(start, FURTHEST - size))
    return Page(
        number=number,
        size=size,
        count=found["count"],
        datasets=with_organisations(found["results"]),
        path=f"/catalog.{data_dict.get('format') or 'xml'}",
        parameters={key: data_dict[key] for key in ("q", "fq", "modified_since") if data_dict.get(key)},
    )


def anybody() -> Context:
    """A feed shows what everybody sees, whoever asks: no draft leaks through an officer's own session."""
    return {"user": "", "ignore_auth": False}


def last_change() -> str | None:
    """When a public dataset last changed."""
    found = _search({}, rows=1, start=0, order="metadata_modified desc")["results"]
    return found[0]["metadata_modified"] if found else None


def page_number(asked: Any) -> int:
    """The number of the asked page, the first when none is asked."""
    number = str(asked or 1)
    if not number.isdecimal() or int(number) < 1:
        raise tk.ValidationError({"page": [tk._("The page must be a whole number from 1. Start with page=1.")]})
    return int(number)


def page_size() -> int:
    """How many datasets a page holds."""
    return tk.asint(tk.config.get("ckanext.dcat.datasets_per_page") or 100)


def _search(data_dict: dict[str, Any], *, rows: int, start: int, order: str = ORDER) -> dict[str, Any]:
    filters = [f"+dataset_type:({' OR '.join(sorted(dataset_contracts()))})", "+state:active", "+capacity:public"]
    if data_dict.get("modified_since"):
        filters.append(f"+metadata_modified:[{_moment(data_dict['modified_since'])} TO *]")
    query = {"q": data_dict.get("q") or "*:*", "fq_list": filters, "rows": rows, "start": start, "sort": order}
    if data_dict.get("fq"):
        query["fq"] = data_dict["fq"]
    try:
        return tk.get_action("package_search")(anybody(), query)
    except SearchError as error:
        message = tk._("The search in q or fq cannot be read. Write fq as in organization:namur.")
        raise tk.ValidationError({"fq": [message]}) from error


def _moment(asked: Any) -> str:
    moment = tk.h.date_str_to_datetime(str(asked)) if _is_date(str(asked)) else None
    if moment is None:
        message = tk._("%(given)s is no date. Write it as 2026-01-31 or 2026-01-31T12:00:00.") % {"given": asked}
        raise tk.ValidationError({"modified_since": [message]})
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_date(text: str) -> bool:
    try:
        tk.h.date_str_to_datetime(text)
    except (ValueError, TypeError):
        return False
    return True
