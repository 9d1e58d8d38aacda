"""What holds for every kind of source on the engine, with the small far end of each; and for the kind of a stranger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from far_end import Answer, FarEnd, Request
from far_ends import FAR_ENDS, Plan, Remote, as_json, udata
from page_code import kind_of_the_page

from ckan import model as ckan_model
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvesters import KINDS

WRITTEN = ("package", "resource", "activity", "smartregion_record", "smartregion_judgement")
ACTS = ("REGULATION", "POLICE_ORDER")
SEVERAL = sorted(kind for kind, plan in FAR_ENDS.items() if plan.most > 1)
BREAKING = sorted(kind for kind, plan in FAR_ENDS.items() if plan.breaks)


@pytest.fixture
def remote(far_end: FarEnd, kind: str) -> Remote:
    """A far end of the kind with three items, or as many as such a far end may have."""
    remote = Remote(kind, far_end)
    remote.fill(min(3, remote.plan.most))
    return remote


def counts(summary: dict[str, Any]) -> dict[str, int]:
    """The counts of a run that are not zero."""
    return {name: number for name, number in summary.items() if isinstance(number, int) and number}


def footprint() -> dict[str, Any]:
    """Number and versions of the rows of every table that a write would touch."""
    ckan_model.Session.rollback()
    rows = "SELECT count(*), coalesce(sum(xmin::text::bigint), 0) FROM "
    found = {name: tuple(ckan_model.Session.execute(sa.text(rows + name)).one()) for name in WRITTEN}
    ckan_model.Session.rollback()
    return found


def states() -> dict[str, str]:
    """The state of every dataset by title."""
    ckan_model.Session.rollback()
    return {package.title: package.state for package in ckan_model.Session.query(ckan_model.Package).all()}


def made(make: Any, remote: Remote) -> dict[str, Any]:
    """The far end as a source of the portal."""
    return make(remote.source.url, kind=remote.kind, options=dict(remote.source.options))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_run_does_what_its_preview_shows_and_then_has_nothing_to_write(make, remote, run) -> None:
    source = made(make, remote)
    before = footprint()
    preview = call_action("smartregion_source_preview", id=source["name"])
    assert footprint() == before
    assert preview["complete"]
    promised = {act: number for act, number in preview["counts"].items() if number}

    first = counts(run(source))

    assert promised == {"create": len(remote.titles)}
    assert first == {"created": len(remote.titles)}
    assert states() == dict.fromkeys((remote.plan.titled % title for title in remote.titles.values()), "active")

    kept = footprint()
    remote.far_end.requests.clear()
    assert counts(run(source)) == {"unchanged": len(remote.titles)}
    assert footprint() == kept
    assert call_action("smartregion_source_preview", id=source["name"])["counts"].get("create", 0) == 0


@pytest.mark.parametrize("kind", SEVERAL)
def test_only_a_complete_list_withdraws(make, remote, run) -> None:
    source = made(make, remote)
    run(source)
    gone = remote.titles.pop("item-0003")
    remote.down = True

    broken = run(source)

    assert broken["status"] in ("failed", "incomplete")
    assert set(states().values()) == {"active"}
    remote.down = False
    assert counts(run(source)) == {"unchanged": 2, "withdrawn": 1}
    assert states()[remote.plan.titled % gone] == "deleted"


@pytest.mark.parametrize("kind", BREAKING)
def test_broken_item_costs_only_itself(make, remote, run) -> None:
    source = made(make, remote)
    remote.broken.add("item-0002")
    assert counts(run(source)) == {"created": 2, "failed": 1}

    remote.broken.clear()
    assert counts(run(source)) == {"created": 1, "unchanged": 2}
    remote.broken.add("item-0001")
    assert counts(run(source)) == {"unchanged": 2, "failed": 1}
    assert set(states().values()) == {"active"}


@pytest.mark.parametrize("kind", ["udata"])
def test_kind_of_a_stranger_is_harvested_like_ours(
    make, far_end: FarEnd, run, tmp_path: Path, monkeypatch, kind: str
) -> None:
    monkeypatch.setitem(KINDS, kind, kind_of_the_page(tmp_path))
    monkeypatch.setitem(FAR_ENDS, kind, Plan(udata, page=50))
    remote = Remote(kind, far_end)
    remote.fill(3)
    source = made(make, remote)

    assert counts(run(source)) == {"created": 3}
    assert counts(run(source)) == {"unchanged": 3}
    assert set(states().values()) == {"active"}


def test_publications_of_an_institution_become_its_governance_dataset(make, far_end: FarEnd, run, region) -> None:
    def answer(request: Request) -> Answer:
        place = f"{far_end.url}/liege"
        known = {"@id": place, "UID": "i", "title": "Liège", "review_state": "published"}
        text = {
            **known,
            "@id": f"{place}/taxe",
            "UID": "t",
            "title": "Règlement-taxe",
            "modified": "2026-02-01T10:00:00",
        }
        shown = known if request.query["portal_type"] == "Institution" else text
        return as_json({"items": [shown] if request.query["b_start"] == "0" else [], "items_total": 1})

    far_end.serve("*", answer)
    source = make(far_end.url, kind="plone", options={"license": "CC0"})

    assert counts(run(source)) == {"created": 1}
    assert counts(run(source)) == {"unchanged": 1}
    (package,) = ckan_model.Session.query(ckan_model.Package).all()
    dataset = call_action("package_show", id=package.id)
    assert (dataset["type"], dataset["state"], dataset["owner_org"]) == ("governance", "active", region["liege"])
    assert dataset["title_translated"]["nl"] == "Bekendgemaakte reglementen en verordeningen: Liège"
    assert dataset["kind_of_act"] == [f"urn:smartregion:vocabulary:kind-of-act:{code}" for code in ACTS]
    assert [each["format"] for each in dataset["resources"]] == ["JSON", "HTML"]
