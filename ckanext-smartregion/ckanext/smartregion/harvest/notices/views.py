"""The page of what changed at the sources, with the switch for the mails of the day."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

import ckan.plugins.toolkit as tk
from ckan.types import Response

smartregion_notices = Blueprint("smartregion_notices", __name__, url_prefix="/harvest/notices")

PER_PAGE = 50


def index() -> Any:
    """What changed at the sources that concern the reader, newest first."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from=tk.h.url_for("smartregion_notices.index"))
    start = tk.request.args.get("start", "0")
    offset = int(start) if start.isdecimal() and len(start) < 7 else 0
    found = tk.get_action("smartregion_notice_list")({}, {"limit": PER_PAGE, "offset": offset})
    following = offset + PER_PAGE if offset + PER_PAGE < found["count"] else None
    return tk.render("notices/index.html", {"notices": found, "offset": offset, "following": following})


def read() -> Response | Any:
    """Mark one notice as read, or all."""
    return _act("smartregion_notice_read", {"id": tk.request.form.get("id")})


def mail() -> Response | Any:
    """Switch the mails of the day on or off, and choose their language."""
    form = tk.request.form
    return _act("smartregion_digest_set", {"mail": "mail" in form, "language": form.get("language", "")})


def _act(action: str, data: dict[str, Any]) -> Response | Any:
    try:
        tk.get_action(action)({}, {name: value for name, value in data.items() if value is not None})
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Log in to see what changed at your sources."))
    except tk.ValidationError as error:
        tk.h.flash_error("; ".join(error.error_summary.values()))
    return tk.redirect_to("smartregion_notices.index")


smartregion_notices.add_url_rule("", view_func=index, strict_slashes=False)
smartregion_notices.add_url_rule("/read", view_func=read, methods=["POST"])
smartregion_notices.add_url_rule("/mail", view_func=mail, methods=["POST"])
