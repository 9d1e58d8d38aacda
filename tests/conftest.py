"""What all tests share: the portal's factories and where the shared samples lie."""

from __future__ import annotations

import contextlib
import copy
import fcntl
import gc
import inspect
import os
import ssl
import tempfile
import time
from functools import cache, partial
from pathlib import Path

import pytest
import search_index
import sqlalchemy as sa
from certificates import self_signed
from far_end import running
from sqlalchemy.orm import close_all_sessions
from table_rows import emptying, read_rows, write_rows
from turns import group_of, in_order, is_pure

from ckan import model, plugins
from ckan.common import config
from ckan.config import middleware
from ckan.lib.search.common import make_connection
from ckan.model import user
from ckan.tests.helpers import CKANTestApp

from ckanext.smartregion.fetch import connection

from stack.assets import compiled_once

MIGRATED = ("activity", "smartregion_feeds", "smartregion_harvest", "smartregion_quality")
MIGRATIONS = Path(__file__).resolve().parents[1] / "ckanext-smartregion/ckanext/smartregion/migration"
ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT / "../shared"


def pytest_configure(config):
    """Each process of the tests has databases and an index of its own: the first those of test.ini, then test2.ini."""
    gc.disable()  # until all tests are there: none of them is waste
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # the processes of the tests have work for every core
    ini, worker = config.getoption("ckan_ini", None), os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    if ini and worker != "gw0":
        config.option.ckan_ini = str(Path(ini).with_name(f"test{int(worker[2:]) + 1}.ini"))


def pytest_collection_modifyitems(config, items):
    """Tests that need the whole stack come after the others; those that kill parts of it come last."""
    in_order(items, several=hasattr(config, "workerinput"))


def pytest_collection_finish(session):
    """What is loaded by now stays until the end: whoever looks for waste need not look at it again, nor so often.

    Nor does it change which hooks are for which folder; it is asked several times for each test.
    """
    session.gethookproxy = cache(session.gethookproxy)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Where several processes work, the tests of a group stay together and in their order."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group_of(nodeid)

    return ByGroup(config, log)


@pytest.fixture(scope="session")
def in_use():
    """What a process of the tests holds as long as it uses the services; a file."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", os.getpid())
    with (Path(tempfile.gettempdir()) / f"smartregion-tests-{run}").open("w") as file:
        yield file
        Path(file.name).unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def alone(request, in_use):
    """Who kills what all use waits until nobody uses it any more, and whoever comes then waits in turn."""
    kills = request.node.get_closest_marker("disruptive")
    fcntl.flock(in_use, fcntl.LOCK_EX if kills else fcntl.LOCK_UN if is_pure(request.node) else fcntl.LOCK_SH)


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
    wait_until_up(Path(named))
    return Path(named)


def wait_until_up(run_dir: Path) -> None:
    """Where `make test` brings the portal up beside the first tests, wait for its word."""
    log = run_dir / "logs/demonstration.log"
    deadline = time.monotonic() + 180
    while log.exists() and not (run_dir / "portal-is-up").exists():
        assert time.monotonic() < deadline, f"The portal of the tests did not come up:\n{log.read_text()}"
        time.sleep(0.5)


@pytest.fixture
def with_plugins(ckan_config):
    """The plugins that are configured; CKAN's own fixture unloads and loads them for every test, a second each."""
    wanted = ckan_config["ckan.plugins"]  # the words of a test's own option, or the list that CKAN made of them
    if (wanted.split() if isinstance(wanted, str) else list(wanted)) != plugins.core._PLUGINS:
        plugins.unload_all()
        plugins.load_all()


@pytest.fixture(scope="session")
def kept():
    """What one test makes and others use again."""
    return {}


@pytest.fixture(scope="session")
def templates(request):
    """Where templates lie once they are compiled, as modules do, until their text changes."""
    return compiled_once(request.config.cache.mkdir("templates"))


@pytest.fixture
def made_app(request, with_plugins, kept, make_app, templates, monkeypatch):
    """CKAN's application, made once for each set of options that tests give by `ckan_config`.

    CKAN builds addresses outside of requests with the application that was made last: each test sees that of its own.
    """
    name = "_internal_test_request_context"
    monkeypatch.setattr(middleware, name, getattr(middleware, name))
    options = ("app", *sorted(repr(mark.args) for mark in request.node.iter_markers("ckan_config")))
    if options not in kept:
        kept[options] = make_app().app, getattr(middleware, name)
        kept[options][0].jinja_env.bytecode_cache = templates
    made, context = kept[options]
    monkeypatch.setattr(middleware, name, context)
    return made


