"""The walk: which datasets stand on which page of the feed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchError

from ckanext.smartregion.feeds import model
from ckanext.smartregion.feeds.logic.rendering import anybody
from ckanext.smartregion.feeds.serializer import Page
from ckanext.smartregion.schemas import dataset_contracts

FURTHEST = 2**63 - 1  # PostgreSQL counts rows in 64 bits
MOST_FOUND = 100_000


def read_page(data_dict: dict[str, Any]) -> tuple[Page, list[str]]:
    """The asked page and the ids of its datasets; there are none beyond the last."""
    number, size = page_number(data_dict.get("page")), page_size()
    since = _moment(data_dict["modified_since"]) if data_dict.get("modified_since") else None
    query = model.public(dataset_contracts(), among=_found(data_dict), since=since)
    start = (number - 1) * size
    ids = [row[0] for row in query.offset(start).limit(size)] if start < FURTHEST else []
    page = Page(
        number=number,
        size=size,
        count=query.order_by(None).count(),
        path=f"/catalog.{data_dict.get('format') or 'xml'}",
        parameters={key: data_dict[key] for key in ("q", "fq", "modified_since") if data_dict.get(key)},
    )
    return page, ids


def last_change() -> str | None:
    """When a public dataset last changed."""
    moment = model.last_change(dataset_contracts())
    return moment.isoformat() if moment else None


def page_number(asked: Any) -> int:
    """The number of the asked page, the first when none is asked."""
    number = str(asked or 1)
    if not number.isdecimal() or int(number) < 1:
        raise tk.ValidationError({"page": [tk._("The page must be a whole number from 1. Start with page=1.")]})
    return int(number)


def page_size() -> int:
    """How many datasets a page holds."""
    return tk.asint(tk.config.get("ckanext.dcat.datasets_per_page") or 100)


def _found(data_dict: dict[str, Any]) -> list[str] | None:
    """The ids that a search finds, as far as everybody sees them; None where nothing is searched for."""
    if not (data_dict.get("q") or data_dict.get("fq")):
        return None
    query = {"q": data_dict.get("q") or "*:*", "fq": data_dict.get("fq") or "", "rows": 1000, "fl": "id"}
    ids: list[str] = []
    try:
        while len(ids) < MOST_FOUND:
            asked = {**query, "start": len(ids), "sort": "metadata_created asc, id asc"}
            found = tk.get_action("package_search")(anybody(), asked)["results"]
            ids += [each["id"] for each in found]
            if len(found) < query["rows"]:
                break
    except SearchError as error:
        message = tk._("The search in q or fq cannot be read. Write fq as in organization:namur.")
        raise tk.ValidationError({"fq": [message]}) from error
    return ids


def _moment(asked: Any) -> dt.datetime:
    moment = tk.h.date_str_to_datetime(str(asked)) if _is_date(str(asked)) else None
    if moment is None:
        message = tk._("%(given)s is no date. Write it as 2026-01-31 or 2026-01-31T12:00:00.") % {"given": asked}
        raise tk.ValidationError({"modified_since": [message]})
    return moment


def _is_date(text: str) -> bool:
    try:
        tk.h.date_str_to_datetime(text)
    except (ValueError, TypeError):
        return False
    return True
