"""`python -m stack VERB`: run, start, stop, status, logs, lint, test-services, test; `test` itself uses test-portal."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

from stack import judged, portal, postgres, settings, solr, supervision
from stack.errors import StackError
from stack.progress import complain, step
from stack.settings import PYTHON, ROOT, Stack

ACCOUNTS = (
    ("sysadmin", "everything"),
    ("steward", "the Region's steward: reviews, waivers"),
    ("referent-bep", "an agency's referent, for its municipalities"),
    ("officer-namur", "data officer of Namur"),
    ("officer-gembloux", "data officer of Gembloux"),
)


# What the live tests need of their stack: their own small servers may be fetched, and schedules start at once.
FOR_TESTS = """[app:main]
smartregion.fetch.allow_private = 127.0.0.1:*
smartregion.harvest.jitter = 2
"""


STYLE = "Style or types are wrong"
# Four keep two cores busy, for they wait for PostgreSQL, Solr and Chromium. Those of one file stay together, in order.
PROCESSES = (f"-n{len(settings.TEST_SETS)}", "--dist=loadscope", "--no-loadscope-reorder")


def welcome(stack: Stack) -> None:
    """The one screen after the start: where the portal is, who can log in, what to try."""
    password = stack.passwords["accounts"]
    roles = "\n".join(f"    {name:<18} {role}" for name, role in ACCOUNTS)
    print(f"""
  The portal: {stack.site_url}

  Accounts (password of all: {password})
{roles}

  Try
    {stack.site_url}/dataset            search the published datasets
    {stack.site_url}/harvest            the sources: what each gave, what was held and why
    {stack.site_url}/feeds              the catalogue for programs: formats, changes, dumps
    {stack.site_url}/catalog.ttl        the DCAT-AP feed
    bin/smartregion source list         the same from the terminal
    bin/smartregion token officer-namur an API token for curl

  Data and logs: {stack.run_dir}
""")


def start() -> int:
    """Start in the background."""
    stack = settings.load()
    portal.start_all(stack)
    welcome(stack)
    return 0


def run() -> int:
    """Start, stay in the foreground, and stop everything on Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    stack = settings.load()
    try:
        portal.start_all(stack)
        welcome(stack)
        print("  Ctrl-C stops it.", flush=True)
        while supervision.is_running(stack):
            time.sleep(2)
        raise StackError("The supervisor has ended; `make run` brings the portal back, with its data.")
    except KeyboardInterrupt:
        print()
        return 0
    finally:
        with step("Stopping what was started"):
            supervision.stop(stack)


def stop() -> int:
    """Stop everything that this stack started, and nothing else."""
    print("Stopped." if supervision.stop(settings.load()) else "Nothing was running.")
    return 0


def status() -> int:
    """What runs, one line each; exit code 1 when the portal does not answer."""
    stack = settings.load()
    if not supervision.is_running(stack):
        print("Not running: `make run` or `make start`.")
        return 1
    for name, state, description in supervision.states(stack):
        print(f"  {name:<10} {state:<9} {description}")
    print(f"  {stack.site_url}")
    return 0 if portal.answers(stack) else 1


def logs() -> int:
    """Follow the logs of all services."""
    files = sorted(str(path) for path in settings.load().logs.glob("*.log"))
    return subprocess.call(["tail", "-n", "20", "-F", *files])


def lint() -> int:
    """Style and types, unless this state of the code has passed already."""
    judged.judge()
    return 0


def test_services() -> int:
    """PostgreSQL, Redis and Solr with the tests' databases, left running for `make pytest`."""
    os.environ.setdefault("PORT", str(settings.free_port()))  # nothing will listen there
    stack = settings.load()
    (stack.run_dir / "disposable").touch()
    with step("PostgreSQL, Redis and Solr"):
        portal.start_storage(stack)
    with step("The tests' databases"):
        portal.prepare_databases(stack, "_test")
    print(f"  {PYTHON} -m pytest --ckan-ini={stack.run_dir / 'test.ini'}")
    return 0


def test() -> int:
    """All tests, on a new stack of their own that holds the demonstration as well; nothing is left running."""
    supervision.stop(settings.load())
    shutil.rmtree(settings.load().run_dir)
    stack = settings.load()
    (stack.run_dir / "local.ini").write_text(FOR_TESTS)
    (stack.run_dir / "disposable").touch()
    with solr.in_memory(stack):
        return _tested(stack)


def _tested(stack: Stack) -> int:
    lint = Aside(stack, "lint", "nice", str(PYTHON), "-m", "stack", "lint")
    demonstration = None
    try:
        with step("Services and databases for the tests"):
            portal.begin_storage(stack)
            portal.prepare_databases(stack)
            portal.copy_databases(stack)
            portal.await_index(stack)
            lint.must_pass(STYLE, so_far=True)
        demonstration = Aside(stack, "demonstration", str(PYTHON), "-m", "stack", "test-portal")
        environment = {**os.environ, "SMARTREGION_TEST_RUN_DIR": str(stack.run_dir)}
        arguments = [f"--ckan-ini={stack.run_dir / 'test.ini'}", *PROCESSES, *sys.argv[2:]]
        code = subprocess.call([str(PYTHON), "-m", "pytest", *arguments], cwd=ROOT, env=environment)
        lint.must_pass(STYLE)  # without a word where it does: the last line is that of the tests
        return code
    finally:
        for aside in filter(None, (lint, demonstration)):
            aside.end()
        supervision.stop(stack)


def test_portal() -> int:
    """The whole portal beside the services of the tests; `portal-is-up` in RUN_DIR tells them when."""
    stack = settings.load()
    portal.start_all(stack)
    harvest_at_once(stack)
    (stack.run_dir / "portal-is-up").touch()
    return 0


def harvest_at_once(stack: Stack) -> None:
    """Make the sources of the demonstration due now; their schedules would let the tests wait for minutes."""
    with postgres.connect(stack, "ckan").cursor() as cursor:
        cursor.execute("UPDATE smartregion_source SET next_run = next_run - interval '1 day' WHERE enabled")


class Aside:
    """A command that runs beside what follows, with a log of its own."""

    def __init__(self, stack: Stack, name: str, *command: str) -> None:
        self.log = stack.logs / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def must_pass(self, complaint: str, *, so_far: bool = False) -> None:
        """Wait for the end, or look only; what it printed follows the complaint where it failed."""
        if self.process.poll() if so_far else self.process.wait():
            raise StackError(f"{complaint}:\n{self.log.read_text()}")

    def end(self) -> None:
        """Leave nothing running, nor what it has started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


VERBS = {
    "run": run,
    "start": start,
    "stop": stop,
    "status": status,
    "logs": logs,
    "lint": lint,
    "test-services": test_services,
    "test": test,
    "test-portal": test_portal,
}


def main() -> int:
    """Run one verb; a person sees sentences, never a traceback."""
    verb = VERBS.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if verb is None:
        print(f"usage: python -m stack {{{','.join(VERBS)}}}", file=sys.stderr)
        return 2
    try:
        return verb()
    except StackError as error:
        return complain(error)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
