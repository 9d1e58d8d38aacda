"""From nothing to a portal that answers: databases, tables, rights, accounts, territory, sources."""

from __future__ import annotations

import hashlib
import subprocess
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stack import ini, postgres, services, solr, supervision
from stack.errors import StackError
from stack.progress import step, wait_until
from stack.settings import CKAN, ROOT, TEST_SETS, Stack, free_port, is_free, move_taken_ports

LAYOUT = ("requirements.lock", "ckanext-smartregion/ckanext/smartregion/migration/**/*.py")


def ckan(stack: Stack, *arguments: str, configuration: Path | None = None) -> str:
    """Run a command of CKAN against this stack and return what it prints; a failure is one sentence and a log."""
    log = stack.logs / "setup.log"
    done = subprocess.run(
        [*CKAN, "-c", str(configuration or stack.ini), *arguments], capture_output=True, text=True, cwd=ROOT
    )
    with log.open("a") as file:
        file.write(f"$ ckan {' '.join(arguments)}\n{done.stdout}{done.stderr}\n")
    if done.returncode:
        raise StackError(f"`ckan {' '.join(arguments)}` failed; read {log}.")
    return done.stdout


def start_storage(stack: Stack) -> None:
    """PostgreSQL, Redis and Solr, ready for use."""
    begin_storage(stack)
    await_index(stack)


def begin_storage(stack: Stack) -> None:
    """The same, but for Solr, which needs a while: tables can be made meanwhile."""
    postgres.init(stack)
    solr.configure(stack)
    for folder in ("storage", *(f"storage_{name}" for name in TEST_SETS), "demo"):
        (stack.run_dir / folder).mkdir(exist_ok=True)
    if not supervision.is_running(stack):
        supervision.clear_leftovers(stack)
        stack = move_taken_ports(stack)
        if not is_free(stack.ports["supervisor"]):
            stack.ports["supervisor"] = free_port()
    ini.write(stack)
    if not supervision.is_running(stack):
        supervision.launch(stack)
    for service in services.storage(stack):
        supervision.start(stack, service.name)
    _wait(stack, "postgres", postgres.is_ready)


def await_index(stack: Stack) -> None:
    """Solr that was begun, ready for use."""
    _wait(stack, "solr", solr.is_ready)


def _wait(stack: Stack, name: str, ready: object) -> None:
    complaint = f"{name} doesn't get ready; read {stack.logs}/{name}.log."
    wait_until(lambda: ready(stack), seconds=90, otherwise=complaint)  # type: ignore[operator]


def _fingerprint(stack: Stack) -> str:
    """Changes when the tables may have to change: with a dependency, a migration or a plugin."""
    digest = hashlib.sha256(ini.plugins(stack.ini).encode())
    for pattern in LAYOUT:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def prepare_databases(stack: Stack, suffix: str = "") -> None:
    """Databases, tables and the datastore's rights; nothing to do when they are as they should be."""
    mark = stack.run_dir / f"tables{suffix}"
    if mark.exists() and mark.read_text() == _fingerprint(stack):
        return
    configuration = stack.run_dir / "test.ini" if suffix else stack.ini
    postgres.ensure_databases(stack, suffix)
    with ThreadPoolExecutor() as pool:  # each is a start of CKAN more than anything else
        upgraded = pool.submit(ckan, stack, "db", "upgrade", configuration=configuration)
        rights = ckan(stack, "datastore", "set-permissions", configuration=configuration)
        upgraded.result()
    statements = "\n".join(line for line in rights.splitlines() if not line.startswith("\\connect"))
    with postgres.connect(stack, f"datastore{suffix}").cursor() as cursor:
        cursor.execute(statements)
    mark.write_text(_fingerprint(stack))


def copy_databases(stack: Stack) -> None:
    """The tests' databases, as copies of the portal's that are still empty and that nobody uses yet."""
    for name in TEST_SETS:
        postgres.copy_databases(stack, f"_{name}")


def answers(stack: Stack) -> bool:
    """Whether the portal answers over HTTP."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{stack.ports['web']}/api/3/action/status_show", timeout=20):
            return True
    except (urllib.error.URLError, OSError):
        return False


def start_all(stack: Stack) -> None:
    """Bring up everything, with progress in steps; what runs already is left alone."""
    with step("PostgreSQL and Redis"):
        begin_storage(stack)
    with step("Databases and tables"):
        prepare_databases(stack)
    with step("The search index"):
        await_index(stack)
    with step("The portal"):
        supervision.start(stack, "web")
        _wait(stack, "web", answers)
    filled = stack.run_dir / "filled"
    if not filled.exists():
        with step("Accounts, the territory (organisations of Wallonia) and the sources"):
            supervision.start(stack, "demo")
            ckan(stack, "smartregion", "setup")
            filled.touch()
    for name in ("demo", "worker", "scheduler", "follower"):
        supervision.start(stack, name)
