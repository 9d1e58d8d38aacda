"""Files behind links: fetched when they are new or changed, checked once, and not asked for in vain."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from far_end import Answer, FarEnd, Request, running

from ckan import model as ckan_model
from ckan.tests.helpers import call_action

from ckanext.smartregion.quality import files, model
from ckanext.smartregion.schemas import table_contract

CONTRACT = "bicycle-parking"
TABLE = table_contract(CONTRACT).example_valid.read_bytes()


class RemoteFile:
    """A table on a far end that a test changes; it counts how often its bytes were sent."""

    def __init__(self, far_end: FarEnd) -> None:
        self.far_end, self.content, self.sent, self.etags = far_end, TABLE, 0, True
        self.url = far_end.serve("/velos.csv", self.answer)

    def answer(self, request: Request) -> Answer:
        """304 to who knows the present bytes."""
        etag = f'"{hashlib.sha256(self.content).hexdigest()[:8]}"'
        if self.etags and request.headers.get("if-none-match") == etag:
            return Answer(status=304)
        self.sent += 1
        return Answer(self.content, headers={"ETag": etag} if self.etags else {})


@pytest.fixture
def remote() -> Iterator[RemoteFile]:
    with running() as far_end:
        yield RemoteFile(far_end)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The reports that are made, by their hash: each stands for one examination."""
    made: list[str] = []
    keep = model.keep_report

    def kept(binding: dict[str, str], verdict: str, body: dict[str, Any]) -> None:
        made.append(binding["sha256"])
        keep(binding, verdict, body)

    monkeypatch.setattr(model, "keep_report", kept)
    return made


@pytest.fixture
def linked(draft: Callable[..., dict], remote: RemoteFile) -> dict[str, Any]:
    """A published dataset whose table is a link."""
    link = {"url": remote.url, "name_translated": {"fr": "Vélos"}, "schema": CONTRACT, "format": "CSV"}
    return draft(resources=[link], state="active")


def write_again(dataset: dict[str, Any], remote: RemoteFile) -> dict[str, Any]:
    """Write a dataset as a harvester does: its file is named by the link again."""
    link = {"url": remote.url, "name_translated": {"fr": "Vélos"}, "schema": CONTRACT, "format": "CSV"}
    found = call_action("package_show", id=dataset["id"])
    user = ckan_model.User.get(found["creator_user_id"]).name
    return call_action("package_update", context={"user": user}, **{**found, "resources": [link]})


def test_unchanged_file_is_neither_sent_nor_checked_twice(linked, remote: RemoteFile, checks: list[str]) -> None:
    before = linked["resources"][0]
    checks.clear()
    after = write_again(linked, remote)["resources"][0]

    assert (remote.sent, len(remote.far_end.requests)) == (1, 2)
    assert checks == []
    assert [after[key] for key in ("id", "hash", "size", "last_modified")] == [
        before[key] for key in ("id", "hash", "size", "last_modified")
    ]


def test_same_bytes_without_validators_are_checked_once(linked, remote: RemoteFile, checks: list[str]) -> None:
    remote.etags = False
    write_again(linked, remote)
    checks.clear()
    after = write_again(linked, remote)["resources"][0]

    assert (checks, after["hash"]) == ([], hashlib.sha256(TABLE).hexdigest())
    assert "if-none-match" not in remote.far_end.requests[-1].headers


def test_changed_file_is_fetched_and_checked(linked, remote: RemoteFile, checks: list[str]) -> None:
    checks.clear()
    remote.content = b"".join(TABLE.splitlines(keepends=True)[:-1])
    after = write_again(linked, remote)["resources"][0]

    assert (remote.sent, checks) == (2, [hashlib.sha256(remote.content).hexdigest()])
    assert after["hash"] == hashlib.sha256(remote.content).hexdigest()
    assert after["last_modified"] >= linked["resources"][0]["last_modified"]


def test_file_that_is_gone_from_the_store_is_fetched_whole(linked, remote: RemoteFile) -> None:
    files.store().path(linked["resources"][0]["hash"]).unlink()
    write_again(linked, remote)

    assert remote.sent == 2
    assert "if-none-match" not in remote.far_end.requests[-1].headers
    assert files.store().has(linked["resources"][0]["hash"])


def test_two_datasets_with_one_link_share_its_bytes(linked, draft: Callable[..., dict], remote: RemoteFile) -> None:
    link = {"url": remote.url, "name_translated": {"fr": "Vélos"}, "schema": CONTRACT, "format": "CSV"}
    draft(name="copie", resources=[link], state="active")

    assert (remote.sent, len(remote.far_end.requests)) == (1, 2)


@pytest.mark.usefixtures("portal")
def test_what_is_remembered_survives_the_callers_rollback_and_commits_nothing_of_his(remote: RemoteFile) -> None:
    ckan_model.Session.add(ckan_model.Tag(name="not-committed"))
    ckan_model.Session.flush()

    first = files._fetch(remote.url)
    ckan_model.Session.rollback()
    second = files._fetch(remote.url)

    assert (first, remote.sent) == (second, 1)
    assert ckan_model.Session.query(ckan_model.Tag).filter_by(name="not-committed").count() == 0


@pytest.mark.usefixtures("portal")
def test_address_is_remembered_once_and_one_beyond_measure_not_at_all(remote: RemoteFile) -> None:
    for _ in range(2):
        files._fetch(remote.url)
        files._fetch(remote.url + "?" + "x" * 3000)

    count = sa.select(sa.func.count()).select_from(model.Address)
    assert ckan_model.Session.execute(count).scalar() == 1
    assert remote.sent == 3
