"""Pages of the feeds that need a person or a withdrawn dataset: accessible, in each language, at a desk, by phone."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from live import Portal
from playwright.sync_api import Page, expect

from tests.browser.test_every_page import WIDTHS
from tests.quality.gate.conftest import COMPLETE

Findings = Callable[[Page], list[str]]
pytestmark = pytest.mark.browser
PREFIXES = {"fr": "", "nl": "/nl", "de": "/de", "en": "/en"}
LONG = "a-rather-long-address-that-has-to-be-broken-on-a-phone-because-it-is-one-word-and-goes-on-and-on"
TITLE = {"fr": "Stationnements pour vélos retirés", "nl": "Ingetrokken fietsenstallingen"}


@pytest.fixture(scope="module")
def server(run_dir: Path) -> Portal:
    return Portal(run_dir)


@pytest.fixture(scope="module")
def withdrawn(server: Portal, demonstration: dict[str, Any]) -> Iterator[str]:
    """The name of a dataset that was published and is gone."""
    token, name = server.token("sysadmin"), f"retire-{uuid.uuid4().hex[:8]}"
    data = {**COMPLETE, "name": name, "title_translated": TITLE, "owner_org": "gembloux"}
    assert server.action("package_create", token, **data)["state"] == "active"
    assert server.get(f"/dataset/{name}.nt").status_code == 200
    server.action("package_delete", token, id=name)
    yield name
    server.action("dataset_purge", token, id=name)


@pytest.fixture(scope="module")
def webhooks(server: Portal, run_dir: Path) -> Iterator[str]:
    """Webhooks of the data officer of Gembloux, one of them paused; gives the address that they lead to."""
    token, port = server.token("officer-gembloux"), json.loads((run_dir / "ports.json").read_text())["demo"]
    address = f"http://127.0.0.1:{port}/{LONG}"
    facts = {"address": address, "owner_org": "gembloux", "theme": "TRAN", "hvd": "true"}
    made = [server.action("smartregion_webhook_create", token, **facts)["id"] for _ in range(2)]
    server.action("smartregion_webhook_pause", token, id=made[1])
    yield address
    for webhook in server.action("smartregion_webhook_list", token):
        server.action("smartregion_webhook_delete", token, id=webhook["id"])


def holds_in_every_width(page: Page, language: str, findings: Findings) -> None:
    """One main heading, in the language that was asked for, nothing grave, nothing wider than the screen."""
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert page.locator("h1").count() == 1
    assert page.locator("link[rel=stylesheet]").count(), "the page is dressed"
    assert page.title().strip()
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 900})
        assert findings(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("language", PREFIXES)
@pytest.mark.parametrize("address", ["/feeds?format=ttl&theme=TRAN", "/dataset/{name}/changes"])
def test_page_of_the_feeds_and_history_of_a_dataset_hold_in_each_language(
    page: Page, demonstration: dict[str, Any], address: str, language: str, grave_findings: Findings
) -> None:
    answer = page.goto(PREFIXES[language] + address.format(name=demonstration["name"]))

    assert answer
    assert answer.status == 200
    holds_in_every_width(page, language, grave_findings)


@pytest.mark.parametrize("language", PREFIXES)
def test_tombstone_says_in_each_language_what_was_here(
    page: Page, withdrawn: str, language: str, grave_findings: Findings
) -> None:
    answer = page.goto(f"{PREFIXES[language]}/dataset/{withdrawn}")

    assert answer
    assert answer.status == 410
    expect(page.locator("h1")).to_have_text(TITLE.get(language, TITLE["fr"]))
    holds_in_every_width(page, language, grave_findings)


@pytest.mark.parametrize("language", PREFIXES)
def test_webhooks_are_listed_and_offered_in_each_language(
    officer: Page, webhooks: str, language: str, grave_findings: Findings
) -> None:
    answer = officer.goto(f"{PREFIXES[language]}/feeds/webhooks")

    assert answer
    assert answer.status == 200
    assert officer.locator("h2", has_text=webhooks).count() == 2
    holds_in_every_width(officer, language, grave_findings)


@pytest.mark.parametrize("language", PREFIXES)
def test_form_that_is_wrong_and_the_secret_that_is_shown_once_hold_too(
    officer: Page, webhooks: str, language: str, grave_findings: Findings
) -> None:
    officer.goto(f"{PREFIXES[language]}/feeds/webhooks")
    officer.fill("#sr-address", "ftp://example.be/")
    officer.click("main form:has(#sr-address) button[type=submit]")
    expect(officer.locator("#sr-address-error")).to_be_visible()
    holds_in_every_width(officer, language, grave_findings)

    officer.fill("#sr-address", webhooks)
    officer.click("main form:has(#sr-address) button[type=submit]")
    expect(officer.locator(".alert-success code")).to_contain_text("whsec_")
    holds_in_every_width(officer, language, grave_findings)


def test_who_is_not_signed_in_is_asked_to(page: Page) -> None:
    page.goto("/feeds/webhooks")

    assert "/user/login" in page.url
