"""Webhooks against a real far end: signed, in order, again until they arrive, given up in the end, never inside."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from far_end import Answer, FarEnd
from mail_box import running as mail_server

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli.cli import ckan
from ckan.tests import factories, helpers

from ckanext.smartregion.feeds.logic import delivering, giving_up, publishing
from ckanext.smartregion.feeds.webhooks.model import Webhook, find, now

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_feeds dcat"),
    pytest.mark.usefixtures("clean_db", "clean_index", "with_request_context"),
]


@pytest.fixture(autouse=True)
def open_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The far end of these tests stands on loopback."""
    monkeypatch.setitem(tk.config, "smartregion.fetch.allow_private", ["127.0.0.1:*"])
    monkeypatch.setitem(tk.config, "smartregion.feeds.webhook_seconds", 2)
    monkeypatch.setitem(tk.config, "smartregion.fetch.pause", 0)


@pytest.fixture
def owner(remember: Any) -> dict[str, Any]:
    return remember("who owns webhooks", factories.UserWithToken)


@pytest.fixture
def make(owner: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    return lambda address, **more: helpers.call_action(
        "smartregion_webhook_create", {"user": owner["name"], "ignore_auth": False}, address=address, **more
    )


@pytest.fixture
def publish(owner: dict[str, Any], remember: Any) -> Callable[..., list[dict[str, Any]]]:
    organisation = remember("who owns webhooks, and Namur", lambda: factories.Organization(name="namur", title="Namur"))

    def publish(count: int = 1) -> list[dict[str, Any]]:
        made = [factories.Dataset(owner_org=organisation["id"]) for _ in range(count)]
        publishing.publish()
        return made

    return publish


def again(webhook: dict[str, Any]) -> None:
    """As if the time until the next attempt were over."""
    model.Session.execute(sa.update(Webhook).where(Webhook.id == webhook["id"]).values(next_attempt=now()))
    model.Session.commit()


def current(webhook: dict[str, Any]) -> Webhook:
    model.Session.rollback()
    model.Session.expire_all()
    found = find(webhook["id"])
    assert found
    return found


def sequences(far_end: FarEnd) -> list[list[int]]:
    return [[each["seq"] for each in json.loads(request.body)["data"]["changes"]] for request in far_end.requests]


def test_changes_from_now_on_arrive_signed_and_in_order(far_end, make, publish):
    publish(2)
    webhook = make(far_end.serve("/hook", b"ok"))
    made = publish(3)
    assert delivering.deliver(10) == 1

    request = far_end.requests[0]
    told = json.loads(request.body)["data"]
    assert [change["id"] for change in told["changes"]] == [dataset["id"] for dataset in made]
    assert (told["after"], told["complete"]) == (2, True)
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    key = base64.b64decode(webhook["secret"].removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(request.headers["webhook-timestamp"]) - time.time()) < 60
    assert (current(webhook).cursor, current(webhook).failures) == (5, 0)
    assert delivering.deliver(10) == 0, "nothing is told twice"
    assert webhook["secret"] not in current(webhook).secret


def test_what_does_not_arrive_is_sent_again_later_as_the_same_message(far_end, make, publish):
    webhook = make(far_end.serve("/hook", Answer(b"", 503)))
    publish()
    delivering.deliver(10)
    failed = current(webhook)
    assert (failed.failures, failed.cursor) == (1, 0)
    assert failed.next_attempt - now() > dt.timedelta(seconds=5)
    assert set(failed.reason) == {"fr", "nl", "de", "en"}
    assert delivering.deliver(10) == 0, "not before its time"

    publish()
    far_end.serve("/hook", b"ok")
    again(webhook)
    delivering.deliver(10)
    delivering.deliver(10)
    first, second = far_end.requests[:2]
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert sequences(far_end) == [[1], [1], [2]]
    assert (current(webhook).failures, current(webhook).reason) == (0, None)


def test_filtered_webhook_is_told_of_its_datasets_only(far_end, make, publish):
    webhook = make(far_end.serve("/hook", b"ok"), organization="eupen")
    publish(2)
    eupen = factories.Dataset(owner_org=factories.Organization(name="eupen")["id"])
    publishing.publish()
    delivering.deliver(10)
    assert [each["id"] for each in json.loads(far_end.requests[0].body)["data"]["changes"]] == [eupen["id"]]
    publish(2)
    assert delivering.deliver(10) == 0
    assert current(webhook).cursor == 5, "what concerns it not is passed over"


@pytest.mark.parametrize(("status", "failures"), [(500, 2), (410, 1)])
def test_webhook_is_given_up_in_the_end_and_its_owner_told(
    far_end, make, publish, owner, monkeypatch, status, failures
):
    monkeypatch.setitem(tk.config, "smartregion.feeds.webhook_failures", 2)
    webhook = make(far_end.serve("/hook", Answer(b"", status)))
    publish()
    for _ in range(failures):
        assert current(webhook).state == "active"
        again(webhook)
        delivering.deliver(10)
    assert current(webhook).state == "dead"
    again(webhook)
    assert delivering.deliver(10) == 0

    with mail_server() as box:
        monkeypatch.setitem(tk.config, "smtp.server", box.address)
        monkeypatch.setitem(tk.config, "smtp.mail_from", "portail@smartregion.example")
        assert (giving_up.tell(), giving_up.tell()) == (1, 0)
        assert webhook["address"] in box.to(model.User.get(owner["name"]).email)[0].get_content()

    far_end.serve("/hook", b"ok")
    helpers.call_action("smartregion_webhook_resume", id=webhook["id"])
    delivering.deliver(10)
    assert current(webhook).cursor == 1, "what changed meanwhile arrives after all"


def test_slow_target_delays_neither_others_nor_the_turn(far_end, make, publish):
    slow = make(far_end.serve("/slow", Answer(b"x" * 40, drip=0.3)))
    quick = make(far_end.serve("/quick", b"ok"))
    publish()
    began = time.monotonic()
    delivering.deliver()
    assert time.monotonic() - began < 8  # it takes twelve
    delivering.deliver(1)
    assert current(quick).cursor == 1
    assert current(slow).cursor == 0
    delivering.deliver(10)
    assert current(slow).failures == 1, "its time is over"


def test_two_who_deliver_at_once_send_every_message_once(far_end, make, publish):
    for number in range(4):
        make(far_end.serve(f"/hook{number}", b"ok"))
    publish()

    def claim(_: int) -> int:
        try:
            return len(delivering._claim(8))
        finally:
            model.Session.remove()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(claim, range(2))) == 4


