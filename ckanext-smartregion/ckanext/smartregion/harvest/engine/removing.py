"""Before a source is removed: take its datasets out of the catalogue, a number at a time."""

from __future__ import annotations

from collections.abc import Callable

from ckan import model as ckan_model

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import indexing, writing
from ckanext.smartregion.harvest.engine.lock import alone
from ckanext.smartregion.harvest.engine.running import BusyError
from ckanext.smartregion.harvest.model import staging

CHUNK = 50


def withdraw_all(source: model.Source, told: Callable[[int], None] = lambda _: None) -> int:
    """Withdraw every dataset that is a source's own, and give their number; raises BusyError while the source runs.

    It can be repeated after a crash: what is withdrawn already is not there any more. Links to the datasets of other
    sources stay; other sources that show one of these datasets bring it back with their next run.
    """
    done = 0
    with alone(source.id) as mine:
        if not mine:
            raise BusyError(source.name)
        while ids := _shown(source.id):
            for package_id in ids:
                writing.withdraw(package_id, deferred=True)
                staging.look_again(package_id)
            _mark(source.id, ids)
            ckan_model.Session.commit()
            indexing.index(ids)
            done += len(ids)
            told(done)
        if done:
            indexing.commit()
    return done


def _shown(source_id: str) -> list[str]:
    """Some datasets of a source that are still in the catalogue, published or held."""
    query = ckan_model.Session.query(model.Record.package_id).filter_by(source_id=source_id)
    query = query.filter(model.Record.state.in_(("published", "held"))).order_by(model.Record.package_id)
    return [row[0] for row in query.distinct().limit(CHUNK)]


def _mark(source_id: str, ids: list[str]) -> None:
    query = ckan_model.Session.query(model.Record).filter_by(source_id=source_id)
    query.filter(model.Record.package_id.in_(ids)).update({"state": "withdrawn"}, synchronize_session=False)
