"""Keywords that are new to the catalogue, made before the datasets that carry them.

CKAN makes a keyword with the first dataset that carries it. In transactions of many datasets two workers would each
make the same one, and it would be there twice for ever.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from ckan import model

from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.schemas import LANGUAGES
from ckanext.smartregion.translations import core_tags, localised

LOCK = 7_402_118_446  # one number for all workers; it means nothing else
_known: set[str] = set()


def ensure(dataset: Draft) -> None:
    """Have the keywords of a dataset in the database, in a transaction of its own; without a dataset none is shown."""
    words = localised(dataset.get("tags_translated"), LANGUAGES[0])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return  # a validator will refuse it
    if new := set(core_tags(words)) - _known:
        _make(new)
        _known.update(new)


def _make(names: set[str]) -> None:
    tag = model.tag_table
    with model.meta.engine.begin() as connection:  # type: ignore[union-attr]
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        rows = connection.execute(sa.select(tag.c.name).where(tag.c.name.in_(names), tag.c.vocabulary_id.is_(None)))
        missing = names - {row[0] for row in rows}
        if missing:
            connection.execute(tag.insert(), [{"id": str(uuid.uuid4()), "name": name} for name in sorted(missing)])
