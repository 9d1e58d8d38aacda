"""The pages of harvesting in Chromium: a source is found, made, previewed and run without a page being reloaded."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from live import Portal
from playwright.sync_api import Browser, BrowserContext, Page, expect

Findings = Callable[[Page], list[str]]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def catalogue(run_dir: Path, demonstration: dict[str, Any]) -> str:
    """The address of a catalogue of the demonstration's far end."""
    return f"http://127.0.0.1:{json.loads((run_dir / 'ports.json').read_text())['demo']}/territoires/catalog.ttl"


@pytest.fixture(scope="module")
def record(api: Callable[..., Any], demonstration: dict[str, Any]) -> str:
    """The address of a record that everybody sees."""
    return f"/harvest/record/{api('smartregion_record_list', source='demo-villes', state='published')[0]['id']}"


@pytest.fixture
def plain(logged_in: BrowserContext, browser: Browser, portal: str) -> Iterator[Page]:
    """The data officer of Gembloux with a browser that runs no scripts."""
    context = browser.new_context(base_url=portal, java_script_enabled=False, storage_state=logged_in.storage_state())
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def sources(run_dir: Path) -> Callable[..., Any]:
    """Act on sources by the API, as the system administrator."""
    portal = Portal(run_dir)
    token = portal.token("sysadmin")
    return lambda action, /, **facts: portal.action(f"smartregion_source_{action}", token, **facts)


@pytest.fixture
def made(sources: Callable[..., Any], catalogue: str) -> Iterator[str]:
    """The name of a source of Gembloux that has not run; it is gone afterwards, whoever removed it."""
    name = f"essai-{uuid.uuid4().hex[:8]}"
    sources("create", name=name, kind="dcat", url=catalogue, organization="gembloux")
    yield name
    if name in [source["name"] for source in sources("list")]:
        sources("delete", id=name)


@pytest.fixture
def fresh(sources: Callable[..., Any]) -> Iterator[str]:
    """The name of a source that a test makes; it is removed afterwards."""
    name = f"essai-{uuid.uuid4().hex[:8]}"
    yield name
    sources("delete", id=name)


def look(page: Page, address: str) -> None:
    page.goto("/harvest/new")
    page.fill("#probe-url", address)
    page.locator(".sr-probe button").click()
    expect(page.locator("#make")).to_be_visible(timeout=60_000)


def test_sources_are_filtered_without_a_script(page: Page, demonstration: dict[str, Any]):
    page.goto("/harvest?state=on&q=Gembloux")

    expect(page.locator(".sr-source")).to_have_count(1)
    expect(page.locator(".sr-source .sr-trend rect").first).to_be_visible()


def test_address_shows_its_kind_a_sample_and_its_score_before_anything_is_saved(
    officer: Page, catalogue: str, grave_findings: Findings, api: Callable[..., Any]
):
    before = len(api("smartregion_source_list"))
    look(officer, catalogue)

    expect(officer.locator(".sr-found-kind")).to_contain_text("DCAT")
    assert officer.locator(".sr-sample > li").count() >= 6
    assert officer.locator(".sr-score > ul > li").count() == 5
    assert grave_findings(officer) == []
    assert len(api("smartregion_source_list")) == before


def test_source_of_an_officer_waits_and_its_preview_comes_by_itself(
    officer: Page, catalogue: str, fresh: str, grave_findings: Findings
):
    look(officer, catalogue)
    officer.fill("#field-name", fresh)
    officer.select_option("#field-timetable", "")
    officer.locator("#make ~ form button[type=submit]").click()

    expect(officer).to_have_url(re.compile(f"/harvest/{fresh}$"))
    expect(officer.locator(".sr-state-waits")).to_be_visible()
    officer.locator(".sr-standing a").click()
    expect(officer.locator("#sr-plan .sr-facts")).to_be_visible(timeout=60_000)
    assert grave_findings(officer) == []


def test_what_was_found_has_an_address_of_its_own(officer: Page, catalogue: str):
    look(officer, catalogue)
    expect(officer).to_have_url(re.compile(r"/harvest/new\?trial="))

    officer.reload()

    expect(officer.locator("#make")).to_be_visible()
    expect(officer.locator("#probe-url")).to_have_value(catalogue)


