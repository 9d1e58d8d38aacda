"""Two sources made the same dataset in the same moment: the one that is farther from the origin links its own.

Plan and step look for such twins, but what another process has not committed yet is seen by nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from ckan import model as ckan_model

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.model import staging
from ckanext.smartregion.harvest.plan import is_nearer
from ckanext.smartregion.harvest.sameness import common, same

BATCH = 500


def part(source: model.Source, run: model.Run) -> None:
    """Have the next run of the source that is farther from the origin read its record of each double anew."""
    ckan_model.Session.flush()
    for made in model.made_by(run.id, BATCH):
        for package_id in _losers(source, made):
            staging.look_again(package_id)


def _losers(source: model.Source, made: Sequence[Any]) -> set[str]:
    bearers: dict[str, list[Any]] = defaultdict(list)
    for record in made:
        for mark in record.sameness:
            bearers[mark].append(record)
    others = model.relatives(source.id, list(bearers)) if bearers else []
    many = common(row.sameness for row, _ in others) | common(record.sameness for record in made)
    found = set()
    for row, owner in others:
        for mine in {record.id: record for mark in row.sameness for record in bearers.get(mark, ())}.values():
            if mine.package_id == row.package_id or not same(mine.sameness, row.sameness, many):
                continue
            theirs = is_nearer((owner.precedence, row.first_seen), (source.precedence, mine.first_seen))
            found.add(mine.package_id if theirs else row.package_id)
    return found
