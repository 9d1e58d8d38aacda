"""The change feed on the web: its entry, its blocks, and what came after a number."""

from __future__ import annotations

from flask import redirect, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from ckanext.smartregion.feeds import http
from ckanext.smartregion.feeds.logic import asking, changing
from ckanext.smartregion.feeds.logic.changing import KINDS, Told


def entry(extension: str) -> Response:
    """Where the feed begins; in JSON, what came after a number."""
    if extension == "json":
        return _following()
    asking.refuse_others(request.args, ())
    return _answer(changing.open_entry(extension))


def negotiated() -> Response:
    """The entry in the format that the reader prefers; people are led to the page that explains the feeds."""
    extension = _preferred(request.headers.get("Accept", ""))
    response = entry(extension) if extension else redirect("/feeds", 303)
    response.vary.add("Accept")
    return response


def block(number: int, extension: str) -> Response:
    """A hundred changes."""
    asking.refuse_others(request.args, ())
    return _answer(changing.open_block(number, extension))


def change(seq: int) -> Response:
    """A change is told in its block: its address leads there."""
    asking.refuse_others(request.args, ())
    extension = _preferred(request.headers.get("Accept", "")) or "json"
    address = changing.addresses().block(changing.block_with(seq), extension)
    response = redirect(address, 303)
    response.vary.add("Accept")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _following() -> Response:
    found = changing.follow(request.args.to_dict())
    return http.as_file(request, found.text, media_type=KINDS["json"], tag=found.tag, modified=found.modified)


def _answer(told: Told) -> Response:
    headers = {"Link": told.links} if told.links else {}
    media_type = KINDS[told.extension]
    return http.as_file(
        request, told.text, media_type=media_type, tag=told.tag, modified=told.modified, keep=told.keep, headers=headers
    )


def _preferred(accept: str) -> str:
    """The extension that a reader prefers; empty for people, TriG for whoever accepts anything but a page."""
    ours = {media_type: extension for extension, media_type in KINDS.items()}
    best = parse_accept_header(accept, MIMEAccept).best_match(["text/html", *ours]) if accept else KINDS["trig"]
    return ours.get(best or KINDS["trig"], "")
