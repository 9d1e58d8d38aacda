"""A killed stack comes back, with its data."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from live import Portal, wait_for

from stack import settings, supervision

pytestmark = [pytest.mark.live, pytest.mark.disruptive]

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def portal(run_dir):
    return Portal(run_dir)


@pytest.fixture
def stack(run_dir):
    return settings.made(run_dir)


def contents(portal):
    """What must survive: the catalogue as the database and the index know it."""
    return (
        portal.action("package_search", rows=0)["count"],
        len(portal.action("package_list")),
        len(portal.action("organization_list")),
    )


def is_back(portal, before):
    try:
        return contents(portal) == before
    except (requests.RequestException, AssertionError, ValueError):
        return False


def pids(stack):
    supervisor = supervision._proxy(stack).supervisor
    return {process["name"]: process["pid"] for process in supervisor.getAllProcessInfo() if process["pid"]}


def test_each_killed_service_comes_back_by_itself_with_its_data(portal, stack):
    before = contents(portal)
    killed = pids(stack)
    assert set(killed) == {"postgres", "redis", "solr", "web", "demo", "worker", "scheduler", "follower"}

    for name, pid in killed.items():
        os.kill(pid, signal.SIGKILL)
        wait_for(
            lambda name=name: pids(stack).get(name, killed[name]) != killed[name], seconds=60, what=f"{name} is back"
        )

    wait_for(lambda: is_back(portal, before), seconds=90, what="the portal answers with all its data")


def test_a_stack_whose_supervisor_was_killed_is_started_again_with_its_data(portal, stack):
    before, orphans = contents(portal), pids(stack)
    os.kill(int((stack.run_dir / "supervisord.pid").read_text()), signal.SIGKILL)

    environment = {**os.environ, "RUN_DIR": str(stack.run_dir), "PORT": str(stack.ports["web"])}
    started = subprocess.run([sys.executable, "-m", "stack", "start"], cwd=ROOT, env=environment, capture_output=True)

    assert started.returncode == 0, started.stderr
    assert portal.url.encode() in started.stdout
    assert contents(portal) == before
    assert [name for name, pid in orphans.items() if Path(f"/proc/{pid}").exists()] == []


def test_stop_ends_everything_of_this_stack_and_start_brings_it_back(portal, stack):
    before = contents(portal)
    environment = {**os.environ, "RUN_DIR": str(stack.run_dir), "PORT": str(stack.ports["web"])}
    command = [sys.executable, "-m", "stack"]

    subprocess.run([*command, "stop"], cwd=ROOT, env=environment, check=True)
    assert supervision.leftovers(stack) == []
    subprocess.run([*command, "start"], cwd=ROOT, env=environment, check=True)

    assert contents(portal) == before
