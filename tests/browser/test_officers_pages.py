"""What holds on every page of a data officer: one main heading, nothing wider than a phone, no grave finding by axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
ADDRESSES = (
    "/harvest/demo-gembloux",
    "/harvest/demo-gembloux/edit",
    "/harvest/demo-gembloux/remove",
    "/harvest/demo-gembloux/preview",
    "/harvest/new",
    "/harvest/notices",
    "/feeds/webhooks",
    "/dataset/new",
    "/dashboard/",
    "/dashboard/datasets",
    "/user/officer-gembloux/api-tokens",
    "/user/edit/officer-gembloux",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_has_a_heading_fits_a_phone_and_has_no_grave_finding(
    thumb: Page, address: str, grave_findings: Callable[[Page], list[str]]
):
    thumb.goto(address)

    assert thumb.locator("h1").count() == 1
    assert (thumb.locator("h1").text_content() or "").strip()
    assert thumb.evaluate("document.documentElement.scrollWidth") <= 375
    assert grave_findings(thumb) == []
