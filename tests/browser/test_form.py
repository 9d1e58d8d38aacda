"""A data officer publishes by the form: few questions, a bad file is held, a mended one goes online."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live import Portal
from playwright.sync_api import Page, expect

from ckanext.smartregion.schemas import table_contract

pytestmark = pytest.mark.browser

TITLE = "Arceaux à vélos du formulaire"


@pytest.fixture
def clean(run_dir: Path) -> Iterator[None]:
    """What the officer makes here is gone afterwards."""
    yield
    portal = Portal(run_dir)
    token = portal.token("sysadmin")
    query = {"q": f'title:"{TITLE}"', "include_drafts": True}
    for left in portal.action("package_search", token, **query)["results"]:
        portal.action("dataset_purge", token, id=left["id"])


def fill_the_few_questions(officer: Page) -> None:
    officer.goto("/mobility/new")
    officer.fill("[name='title_translated-fr']", TITLE)
    officer.fill("[name='notes_translated-fr']", "Tous les arceaux, relevés sur place.")
    officer.click("summary:has-text('Stationnement, aires')")
    officer.check("input[value$='bike-parking-locations']")
    officer.click("button[name=save]")


def add_file(officer: Page, file: Path) -> None:
    officer.set_input_files("input[type=file]", file)
    officer.select_option("select[name=schema]", "bicycle-parking")
    officer.click("button[value=go-metadata]")


@pytest.mark.usefixtures("clean")
def test_bad_file_is_held_and_the_mended_one_is_published(
    officer: Page, page: Page, grave_findings: Callable[[Page], list[str]]
):
    contract = table_contract("bicycle-parking")
    fill_the_few_questions(officer)
    add_file(officer, contract.example_invalid)

    expect(officer.locator("main")).to_contain_text("Ce jeu de données est retenu")
    address = re.sub(r"^https?://[^/]+", "", officer.url)
    assert page.request.get(address).status in {403, 404}

    officer.click("a:has-text('Modifier')")
    expect(officer.locator("#field-uploaded")).to_have_value(contract.example_invalid.name)
    assert grave_findings(officer) == []
    officer.get_by_role("button", name="Retirer le fichier").click()
    officer.set_input_files("input[type=file]", contract.example_valid)
    officer.click("button[name=save]")
    officer.goto(f"{address.replace('/mobility/', '/dataset/')}/quality")
    officer.click("button:has-text('Publier le jeu de données')")

    expect(officer.locator("main")).not_to_contain_text("est retenu")
    assert page.request.get(address).status == 200
