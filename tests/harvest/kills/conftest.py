"""The story of two portals, begun in an empty catalogue as often as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from far_end import FarEnd
from far_end import running as serving

from ckan.lib.redis import connect_to_redis

from tests.harvest.kills.children import lock_is_free
from tests.harvest.kills.picture import differences, picture
from tests.harvest.kills.story import FEW, Story, buried, delivered, queued, small_steps, sources, status


@pytest.fixture(scope="session")
def ends() -> Iterator[tuple[FarEnd, FarEnd]]:
    """The same two far ends, with the same addresses, for all tests here."""
    with serving() as first, serving() as second:
        yield first, second


@pytest.fixture(scope="session")
def pictures() -> dict[str, Any]:
    """What nobody disturbed, once it is known."""
    return {}


@pytest.fixture
def fresh(
    practised: None, remember: Any, reset_index: Any, monkeypatch: pytest.MonkeyPatch, ends: tuple[FarEnd, FarEnd]
) -> Iterator[Callable[..., Story]]:
    """Begin the story in a portal that holds nothing but its sources."""

    def begin(own: int = FEW) -> Story:
        remember("story", lambda: sources(*ends))
        reset_index()
        connect_to_redis().flushdb()
        return Story.begin(*ends, own)

    with small_steps(monkeypatch):
        yield begin


@pytest.fixture
def undisturbed(fresh: Callable[..., Story], app: Any, pictures: dict[str, Any]) -> dict[str, Any]:
    """What the first chapter comes to when nobody disturbs it."""
    if not pictures:
        delivered(queued(fresh().import_of_the_region()))
        pictures.update(picture(app))
    return pictures


@pytest.fixture
def seen_through(fresh, undisturbed, app) -> Iterator[str]:
    """Begin anew, let a test disturb the run, see it through by whoever takes it up, and compare."""
    run = queued(fresh().import_of_the_region())
    yield run
    lock_is_free()
    if status(run) == "running":
        run = buried()
    elif status(run) == "failed":
        run = queued("region")
    delivered(run)
    assert status(run) == "done"
    assert not (lines := differences(undisturbed, picture(app))), "\n".join(lines)
