"""The commands of docs/feeds.md do what the page says: each is typed here as it stands there."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from far_end import FarEnd
from werkzeug.serving import make_server

import ckan.plugins.toolkit as tk
from ckan.tests import factories, helpers

from ckanext.smartregion.feeds import cli
from ckanext.smartregion.feeds.logic import delivering, dumping, publishing

PAGE = (Path(__file__).resolve().parents[2] / "docs/feeds.md").read_text("utf-8")
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_feeds dcat"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]


def commands(program: str) -> list[str]:
    """The commands of the page that begin with a program, without what is said of them behind."""
    whole = re.sub(r"\\\n +", " ", PAGE)
    found = re.findall(rf"^    ({re.escape(program)} .*?)(?:  +#.*)?$", whole, re.MULTILINE)
    return [command.strip() for command in found]


CURL = [command for command in commands("curl") if "webhook" not in command]


@pytest.fixture
def datasets(stored, monkeypatch, ckan_config, remember) -> list[dict[str, Any]]:
    """Two published datasets in a dump."""
    monkeypatch.setitem(ckan_config, "ckan.storage_path", str(stored))
    monkeypatch.setitem(ckan_config, "smartregion.feeds.dump_profiles", [])

    def make() -> list[dict[str, Any]]:
        owner = factories.Organization(name="namur", title="Namur")["id"]
        made = [factories.Dataset(owner_org=owner, notes="Un relevé. " * 100) for _ in range(2)]
        publishing.publish()
        dumping.make()
        return made

    return remember("two datasets for the commands of the page", make)


@pytest.fixture
def portal(app) -> Iterator[str]:
    """The address of the portal, which answers there."""
    server = make_server("127.0.0.1", 0, app.flask_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def typed(portal, tmp_path) -> Callable[..., str]:
    """Type a command of the page at this portal; gives what it prints."""

    def typed(command: str, **words: str) -> str:
        places = {"http://localhost:5000": portal, "https://PORTAL": portal, **words}
        for word, value in places.items():
            command = command.replace(word, value)
        done = subprocess.run(
            ["bash", "-c", command.replace("curl ", "curl --fail --silent --show-error ", 1)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    return typed


def test_there_are_commands_on_the_page() -> None:
    assert len(CURL) >= 8
    assert len(commands("bin/smartregion feed webhook")) == 3


@pytest.mark.parametrize("command", [command for command in CURL if " -O " not in command])
def test_command_that_reads_prints_what_it_reads(typed, datasets, command: str) -> None:
    told = typed(command, **{"<name>": datasets[0]["name"], "after=N": "after=0"})
    assert told.startswith("<?xml") if "sitemap" in command else json.loads(told)


@pytest.mark.parametrize("command", [command for command in CURL if " -O " in command])
def test_command_that_downloads_goes_on_where_it_broke_off(typed, datasets, tmp_path, command: str) -> None:
    name = command.rpartition("/")[2]
    index = dumping.kept().latest()
    [kept] = [each for file in index.index["files"] for each in file["packed"] if each["name"] == name]
    if "-C -" in command:
        (tmp_path / name).write_bytes((index.folder / name).read_bytes()[:100])
    typed(command)
    assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == kept["sha256"]


@pytest.fixture
def hook(far_end: FarEnd, monkeypatch) -> str:
    """The address of a program that receives messages."""
    monkeypatch.setitem(tk.config, "smartregion.fetch.allow_private", ["127.0.0.1:*"])
    monkeypatch.setitem(tk.config, "smartregion.fetch.pause", 0)
    return far_end.serve("/hook", b"ok")


def is_from_the_portal(secret: str, request: Any) -> bool:
    """What the page's own code says of a message."""
    [code] = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    said: dict[str, Any] = {}
    exec(code, said)  # noqa: S102 - the code of our own page
    return said["is_from_the_portal"](secret, request.headers, request.body)


def test_webhook_of_the_command_line_is_made_tried_and_listed(hook, far_end, datasets) -> None:
    factories.User(name="officer-namur")
    make, test, list_all = (shlex.split(each)[2:] for each in commands("bin/smartregion feed webhook"))
    made = CliRunner().invoke(cli.feed, [hook if word == "https://example.be/hook" else word for word in make])
    id, secret = made.output.split()
    tried = CliRunner().invoke(cli.feed, [id if word == "ID" else word for word in test])
    assert tried.output == "delivered\n"
    assert is_from_the_portal(secret, far_end.requests[0])
    assert not is_from_the_portal("whsec_" + "A" * 44, far_end.requests[0])
    assert hook in CliRunner().invoke(cli.feed, list_all).output


def test_webhook_of_the_api_is_told_of_changes_that_its_owner_can_check(typed, hook, far_end, datasets) -> None:
    token = factories.UserWithToken()["token"]
    [command] = [command for command in commands("curl") if "webhook" in command]
    narrowed = {', "theme": "TRAN"': ""}  # the datasets of this test have no theme
    told = json.loads(typed(command, **{"https://example.be/hook": hook, "$TOKEN": token, **narrowed}))["result"]
    helpers.call_action("package_patch", id=datasets[0]["id"], title="Autre")
    publishing.publish()
    assert delivering.deliver(10) == 1
    [request] = far_end.requests
    assert is_from_the_portal(told["secret"], request)
    assert [change["id"] for change in json.loads(request.body)["data"]["changes"]] == [datasets[0]["id"]]