@pytest.fixture
def app(made_app):
    """A client of the application."""
    return CKANTestApp(made_app)


@pytest.fixture
def cli(cli, made_app, monkeypatch):
    """Commands of CKAN in this process and its application; CKAN's own fixture makes a new one for each, a second."""
    monkeypatch.setattr("ckan.cli.cli.make_app", lambda _: made_app)
    return cli


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """Passwords are hashed by the same means in fewer rounds: a thousand people are made in these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(user, "pbkdf2_sha512", user.pbkdf2_sha512.using(rounds=10))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_callers():
    """Who calls a function is found without the lines of all callers' files; CKAN asks for each folder of a plugin."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inspect, "stack", partial(inspect.stack, 0))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_people():
    """Who acts is asked of the database in CKAN's words, which are put together once: some 30,000 times it asks so."""
    name_or_id = sa.bindparam("reference")
    person = sa.select(user.User).where(sa.or_(user.User.name == name_or_id, user.User.id == name_or_id)).limit(1)
    options = {"autoflush": False}

    def get(_, reference):
        return model.Session.scalars(person, {"reference": reference}, execution_options=options).first()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(user.User, "get", classmethod(get))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_index():
    """What is written to the search index is shown when a test searches, which few do; connections are kept."""
    with search_index.kept_connections(), search_index.shown_on_demand(config.get("solr_url")):
        yield


@pytest.fixture(scope="session")
def tables(migrate_db_for):
    """The names of all tables in their newest form; `make test-services` made them.

    CKAN's own way drops and makes all tables once per session, and then asks in every test which there are.
    """
    with contextlib.closing(model.meta.engine.raw_connection()) as connection, connection.cursor() as cursor:
        for plugin in MIGRATED:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{plugin}_alembic_version"])
            if not cursor.fetchone()[0] or not up_to_date(plugin, cursor):
                migrate_db_for(plugin)
        connection.rollback()
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in cursor if not name.endswith("alembic_version")]
    model.repo.tables_created_and_initialised = True
    return names


@pytest.fixture
def far_end():
    """A server on loopback."""
    with running() as far_end:
        yield far_end


@pytest.fixture
def secure(tmp_path):
    """A server on loopback that speaks TLS, with a certificate of its own making."""
    with running(self_signed(tmp_path)) as far_end:
        yield far_end


@pytest.fixture
def trusting(monkeypatch):
    """Our side of TLS for a far end of the tests, which no authority knows."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    monkeypatch.setattr(connection, "tls", lambda: context)


@pytest.fixture
def clean_db(with_plugins, tables):
    """An empty database with the tables of every plugin."""
    close_all_sessions()
    model.Session.remove()
    with contextlib.closing(model.meta.engine.raw_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(emptying(tables))
        connection.commit()


@pytest.fixture
def clean_index(with_plugins):
    """An empty index; CKAN's own fixture asks Solr twice."""
    make_connection().delete(q="*:*", commit=True)


@pytest.fixture
def remember(clean_db, clean_index, tables, kept):
    """`remember(name, make)`: what `make` gives; the rows and the index that it made come back in later tests.

    Whatever else a test has made by then is gone: a name stands for the whole of the portal, not for what is added.
    """

    def remember(name, make):
        if name not in kept:
            with search_index.noting() as documents:
                made = make()
            kept[name] = made, read_rows(tables), documents
        else:
            _, rows, documents = kept[name]
            write_rows(tables, rows)
            if documents:
                make_connection().add(list(documents.values()), commit=True)
        return copy.deepcopy(kept[name][0])

    return remember


def up_to_date(plugin, cursor) -> bool:
    """Whether the tables of a plugin of ours have its newest form; CKAN's own do not change under our hands."""
    versions = sorted((MIGRATIONS / plugin / "versions").glob("*.py"))
    if not versions:
        return True
    cursor.execute(f"SELECT version_num FROM {plugin}_alembic_version")  # noqa: S608 - a name from the list above
    return f'\nrevision = "{cursor.fetchone()[0]}"\n' in versions[-1].read_text("utf-8")
