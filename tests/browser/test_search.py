"""The search page: filters that people can read, and plain cards."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("demonstration")]

WORDS = {
    "fr": ("/dataset/", "Mobilité", "Stationnements vélos", "français"),
    "nl": ("/nl/dataset/", "Mobiliteit", "Fietsenstallingen", "Frans"),
    "de": ("/de/dataset/", "Mobilität", "Fahrradabstellanlagen", "Französisch"),
    "en": ("/en/dataset/", "Mobility", "Bicycle parking", "French"),
}


@pytest.mark.parametrize("language", WORDS)
def test_filters_are_named_in_the_language_of_the_page(page: Page, language: str):
    address, theme, contract, spoken = WORDS[language]
    page.goto(address)
    filters = page.locator("#search-facets")

    for name in (theme, contract, spoken, "Namur" if language != "nl" else "Namen"):
        expect(filters.get_by_text(name, exact=True).first).to_be_attached()


def test_filter_narrows_and_can_be_taken_away(page: Page):
    page.goto("/dataset/")
    before = page.locator(".sr-card").count()
    page.locator('#search-facets a[href*="dataset_type=governance"]').click()
    page.wait_for_url(re.compile("dataset_type=governance"))

    assert 0 < page.locator(".sr-card").count() < before
    assert page.locator(".sr-card.sr-theme-governance").count() == page.locator(".sr-card").count()
    page.locator(".sr-chosen a").click()
    expect(page.locator(".sr-card")).to_have_count(before)


def test_card_says_theme_owner_title_format_and_day(page: Page):
    page.goto("/dataset/?organization=namur&vocab_contract=bicycle-parking")
    card = page.locator(".sr-card")

    expect(card).to_have_count(1)
    expect(card).to_contain_text("Mobilité")
    expect(card).to_contain_text("Namur")
    expect(card).to_contain_text("CSV")
    expect(card.locator("h2 a")).to_have_attribute("href", re.compile("^/dataset/"))


def test_phone_reaches_the_filters_by_a_link(phone: Page):
    phone.goto("/dataset/")
    phone.locator(".sr-to-filters a").click()

    expect(phone.locator("#search-facets")).to_be_in_viewport()


def test_search_without_result_says_so(page: Page):
    page.goto("/dataset/?q=zzzzzz")

    expect(page.locator(".sr-found")).to_have_text(re.compile(r"^\s*0 "))


def test_organisations_are_narrowed_while_one_types(page: Page):
    page.goto("/organization/")
    page.fill("#field-organization", "liege")
    shown = page.locator(".sr-organizations li:visible")

    expect(shown).to_have_text([re.compile("^\\s*Liège"), re.compile("^\\s*Province de Liège")])
    expect(page.locator("#directory section:visible")).to_have_count(2)


@pytest.mark.parametrize("address", ["/about", "/nl/about", "/de/about", "/en/about"])
def test_search_of_every_page_stands_in_the_line_of_the_menu(page: Page, address: str):
    page.goto(address)
    logo, menu, search = (
        page.locator(f".sr-masthead {part}").bounding_box() for part in (".sr-logo", ".sr-nav", "form")
    )

    assert None not in (logo, menu, search)
    assert logo["x"] + logo["width"] < menu["x"]
    assert menu["x"] + menu["width"] < search["x"]
    assert search["y"] < menu["y"] + menu["height"] / 2 < search["y"] + search["height"]


@pytest.mark.parametrize("address", ["/", "/dataset/", "/organization/namur"])
def test_page_with_a_search_of_its_own_has_no_second_one(page: Page, address: str):
    page.goto(address)

    expect(page.locator(".sr-masthead form")).to_be_hidden()
    expect(page.locator("main form input[type=search], main form input[name=q]").first).to_be_visible()
