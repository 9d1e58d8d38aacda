"""Files mended in this process, and what came of them."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.mending.table import Mending
from ckanext.smartregion.quality.examination.own_rules import OwnRules


@dataclass
class Done:
    """What a mending says, and what it has written."""

    said: dict[str, Any]
    path: Path

    @property
    def rows(self):
        with self.path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    @property
    def changes(self):
        return [(one["kind"], one["column"], one["count"]) for one in self.said["changes"]]

    @property
    def left(self):
        return [(one["kind"], one["column"], one["count"]) for one in self.said["left"]]


def mended_file(path, contract, target, *, rules=(), drop_extra=False, **limits):
    """Mend a file in this process; for what needs no limits."""
    own = OwnRules(contract.name, rules, "2026-11-26")
    said = Mending(path, contract.schema, Limits(**limits), own=own, drop_extra=drop_extra).run(target)
    return Done(said, target)


@pytest.fixture
def mend(charging, write, tmp_path):
    """Mend content under a contract, that of charging points if none is given."""

    def mended(content, contract=charging, **options):
        path = write(content)
        rules = [rule.to_dict() for rule in getattr(contract, "rules", [])]
        return mended_file(path, contract, tmp_path / "mended.csv", rules=rules, **options)

    return mended
