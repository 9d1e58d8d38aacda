"""Chromium against the running stack, as its visitors and its data officers see it."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("demo-villes", "demo-gembloux", "demo-territoires")
CHROMIUM = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync"
VIEWPORTS: dict[str, ViewportSize] = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 375, "height": 812}}
# What the tests look for: from the first source, and from the last one that is harvested.
PARKING = {"fq": "vocab_contract:bicycle-parking organization:namur", "rows": 1}
GERMAN = {"fq": "organization:bullange", "rows": 0}
GRAVE = {"serious", "critical"}


@pytest.fixture(scope="session")
def portal(run_dir: Path) -> str:
    """The address of the portal; a stack that is named and does not answer is a failure, never a skip."""
    address = f"http://localhost:{json.loads((run_dir / 'ports.json').read_text())['web']}"
    try:
        urllib.request.urlopen(f"{address}/api/3/action/status_show", timeout=30)
    except (urllib.error.URLError, OSError) as error:
        pytest.fail(f"The stack of {run_dir} does not answer at {address} ({error}); start it with `make start`.")
    return address


@pytest.fixture(scope="session")
def api(portal: str) -> Callable[..., Any]:
    """Ask an action of the portal as an anonymous visitor."""

    def ask(action: str, **parameters: Any) -> Any:
        request = urllib.request.Request(
            f"{portal}/api/3/action/{action}",
            data=json.dumps(parameters).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["result"]

    return ask


@pytest.fixture(scope="session")
def demonstration(run_dir: Path, portal: str, api: Callable[..., Any]) -> dict[str, Any]:
    """A published dataset that keeps its table contract; where the demonstration is not harvested yet, it is now."""
    if not _is_harvested(api):
        environment = {**os.environ, "RUN_DIR": str(run_dir)}
        for source in SOURCES:  # one that the scheduler runs at this moment refuses, and is waited for below
            command = [str(ROOT / "bin/smartregion"), "source", "run", source]
            subprocess.run(command, env=environment, capture_output=True, timeout=240, check=False)
    deadline = time.monotonic() + 120
    while not _is_harvested(api):
        assert time.monotonic() < deadline, "The demonstration's harvest published or held less than it should."
        time.sleep(2)
    return api("package_search", **PARKING)["results"][0]


def _is_harvested(api: Callable[..., Any]) -> bool:
    held = api("smartregion_quality_overview")["held"]
    return held >= 2 and all(api("package_search", **wanted)["count"] for wanted in (PARKING, GERMAN))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests: the one without a window, which spends half on each page."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=CHROMIUM.split())
        yield chromium
        chromium.close()


def _context(browser: Browser, portal: str, width: str) -> BrowserContext:
    return browser.new_context(base_url=portal, viewport=VIEWPORTS[width], locale="fr-BE", reduced_motion="reduce")


@pytest.fixture(scope="session")
def strangers(browser: Browser, portal: str) -> Iterator[dict[str, BrowserContext]]:
    """Visitors who are not logged in, at a desk and with a phone; they keep what they have once loaded."""
    contexts = {width: _context(browser, portal, width) for width in VIEWPORTS}
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="session")
def pages() -> dict[BrowserContext, Page]:
    """One page for each visitor: what a browser spends on a new one is more than what most tests ask of it."""
    return {}


@pytest.fixture
def opened(pages: dict[BrowserContext, Page]) -> Iterator[Callable[[BrowserContext], Page]]:
    """Give the page of a visitor; it is empty, and of the visitor's size."""
    used = []

    def opened(context: BrowserContext) -> Page:
        page = pages[context] = pages.get(context) or context.new_page()
        used.append((page, page.viewport_size))
        return page

    yield opened
    for page, size in used:
        page.goto("about:blank")
        if size and page.viewport_size != size:
            page.set_viewport_size(size)


@pytest.fixture
def page(opened: Callable[[BrowserContext], Page], strangers: dict[str, BrowserContext]) -> Page:
    """A visitor at a desk."""
    return opened(strangers["desk"])


@pytest.fixture
def phone(opened: Callable[[BrowserContext], Page], strangers: dict[str, BrowserContext]) -> Page:
    """A visitor with a phone."""
    return opened(strangers["phone"])


@pytest.fixture(scope="session")
def logged_in(browser: Browser, portal: str, run_dir: Path) -> Iterator[BrowserContext]:
    """The data officer of Gembloux, logged in."""
    context = _context(browser, portal, "desk")
    page = context.new_page()
    page.goto("/user/login")
    page.fill("#field-login", "officer-gembloux")
    page.fill("#field-password", json.loads((run_dir / "passwords.json").read_text())["accounts"])
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    assert page.locator(".sr-account form button").count(), "The data officer of Gembloux cannot log in."
    page.close()
    yield context
    context.close()


@pytest.fixture
def officer(opened: Callable[[BrowserContext], Page], logged_in: BrowserContext) -> Page:
    """The data officer of Gembloux at a desk."""
    return opened(logged_in)


@pytest.fixture(scope="session")
def at_hand(logged_in: BrowserContext, browser: Browser, portal: str) -> Iterator[BrowserContext]:
    """The phone of the data officer of Gembloux."""
    context = browser.new_context(
        base_url=portal, viewport=VIEWPORTS["phone"], storage_state=logged_in.storage_state(), reduced_motion="reduce"
    )
    yield context
    context.close()


@pytest.fixture
def thumb(opened: Callable[[BrowserContext], Page], at_hand: BrowserContext) -> Page:
    """The data officer of Gembloux with a phone."""
    return opened(at_hand)


@pytest.fixture(scope="session")
def grave_findings() -> Callable[[Page], list[str]]:
    """The serious and critical findings of axe on a page, each with the first element that it is about."""
    source = Axe().axe_script
    # WCAG 2.2 asks for room to touch, too. What axe would load anew is for rules about films alone.
    run = 'axe.run({resultTypes: ["violations"], preload: false, rules: {"target-size": {enabled: true}}})'

    def find(page: Page) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)
        found = page.evaluate(run)["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in GRAVE]

    return find
