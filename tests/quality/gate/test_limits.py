"""The caps of a check come from the configuration, and hold at the gate."""

import dataclasses

import pytest

from ckanext.smartregion.quality import bounds
from ckanext.smartregion.quality.examination.limits import Limits

from tests.quality.gate.conftest import CONTRACT, act

# How many threads read a sheet follows from the machine, not from what an installation allows.
CAPS = [field.name for field in dataclasses.fields(Limits) if field.name != "threads"]


@pytest.mark.parametrize("cap", CAPS)
@pytest.mark.usefixtures("with_plugins")
def test_every_cap_is_an_option(ckan_config, monkeypatch, cap):
    monkeypatch.setitem(ckan_config, f"smartregion.quality.{cap}", 17)

    assert getattr(bounds.limits(), cap) == 17


@pytest.mark.usefixtures("with_plugins")
def test_options_that_are_not_set_decide_as_the_engine_does_by_itself():
    assert bounds.limits().mark == Limits().mark == ""


@pytest.mark.ckan_config("smartregion.quality.columns", 5)
@pytest.mark.usefixtures("portal")
def test_table_beyond_a_cap_is_held_at_the_gate(draft, officer, valid):
    dataset = draft()
    act("resource_create", officer, package_id=dataset["id"], name="Vélos", schema=CONTRACT, upload=valid())

    held = act("package_patch", officer, id=dataset["id"], state="active")

    [report] = act("smartregion_quality_report_show", officer, id=dataset["id"])["reports"]
    assert (held["state"], [one["rule"] for one in report["findings"]]) == ("draft", ["too-many-columns"])
