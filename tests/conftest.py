"""What all tests share: the portal's factories and where the shared samples lie."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from ckan import model, plugins
from ckan.config import middleware
from ckan.tests.helpers import CKANTestApp

MIGRATED = ("activity", "smartregion_harvest", "smartregion_quality")
MIGRATIONS = Path(__file__).resolve().parents[1] / "ckanext-smartregion/ckanext/smartregion/migration"
SHARED = Path(__file__).resolve().parents[1] / "../shared"


LAST = ("live", "browser", "disruptive")


def pytest_collection_modifyitems(items):
    """Tests that need the whole stack come after the others; those that kill parts of it come last."""

    def turn(item):
        return max((LAST.index(name) + 1 for name in LAST if item.get_closest_marker(name)), default=0)

    items.sort(key=turn)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real samples, shapes and reference data beside the checkout; loudly absent elsewhere."""
    if not SHARED.is_dir():
        pytest.skip("the folder `shared` with real samples is not beside this checkout: these cases are NOT tested")
    return SHARED


@pytest.fixture(scope="session")
def run_dir() -> Path:
    """The running stack that the live tests talk to; `make test` starts it."""
    named = os.environ.get("SMARTREGION_TEST_RUN_DIR")
    if not named:
        pytest.skip("no running stack is named by SMARTREGION_TEST_RUN_DIR: use `make test`")
    return Path(named)


@pytest.fixture
def with_plugins(ckan_config):
    """The plugins that are configured; CKAN's own fixture unloads and loads them for every test, a second each."""
    if list(ckan_config["ckan.plugins"]) != plugins.core._PLUGINS:
        plugins.unload_all()
        plugins.load_all()


@pytest.fixture(scope="session")
def kept():
    """What one test makes and others use again."""
    return {}


@pytest.fixture
def app(request, with_plugins, kept, make_app, monkeypatch):
    """The application, made once; a test with options of its own gets its own.

    CKAN builds addresses outside of requests with the application that was made last: each test sees that of its own.
    """
    name = "_internal_test_request_context"
    monkeypatch.setattr(middleware, name, getattr(middleware, name))
    if request.node.get_closest_marker("ckan_config"):
        return make_app()
    if not kept:
        kept["app"], kept["context"] = make_app().app, getattr(middleware, name)
    monkeypatch.setattr(middleware, name, kept["context"])
    return CKANTestApp(kept["app"])


@pytest.fixture
def clean_db(with_plugins, reset_db, migrate_db_for):
    """An empty database with the tables of every plugin; CKAN's own fixture knows only those of the core."""
    reset_db()
    with contextlib.closing(model.meta.engine.raw_connection()) as connection, connection.cursor() as cursor:
        for plugin in filter(plugins.plugin_loaded, MIGRATED):
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{plugin}_alembic_version"])
            if not cursor.fetchone()[0] or not up_to_date(plugin, cursor):
                migrate_db_for(plugin)


def up_to_date(plugin, cursor) -> bool:
    """Whether the tables of a plugin of ours have its newest form; CKAN's own do not change under our hands."""
    versions = sorted((MIGRATIONS / plugin / "versions").glob("*.py"))
    if not versions:
        return True
    cursor.execute(f"SELECT version_num FROM {plugin}_alembic_version")  # noqa: S608 - a name from the list above
    return f'\nrevision = "{cursor.fetchone()[0]}"\n' in versions[-1].read_text("utf-8")
