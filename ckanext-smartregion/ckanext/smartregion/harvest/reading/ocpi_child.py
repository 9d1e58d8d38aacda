"""The child process that reads OCPI answers: the `path` of each, and what is to be done with it, among the facts."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import ijson

from ckanext.smartregion.harvest.mapping.mobility import clean
from ckanext.smartregion.harvest.reading.child import RefusedError, serve
from ckanext.smartregion.harvest.reading.ocpi_locations import Location, Total, hidden, key

BOM = b"\xef\xbb\xbf"
# Beyond this an answer is a list of locations or nothing: versions and endpoints take a page of text.
SMALL = 1024 * 1024
SUCCESS = range(1000, 2000)
MOST_LISTED = 100


def main() -> None:
    """Serve answers, each with how to `split` its locations and the ids that the page `before` had."""
    serve(lambda _body, head: read(Path(head["path"]), head["split"], set(head["before"])))


def read(file: Path, split: str, before: set[str]) -> dict[str, Any]:
    """What the answer is: versions, endpoints, or locations summed up; raises RefusedError where it is none."""
    with file.open("rb") as stream:
        start = stream.read(256).removeprefix(BOM).lstrip()
    if not start:
        raise RefusedError("empty-body")
    if start[:1] == b"<":
        raise RefusedError("html")
    if start[:1] not in (b"[", b"{"):
        raise RefusedError("ocpi-none", reason="no JSON list or object")
    try:
        return _read(file, "item" if start[:1] == b"[" else "data.item", split, before)
    except ijson.JSONError as error:
        raise RefusedError("unreadable", reason=" ".join(str(error).split())[:120]) from error


def _read(file: Path, prefix: str, split: str, before: set[str]) -> dict[str, Any]:
    if prefix == "data.item":
        _check_status(file)
        if found := _described(file):
            return found
    page = _Page(before)
    totals: dict[str, Total] = {}
    for location, total in page.locations(_items(file, prefix)):
        name = key(location, split)
        totals[name] = totals[name].take(total) if name in totals else total
    if not page.seen and prefix == "data.item" and not _has_list(file):
        raise RefusedError("ocpi-none", reason="no data")
    if page.seen and page.broken == page.seen:
        raise RefusedError("ocpi-none", reason="items without coordinates and evses")
    return {
        "groups": {name: total.as_dict() for name, total in sorted(totals.items())},
        "left": dict(sorted(page.left.items())),
        "twins": page.twins,
        "broken": page.broken,
        "seen": page.seen,
        "ids": page.ids,
    }


class _Page:
    """Sorts the items of a page: locations for everybody, locations left out, twins, and what is no location."""

    def __init__(self, before: set[str]) -> None:
        self.known = before
        self.ids: list[str] = []
        self.left: Counter[str] = Counter()
        self.seen = self.twins = self.broken = 0

    def locations(self, items: Iterator[Any]) -> Iterator[tuple[Location, Total]]:
        """The locations that count, each with its sum."""
        for item in items:
            self.seen += 1
            if not _is_location(item):
                self.broken += 1
                continue
            name = _short("*".join(clean(item.get(part)) for part in ("country_code", "party_id", "id")))
            self.ids.append(name)
            if name in self.known:
                self.twins += 1
                continue
            self.known.add(name)
            if reason := hidden(item):
                self.left[reason] += 1
            elif total := _total(item):
                yield item, total
            else:
                self.broken += 1


def _is_location(item: Any) -> bool:
    return isinstance(item, dict) and bool(clean(item.get("id"))) and ("coordinates" in item or "evses" in item)


def _total(item: Location) -> Total | None:
    """The sum of one location; one that can't be read must not cost the others."""
    total = Total()
    try:
        total.add(item)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return total


def _short(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:10]


def _opened(file: Path) -> IO[bytes]:
    stream = file.open("rb")
    if stream.read(len(BOM)) != BOM:
        stream.seek(0)
    return stream


def _items(file: Path, prefix: str) -> Iterator[Any]:
    with _opened(file) as stream:
        yield from ijson.items(stream, prefix, use_float=True)


def _check_status(file: Path) -> None:
    """An OCPI error comes with status 200 of HTTP and a number of its own."""
    code = next(_items(file, "status_code"), None)
    if code is not None and (not isinstance(code, int | float) or int(code) not in SUCCESS):
        message = clean(next(_items(file, "status_message"), "")) or "?"
        raise RefusedError("ocpi-refused", code=clean(code), reason=message)


def _described(file: Path) -> dict[str, Any] | None:
    """The versions of a server or the endpoints of a version; None where the answer is no such thing."""
    if file.stat().st_size > SMALL:
        return None
    with _opened(file) as stream:
        try:
            data = json.load(stream).get("data")
        except (ValueError, RecursionError) as error:
            raise RefusedError("unreadable", reason=str(error)[:120]) from error
    if isinstance(data, dict) and isinstance(data.get("endpoints"), list):
        listed = [each for each in data["endpoints"] if isinstance(each, dict)][:MOST_LISTED]
        names = ("identifier", "role", "url")
        endpoints = [{name: clean(each.get(name)) for name in names} for each in listed]
        return {"version": clean(data.get("version")), "endpoints": endpoints}
    versions = [each for each in data if isinstance(each, dict)][:MOST_LISTED] if isinstance(data, list) else []
    if versions and all("version" in each and "url" in each and "id" not in each for each in versions):
        return {"versions": {clean(each["version"]): clean(each["url"]) for each in versions}}
    return None


def _has_list(file: Path) -> bool:
    with _opened(file) as stream:
        return any(prefix == "data" and event == "start_array" for prefix, event, _ in ijson.parse(stream))


if __name__ == "__main__":
    main()