def test_preview_is_waited_for_without_reloading_and_made_anew_when_wanted(officer: Page, made: str):
    officer.goto(f"/harvest/{made}/preview")
    officer.evaluate("window.unchanged = true")
    expect(officer.locator("#sr-plan .sr-kept")).to_be_visible(timeout=60_000)
    assert officer.evaluate("window.unchanged === true")
    assert officer.locator("[hx-trigger^='every']").count() == 0

    officer.locator(".sr-kept button").click()

    expect(officer.locator("#sr-plan .sr-facts")).to_be_visible(timeout=60_000)


def test_preview_comes_without_a_script_too(plain: Page, made: str):
    plain.goto(f"/harvest/{made}/preview")

    expect(plain.locator("#sr-plan .sr-facts")).to_be_visible(timeout=60_000)
    assert plain.locator("meta[http-equiv=refresh]").count() == 0


def test_login_is_set_and_removed_and_its_secret_is_on_no_page(officer: Page, made: str):
    officer.goto(f"/harvest/{made}/edit")
    officer.select_option("#field-login", "bearer")
    officer.fill("#field-login-secret", "s3cret-s3cret")
    officer.locator(".sr-form button[type=submit]").click()
    expect(officer).to_have_url(re.compile(f"/harvest/{made}$"))
    officer.goto(f"/harvest/{made}/edit")
    assert "s3cret" not in officer.content()

    officer.select_option("#field-login", "none")
    officer.locator(".sr-form button[type=submit]").click()

    officer.goto(f"/harvest/{made}/edit")
    expect(officer.locator("#field-login option[value=none]")).to_have_count(0)


def test_source_is_removed_from_its_page(officer: Page, made: str, api: Callable[..., Any]):
    officer.goto(f"/harvest/{made}")
    officer.locator(".sr-actions .btn-outline-danger").click()
    officer.locator("#sr-removal .btn-danger").click()

    expect(officer).to_have_url(re.compile("/harvest/?$"), timeout=60_000)
    expect(officer.locator(".alert-success")).to_be_visible()
    assert made not in [source["name"] for source in api("smartregion_source_list")]


def test_problem_of_a_run_is_one_line_that_unfolds(officer: Page, api: Callable[..., Any], grave_findings: Findings):
    runs = api("smartregion_run_list", source="demo-gembloux", limit=50)
    officer.goto(f"/harvest/run/{next(run['id'] for run in runs if run['counts']['failed'])}")
    problem = officer.locator(".sr-problems details").first
    expect(problem.locator("li").first).to_be_hidden()

    problem.locator("summary").click()

    expect(problem.locator("li").first).to_be_visible()
    assert grave_findings(officer) == []


def test_run_is_followed_to_its_end_without_reloading(officer: Page, grave_findings: Findings):
    officer.goto("/harvest/demo-gembloux")
    officer.locator(".sr-actions button.btn-primary").click()
    expect(officer).to_have_url(re.compile("/harvest/run/"))
    officer.evaluate("window.unchanged = true")

    expect(officer.locator("#outcomes")).to_be_visible(timeout=60_000)
    assert officer.evaluate("window.unchanged === true")
    assert officer.locator("[hx-trigger^='every']").count() == 0
    assert grave_findings(officer) == []


def test_what_is_found_fits_a_phone(thumb: Page, catalogue: str):
    look(thumb, catalogue.replace("territoires/catalog.ttl", "gembloux"))

    assert thumb.evaluate("document.documentElement.scrollWidth") <= thumb.viewport_size["width"]


def test_record_folds_what_the_source_sent(page: Page, record: str):
    page.goto(record)
    raw = page.locator(".sr-raw")
    expect(raw).to_be_hidden()
    page.locator("#raw ~ details summary").click()

    expect(raw).to_contain_text("dataset_id")


def test_dataset_leads_to_its_provenance(page: Page, demonstration: dict[str, Any]):
    page.goto(f"/dataset/{demonstration['name']}")
    page.locator(".sr-provenance a").last.click()

    expect(page).to_have_url(re.compile("/harvest/record/"))
    expect(page.locator("#origin")).to_be_visible()
