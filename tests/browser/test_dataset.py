"""The page of a dataset: for everybody when it is published, for its officer when it is held."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

Findings = Callable[[Page], list[str]]
pytestmark = pytest.mark.browser


def address(link: Locator) -> str:
    return link.get_attribute("href") or ""


@pytest.fixture
def held(officer: Page) -> str:
    """The name of a held dataset of Gembloux, as its officer finds it."""
    officer.goto("/quality")
    link = officer.locator('main table a[href$="/quality"]').first
    return address(link).split("/")[-2]


def test_history_of_a_dataset_is_for_everybody_and_who_did_it_for_its_officers(
    page: Page, officer: Page, demonstration: dict[str, Any], api: Callable[..., Any]
):
    page.goto(f"/nl/dataset/{demonstration['name']}")
    expect(page.get_by_role("link", name="Activiteit", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Geschiedenis", exact=True).click()
    expect(page.locator(".sr-history")).to_contain_text("gepubliceerd")

    own = api("package_search", fq="organization:gembloux", rows=1)["results"][0]["name"]
    officer.goto(f"/nl/dataset/{own}")
    officer.get_by_role("link", name="Activiteit", exact=True).click()
    expect(officer.get_by_label("Soort activiteit")).to_contain_text("Dataset gewijzigd")


def test_published_dataset_says_its_verdict_and_keeps_its_contract(page: Page, demonstration: dict[str, Any]):
    page.goto(f"/dataset/{demonstration['name']}")

    expect(page.locator(".sr-standing-line .sr-verdict")).to_be_visible()
    expect(page.locator(".sr-resource .sr-check-success")).to_contain_text("Stationnements vélos")


def test_dataset_has_its_facts_in_groups(page: Page, demonstration: dict[str, Any]):
    page.goto(f"/dataset/{demonstration['name']}")

    assert page.locator(".sr-fact-groups h3").count() >= 4
    assert page.locator(".sr-facts-list dd").filter(has_text="http://publications.europa.eu").count() == 0


def test_dataset_offers_its_feeds_and_they_answer(page: Page, demonstration: dict[str, Any]):
    page.goto(f"/dataset/{demonstration['name']}")
    feeds = [address(link) for link in page.locator(".sr-feeds a").all()]

    assert [feed.rsplit(".")[-1] for feed in feeds[:4]] == ["ttl", "xml", "jsonld", "nt"]
    assert [page.request.get(feed).status for feed in feeds] == [200, 200, 200, 200, 200]


def test_file_has_its_own_page(page: Page, demonstration: dict[str, Any]):
    page.goto(f"/dataset/{demonstration['name']}")
    page.locator(".sr-resource h3 a").first.click()

    expect(page.locator(".sr-contract-badge")).to_contain_text("Stationnements vélos")
    expect(page.locator(".sr-aside a").first).to_have_attribute("href", f"/dataset/{demonstration['name']}")


def test_held_dataset_is_not_for_everybody(held: str, page: Page):
    answers = [page.goto(f"/dataset/{held}"), page.goto(f"/dataset/{held}/quality")]

    assert [answer.status for answer in answers if answer] == [404, 404]


def test_officer_reads_why_a_dataset_is_held_and_where_to_mend_it(officer: Page, held: str):
    officer.goto(f"/dataset/{held}")

    expect(officer.locator(".sr-standing-held strong")).to_be_visible()
    officer.locator(".sr-standing-held a").click()
    expect(officer).to_have_url(re.compile(f"/dataset/{held}/quality$"))
    expect(officer.locator(".sr-severity-block").first).to_be_visible()


def test_report_on_a_file_names_cell_value_expectation_and_remedy(officer: Page):
    officer.goto("/dataset/?organization=gembloux")
    officer.goto("/quality")
    for name in [address(link) for link in officer.locator('main table a[href$="/quality"]').all()]:
        officer.goto(name)
        if officer.locator(".sr-file-report .sr-finding-block").count():
            break
    finding = officer.locator(".sr-file-report .sr-finding-block").first

    expect(finding).to_contain_text("Attendu")
    expect(finding).to_contain_text("Pour corriger")
    expect(finding.locator(".sr-samples tbody tr").first).to_contain_text(re.compile(r"^[A-Z]+\d+"))


def test_held_report_has_no_grave_finding_by_axe(officer: Page, held: str, grave_findings: Findings):
    officer.goto(f"/dataset/{held}/quality")

    assert grave_findings(officer) == []


def test_form_of_a_dataset_has_no_grave_finding_by_axe(officer: Page, held: str, grave_findings: Findings):
    officer.goto(f"/dataset/edit/{held}")

    assert grave_findings(officer) == []


def test_everybody_sees_how_well_a_dataset_is_described(page: Page, demonstration: dict[str, Any]):
    page.goto(f"/dataset/{demonstration['name']}")

    expect(page.locator(".sr-described svg")).to_have_attribute("aria-label", re.compile("405"))
    assert page.locator(".sr-mend").count() == 0
    assert page.request.get(address(page.locator(".sr-described a"))).json()["score"]["most"] == 405


@pytest.mark.parametrize("width", [1280, 375])
def test_officer_sees_what_to_mend_first(officer: Page, api: Callable[..., Any], grave_findings: Findings, width: int):
    published = api("package_search", fq="organization:gembloux", rows=1)["results"][0]
    officer.set_viewport_size({"width": width, "height": 900})
    officer.goto(f"/dataset/{published['name']}")

    expect(officer.locator(".sr-mend li").first).to_be_visible()
    assert officer.evaluate("document.documentElement.scrollWidth") <= width
    assert grave_findings(officer) == []
