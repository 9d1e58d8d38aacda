"""What both paths of an examination give back."""

from collections.abc import Callable
from dataclasses import dataclass

from ckanext.smartregion.quality.examination.refusal import Refused

Witness = Callable[[int, str, int], None]
"""Is told every broken rule in its order: number of the record, rule, position of the cell."""


def no_witness(number: int, rule: str, at: int) -> None:
    """Nobody wants to know."""


@dataclass
class Judged:
    """How many rows were judged, how many of them break something, and why the file was refused halfway, if it was."""

    rows: int = 0
    invalid: int = 0
    refusal: Refused | None = None
