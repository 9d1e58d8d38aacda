"""The page of a record: where it comes from, its versions, what people wrote, and what is done about one held."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ckan.tests.helpers import call_action

from tests.harvest.test_run import datasets
from tests.harvest.web import (
    SCRIPT,
    headers,
    page,
    record_of,
    send,
)


def test_record_shows_origin_versions_and_what_was_sent(app: Any, first_run: Any, run: Any) -> None:
    remote, source, _ = first_run(organization="liege")
    remote.put("un", title=f"Jeu renommé {SCRIPT}")
    run(source)

    body = page(app, f"/harvest/record/{record_of(next(iter(t for t in datasets() if 'renommé' in t)))['id']}")

    assert "da_un" in body
    assert "title_translated.fr" in body
    assert "<del>" in body
    assert "&#34;dataset_uid&#34;: &#34;da_un&#34;" in body
    assert SCRIPT not in body


def test_held_record_is_for_those_who_may_mend_it(app: Any, harvested: dict[str, Any]) -> None:
    address = f"/harvest/record/{record_of('Sans licence')['id']}"

    body = page(app, address, user="officer")

    assert f"{address}/release" in body
    assert "/quality" in body
    app.get(address, headers=headers("neighbour"), status=404)


def test_held_record_that_still_does_not_pass_stays_held(app: Any, harvested: dict[str, Any]) -> None:
    record = record_of("Sans licence")

    body = send(app, f"/harvest/record/{record['id']}/release", "officer")

    assert "alert-danger" in body
    assert call_action("smartregion_record_show", id=record["id"])["state"] == "held"


def test_steward_signs_an_exception_for_a_held_record_and_it_is_published(app: Any, harvested: dict[str, Any]) -> None:
    call_action("organization_member_create", {"user": "chief"}, id="wallonie", username="steward", role="admin")
    call_action("organization_patch", {"user": "chief"}, id="liege", groups=[{"name": "wallonie"}])
    record = record_of("Sans licence")
    address = f"/harvest/record/{record['id']}"
    until = (dt.date.today() + dt.timedelta(days=30)).isoformat()
    form = {"rule": "/license_id.missing-field", "why": "La licence suit en mars.", "until": until}
    assert f"{address}/waive" not in page(app, address, user="officer")
    assert f"{address}/waive" in page(app, address, user="steward")

    app.post(f"{address}/waive", data=form, headers=headers("officer"), status=403)
    body = send(app, f"{address}/waive", "steward", **form)

    assert "alert-success" in body
    assert call_action("smartregion_record_show", id=record["id"])["state"] == "published"
    assert "La licence suit en mars." in page(app, f"/dataset/{record['dataset']}")


def test_field_that_a_person_wrote_is_shown_and_given_back(app: Any, harvested: dict[str, Any]) -> None:
    context = {"user": "officer", "ignore_auth": False}
    dataset = datasets()["Jeu un"]
    call_action("package_patch", context, id=dataset["id"], title_translated={"fr": "À moi"})
    address = f"/harvest/record/{record_of('À moi')['id']}"
    assert "title_translated" in page(app, address)
    assert "/give-back" not in page(app, address)

    send(app, f"{address}/give-back", "officer", field="title_translated")

    assert record_of("À moi")["edits"] == []


def test_page_of_a_dataset_says_where_it_comes_from(app: Any, harvested: dict[str, Any]) -> None:
    name = datasets()["Jeu un"]["name"]

    body = page(app, f"/dataset/{name}")

    assert 'class="sr-provenance"' in body
    assert f"/harvest/record/{record_of('Jeu un')['id']}" in body
    assert "Portail de Liège" in body
