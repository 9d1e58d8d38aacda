"""What every page of harvesting does: ask an action, show what it refuses, and page through what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import stream_with_context

import ckan.plugins.toolkit as tk
from ckan.types import Response

from ckanext.smartregion.harvest import exporting

PER_PAGE = 50
CHUNK = 1000
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}


def ask(action: str, **data: Any) -> Any:
    """What an action gives; what it does not find or does not allow ends the request."""
    try:
        return tk.get_action(action)({}, data)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error.message or tk._("There is no such page.")))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Log in as a data officer of this organisation to do this."))


def attempt(action: str, done: str, **data: Any) -> Any:
    """Do something and say that it is done, or why it is refused; gives None where it was refused."""
    try:
        result = ask(action, **data)
    except tk.ValidationError as error:
        tk.h.flash_error(" ".join(str(sentence) for sentence in error.error_summary.values()))
        return None
    if done:
        tk.h.flash_success(done)
    return result


def may(action: str, **data: Any) -> bool:
    """Whether the reader may do something."""
    return tk.h.check_access(action, data)


def page_number() -> int:
    """Which page of a list is asked for, from 1."""
    given = tk.request.args.get("page", "1")
    return max(1, int(given)) if given.isdecimal() and len(given) < 7 else 1


def window(number: int) -> dict[str, int]:
    """The rows of a page of a list, and one more: it tells whether there is a next page."""
    return {"limit": PER_PAGE + 1, "offset": (number - 1) * PER_PAGE}


def paged(rows: list[Any], number: int) -> dict[str, Any]:
    """The rows of a page and where it stands."""
    return {"rows": rows[:PER_PAGE], "page": number, "more": len(rows) > PER_PAGE}


def chosen(*names: str) -> dict[str, str]:
    """The filters of a list that the reader has set."""
    given = {name: tk.request.args.get(name, "").strip() for name in names}
    return {name: value for name, value in given.items() if value}


def chunks(load: Callable[[int, int], list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """All rows of a list, asked for by limit and offset, a chunk at a time."""
    offset = 0
    while rows := load(CHUNK, offset):
        yield from rows
        if len(rows) < CHUNK:
            return
        offset += CHUNK


def file(name: str, form: str, rows: Iterator[dict[str, Any]], columns: tuple[str, ...]) -> Response:
    """Rows as a file to keep, written while it is sent."""
    lines = exporting.csv_lines(rows, columns) if form == "csv" else exporting.json_lines(rows)
    response = Response(stream_with_context(lines), content_type=MEDIA_TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response
