"""Fields of a harvested dataset that a person wrote: noticed when they are written, and left alone by later runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.model import staging
from ckanext.smartregion.harvest.records import Candidate, Draft
from ckanext.smartregion.schemas import dataset_contracts

# What follows from the rest, or is the catalogue's own affair.
NOBODYS = frozenset({"name", "type", "owner_org", "verdict", "validation_status", "validation_timestamp"})


def is_harvested(package_id: str) -> bool:
    """Whether a dataset comes from a source."""
    query = ckan_model.Session.query(model.Record.id).filter_by(package_id=package_id)
    return ckan_model.Session.query(query.exists()).scalar()


def show(package_id: str) -> Draft:
    """A dataset as it is stored."""
    return tk.get_action("package_show")({"ignore_auth": True, "use_cache": False}, {"id": package_id})


def notice(before: Draft, after: Draft, author: str | None) -> list[str]:
    """Remember what a person changed in a harvested dataset; gives the names of the fields."""
    changed = sorted({*_changed_fields(before, after), *_changed_files(before, after)})
    for field in changed:
        ckan_model.Session.merge(model.Edit(package_id=after["id"], field=field, author=author, moment=model.now()))
    return changed


def theirs(package_id: str, candidate: Candidate) -> Candidate:
    """The candidate with what people wrote in place of what the far end says."""
    edits = ckan_model.Session.query(model.Edit.field).filter_by(package_id=package_id).all()
    if not edits:
        return candidate
    present, fields = show(package_id), {field for (field,) in edits}
    dataset = {name: value for name, value in candidate.dataset.items() if name not in fields}
    dataset |= {name: present[name] for name in fields if present.get(name)}
    files = {_address(each): each for each in present.get("resources", [])}
    dataset["resources"] = [_file(each, files.get(_address(each)), fields) for each in dataset.get("resources", [])]
    listed = {_address(each) for each in dataset["resources"]}
    added = [each for address, each in files.items() if f"resources/{address}" in fields and address not in listed]
    return replace(candidate, dataset=dataset | {"resources": [*dataset["resources"], *added]})


def _changed_fields(before: Draft, after: Draft) -> set[str]:
    contract = dataset_contracts().get(after.get("type", "dataset"), {"dataset_fields": []})
    names = {field["field_name"] for field in contract["dataset_fields"]} - NOBODYS
    return {name for name in names if (before.get(name) or None) != (after.get(name) or None)}


def _changed_files(before: Draft, after: Draft) -> set[str]:
    """`resources/ADDRESS/FIELD` for a field of a file, `resources/ADDRESS` for a file that a person added."""
    contract = dataset_contracts().get(after.get("type", "dataset"), {"resource_fields": []})
    names = {field["field_name"] for field in contract["resource_fields"]} - NOBODYS - {"url"}
    former = {each["id"]: each for each in before.get("resources", [])}
    found = set()
    for each in after.get("resources", []):
        last = former.get(each["id"])
        if last is None:
            found.add(f"resources/{_address(each)}")
            continue
        changed = (name for name in names if (last.get(name) or None) != (each.get(name) or None))
        found |= {f"resources/{_address(each)}/{name}" for name in changed}
    return found


def _file(said: Draft, present: Draft | None, fields: set[str]) -> Draft:
    """A file as the far end describes it, with the fields that a person wrote."""
    if present is None:
        return said
    prefix = f"resources/{_address(said)}/"
    mine = {field.removeprefix(prefix) for field in fields if field.startswith(prefix)}
    kept = {name: value for name, value in said.items() if name not in mine}
    return kept | {name: present[name] for name in mine if present.get(name)}


def _address(resource: Draft) -> str:
    return str(resource.get("source_url") or resource.get("url") or resource.get("id") or "")


def give_back(package_id: str, fields: list[str] | None) -> Any:
    """Let the source speak for some fields again, or for all; its next run writes what the source says."""
    query = ckan_model.Session.query(model.Edit).filter_by(package_id=package_id)
    if fields is not None:
        query = query.filter(model.Edit.field.in_(fields))
    gone = query.delete(synchronize_session=False)
    if gone:
        staging.look_again(package_id)
    return gone
