"""Answering as a file would be answered: a strong tag, not sent again when it is known, packed, readable from anywhere.

Knows HTTP, and neither CKAN nor what is sent.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

import brotli
import zstandard
from flask import Response as FlaskResponse
from werkzeug.datastructures import Headers, ResponseCacheControl
from werkzeug.http import is_resource_modified, parse_cache_control_header
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

WORTH_PACKING = 1024  # bytes
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, max-age=0, must-revalidate"
# The quickest first: whoever asks for several alike gets the first. The levels cost a page about 10 ms at most.
PACKERS: Mapping[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdCompressor(level=6).compress(body),
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


class Answer(FlaskResponse):
    """An answer that says itself how long it may be kept: CKAN writes its own time into that of every other.

    Of Flask's kind, for Flask turns every other into one of its own and forgets the class.
    """

    @property
    def cache_control(self) -> ResponseCacheControl:
        """What the header says, for reading; what is changed here changes no header."""
        return parse_cache_control_header(self.headers.get("Cache-Control"), cls=ResponseCacheControl)


class Preflight(FlaskResponse):
    """What a browser is told that asks whether a program in a web page may send the headers that we read: it may.

    Said when the answer is sent, for CKAN writes its own headers into it, which name none of ours.
    """

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """The headers of the answer."""
        headers = super().get_wsgi_headers(environ)
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "Accept-Profile, If-Modified-Since, If-None-Match, If-Range, Range"
        headers["Access-Control-Max-Age"] = "86400"
        return headers


def tag_of(*parts: object) -> str:
    """A strong tag for what these parts make: the same parts always come to the same bytes."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:24]


def packing(request: Request, among: Collection[str] = tuple(PACKERS)) -> str:
    """The encoding that the reader prefers among ours; empty for none, or where it would rather have plain bytes."""
    stated = dict(request.accept_encodings)
    accepted = {name: stated[name] for name in PACKERS if name in among and stated.get(name, 0) > 0}
    best = max(accepted.values(), default=0)
    if stated.get("identity", 0) > best:
        return ""
    return next((name for name, quality in accepted.items() if quality == best), "")


def as_file(
    request: Request,
    make: Callable[[], str | bytes],
    *,
    media_type: str,
    tag: str,
    modified: dt.datetime | None = None,
    keep: str = ASK_AGAIN,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer to a GET or HEAD of something that only changes with its tag; made only when it has to be sent."""
    encoding = packing(request)
    response = Answer(content_type=with_charset(media_type))
    open_to_all(response, keep)
    response.headers.update(headers or {})
    response.vary.update(("Accept-Encoding", "Accept-Profile"))
    if modified:
        response.last_modified = modified
    response.set_etag(f"{tag}-{encoding}" if encoding else tag)  # strong tags name bytes
    if known(request, response):
        response.status_code = 304
        del response.headers["Content-Type"]
        return response
    if request.method == "HEAD":
        response.automatically_set_content_length = False
        return response
    body = make()
    data = body.encode() if isinstance(body, str) else body
    if encoding and len(data) > WORTH_PACKING:
        data = PACKERS[encoding](data)
        response.content_encoding = encoding
    response.set_data(data)
    return response


def open_to_all(response: Response, keep: str) -> None:
    """Let programs in any web page read an answer and what it says of itself; ``keep`` is for how long."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link, Last-Modified, Content-Range, Accept-Ranges"
    response.headers["Cache-Control"] = keep
    response.headers["X-Content-Type-Options"] = "nosniff"


def with_charset(media_type: str) -> str:
    """The media type, with the encoding of its texts where it is a kind of text."""
    textual = media_type.startswith("text/") or media_type.endswith(("xml", "json"))
    return f"{media_type}; charset=utf-8" if textual and "charset" not in media_type else media_type


def known(request: Request, response: Response) -> bool:
    """Whether the reader has it already; a tag in any of our encodings names the same content."""
    if asked := request.if_none_match:
        tag = (response.get_etag()[0] or "").partition("-")[0]
        ours = {tag, *(f"{tag}-{name}" for name in PACKERS)}
        return asked.star_tag or not ours.isdisjoint(asked.as_set())
    return not is_resource_modified(request.environ, last_modified=response.last_modified)
