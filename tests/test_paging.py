"""The links to the other pages of a list have names, in the language of the page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ckan.tests import factories


@pytest.mark.ckan_config("ckan.plugins", "smartregion")
@pytest.mark.ckan_config("ckan.datasets_per_page", 1)
@pytest.mark.usefixtures("clean_db", "clean_index")
@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("fr", "‹ Page précédente", "Page suivante ›"),
        ("nl", "‹ Vorige pagina", "Volgende pagina ›"),
        ("de", "‹ Vorherige Seite", "Nächste Seite ›"),
        ("en", "‹ Previous page", "Next page ›"),
    ],
)
def test_links_to_other_pages_have_names(app: Any, language: str, before: str, after: str):
    owner = factories.Organization()["id"]
    for _ in range(3):
        factories.Dataset(owner_org=owner)
    page = app.get(f"/{language}/dataset/?page=2").body
    links = {text: address for address, text in re.findall(r'<a[^>]*href="([^"]*)"[^>]*>([^<]*)</a>', page)}

    assert "page=1" in links[before]
    assert "page=3" in links[after]
