"""What a listing did not name: of a source of any size, no more than that is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Set as AbstractSet

import sqlalchemy as sa

from ckan import model as ckan_model

from ckanext.smartregion.harvest import model, plan
from ckanext.smartregion.harvest.engine.comparing import keys_of, known_of


def vanished(
    source: model.Source, listed: AbstractSet[str], failed: AbstractSet[str], *, complete: bool
) -> plan.Vanished:
    """What becomes of the items of a source whose keys were not listed; `failed` are those that could not be read."""
    return plan.vanished(
        known_of(source.id, keys_of(source.id) - listed),
        _shown(source.id),
        complete=complete,
        nameless=bool(failed - keys_of(source.id, failed)),
        moment=model.now(),
        grace=dt.timedelta(days=source.grace),
    )


def _shown(source_id: str) -> int:
    """How many items of a source have a dataset of their own."""
    items = sa.select(sa.func.count()).where(model.Record.source_id == source_id, model.Record.state.in_(plan.SHOWN))
    return ckan_model.Session.scalar(items) or 0
