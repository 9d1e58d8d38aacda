"""The bytes of a file that should be of a format: text, JSON, or members of an archive, within the limits."""

import codecs
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ckanext.smartregion.quality.examination import archives
from ckanext.smartregion.quality.examination.limits import MEGABYTE, Limits
from ckanext.smartregion.quality.examination.refusal import Refused, refuse_archive
from ckanext.smartregion.quality.examination.scanning import MAGIC, PACKED

MOST_LEVELS = 100
MOST_MEMBERS = 5000
MOST_DOUBLES = 50
LITTER = ("__MACOSX/", ".DS_Store")


class Document:
    """A JSON value, and the names that stood twice in one of its objects."""

    def __init__(self, value: Any, doubles: dict[str, int]) -> None:
        self.value, self.doubles = value, doubles


def head_of(path: Path, limits: Limits) -> bytes:
    """The first bytes of a file; one that is empty, too large, a PDF or a web page is refused."""
    if path.stat().st_size > limits.file_mb * MEGABYTE:
        raise Refused("too-large", limit=limits.file_mb)
    with path.open("rb") as file:
        head = file.read(1024)
    if not head.strip():
        raise Refused("empty-file")
    return head


def is_archive(head: bytes) -> bool:
    """Whether the bytes begin as a ZIP archive does."""
    return head.startswith(PACKED)


def refuse_page(head: bytes, *, xml: bool = False) -> None:
    """Refuse a PDF or a web page; where XML is wanted, only what says that it is HTML is one."""
    for magic, rule in MAGIC:
        if magic.match(head.removeprefix(codecs.BOM_UTF8)):
            if rule == "web-page" and xml and b"<html" not in head.lower() and b"<!doctype html" not in head.lower():
                continue
            raise Refused(rule)


def document(raw: bytes) -> Document:
    """The JSON document that the bytes are."""
    if b"\0" in raw[:MEGABYTE]:
        raise Refused("binary", line=1)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("not-utf8") from error
    doubles: dict[str, int] = {}
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, doubles), parse_constant=_no_number)
    except RecursionError as error:
        raise Refused("too-nested", limit=MOST_LEVELS) from error
    except json.JSONDecodeError as error:
        raise Refused("not-json", line=error.lineno) from error
    except ValueError as error:  # NaN, or a number of thousands of digits
        raise Refused("not-json", line=1) from error
    if _is_deep(value):
        raise Refused("too-nested", limit=MOST_LEVELS)
    return Document(value, doubles)


def _object(pairs: list[tuple[str, Any]], doubles: dict[str, int]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        for name, times in Counter(name for name, _ in pairs).items():
            if times > 1 and (name in doubles or len(doubles) < MOST_DOUBLES):
                doubles[name] = doubles.get(name, 0) + 1
    return made


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _is_deep(value: Any) -> bool:
    """Whether lists and objects lie in one another further than allowed; level by level, without recursion."""
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [part for one in level for part in _parts(one) if isinstance(part, dict | list)]
        if not level:
            return False
    return True


def _parts(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def members(path: Path, limits: Limits) -> list[zipfile.ZipInfo]:
    """The files of an archive that may be unpacked; a hostile or broken archive is refused."""
    try:
        found = [one for one in archives.members_of(path) if not one.filename.startswith(LITTER)]
    except archives.BROKEN as error:
        raise refuse_archive("damaged") from error
    if len(found) > MOST_MEMBERS:
        raise refuse_archive("several", members=len(found))
    if any(map(archives.is_encrypted, found)):
        raise refuse_archive("encrypted")
    if any(".." in one.filename.split("/") or one.filename.startswith("/") or "\\" in one.filename for one in found):
        raise refuse_archive("path")
    archives.refuse_swollen(found, limits)
    return found


def pieces(path: Path, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a member in pieces of at most a megabyte."""
    try:
        yield from archives.unpacked(path, member)
    except archives.BROKEN as error:
        raise refuse_archive("damaged") from error


def lone_document(path: Path, limits: Limits, refusal: Callable[[], Refused]) -> Document:
    """The JSON of a file that is nothing else; `refusal` is what an archive is refused with."""
    head = head_of(path, limits)
    refuse_page(head)
    if is_archive(head):
        raise refusal()
    return document(path.read_bytes())
