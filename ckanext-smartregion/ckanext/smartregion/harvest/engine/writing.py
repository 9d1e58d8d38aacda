"""One candidate into the catalogue, by CKAN's own actions; the gate stands in them and decides on publication."""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib.munge import munge_title_to_name

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine.fitting import fit
from ckanext.smartregion.harvest.engine.owners import owner
from ckanext.smartregion.harvest.records import Candidate, Change, Draft
from ckanext.smartregion.schemas import dataset_contracts


@dataclass(frozen=True)
class Written:
    """What became of a candidate: created, updated or held; where; and which of its values were refused."""

    outcome: str
    package_id: str
    refused: tuple[Change, ...] = ()


def package_id(source_id: str, key: str) -> str:
    """The same for the same remote item, so that a crash between two writes can't make a second dataset."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{source_id}/{key}"))


def write(source: model.Source, identifier: str, candidate: Candidate) -> Written:
    """Create or update a dataset; values that its contract refuses are left out rather than the whole."""
    present = _present(identifier)
    # A copy to the bottom: the gate writes into the files it takes in, and the candidate's hash must not follow.
    data = copy.deepcopy(candidate.dataset)
    data |= {"id": identifier, "owner_org": owner(source, candidate), "state": "active"}
    data = _named(data, identifier) if present is None else _continued(data, present)
    try:
        return _send(data, present)
    except tk.ValidationError as error:
        ckan_model.Session.rollback()
        fitted, refused = fit(data, error.error_dict)
        if not refused:
            raise
    return _send(fitted, present, tuple(refused))


def withdraw(identifier: str) -> None:
    """Take a dataset out of the catalogue; its history and address stay for its return."""
    tk.get_action("package_delete")(_context(), {"id": identifier})


def _send(data: Draft, present: Draft | None, refused: tuple[Change, ...] = ()) -> Written:
    action = "package_create" if present is None else "package_update"
    result = tk.get_action(action)(_context(), copy.deepcopy(data))
    if result["state"] == "draft":
        return Written("held", data["id"], refused)
    return Written("created" if present is None else "updated", data["id"], refused)


def _context() -> Any:
    """The site itself writes: rights were settled when the source was made."""
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return {"ignore_auth": True, "user": site["name"]}


def _present(identifier: str) -> Draft | None:
    if ckan_model.Package.get(identifier) is None:
        return None
    return tk.get_action("package_show")(_context(), {"id": identifier})


def _named(data: Draft, identifier: str) -> Draft:
    """A readable address; a second dataset of the same title gets six signs of its own."""
    titles = data["title_translated"]
    name = munge_title_to_name(titles.get("fr") or next(iter(titles.values())))[:90].strip("-") or "dataset"
    return data | {"name": name if ckan_model.Package.get(name) is None else f"{name}-{identifier[:6]}"}


def _continued(data: Draft, present: Draft) -> Draft:
    """The next version of a dataset: it keeps its address, and what the far end no longer says is empty."""
    fields = {field["field_name"] for field in dataset_contracts()[data["type"]]["dataset_fields"]}
    # Empty, not as it was: the gate has to see a licence that is gone.
    gone = {name: type(present[name])() for name in fields & present.keys() if name not in data and present[name]}
    return data | gone | {"name": present["name"], "resources": _same_files(data.get("resources", []), present)}


def _same_files(resources: list[Draft], present: Draft) -> list[Draft]:
    """A file keeps its id, and with it its views, its table and its last valid version, as long as its address does."""
    known = {each.get("source_url") or each.get("url"): each["id"] for each in present.get("resources", [])}
    return [each | ({"id": known[each["url"]]} if each["url"] in known else {}) for each in resources]
