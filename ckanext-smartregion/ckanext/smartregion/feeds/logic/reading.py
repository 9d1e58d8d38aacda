"""The catalogue as a snapshot has it, read bit by bit: what dumps are written from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ckan import model as ckan_model

from ckanext.smartregion.feeds.emission import FORMATS
from ckanext.smartregion.feeds.fragments import Fragment
from ckanext.smartregion.feeds.logic import sharing
from ckanext.smartregion.feeds.model import Piece, Version, in_snapshot

AT_ONCE = 20  # datasets with all their texts in memory, some 50 KB each


def stream(
    snapshot: int, profile: str, *, facets: Collection[str] = ()
) -> Iterator[tuple[str, dict[str, Any], Fragment]]:
    """All datasets of a snapshot in the order of the walk: IRI, dictionary, and what is said of it in one profile in
    every serialisation; in one pass, so memory stays flat.
    """
    pieces = {form: aliased(Piece) for form in FORMATS}
    columns = [*(piece.own for piece in pieces.values()), *(piece.shared for piece in pieces.values())]
    query = sa.select(Version.iri, Version.dataset, pieces[FORMATS[0]].links, *columns).select_from(Version)
    for form, piece in pieces.items():
        query = query.join(piece, sa.and_(piece.seq == Version.seq, piece.profile == profile, piece.form == form))
    query = query.where(in_snapshot(snapshot, facets=facets)).order_by(Version.place)
    with ckan_model.ensure_engine().connect() as connection:
        found = connection.execution_options(yield_per=AT_ONCE).execute(query)
        for rows in found.partitions():
            shared = iter(sharing.read(connection, [hashes for row in rows for hashes in row[3 + len(FORMATS) :]]))
            for iri, dataset, links, *texts in rows:
                own: dict[str, str] = dict(zip(FORMATS, texts, strict=False))
                yield iri, dataset, Fragment(own, {form: next(shared) for form in FORMATS}, links)
