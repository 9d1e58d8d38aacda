"""All that a harvest leaves behind, without what differs by nature: random identifiers and the time of day."""

from __future__ import annotations

import json
import re
from collections import Counter
from difflib import unified_diff
from typing import Any

import sqlalchemy as sa

from ckan import model as ckan_model
from ckan.lib.search.common import make_connection
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOMENT = re.compile(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?")
NAMELESS = re.compile(r"_:\w+")
UNSORTED = ("extras", "tags")
OURS = ("_version_", "index_id", "indexed_ts")


def plain(value: Any) -> Any:
    """Any value as JSON, with a star for each random identifier and each moment."""
    text = json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
    return _sorted(json.loads(MOMENT.sub("*", UUID.sub("*", text))))


def _sorted(value: Any) -> Any:
    """With the parts that have no order of their own in one."""
    if isinstance(value, dict):
        return {name: sorted(each, key=str) if name in UNSORTED else _sorted(each) for name, each in value.items()}
    return [_sorted(each) for each in value] if isinstance(value, list) else value


def picture(app: Any) -> dict[str, Any]:
    """The catalogue, the mapping, what the runs said, the index and the feed."""
    ckan_model.Session.rollback()
    found = {
        "catalogue": _catalogue(),
        "records": _records(),
        "outcomes": _outcomes(),
        "pages": _pages(),
        "steps": ckan_model.Session.query(model.StagedStep).count(),
        "activities": _activities(),
        "index": _index(),
        "search": _search(),
        "feed": feed(app),
    }
    ckan_model.Session.remove()
    return found


def _catalogue() -> dict[str, Any]:
    packages = ckan_model.Session.query(ckan_model.Package).all()
    shown = (call_action("package_show", id=package.id, use_cache=False) for package in packages)
    return {each["name"]: plain(each) for each in shown}


def _records() -> dict[str, Any]:
    names = {package.id: package.name for package in ckan_model.Session.query(ckan_model.Package)}
    query = ckan_model.Session.query(model.Record, model.Source.name).join(
        model.Source, model.Source.id == model.Record.source_id
    )
    return {
        f"{source} {row.key}": plain(
            [
                names[row.package_id],
                [row.remote_id, row.address, row.state, row.hash, row.raw_hash, row.fingerprint != ""],
                [row.missing_since is not None, sorted(row.sameness), row.changes, row.findings],
            ]
        )
        for row, source in query.all()
    }


def _outcomes() -> Counter[str]:
    """How often each source said what of each item, over all its runs."""
    query = ckan_model.Session.query(model.Outcome, model.Source.name).join(
        model.Run, model.Run.id == model.Outcome.run_id
    )
    query = query.join(model.Source, model.Source.id == model.Run.source_id)
    return Counter(f"{source} {row.remote_id} {row.outcome}" for row, source in query.all())


def _pages() -> list[Any]:
    query = ckan_model.Session.query(model.StagedPage, model.Source.name).join(
        model.Source, model.Source.id == model.StagedPage.source_id
    )
    return sorted(
        json.dumps([source, page.number, page.place, page.keys, page.said], sort_keys=True)
        for page, source in query.all()
    )


def _activities() -> Counter[str]:
    rows = ckan_model.Session.execute(
        sa.text("SELECT p.name || ' ' || a.activity_type FROM activity a JOIN package p ON p.id = a.object_id")
    )
    return Counter(row[0] for row in rows)


def _index() -> dict[str, Any]:
    """The documents of the search engine; each of them is of the version that the catalogue has."""
    found = make_connection().search("*:*", rows=1000, fl="*").docs
    versions = {
        package.id: package.metadata_modified.isoformat() for package in ckan_model.Session.query(ckan_model.Package)
    }
    documents = {}
    for document in found:
        data = json.loads(document["data_dict"])
        assert data["metadata_modified"] == versions[document["id"]], f"{data['name']} is out of date in the index"
        texts = {name: value for name, value in document.items() if name not in OURS and "data_dict" not in name}
        documents[data["name"]] = plain([texts, data, json.loads(document["validated_data_dict"])])
    return documents


def _search() -> dict[str, Any]:
    found = call_action("package_search", rows=1000, include_drafts=True)
    return {"count": found["count"], "names": sorted(each["name"] for each in found["results"])}


def feed(app: Any) -> list[str]:
    """The statements of the feed, one a line, in an order of our own."""
    statements = app.get("/catalog.nt").body
    return sorted(MOMENT.sub("*", UUID.sub("*", NAMELESS.sub("_", statements))).splitlines())


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The lines in which two pictures differ, at most sixty."""
    if one == other:
        return []
    texts = [json.dumps(each, indent=1, sort_keys=True, default=dict, ensure_ascii=False) for each in (one, other)]
    return list(unified_diff(*(text.splitlines() for text in texts), n=2, lineterm=""))[:60]
