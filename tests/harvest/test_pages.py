"""The pages of harvesting: all sources, one source, one run."""

from __future__ import annotations

from typing import Any

import pytest

from ckan.tests import factories
from ckan.tests.helpers import call_action


@pytest.fixture
def harvested(make: Any, remote: Any, run: Any) -> dict[str, Any]:
    """A source that has run; one record is held, one failed."""
    remote.put("deux", license="", title="Sans licence")
    remote.items["trois"]["metas"] = "oups"
    return run(make(remote.url, title="Portail de Liège", schedule="0 3 * * *", organization="liege"))


def page(app: Any, address: str, user: str | None = None, language: str = "") -> str:
    """The body of a page as somebody sees it."""
    headers = {"Authorization": factories.APIToken(user=user)["token"]} if user else {}
    return app.get(f"{language}{address}", headers=headers).body


def test_sources_are_listed_with_their_state(app: Any, harvested: dict[str, Any]) -> None:
    body = page(app, "/harvest")
    assert "Portail de Liège" in body
    assert "/harvest/essai" in body


def test_source_shows_records_and_the_rules_applied(app: Any, harvested: dict[str, Any]) -> None:
    body = page(app, "/harvest/essai", language="/fr")
    assert "Jeu un" in body
    assert "Licence traduite dans la liste européenne" in body
    assert "Sans licence" not in body


def test_officer_sees_what_is_held_and_may_run_the_source(app: Any, harvested: dict[str, Any]) -> None:
    body = page(app, "/harvest/essai", user="officer")
    assert "Sans licence" in body
    assert "/harvest/essai/run" in body
    assert "/harvest/essai/run" not in page(app, "/harvest/essai")


def test_run_tells_why_a_record_failed_in_the_readers_language(app: Any, harvested: dict[str, Any]) -> None:
    address = f"/harvest/run/{harvested['run']}"
    assert "Dieser Eintrag ist fehlerhaft" in page(app, address, user="officer", language="/de")
    assert "Deze fiche is slecht gevormd" in page(app, address, user="officer", language="/nl")


@pytest.mark.usefixtures("clean_queues")
def test_button_queues_a_run(app: Any, harvested: dict[str, Any]) -> None:
    headers = {"Authorization": factories.APIToken(user="officer")["token"]}
    app.post("/harvest/essai/run", headers=headers)
    assert call_action("smartregion_run_list", source="essai")[0]["status"] == "queued"
    app.post("/harvest/essai/enable", headers=headers)
    assert call_action("smartregion_source_show", id="essai")["enabled"]


def test_stranger_cannot_run_a_source(app: Any, harvested: dict[str, Any]) -> None:
    headers = {"Authorization": factories.APIToken(user="neighbour")["token"]}
    app.post("/harvest/essai/run", headers=headers, status=403)
    assert app.post("/harvest/essai/run", follow_redirects=False).status_code in (302, 403)
    assert len(call_action("smartregion_run_list", source="essai")) == 1


@pytest.mark.parametrize("address", ["/harvest/nulle-part", "/harvest/run/nulle-part"])
def test_unknown_address_is_not_found(app: Any, region: Any, address: str) -> None:
    app.get(address, status=404)
