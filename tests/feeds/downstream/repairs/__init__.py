"""The repairs that data.gov.be makes to what it harvests, as checks: each finds what its repair would have to touch.

Written from what its public tools do. Where a repair touches everything whatever it says (all catalogue nodes, the
place of every dataset of a Walloon source), the check asks what would be lost by it, or whether it is said at all.
"""

from __future__ import annotations

from rdflib import Graph

from tests.feeds.downstream.repairs import high_value, labels, omissions, removals, texts, types  # noqa: F401 - each brings its checks
from tests.feeds.downstream.repairs.registry import REPAIRS


def needed(graph: Graph) -> dict[str, list[str]]:
    """What each repair would have to touch, by its name; those with nothing to do are left out."""
    found = {name: sorted({str(node) for node in check(graph)}) for name, check in REPAIRS.items()}
    return {name: nodes for name, nodes in found.items() if nodes}
