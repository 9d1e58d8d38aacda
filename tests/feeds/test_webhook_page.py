"""The page of the webhooks: a form, the secret once, how each fares, and what can be done."""

from __future__ import annotations

from typing import Any

import pytest

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests import factories, helpers

from ckanext.smartregion.feeds.webhooks.model import find

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_feeds dcat"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]


def _state(webhook: dict[str, Any]) -> str | None:
    model.Session.rollback()
    model.Session.expire_all()
    found = find(webhook["id"])
    return found.state if found else None


def test_page_makes_a_webhook_shows_its_secret_once_and_acts(app, far_end, monkeypatch):
    monkeypatch.setitem(tk.config, "smartregion.fetch.allow_private", ["127.0.0.1:*"])
    owner = factories.UserWithToken()
    signed_in = {"Authorization": owner["token"]}
    address = far_end.serve("/hook", b"ok")
    app.get("/feeds/webhooks", follow_redirects=False, status=302)
    made = app.post("/feeds/webhooks", data={"address": address, "theme": "TRAN"}, headers=signed_in, status=200)
    assert "whsec_" in made.get_data(as_text=True)
    page = app.get("/feeds/webhooks", headers=signed_in).get_data(as_text=True)
    assert address in page
    assert "· Transport" in page
    assert "whsec_" not in page
    (webhook,) = helpers.call_action("smartregion_webhook_list", {"user": owner["name"]})
    for verb, state in (("pause", "paused"), ("resume", "active"), ("test", "active")):
        app.post(f"/feeds/webhooks/{webhook['id']}/{verb}", headers=signed_in)
        assert _state(webhook) == state
    stranger = {"Authorization": factories.UserWithToken()["token"]}
    app.post(f"/feeds/webhooks/{webhook['id']}/delete", headers=stranger, status=404)
    app.post(f"/feeds/webhooks/{webhook['id']}/delete", headers=signed_in)
    assert _state(webhook) is None
    wrong = app.post("/feeds/webhooks", data={"address": "ftp://x"}, headers=signed_in, status=400)
    assert "ftp://x" in wrong.get_data(as_text=True)


def test_what_narrows_a_webhook_is_chosen_by_name_and_said_in_words(app, far_end, monkeypatch):
    monkeypatch.setitem(tk.config, "smartregion.fetch.allow_private", ["127.0.0.1:*"])
    signed_in = {"Authorization": factories.UserWithToken()["token"]}
    page = app.get("/nl/feeds/webhooks", headers=signed_in).get_data(as_text=True)
    assert page.index('<option value="ecaussinnes">') < page.index('<option value="wavre">Waver<')
    assert '<option value="62063">Luik<' in page

    choice = {"address": far_end.serve("/hook", b"ok"), "organization": "liege", "municipality": "62063", "hvd": "true"}
    app.post("/feeds/webhooks", data={**choice, "type": "mobility"}, headers=signed_in, status=200)
    page = app.get("/nl/feeds/webhooks", headers=signed_in).get_data(as_text=True)
    told = " ".join(page[page.index('class="card-body"') :].split())
    for words in ("· Luik · Luik", "· Mobiliteit", "· Alleen hoogwaardige datasets"):
        assert words in told


def test_form_that_is_refused_keeps_what_was_chosen(app):
    signed_in = {"Authorization": factories.UserWithToken()["token"]}
    wrong = {"address": "ftp://x", "organization": "namur", "theme": "TRAN"}
    page = app.post("/feeds/webhooks", data=wrong, headers=signed_in, status=400).get_data(as_text=True)
    assert '<option value="namur" selected>' in page
    assert '<option value="TRAN" selected>' in page
