"""The home page: search, themes, map and list of municipalities, newest datasets, the gate's state."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("demonstration")]


def test_search_box_leads_to_what_was_asked(page: Page):
    page.goto("/")
    page.fill("#field-main-search", "Namur")
    page.press("#field-main-search", "Enter")

    expect(page).to_have_url(re.compile(r"/dataset/?\?q=Namur"))
    expect(page.locator(".sr-card").first).to_be_visible()


@pytest.mark.parametrize("theme", ["mobility", "energy", "governance"])
def test_theme_card_counts_its_datasets_and_leads_to_them(page: Page, api: Callable[..., Any], theme: str):
    count = api("package_search", fq=f"dataset_type:{theme}", rows=0)["count"]
    page.goto("/")
    card = page.locator(f".sr-theme-{theme}").first

    expect(card.locator(".sr-theme-count")).to_have_text(re.compile(rf"^{count} "))
    card.locator("a").click()
    expect(page.locator(".sr-found")).to_have_text(re.compile(rf"^\s*{count} "))


def test_map_names_every_municipality_with_its_number_of_datasets(page: Page):
    page.goto("/")
    links = page.locator(".sr-map svg a")

    assert links.count() == 261
    expect(page.locator('.sr-map a[href$="/organization/namur"]')).to_have_attribute(
        "aria-label", re.compile(r"^Namur\s?: [1-9]")
    )


def test_map_is_darker_where_more_is_published(page: Page):
    page.goto("/")

    expect(page.locator('.sr-map a[href$="/organization/namur"] path')).not_to_have_class("sr-tint-0")
    expect(page.locator('.sr-map a[href$="/organization/daverdisse"] path')).to_have_class("sr-tint-0")


def test_map_leads_to_the_municipality(page: Page):
    page.goto("/")
    page.locator('.sr-map a[href$="/organization/bastogne"]').focus()
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Bastogne")


def test_keyboard_can_skip_the_map(page: Page):
    page.goto("/")
    skip = page.locator('.sr-map a[href="#municipalities"]')
    skip.focus()

    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#municipalities")).to_be_in_viewport()


def test_list_says_the_same_as_the_map(page: Page):
    page.goto("/")

    assert page.locator("#municipality-list li a").count() == 261


def test_filter_box_narrows_the_list_whatever_the_accents(page: Page):
    page.goto("/")
    page.fill("#field-municipality", "liege")
    shown = page.locator("#municipality-list li:visible a")

    expect(shown).to_have_count(1)
    expect(shown).to_have_text("Liège")


def test_filter_box_searches_without_javascript(page: Page):
    page.goto("/")
    page.fill("#field-municipality", "Liège")
    page.press("#field-municipality", "Enter")

    expect(page.locator('.sr-organizations a[href$="/organization/liege"]')).to_be_visible()


def test_newest_datasets_are_shown(page: Page):
    page.goto("/")

    assert page.locator("section[aria-labelledby=newest] .sr-card").count() >= 3


def test_state_of_the_region_is_the_gates(page: Page, api: Callable[..., Any]):
    state = api("smartregion_quality_overview")
    published = api("package_search", rows=0)["count"]
    page.goto("/")

    assert page.locator(".sr-gate dd").all_inner_texts() == [str(published), str(state["held"]), str(state["waiting"])]
