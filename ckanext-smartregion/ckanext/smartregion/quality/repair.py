"""The repair of one file: what can be mended without guessing is, told cell by cell, and the result is checked again.

Nothing is published here: a mended file takes the way through the gate as any other.
"""

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ckanext.smartregion.quality import engine
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.report import Report
from ckanext.smartregion.quality.rules import LanguageMap, mendings, rules
from ckanext.smartregion.schemas.table_contracts import TableContract

ANSWER = ("refused", "mended", "changes", "left", "cells", "truncated")


@dataclass(frozen=True)
class Repair:
    """What was changed in a file, what is left for a person, and the report on what came of it.

    `mended` says whether a file was written; without one, `report` is about the file as it came. `changes` and `left`
    are rows of ``{"kind", "label", "column", "about", "count", "samples"}``, a sample being ``{"cell", "line",
    "before", "after"}`` by the places of the file as it came. `cells` counts the cells that are other than they were.
    """

    contract: str
    contract_version: str
    engine: str
    mended: bool
    report: Report
    changes: list[dict[str, Any]] = field(default_factory=list)
    left: list[dict[str, Any]] = field(default_factory=list)
    cells: int = 0
    truncated: bool = False
    error: LanguageMap | None = None

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON carries it."""
        return {**self.__dict__, "report": self.report.to_dict()}


def repair(
    path: Path,
    contract: TableContract,
    target: Path,
    *,
    limits: Limits | None = None,
    drop_extra: bool = False,
    today: dt.date | None = None,
    published: Mapping[str, list[Path]] | None = None,
) -> Repair:
    """Mend a file under the limits of a check and check the result; ``target`` is written only where it was mended.

    drop_extra: leave out the columns that the contract does not know.
    today, published: as for `engine.check`.
    """
    limits = limits or Limits()
    surroundings: dict[str, Any] = {"limits": limits, "today": today, "published": published}
    outcome, error = (
        _mend(path, contract, target, surroundings, drop_extra=drop_extra) if path.is_file() else (None, None)
    )
    said = outcome or dict.fromkeys(ANSWER)
    return Repair(
        contract=contract.name,
        contract_version=contract.version,
        engine=engine.name(limits),
        mended=bool(said["mended"]),
        report=engine.check(target if said["mended"] else path, contract, **surroundings),
        changes=[_labelled(row) for row in said["changes"] or []] if said["mended"] else [],
        left=[_labelled(row) for row in said["left"] or []],
        cells=said["cells"] or 0,
        truncated=bool(said["truncated"]),
        error=error,
    )


def _mend(
    path: Path, contract: TableContract, target: Path, surroundings: dict[str, Any], *, drop_extra: bool
) -> tuple[dict[str, Any] | None, LanguageMap | None]:
    """What the child process says of its mending; its file is taken over where something was mended."""
    with tempfile.TemporaryDirectory(prefix="smartregion-repair-") as folder:
        written = Path(folder) / "mended.csv"
        job = {
            "path": str(path.resolve()),
            "contract": contract.schema,
            "own": engine.own_rules(contract, surroundings["today"], None),
            "mended": str(written),
            "drop_extra": drop_extra,
        }
        outcome, error = engine.done(job, surroundings["limits"], Path(folder), ANSWER)
        if outcome and outcome["mended"]:
            engine.hand_over(written, target)
        return outcome, error


def _labelled(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the words for its kind: a kind of mending, a reason, or a rule of the gate."""
    kind = row["kind"]
    return {**row, "label": mendings().get(kind) or rules()[kind]["label"]}
