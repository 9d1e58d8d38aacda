"""What a person sees when a page broke off on our side."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.ctx import RequestContext

import ckan.plugins.toolkit as tk

BROKEN = {"code": [500], "content": "Internal server error"}  # what CKAN knows of it


def test_error_page_has_its_look_though_the_page_that_broke_off_has_told_its_own_styles(made_app: Flask):
    with asking(made_app, "en"):
        first = tk.render("home/about.html")
        instead = tk.render("error_document_template.html", BROKEN)

    assert _styles(instead) == _styles(first) != []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Cette page s'est interrompue"),
        ("nl", "Deze pagina is afgebroken"),
        ("de", "Diese Seite ist abgebrochen"),
        ("en", "This page broke off"),
    ],
)
def test_error_page_says_in_each_language_what_happened_and_what_to_do(made_app: Flask, language: str, said: str):
    with asking(made_app, language):
        page = tk.render("error_document_template.html", BROKEN)

    assert f"<h1>{said}</h1>" in page.replace("&#39;", "'")
    assert "[500]" not in page
    assert "Internal server error" not in page


@pytest.mark.parametrize("code", [403, 404])
def test_what_is_not_to_be_seen_is_said_in_words_and_not_by_a_number(made_app: Flask, code: int):
    refused = {"code": code, "name": "Forbidden", "content": "Log in as a data officer."}
    with asking(made_app, "en"):
        page = tk.render("error_document_template.html", refused)

    assert not re.search(rf"<(title|h1)>[^<]*({code}|Forbidden)", page)
    assert "Log in as a data officer." in page


def asking(app: Flask, language: str) -> RequestContext:
    """A request as CKAN's middleware hands it on."""
    return app.test_request_context(environ_overrides={"CKAN_LANG": language, "CKAN_CURRENT_URL": "/"})


def _styles(page: str) -> list[str]:
    return [line for line in page.splitlines() if 'rel="stylesheet"' in line]
