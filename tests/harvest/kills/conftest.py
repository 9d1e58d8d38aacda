"""The story of two portals, begun in an empty catalogue as often as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from far_end import running as serving

from ckan.lib.redis import connect_to_redis
from ckan.tests import factories

from tests.harvest.kills.story import Story, small_steps


@pytest.fixture
def fresh(make: Any, reset_db: Any, reset_index: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Story]]:
    """Begin the story in an empty portal, each time with the same two far ends."""
    with serving() as first, serving() as second, small_steps(monkeypatch):

        def begin() -> Story:
            reset_db()
            reset_index()
            connect_to_redis().flushdb()
            for name in ("liege", "namur", "wallonie"):
                factories.Organization(name=name, title=name.title(), kind="municipality", description="", image_url="")
            return Story.begin(make, first, second)

        yield begin
