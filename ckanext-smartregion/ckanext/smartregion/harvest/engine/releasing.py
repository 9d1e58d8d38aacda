"""A held record is tried again by a person: what the far end sent last is read and judged once more."""

from __future__ import annotations

from ckan import model as ckan_model

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import indexing, writing
from ckanext.smartregion.harvest.engine.comparing import Comparison
from ckanext.smartregion.harvest.engine.edits import theirs
from ckanext.smartregion.harvest.records import Record


def last_version(record: model.Record) -> model.Outcome | None:
    """The last version of a record whose content is kept."""
    query = ckan_model.Session.query(model.Outcome).filter(model.Outcome.record_id == record.id)
    return query.filter(model.Outcome.raw.isnot(None)).order_by(model.Outcome.moment.desc()).first()


def release(record: model.Record) -> str:
    """Write the last version of a held record by today's rules and contracts; gives its state: published, or held."""
    version = last_version(record)
    source = ckan_model.Session.get(model.Source, record.source_id)
    if version is None or source is None:
        return record.state
    seen = Record(record.remote_id, version.raw or {}, record.address)
    candidate, _ = Comparison(source).candidate(seen)
    if candidate is None:
        return record.state
    written = writing.write(source, record.package_id, theirs(record.package_id, candidate), deferred=True)
    record.state, record.hash = "held" if written.outcome == "held" else "published", candidate.hash
    ckan_model.Session.commit()
    writing.follow_up(written)
    indexing.index([record.package_id])
    indexing.commit()
    return record.state
