"""Whose a harvested dataset is: its publisher's organisation where the source may say so, else the source's."""

from __future__ import annotations

from ckan import model as ckan_model

from ckanext.smartregion import territory
from ckanext.smartregion.harvest.engine.lookups import once
from ckanext.smartregion.harvest.model import Source
from ckanext.smartregion.harvest.records import Candidate


def speaks_for(source: Source) -> str:
    """For whom a source may speak today, as one text: its own organisation, or all that there are."""
    if not source.any_organization:
        return source.organization_id
    found = ckan_model.Session.query(ckan_model.Group.name).filter_by(is_organization=True, state="active")
    return " ".join([source.organization_id, *sorted(name for (name,) in found)])


def is_there(source: Source) -> bool:
    """Whether the organisation of a source has not been deleted."""
    organization = ckan_model.Session.get(ckan_model.Group, source.organization_id)
    return organization is not None and organization.state == "active"


def owner(source: Source, candidate: Candidate) -> str:
    """The id of the organisation; a source without the right to speak for others keeps everything to itself."""
    if not source.any_organization:
        return source.organization_id
    for text in candidate.publishers:
        if organization := once(_organization, text):
            return organization
    return source.organization_id


def _organization(publisher: str) -> str | None:
    """The id of the organisation that a publisher's name means, where it is there."""
    found = territory.find(publisher).owner
    organization = ckan_model.Group.by_name(found.slug) if found else None
    return organization.id if organization and organization.state == "active" else None
