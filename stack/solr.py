"""Solr on loopback in one Java process, with CKAN's own schema."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
from importlib.resources import as_file, files
from pathlib import Path

from stack.settings import ROOT, TOOLS, Stack

CORES = ("ckan", "ckan_test")


def home(stack: Stack) -> Path:
    """Solr's home: its settings and one folder per core."""
    return stack.run_dir / "solr"


def configure(stack: Stack) -> None:
    """Write the cores' settings afresh; their indexes stay."""
    target = home(stack)
    target.mkdir(exist_ok=True)
    shutil.copy(ROOT / "config/solr/solr.xml", target)
    for core in CORES:
        shutil.copytree(ROOT / "config/solr/conf", target / core / "conf", dirs_exist_ok=True)
        with as_file(files("ckan") / "config/solr/schema.xml") as schema:
            shutil.copy(schema, target / core / "conf" / "schema.xml")
        (target / core / "core.properties").write_text(f"name={core}\n")


def command(stack: Stack) -> list[str]:
    """The command line of the server."""
    classes = f"{TOOLS / 'solr'}:{TOOLS / 'solr' / 'lib'}/*"
    memory = ["-Xms128m", "-Xmx512m", "-XX:+ExitOnOutOfMemoryError", "-XX:TieredStopAtLevel=1"]
    logging = [f"-Dlog4j2.configurationFile={ROOT / 'stack/solr-server/log4j2.xml'}"]
    return ["java", *memory, *logging, "-cp", classes, "SolrServer", str(home(stack)), str(stack.ports["solr"])]


def url(stack: Stack, core: str = "ckan") -> str:
    """The address of a core."""
    return f"http://127.0.0.1:{stack.ports['solr']}/solr/{core}"


def is_ready(stack: Stack) -> bool:
    """Whether every core answers."""
    try:
        for core in CORES:
            with urllib.request.urlopen(f"{url(stack, core)}/admin/ping?wt=json", timeout=5):
                pass
    except (urllib.error.URLError, OSError):
        return False
    return True
