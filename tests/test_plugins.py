"""Each plugin of ours can be switched off: the portal starts without it, and the pages of the others answer."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import visiting

from ckan.common import config
from ckan.tests import factories
from ckan.tests.helpers import call_action

from tests.quality.gate.conftest import COMPLETE

OURS = sorted(entry.name for entry in entry_points(group="ckan.plugins") if entry.name.startswith("smartregion"))
PAGES = ("/", "/nl/", "/dataset", "/dataset/velos", "/organization", "/organization/namur", "/about", "/quality",
         "/quality/contract/bicycle-parking", "/harvest", "/harvest/notices", "/catalog.ttl", "/dataset/velos.ttl",
         "/api/3/action/package_search", "/api/3/action/package_show?id=velos")  # fmt: skip

# A page of what is switched off is not there; nothing else may be missing, and nothing may break.
GONE = {
    "smartregion_quality": {"/quality", "/quality/contract/bicycle-parking"},
    "smartregion_harvest": {"/harvest", "/harvest/notices"},
}


@pytest.fixture
def catalogue(clean_db, clean_index, with_plugins):
    """A municipality with one published dataset, made while every plugin was on."""
    factories.Organization(name="namur", title="Namur", kind="municipality", nis_code="92094")
    dataset = {**COMPLETE, "type": "mobility", "name": "velos", "owner_org": "namur"}
    user = factories.Sysadmin()
    assert call_action("package_create", {"user": user["name"]}, **dataset)["state"] == "active"


def without(plugin: str, folder: Path) -> str:
    """A configuration that lacks one plugin."""
    lines = Path(config["__file__"]).read_text(encoding="utf-8").splitlines()
    kept = " ".join(name for name in config["ckan.plugins"] if name != plugin)
    changed = [f"ckan.plugins = {kept}" if line.startswith("ckan.plugins ") else line for line in lines]
    path = folder / f"without-{plugin}.ini"
    path.write_text("\n".join(changed), encoding="utf-8")
    return str(path)


def visit(configurations: list[str]) -> dict[str, tuple[dict[str, int | str], list[str]]]:
    """The answers of each portal, and the nouns of its command line."""
    others = [name for name in config["ckan.plugins"] if name not in OURS]
    command = [sys.executable, "-P", visiting.__file__, json.dumps(others), json.dumps(PAGES), *configurations]
    run = subprocess.run(command, capture_output=True, text=True)
    lines = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("[")]
    assert [ini for ini, _, _ in lines] == configurations, run.stderr[-2000:]
    return {ini: (answers, nouns) for ini, answers, nouns in lines}


def test_all_our_plugins_are_on():
    assert len(OURS) >= 6
    assert set(OURS) <= set(config["ckan.plugins"])


def test_portal_answers_with_each_of_our_plugins_missing(catalogue, tmp_path):
    wrong = {}
    configurations = {plugin: without(plugin, tmp_path) for plugin in OURS}
    portals = visit(list(configurations.values()))
    for plugin, ini in configurations.items():
        answers, nouns = portals[ini]
        wanted = {page: 404 if page in GONE.get(plugin, ()) else 200 for page in PAGES}
        wrong |= {(plugin, page): answer for page, answer in answers.items() if answer != wanted[page]}
        assert ("smartregion" in nouns) == (plugin != "smartregion")

    assert wrong == {}
