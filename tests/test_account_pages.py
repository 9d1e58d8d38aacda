"""The pages of one's own account: in the language of the page throughout, and without what this portal does not use."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ckan.tests import factories

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_quality smartregion_contracts activity"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]
# What CKAN leaves in English on these pages in at least one of the languages.
ENGLISH = (
    "API Tokens",
    "Activity type",
    "Breadcrumb",
    "Changed User",
    "Delete account",
    "Profile picture",
    "Profile settings",
    "Revoke tokens",
    "Skip to main content",
    "Upload",
    "You can use",
)
PAGES = ("/user/{}", "/user/edit/{}", "/user/{}/api-tokens", "/user/activity/{}", "/dashboard/organizations")


@pytest.fixture
def officer() -> dict[str, Any]:
    person = factories.UserWithToken()
    factories.Organization(name="liege", users=[{"name": person["name"], "capacity": "editor"}])
    return person


@pytest.mark.parametrize("language", ["fr", "nl", "de"])
@pytest.mark.parametrize("page", PAGES)
def test_page_has_no_english_words(app: Any, officer: dict[str, Any], page: str, language: str):
    shown = words(app.get(f"/{language}{page.format(officer['name'])}", headers=signed_in(officer)).body)

    assert [text for text in ENGLISH if text in shown] == []


@pytest.mark.parametrize("page", ["/user/{}", "/user/{}/api-tokens", "/dashboard/datasets", "/dashboard/organizations"])
def test_page_says_nothing_of_groups(app: Any, officer: dict[str, Any], page: str):
    address = f"/en{page.format(officer['name'])}"
    shown = app.get(address, headers=signed_in(officer)).body

    assert "Organisations" in shown or "My organisations" in shown
    assert not re.search(r"\b[Gg]roups?\b", words(shown))


def test_organisations_of_a_person_lead_to_their_pages(app: Any, officer: dict[str, Any]):
    shown = app.get("/nl/dashboard/organizations", headers=signed_in(officer)).body

    assert re.search(r'href="/nl/organization/liege">Luik<', shown)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Comment un jeu de données est publié"),
        ("nl", "Hoe een dataset gepubliceerd wordt"),
        ("de", "Wie ein Datensatz veröffentlicht wird"),
        ("en", "How a dataset gets published"),
    ],
)
def test_form_of_a_new_dataset_says_what_comes_next(app: Any, officer: dict[str, Any], language: str, said: str):
    shown = app.get(f"/{language}/dataset/new", headers=signed_in(officer)).body

    assert said in words(shown)
    assert re.search(r'href="(/\w\w)?/quality/check"', shown)


def signed_in(person: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": person["token"]}


def words(page: str) -> str:
    """What a person reads or hears of a page."""
    bare = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", page)
    told = " ".join(re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', bare))
    return f"{re.sub('<[^>]*>', ' ', bare)} {told}"
