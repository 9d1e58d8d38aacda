"""Whose turn it is: the order of the tests, which of them stay together, and what may run beside what."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAST = ("browser", "live", "disruptive")
READERS = "tests/browser/test_every_page.py"
# Folders and files that need no service, the longest first: what others work on while one kills the services.
PURE = (
    "tests/quality/test_compiled.py",
    "tests/quality/test_children.py",
    "tests/quality/test_kept.py",
    "tests/quality/test_personal.py",
    "tests/feeds/test_oracle.py",
    "tests/feeds/test_shapes.py",
    "tests/feeds/conformance/",
    "tests/quality/generated/",
    "tests/quality/formats/",
    "tests/quality/mending/",
    "tests/quality/rules/",
    "tests/territory/",
    "tests/schemas/",
    "tests/harvest/rules/",
    "tests/docker/",
)
# All fixtures that use one build on these.
SERVICES = {"run_dir", "with_plugins", "reset_redis", "reset_queues", "reset_index"}


def in_order(items: list[pytest.Item], *, several: bool) -> None:
    """Sort the tests: those that need the whole stack after the others, those that kill parts of it last.

    Where several processes share them they go by groups. Raises UsageError for a test that is not as pure as said.
    """
    items.sort(key=_turn)
    if not several:
        return
    items.sort(key=lambda item: place(group_of(item.nodeid)))
    for item in items:
        if item.get_closest_marker("disruptive"):
            item.add_marker(pytest.mark.timeout(1200))  # it waits for the others
    _check(items)


def _turn(item: pytest.Item) -> int:
    return max((LAST.index(name) + 1 for name in LAST if item.get_closest_marker(name)), default=0)


def _check(items: Sequence[pytest.Item]) -> None:
    for item in items:
        if is_pure(item) and not SERVICES.isdisjoint(item.fixturenames):
            raise pytest.UsageError(
                f"{item.nodeid} uses services, which may be killed meanwhile: see PURE in {__file__}"
            )


def group_of(nodeid: str) -> str:
    """Tests that change the running stack are one group, those that kill services another, so is each other file."""
    return group_of_file(nodeid.split("::")[0])


@cache
def group_of_file(file: str) -> str:
    text = (ROOT / file).read_text("utf-8")
    if "mark.disruptive" in text:
        return "disruptive"
    return "stack" if ("mark.browser" in text or "mark.live" in text) and "mark.reads" not in text else file


def place(group: str) -> tuple[int, str]:
    """Where a group stands in the row: the stack's, the longest, as soon as the portal may be up, and its readers.

    At the end come those who kill services, and whoever needs none.
    """
    for at, begin in enumerate(PURE, 2):
        if group.startswith(begin):
            return at, group
    named = {"stack": (0, "tests/feeds/~"), READERS: (0, "tests/feeds/~~"), "disruptive": (1, "")}
    return named.get(group, (0, group))


def is_pure(item: pytest.Item) -> bool:
    """Whether a test needs no service."""
    return item.nodeid.startswith(PURE)
