"""An organisation, its data officer, and tables that pass or don't."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
from sqlalchemy import event
from werkzeug.datastructures import FileStorage

from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.schemas import table_contract

CONTRACT = "bicycle-parking"
TABLE = table_contract(CONTRACT).example_valid.read_bytes()


def act(action, user, **data):
    """Call an action as somebody, or as nobody."""
    return call_action(action, context={"user": user["name"] if user else "", "ignore_auth": False}, **data)


def bad(*, codes=b"630", table=TABLE):
    """A table whose municipal codes are too short; nothing else is wrong with it."""
    return FileStorage(io.BytesIO(table.replace(b",63023,", b"," + codes + b",")), filename="velos.csv")


@pytest.fixture
def portal(clean_db, clean_index, with_plugins):
    """An empty portal with every plugin."""


@pytest.fixture
def people(portal, remember):
    """A municipality and its data officer."""

    def make():
        officer = factories.User()
        users = [{"name": officer["name"], "capacity": "editor"}]
        return officer, factories.Organization(
            name="namur", title="Namur", kind="municipality", nis_code="92094", users=users
        )

    return remember("Namur and its officer", make)


@pytest.fixture
def officer(people):
    """The data officer of a municipality."""
    return people[0]


@pytest.fixture
def namur(people):
    """A municipality with its data officer."""
    return people[1]


def upload(path: Path, name: str = "velos.csv") -> FileStorage:
    """A file as a form or a multipart request sends it."""
    return FileStorage(io.BytesIO(path.read_bytes()), filename=name)


@pytest.fixture
def valid():
    """A table that passes its contract, as an upload."""
    return lambda: upload(table_contract(CONTRACT).example_valid)


@pytest.fixture
def invalid():
    """A table that breaks its contract, as an upload."""
    return lambda: upload(table_contract(CONTRACT).example_invalid)


@pytest.fixture
def draft(officer, namur):
    """A draft that lacks nothing but its file."""

    def make(**more):
        return call_action(
            "package_create",
            context={"user": officer["name"], "ignore_auth": False},
            **{**COMPLETE, "owner_org": namur["id"], "state": "draft", **more},
        )

    return make


@pytest.fixture
def complete():
    """Everything that publication asks of a dataset."""
    return COMPLETE


@pytest.fixture
def login(app):
    """Headers with which a user's requests are the user's."""

    def headers(user):
        made = call_action("api_token_create", context={"user": user["name"]}, user=user["name"], name="pages")
        return {"Authorization": made["token"]}

    return headers


@pytest.fixture
def statements():
    """The SQL statements that are sent while a block runs."""

    @contextlib.contextmanager
    def counted():
        sent = []

        def note(connection, cursor, statement, *more):
            sent.append(statement)

        event.listen(model.meta.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(model.meta.engine, "before_cursor_execute", note)

    return counted


@pytest.fixture
def region(people, remember):
    """The Region, with its steward; Namur is not below it here, as in an installation without hierarchy."""

    def make():
        steward = factories.User(fullname="Dominique Lambert")
        factories.Organization(name="wallonie", kind="region", users=[{"name": steward["name"], "capacity": "admin"}])
        return steward

    return remember("the Region beside Namur", make)


@pytest.fixture
def held(draft, officer):
    """A dataset that is held for its codes."""

    def make(upload=None, **more):
        dataset = draft(**more)
        act("resource_create", officer, package_id=dataset["id"], name="Vélos", format="CSV", schema=CONTRACT,
            upload=upload or bad())  # fmt: skip
        made = act("package_patch", officer, id=dataset["id"], state="active")
        assert made["state"] == "draft"
        return made

    return make


@pytest.fixture
def dataset(held, region, remember):
    """A dataset that is held for its codes, beside the Region."""
    return remember("a held dataset beside the Region", held)


COMPLETE = {
    "type": "mobility",
    "name": "stationnements-velos-namur",
    "title_translated": {"fr": "Stationnements pour vélos de Namur"},
    "notes_translated": {"fr": "Les emplacements où ranger un vélo sur l'espace public, avec leur nombre de places."},
    "tags_translated": {"fr": ["vélo", "stationnement"]},
    "theme": ["http://publications.europa.eu/resource/authority/data-theme/TRAN"],
    "contact": [{"name": "Service Mobilité", "email": "mobilite@namur.example"}],
    "license_id": "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0",
    "mobility_theme": ["https://w3id.org/mobilitydcat-ap/mobility-theme/bike-parking-locations"],
    "frequency": "http://publications.europa.eu/resource/authority/frequency/ANNUAL",
    "language": ["http://publications.europa.eu/resource/authority/language/FRA"],
}
