"""Solr on loopback in one Java process, with CKAN's own schema."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

from stack import postgres
from stack.settings import ROOT, TEST_SETS, TOOLS, Stack

MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux keeps files in memory
ROOM = 2**30  # bytes that must be free there; the indexes of the tests are some hundredth of it
PORTAL = "ckan"  # the name of its core


def home(stack: Stack) -> Path:
    """Solr's home: its settings and one folder per core."""
    return stack.run_dir / "solr"


def cores(stack: Stack) -> tuple[str, ...]:
    """One index for the portal and, where tests run, one for each process of theirs."""
    tests = TEST_SETS if postgres.is_disposable(stack) else ()
    return (PORTAL, *(f"ckan_{name}" for name in tests))


@contextmanager
def in_memory(stack: Stack) -> Iterator[None]:
    """Keep the indexes of tests in memory where there is room: each of thousands of commits costs half there.

    They outlive Solr, as on a disk, and are gone in the end.
    """
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        yield
        return
    folder = MEMORY / f"smartregion{str(stack.run_dir).replace('/', '-')}"
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    folder.mkdir()
    home(stack).symlink_to(folder)
    try:
        yield
    finally:
        home(stack).unlink()
        shutil.rmtree(folder)


def configure(stack: Stack) -> None:
    """Write the cores' settings afresh; their indexes stay."""
    target = home(stack)
    target.mkdir(exist_ok=True)
    shutil.copy(ROOT / "config/solr/solr.xml", target)
    for core in cores(stack):
        shutil.copytree(ROOT / "config/solr/conf", target / core / "conf", dirs_exist_ok=True)
        with as_file(files("ckan") / "config/solr/schema.xml") as schema:
            shutil.copy(schema, target / core / "conf" / "schema.xml")
        # An index of tests is opened when they first ask for it, not at each start.
        (target / core / "core.properties").write_text(f"name={core}\nloadOnStartup={str(core == PORTAL).lower()}\n")


def command(stack: Stack) -> list[str]:
    """The command line of the server."""
    classes = f"{TOOLS / 'solr'}:{TOOLS / 'solr' / 'lib'}/*"
    memory = ["-Xms128m", "-Xmx512m", "-XX:+ExitOnOutOfMemoryError", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    logging = [f"-Dlog4j2.configurationFile={ROOT / 'stack/solr-server/log4j2.xml'}"]
    return ["java", *memory, *logging, "-cp", classes, "SolrServer", str(home(stack)), str(stack.ports["solr"])]


def url(stack: Stack, core: str = PORTAL) -> str:
    """The address of a core."""
    return f"http://127.0.0.1:{stack.ports['solr']}/solr/{core}"


def is_ready(stack: Stack) -> bool:
    """Whether the portal's core answers."""
    try:
        with urllib.request.urlopen(f"{url(stack)}/admin/ping?wt=json", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False
