"""A CKAN of the far end, and how its packages are listed and mapped."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any

from far_end import Answer, FarEnd, Request
from listing import records

from ckanext.smartregion.fetch import Client
from ckanext.smartregion.harvest.records import Candidate, Record, Source
from ckanext.smartregion.harvest.walking import Walk, Walked
from ckanext.smartregion.harvesters import harvester

CKAN = harvester("ckan")
SEARCH = "/api/3/action/package_search"
OLD, NEW = "2026-01-01T00:00:00.000000", "2026-06-01T12:00:00.000000"
SINCE = dt.datetime(2026, 6, 1, 11, tzinfo=dt.UTC)


def package(name: str, **more: Any) -> dict[str, Any]:
    """A package as CKAN sends it."""
    return {
        "id": f"id-{name}",
        "name": name,
        "title": name,
        "type": "dataset",
        "state": "active",
        "private": False,
        "metadata_modified": OLD,
        "resources": [],
        **more,
    }


@dataclass
class Portal:
    """A portal that searches as CKAN does: filter by date, short answers by `fl`, a cap on rows, a stable order."""

    far_end: FarEnd
    packages: list[dict[str, Any]] = field(default_factory=list)
    cap: int = 1000
    short: bool = True
    clock: dt.timedelta = dt.timedelta()

    def __post_init__(self) -> None:
        self.far_end.serve(SEARCH, self.search)
        self.far_end.serve(SEARCH.replace("search", "list"), self.names)

    def names(self, request: Request) -> Answer:
        """The answer of package_list, which knows neither cap nor filter."""
        assert not request.query
        return Answer(json.dumps({"success": True, "result": sorted(each["name"] for each in self.packages)}).encode())

    def search(self, request: Request) -> Answer:
        """One answer of package_search."""
        assert request.query["sort"] == "id asc"
        filters = request.query.get("fq", "")
        since = re.search(r"metadata_modified:\[(\S+)Z TO \*\]", filters)
        found = [each for each in self.packages if not since or each.get("metadata_modified", "") >= since[1]]
        found.sort(key=lambda each: str(each.get("id")))
        start, rows = int(request.query["start"]), min(int(request.query["rows"]), self.cap)
        shown: list[Any] = found[start : start + rows]
        if "fl" in request.query and self.short:
            names = {"id": "id", "dataset_type": "type", "metadata_modified": "metadata_modified"}
            shown = [{key: each.get(names[key]) for key in request.query["fl"].split(",")} for each in shown]
        date = format_datetime(dt.datetime.now(dt.UTC) + self.clock, usegmt=True)
        body = json.dumps({"success": True, "result": {"count": len(found), "results": shown}})
        return Answer(body.encode(), headers={"Date": date})


def listed(far_end: FarEnd, client: Client, path: str = "", **options: Any) -> list[Record]:
    """Every record of the portal."""
    return records(Source("test", "ckan", far_end.url + path, options), client)


def mapped(item: dict[str, Any], **options: Any) -> Candidate:
    """A package as a candidate."""
    return CKAN.map(Record("x", item), Source("test", "ckan", "https://portail.example.be", options))


def walked(far_end: FarEnd, client: Client, since: dt.datetime | None = SINCE, **options: Any) -> list[Walked]:
    """Every page of a listing of which everything up to a moment is known."""
    return list(Walk(CKAN, Source("test", "ckan", far_end.url, options, since), client).pages())
