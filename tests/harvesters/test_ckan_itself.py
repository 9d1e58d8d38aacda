"""`ckan` against CKAN itself and its own search: what the other tests make of a small portal is true of a real one."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

import pytest
from far_end import Answer, FarEnd, Request
from listing import records

from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.fetch import Client
from ckanext.smartregion.harvest.records import Source
from ckanext.smartregion.harvest.walking import Walk, Walked
from ckanext.smartregion.harvesters import harvester

EU = "http://publications.europa.eu/resource/authority"
CKAN = harvester("ckan")

pytestmark = [pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")]


@pytest.fixture
def portal(app: Any, far_end: FarEnd) -> FarEnd:
    """This portal, served on loopback."""

    def answer(request: Request) -> Answer:
        found = app.get(f"{request.path}?{urlencode(request.query)}")
        return Answer(found.body.encode(), found.status_code, {"Content-Type": found.content_type})

    far_end.serve("*", answer)
    return far_end


def as_site() -> dict[str, Any]:
    """A context in the name of the site."""
    return {"user": call_action("get_site_user")["name"]}


def made(name: str, organisation: str) -> dict[str, Any]:
    """A published dataset."""
    return call_action(
        "package_create",
        as_site(),
        name=name,
        type="dataset",
        owner_org=organisation,
        title_translated={"fr": f"Jeu {name}"},
        notes_translated={"fr": "Une description assez longue pour être utile."},
        tags_translated={"fr": ["arbres"]},
        theme=[f"{EU}/data-theme/ENVI"],
        license_id=f"{EU}/licence/CC0",
        frequency=f"{EU}/frequency/ANNUAL",
        contact=[{"name": "SIG", "email": "sig@example.be"}],
        resources=[{"url": f"https://data.example.be/{name}", "format": "HTML"}],
    )


def walked(portal: FarEnd, client: Client, since: dt.datetime | None = None, **options: Any) -> list[Walked]:
    """Every page of the portal's listing."""
    return list(Walk(CKAN, Source("test", "ckan", portal.url, options, since), client).pages())


def test_portal_reads_itself(portal: FarEnd, client: Client) -> None:
    organisation = factories.Organization(title="Ville d'essai")["id"]
    datasets = [made(f"jeu-{number}", organisation) for number in range(5)]
    call_action("package_patch", as_site(), id=datasets[4]["id"], private=True)
    assert {each["state"] for each in datasets} == {"active"}

    found = records(Source("test", "ckan", portal.url, {"page_size": 2}), client)

    assert [record.remote_id for record in found] == sorted(each["id"] for each in datasets[:4])
    candidate = CKAN.map(found[0], Source("test", "ckan", portal.url))
    assert candidate.publishers == ("Ville d'essai",)
    assert candidate.dataset["title_translated"]["fr"].startswith("Jeu jeu-")
    assert candidate.dataset["license_id"] == f"{EU}/licence/CC0"
    assert candidate.dataset["theme"] == [f"{EU}/data-theme/ENVI"]
    assert candidate.dataset["tags_translated"] == {"fr": ["arbres"]}


def test_only_what_changed_is_sent_and_what_vanished_is_not_named(portal: FarEnd, client: Client) -> None:
    organisation = factories.Organization()["id"]
    first, second, third = (made(f"jeu-{number}", organisation)["id"] for number in range(3))
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10)
    call_action("package_delete", as_site(), id=third)

    unchanged = walked(portal, client, soon)
    requests = len(portal.requests)
    lately = walked(portal, client, dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))

    assert [(page.fresh, set(page.keys), page.total) for page in unchanged] == [((), {first, second}, 2)]
    assert requests == 1
    assert {record.remote_id for page in lately for record in page.fresh} == {first, second}


def test_filters_are_ckans_own(portal: FarEnd, client: Client) -> None:
    ours, others = factories.Organization(name="ours")["id"], factories.Organization(name="others")["id"]
    wanted, _ = made("voulu", ours)["id"], made("autre", others)
    made("aussi", ours)

    for since in (None, dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10)):
        pages = walked(portal, client, since, organization="ours", fq="name:voulu OR name:autre")
        assert {key for page in pages for key in page.keys} == {wanted}
