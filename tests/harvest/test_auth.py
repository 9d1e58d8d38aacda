"""Who may do what with sources: anonymous, officer, the neighbour's officer, steward, sysadmin."""

from __future__ import annotations

from typing import Any

import pytest

import ckan.plugins.toolkit as tk
from ckan.tests.helpers import call_action, call_auth

WRITES = ("update", "delete", "enable", "disable", "preview", "run")
READS = (
    "smartregion_source_show",
    "smartregion_source_list",
    "smartregion_run_show",
    "smartregion_run_list",
    "smartregion_record_list",
)
MAY_WRITE = {"officer": True, "neighbour": False, "steward": True, "citizen": False, "": False, "chief": True}


def may(action: str, user: str, **data: Any) -> bool:
    """Whether a person may call an action."""
    try:
        return call_auth(action, context={"user": user, "model": None}, **data)
    except tk.NotAuthorized:
        return False


@pytest.fixture
def source(make: Any, remote: Any) -> dict[str, Any]:
    """A source of Liège."""
    return make(remote.url, organization="liege", any_organization=False)


def test_each_role_writes_what_is_its_own(source: dict[str, Any]) -> None:
    found = {
        (user, verb): may(f"smartregion_source_{verb}", user, id=source["name"])
        for user in MAY_WRITE
        for verb in WRITES
    }
    assert found == {(user, verb): allowed for user, allowed in MAY_WRITE.items() for verb in WRITES}


def test_each_role_makes_sources_for_its_own_organisation(region: dict[str, str]) -> None:
    found = {user: may("smartregion_source_create", user, organization="liege") for user in MAY_WRITE}
    assert found == MAY_WRITE


def test_everybody_reads(source: dict[str, Any]) -> None:
    assert all(may(action, user, id=source["name"]) for action in READS for user in MAY_WRITE)


def test_officer_cannot_move_a_source_to_a_neighbour(source: dict[str, Any]) -> None:
    assert may("smartregion_source_update", "officer", id="essai", organization="liege")
    assert not may("smartregion_source_update", "officer", id="essai", organization="namur")


def test_only_the_steward_lets_a_source_speak_for_others(region: dict[str, str], remote: Any) -> None:
    facts = {"kind": "opendatasoft", "url": remote.url, "organization": "liege"}
    context = {"user": "officer", "ignore_auth": False}
    made = call_action("smartregion_source_create", context=dict(context), name="un", **facts)
    assert made["any_organization"] is False
    with pytest.raises(tk.NotAuthorized):
        call_action("smartregion_source_create", context=dict(context), name="deux", any_organization=True, **facts)
    steward = {"user": "steward", "ignore_auth": False}
    assert call_action("smartregion_source_create", context=steward, name="trois", **facts)["any_organization"] is True


def test_held_and_failed_records_are_seen_by_those_who_may_mend_them(
    source: dict[str, Any], remote: Any, run: Any
) -> None:
    remote.put("deux", license="")
    remote.items["trois"]["metas"] = "oups"
    summary = run(source)

    def seen(user: str) -> tuple[int, int]:
        context = {"user": user, "ignore_auth": False}
        records = call_action("smartregion_record_list", context=dict(context), source="essai")
        outcomes = call_action("smartregion_run_show", context=dict(context), id=summary["run"])["outcomes"]
        return len(records), len(outcomes)

    assert seen("officer") == seen("chief") == (2, 3)
    assert seen("neighbour") == seen("citizen") == seen("") == (1, 1)
