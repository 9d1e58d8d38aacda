"""A far end's answer in JSON, read in one place: what can't be read or kept is refused with its sentence. Pure."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from ckanext.smartregion.fetch import Response
from ckanext.smartregion.harvest.conversation import Conversation
from ckanext.smartregion.harvest.records import ListingError
from ckanext.smartregion.harvest.sentences import say

ACCEPT = "application/json, */*;q=0.1"
# Parsed, an answer takes about five times its size.
MOST_BYTES = 20 * 1024 * 1024
# The deepest real answers, with a geometry inside, nest a dozen times.
DEEPEST = 64
MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# Escapes for what neither UTF-8 nor PostgreSQL can hold: the null character and halves of a pair.
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
BETWEEN = re.compile(r"[\s,]*")
PIECE = 1024 * 1024
# The largest item of a list that is read item by item, in characters.
MOST_ITEM = 8 * PIECE
ESCAPED = re.compile(r"\x00|\\u(?:0000|[dD][89abAB][0-9a-fA-F]{2}|[dD][c-fC-F][0-9a-fA-F]{2})")


def page_json(ask: Conversation, url: str, *, max_bytes: int = MOST_BYTES) -> Any:
    """Fetch what alone decides a page, and read it; raises as `Conversation.page` and `read_json` do."""
    return read_json(ask.page(url, accept=ACCEPT, max_bytes=max_bytes), url)


def get_json(ask: Conversation, url: str, *, max_bytes: int = MOST_BYTES) -> Any:
    """Fetch anything else, and read it; raises as `Conversation.get` and `read_json` do."""
    return read_json(ask.get(url, accept=ACCEPT, max_bytes=max_bytes), url)


def read_json(answer: Response | bytes, url: str) -> Any:
    """The value of an answer; raises ListingError where it is empty, a web page, cut, too deep or badly encoded.

    `NaN` and infinity become None, halves of a character and null characters the replacement character: neither can
    be kept in the database, and a record should not fail for one letter. Line breaks inside a text are let through.
    """
    body, stated = (answer, "") if isinstance(answer, bytes) else (answer.body, _charset(answer))
    if not body.strip():
        raise ListingError(say("empty-body", url=url))
    text = _decoded(body, stated, url)
    if (start := text.lstrip()[:5].casefold()).startswith("<"):
        raise ListingError(
            _unreadable(url, "XML, not JSON")
            if start in ("<?xml", "<rdf:") and "<html" not in text[:500].casefold()
            else say("html", url=url)
        )
    try:
        found = json.loads(text, parse_constant=_nothing, strict=False)
    except (ValueError, RecursionError) as error:
        raise ListingError(_unreadable(url, _reason(error))) from error
    if _too_deep(found):
        raise ListingError(_unreadable(url, f"nested more than {DEEPEST} times"))
    return _keepable(found) if ESCAPED.search(text) else found


def array_items(path: Path, url: str) -> Iterator[Any]:
    """The items of a file that holds one list of maps, one by one: however long it is, memory holds one of them.

    Raises ListingError where the file is no list, is cut, or has an item that can't be read.
    """
    decoder = json.JSONDecoder(strict=False, parse_constant=_nothing)
    with path.open(encoding="utf-8-sig") as file:
        text, at = _more(file, "", 0, url).lstrip(), 1
        if not text.startswith("["):
            read_json(text[:PIECE].encode(), url)  # empty, a web page or cut: refused with the sentence for it
            raise ListingError(_unreadable(url, "no list"))
        while True:
            at = _end(BETWEEN.match(text, at))
            if text[at : at + 1] == "]":
                return
            try:
                item, end = decoder.raw_decode(text, at)
            except RecursionError as error:
                raise ListingError(_unreadable(url, _reason(error))) from error
            except json.JSONDecodeError as error:
                longer = _more(file, text, at, url) if len(text) - at < MOST_ITEM else ""
                if len(longer) <= len(text) - at:
                    raise ListingError(_unreadable(url, _reason(error))) from error
                text, at = longer, 0
                continue
            if _too_deep(item):
                raise ListingError(_unreadable(url, f"nested more than {DEEPEST} times"))
            yield _keepable(item) if ESCAPED.search(text, at, end) else item
            at = end


def _more(file: TextIO, text: str, at: int, url: str) -> str:
    """What is left of a text and the next piece of its file."""
    try:
        return text[at:] + file.read(PIECE)
    except UnicodeDecodeError as error:
        raise ListingError(_unreadable(url, "not UTF-8")) from error


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def _unreadable(url: str, reason: str) -> dict[str, str]:
    return say("unreadable", url=url, reason=reason)


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"JSON: {error.msg}, line {error.lineno}, column {error.colno}"
    return f"nested more than {DEEPEST} times" if isinstance(error, RecursionError) else "JSON: a number too long"


def _charset(answer: Response) -> str:
    match = re.search(r"charset=[\"']?([\w.:-]+)", answer.headers.get("content-type", ""), re.IGNORECASE)
    return match[1] if match else ""


def _decoded(body: bytes, stated: str, url: str) -> str:
    """The text by its byte order mark, as UTF-8, or in the encoding that the far end states; never by a guess."""
    for mark, encoding in MARKS.items():
        if body.startswith(mark):
            body, stated = body.removeprefix(mark), encoding
            break
    for encoding in dict.fromkeys(("utf-8", stated or "utf-8")):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    raise ListingError(_unreadable(url, "not UTF-8"))


def _nothing(_constant: str) -> None:
    return None


def _too_deep(found: Any) -> bool:
    """Whether the value nests deeper than anything that is meant; level by level, so that depth costs no stack."""
    level = [found]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, (dict, list))]
        if not level:
            return False
    return True


def _inside(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _keepable(value: Any) -> Any:
    if isinstance(value, str):
        return UNKEEPABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_keepable(inner) for inner in value]
    if isinstance(value, dict):
        return {_keepable(key): _keepable(inner) for key, inner in value.items()}
    return value
