"""The story of two portals, begun in an empty catalogue as often as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from far_end import FarEnd
from far_end import running as serving

from ckan import model as ckan_model
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from ckan.tests.helpers import call_action

from tests.conftest import emptying
from tests.harvest.kills.picture import picture
from tests.harvest.kills.story import Story, delivered, queued, small_steps


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
    clean_db: None, tables: Any, reset_index: Any, monkeypatch: pytest.MonkeyPatch, ends: tuple[FarEnd, FarEnd]
) -> Iterator[Callable[[], Story]]:
    """Begin the story in an empty portal."""

    def begin() -> Story:
        ckan_model.Session.remove()
        with ckan_model.ensure_engine().begin() as connection:
            connection.execute(sa.text(emptying(tables)))
        reset_index()
        connect_to_redis().flushdb()
        for name in ("liege", "namur", "wallonie"):
            factories.Organization(name=name, title=name.title(), kind="municipality", description="", image_url="")
        return Story.begin(_made, *ends)

    with small_steps(monkeypatch):
        yield begin


def _made(url: str, **facts: Any) -> dict[str, Any]:
    facts = {"kind": "opendatasoft", "organization": "wallonie", "any_organization": True, "grace": 0, **facts}
    return call_action("smartregion_source_create", url=url, **facts)


@pytest.fixture
def undisturbed(fresh: Callable[[], Story], app: Any, pictures: dict[str, Any]) -> dict[str, Any]:
    """What the first chapter comes to when nobody disturbs it."""
    if not pictures:
        delivered(queued(fresh().import_of_the_region()))
        pictures.update(picture(app))
    return pictures
