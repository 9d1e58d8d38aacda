"""The mail of the day: at most one per person, only with news, in their language, once for all schedulers."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from mail_box import MailBox, running

from ckan import model as ckan_model
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import ticking
from ckanext.smartregion.harvest.model.notices import Notice
from ckanext.smartregion.harvest.notices import digest

# Half past seven in Belgium, in winter.
HOUR = dt.datetime(2026, 1, 10, 6, 30, tzinfo=dt.UTC)
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)


@pytest.fixture
def box(ckan_config: Any, monkeypatch: Any, app: Any) -> Any:
    """A mail server that CKAN is told of."""
    with running() as box:
        monkeypatch.setitem(ckan_config, "smtp.server", box.address)
        monkeypatch.setitem(ckan_config, "smtp.mail_from", "portail@smartregion.example")
        yield box


@pytest.fixture
def news(make: Any) -> Any:
    """Write a notice about the source of Liège that was found before this morning's hour, or at another moment."""
    made = make("https://data.liege.example", title="Portail de Liège", organization="liege")

    def news(moment: dt.datetime = HOUR - MINUTE, text: str = "Cassé.", kind: str = "failing") -> None:
        texts = {"fr": text, "nl": "Stuk.", "de": "Kaputt.", "en": "Broken."}
        organization = model.find_source("essai").organization_id
        row = Notice(source_id=made["id"], organization_id=organization, kind=kind, texts=texts, moment=moment)
        ckan_model.Session.add(row)
        ckan_model.Session.commit()

    return news


def address(person: str) -> str:
    return ckan_model.User.get(person).email


def body(mail: Any, kind: str = "plain") -> str:
    return mail.get_body((kind,)).get_content()


def test_officer_and_steward_get_one_mail_nobody_else(box: MailBox, news: Any) -> None:
    news()
    news(text="Encore.")
    assert digest.tick(HOUR) == 2
    assert len(box.mails) == 2
    for person in ("officer", "steward"):
        (mail,) = box.to(address(person))
        assert mail["Subject"] == f"[{call_action('status_show')['site_title']}] Nouvelles de vos sources : 2"
        assert "Cassé." in body(mail)
        assert "Encore." in body(mail)
        assert "Portail de Liège" in body(mail, "html")
        assert "/harvest/notices#mail" in body(mail)
        assert mail["Auto-Submitted"] == "auto-generated"


def test_at_most_one_mail_a_day(box: MailBox, news: Any) -> None:
    news()
    for minutes in (0, 1, 300, 900):
        digest.tick(HOUR + minutes * MINUTE)
        news(HOUR + minutes * MINUTE)
    assert len(box.to(address("officer"))) == 1
    digest.tick(HOUR + DAY)
    assert len(box.to(address("officer"))) == 2
    assert body(box.to(address("officer"))[1]).count("Cassé.") == 4


def test_no_news_no_mail(box: MailBox, news: Any) -> None:
    for day in range(3):
        assert digest.tick(HOUR + day * DAY) == 0
    news(HOUR + 2 * DAY + MINUTE)
    assert digest.tick(HOUR + 2 * DAY + 2 * MINUTE) == 0
    assert box.calls == 0
    assert digest.tick(HOUR + 3 * DAY) == 2


def test_nothing_goes_out_before_the_hour(box: MailBox, news: Any) -> None:
    news(HOUR - 2 * MINUTE)
    assert digest.tick(HOUR - MINUTE) == 0
    assert digest.tick(HOUR) == 2


def test_what_was_read_on_the_site_is_not_mailed(box: MailBox, news: Any) -> None:
    news()
    call_action("smartregion_notice_read", {"user": "officer", "ignore_auth": False})
    digest.tick(HOUR)
    assert not box.to(address("officer"))
    assert box.to(address("steward"))


def test_who_switched_it_off_gets_none(box: MailBox, news: Any) -> None:
    call_action("smartregion_digest_set", {"user": "officer", "ignore_auth": False}, mail=False)
    news()
    digest.tick(HOUR)
    assert not box.to(address("officer"))
    call_action("smartregion_digest_set", {"user": "officer", "ignore_auth": False}, mail=True)
    news(HOUR + MINUTE)
    digest.tick(HOUR + DAY)
    assert len(box.to(address("officer"))) == 1


def test_language_is_the_persons_else_the_organisations(box: MailBox, news: Any) -> None:
    call_action("organization_patch", {"user": "chief"}, id="liege", language=["de", "fr"])
    call_action("smartregion_digest_set", {"user": "steward", "ignore_auth": False}, language="nl")
    news()
    digest.tick(HOUR)
    assert "Kaputt." in body(box.to(address("officer"))[0])
    assert "/de/harvest/essai" in body(box.to(address("officer"))[0])
    assert "Stuk." in body(box.to(address("steward"))[0])
    assert box.to(address("steward"))[0]["Subject"].endswith("Nieuws over uw bronnen: 1")


def test_two_schedulers_send_once(box: MailBox, news: Any) -> None:
    news()
    start = threading.Barrier(4)

    def send() -> None:
        start.wait()
        digest.tick(HOUR)
        ckan_model.Session.remove()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(mail["To"].addresses[0].addr_spec for mail in box.mails) == sorted(
        map(address, ("officer", "steward"))
    )


def test_address_that_is_refused_is_tried_again_later_and_keeps_nobody_from_theirs(box: MailBox, news: Any) -> None:
    box.refused.add(address("officer"))
    news()
    for second in range(4):
        digest.tick(HOUR + second * dt.timedelta(seconds=5))
    assert len(box.to(address("steward"))) == 1
    calls = box.calls
    digest.tick(HOUR + MINUTE)
    assert box.calls == calls
    box.refused.clear()
    digest.tick(HOUR + 20 * MINUTE)
    (mail,) = box.to(address("officer"))
    assert mail["Message-ID"].startswith("<digest.20260110.")


def test_a_few_tries_a_day_and_the_next_day_tells_it_all(box: MailBox, news: Any) -> None:
    box.refused |= {address("officer"), address("steward")}
    news()
    for quarter in range(60):
        digest.tick(HOUR + quarter * 16 * MINUTE)
    assert box.calls == 2 * digest.TRIES
    box.refused.clear()
    news(HOUR + MINUTE)
    digest.tick(HOUR + DAY)
    assert body(box.to(address("officer"))[0]).count("Cassé.") == 2


@pytest.mark.usefixtures("clean_queues")
def test_mail_server_that_says_nothing_does_not_stop_the_scheduler(box, news, ckan_config, monkeypatch) -> None:
    monkeypatch.setattr(digest, "PATIENCE", 0.5)
    monkeypatch.setitem(ckan_config, "smartregion.harvest.digest_hour", "0:00")
    box.silent.set()
    news(model.now() - DAY)
    began = model.now()
    assert ticking.tick() == []
    assert model.now() - began < dt.timedelta(seconds=5)
    assert box.calls == 1
    box.silent.clear()
    assert digest.tick(model.now() + 20 * MINUTE) == 2


def test_no_mail_server_no_mail_and_nothing_is_lost(
    box: MailBox, news: Any, ckan_config: Any, monkeypatch: Any
) -> None:
    news()
    with monkeypatch.context() as without:
        without.setitem(ckan_config, "smtp.mail_from", "")
        assert digest.tick(HOUR) == 0
    with monkeypatch.context() as off:
        off.setitem(ckan_config, "smartregion.harvest.digest", False)
        assert digest.tick(HOUR) == 0
    assert digest.tick(HOUR + DAY) == 2
