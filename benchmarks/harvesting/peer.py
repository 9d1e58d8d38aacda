"""ckanext-harvest with ckanext-dcat: its own environment, database and search core beside ours, and its processes."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from stack import postgres, solr
from stack.settings import PYTHON, ROOT, Stack

HOME = ROOT / ".cache" / "harvest-peer"
BINARIES = HOME / "venv" / "bin"
PACKAGES = ("ckan[requirements]==2.12.0", "ckanext-dcat==2.4.4", "ckanext-harvest==1.6.3", "setuptools")
FETCHERS = 2
# redis-py gives up a waiting read after 5 s, and ckanext-harvest's idle consumers die of it; the longer wait is ours.
WAIT = 3600
INI = """[app:main]
use = egg:ckan
ckan.site_id = peer
ckan.site_url = http://localhost:5999
ckan.plugins = activity dcat harvest ckan_harvester dcat_rdf_harvester
ckan.storage_path = {home}/storage
sqlalchemy.url = {database}
solr_url = {solr}
ckan.redis.url = redis://:{redis_password}@127.0.0.1:{redis_port}/5?socket_timeout={wait}
SECRET_KEY = {secret}
ckan.auth.create_unowned_dataset = false
"""


def install() -> None:
    """Make the environment, once."""
    if (BINARIES / "ckan").exists():
        return
    subprocess.run([str(PYTHON), "-m", "venv", str(HOME / "venv")], check=True)
    subprocess.run([str(BINARIES / "python"), "-m", "pip", "install", "-q", *PACKAGES], check=True)


def prepare(stack: Stack) -> Path:
    """An empty catalogue for the peer; returns its configuration."""
    with postgres.connect(stack).cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS peer WITH (FORCE)")
        cursor.execute("CREATE DATABASE peer OWNER ckan TEMPLATE template0 ENCODING 'UTF8'")
    (HOME / "storage").mkdir(parents=True, exist_ok=True)
    ini = HOME / "ckan.ini"
    ini.touch(mode=0o600)
    database, core = postgres.url(stack, "peer"), solr.url(stack, _core(stack))
    values = {"redis_password": stack.passwords["redis"], "redis_port": stack.ports["redis"], "wait": WAIT}
    ini.write_text(INI.format(home=HOME, database=database, solr=core, secret=stack.passwords["session"], **values))
    _ckan(ini, "db", "upgrade")
    _ckan(ini, "search-index", "clear")
    _ckan(ini, "harvester", "purge-queues")
    return ini


def _core(stack: Stack) -> str:
    """The name of the peer's own index, made beside the portal's where it is not there yet."""
    name, folder = "ckan_peer", solr.home(stack) / "ckan_peer"
    if not folder.exists():
        shutil.copytree(solr.home(stack) / "ckan" / "conf", folder / "conf")
        cores = f"http://127.0.0.1:{stack.ports['solr']}/solr/admin/cores"
        asked = {"action": "CREATE", "name": name, "instanceDir": name}
        requests.get(cores, params=asked, timeout=60).raise_for_status()
    return name


def _ckan(ini: Path, *words: str) -> None:
    with (HOME / "setup.log").open("a") as log:
        subprocess.run([str(BINARIES / "ckan"), "-c", str(ini), *words], check=True, stdout=log, stderr=log)


@contextmanager
def consumers(ini: Path) -> Iterator[None]:
    """One gather and two fetch processes, warm when the block begins and ended with it."""
    kinds = ["gather-consumer", *["fetch-consumer"] * FETCHERS]
    with (HOME / "consumers.log").open("w") as log:
        running = [
            subprocess.Popen([str(BINARIES / "ckan"), "-c", str(ini), "harvester", kind], stdout=log, stderr=log)
            for kind in kinds
        ]
        try:
            time.sleep(30)
            if any(process.poll() is not None for process in running):
                raise RuntimeError(f"A consumer of the peer ended at once; read {HOME}/consumers.log.")
            yield
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(timeout=30)


def harvest(ini: Path, kind: str, url: str) -> dict:
    """One job of a source of a kind (`dcat_rdf`, `ckan`): seconds, records, failed, datasets."""
    script = Path(__file__).with_name("peer_job.py")
    with (HOME / "job.log").open("a") as log:
        done = subprocess.run(
            [str(BINARIES / "python"), str(script), str(ini), kind, url],
            check=True,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    return json.loads(done.stdout.strip().splitlines()[-1])
