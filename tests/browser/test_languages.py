"""The language switch: four plain links that lead to the same page in the other language."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

HOME = {
    "fr": "Les données de nos communes, vérifiées avant d'être publiées",
    "nl": "De gegevens van onze gemeenten, gecontroleerd vóór publicatie",
    "de": "Die Daten unserer Gemeinden, vor der Veröffentlichung geprüft",
    "en": "The data of our municipalities, checked before they are published",
}


@pytest.mark.parametrize("language", HOME)
def test_switch_leads_to_the_same_page_in_the_other_language(page: Page, language: str):
    page.goto("/de/" if language == "fr" else "/")
    page.locator(f".sr-languages a[lang={language}]").click()

    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("h1")).to_have_text(HOME[language])


def test_switch_keeps_the_search(page: Page):
    page.goto("/dataset/?q=namur&dataset_type=mobility")
    page.locator(".sr-languages a[lang=nl]").click()

    assert page.url.endswith("/nl/dataset/?q=namur&dataset_type=mobility")


def test_switch_needs_no_form_and_no_script(page: Page):
    page.goto("/")

    assert page.locator(".sr-languages a").count() == 4
    assert page.locator("header form[method=post], header select").count() == 0


def test_french_stands_at_the_plain_address(page: Page):
    page.goto("/nl/about")
    page.locator(".sr-languages a[lang=fr]").click()

    assert page.url.endswith("/about")
    assert "/fr/" not in page.url


def test_title_falls_back_to_french(page: Page, demonstration: dict[str, Any]):
    titles = demonstration["title_translated"]
    for language in ("nl", "de", "en"):
        page.goto(f"/{language}/dataset/{demonstration['name']}")

        expect(page.locator("h1")).to_contain_text(titles.get(language) or titles["fr"])


def test_places_have_their_own_names(page: Page):
    page.goto("/de/organization/liege")
    expect(page.locator("h1")).to_have_text("Lüttich")

    page.goto("/nl/organization/liege")
    expect(page.locator("h1")).to_have_text("Luik")