def test_redirect_is_not_followed(far_end, make, publish):
    far_end.serve("/other", b"ok")
    webhook = make(far_end.serve("/hook", Answer(b"", 307, {"Location": "/other"})))
    publish()
    delivering.deliver(10)
    assert [request.path for request in far_end.requests] == ["/hook"]
    assert current(webhook).failures == 1


@pytest.mark.parametrize(
    "address",
    ["http://10.0.0.1/x", "http://169.254.169.254/latest", "ftp://example.be/", "https://a:b@example.be/", ""],
)
def test_address_that_may_not_be_called_is_refused(make, address):
    with pytest.raises(tk.ValidationError) as refused:
        make(address)
    assert refused.value.error_dict["address"]


def test_address_that_turns_inside_is_not_called(far_end, make, publish, monkeypatch):
    webhook = make(far_end.serve("/hook", b"ok"))
    monkeypatch.setitem(tk.config, "smartregion.fetch.allow_private", [])
    publish()
    delivering.deliver(10)
    assert far_end.requests == []
    assert current(webhook).failures == 1


def test_message_that_says_nothing_tries_a_webhook(far_end, make):
    webhook = make(far_end.serve("/hook", b"ok"))
    assert helpers.call_action("smartregion_webhook_test", id=webhook["id"]) == {"delivered": True, "reason": None}
    assert json.loads(far_end.requests[0].body)["type"] == "webhook.test"
    far_end.serve("/hook", Answer(b"", 500))
    assert helpers.call_action("smartregion_webhook_test", id=webhook["id"])["reason"]["fr"]


def test_commands_make_list_and_delete(cli, far_end, owner):
    def run(*words: str) -> str:
        result = cli.invoke(ckan, ["smartregion", "feed", "webhook", *words])
        assert result.exit_code == 0, result.output
        return result.output

    id, secret = run("create", far_end.serve("/hook", b"ok"), "--user", owner["name"]).split()
    assert secret.startswith("whsec_")
    assert run("test", id) == "delivered\n"
    assert run("pause", id) == "paused\n"
    assert run("resume", id) == "active\n"
    assert "1 webhooks" in run("list")
    run("delete", id)
    assert json.loads(run("list", "--json")) == []
