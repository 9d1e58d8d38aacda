"""Each plugin of ours can be switched off: the portal starts without it, and the pages of the others answer."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

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

# Run in a process of its own, so that nothing of the plugin is loaded because another test loaded it.
VISIT = """
import json, sys
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.tests.helpers import CKANTestApp
import ckan.plugins as p

app = CKANTestApp(make_app(CKANConfigLoader(sys.argv[1]).get_config()))
nouns = [noun for plugin in p.PluginImplementations(p.IClick) for noun in plugin.get_commands()]
answers = {}
for page in json.loads(sys.argv[2]):
    try:
        answers[page] = app.get(page, follow_redirects=True).status_code
    except Exception as error:
        answers[page] = f"{type(error).__name__}: {error}"[:300]
print("ANSWERS", json.dumps([answers, sorted(noun.name for noun in nouns)]))
"""


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


def visit(ini: str) -> tuple[dict[str, int | str], list[str]]:
    run = subprocess.run([sys.executable, "-c", VISIT, ini, json.dumps(PAGES)], capture_output=True, text=True)
    assert "ANSWERS" in run.stdout, run.stderr[-2000:]
    answers, nouns = json.loads(run.stdout.split("ANSWERS ")[1])
    return answers, nouns


def test_all_our_plugins_are_on():
    assert len(OURS) >= 6
    assert set(OURS) <= set(config["ckan.plugins"])


def test_portal_answers_with_each_of_our_plugins_missing(catalogue, tmp_path):
    wrong = {}
    for plugin in OURS:
        answers, nouns = visit(without(plugin, tmp_path))
        wanted = {page: 404 if page in GONE.get(plugin, ()) else 200 for page in PAGES}
        wrong |= {(plugin, page): answer for page, answer in answers.items() if answer != wanted[page]}
        assert ("smartregion" in nouns) == (plugin != "smartregion")

    assert wrong == {}
