"""Our engine on an empty catalogue of its own, with so many worker processes as they run in production."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack import ini, portal, postgres
from stack.settings import CKAN, PYTHON, Stack

FACTS = """
    SELECT extract(epoch FROM finished - started), (SELECT count(*) FROM package WHERE state = 'active'),
        status, counts FROM smartregion_run WHERE id = %s
"""


def prepare(stack: Stack, private: str) -> None:
    """An empty catalogue with the territory's organisations; the far end is on loopback and must be allowed."""
    empty(stack, private)
    load_territory(stack)


def load_territory(stack: Stack) -> None:
    """The Region's organisations, by the command that people run."""
    portal.ckan(stack, "smartregion", "territory", "load")


def empty(stack: Stack, private: str) -> None:
    """A catalogue with nothing in it; the far end is on loopback and must be allowed."""
    text = stack.ini.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(("smartregion.fetch.", "smartregion.harvest."))]
    at = lines.index(f"[{ini.SECTION}]") + 1
    lines[at:at] = [f"smartregion.fetch.allow_private = {private}", "smartregion.fetch.pause = 0"]
    stack.ini.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with postgres.connect(stack).cursor() as cursor:
        for name in postgres.DATABASES:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # names of our own, never from outside
    (stack.run_dir / "tables").unlink(missing_ok=True)
    portal.prepare_databases(stack)
    portal.ckan(stack, "search-index", "clear")


@contextmanager
def workers(stack: Stack, count: int = 2) -> Iterator[list[int]]:
    """Worker processes of the harvest queue, warm when the block begins; gives their process ids."""
    with (stack.logs / "bench-workers.log").open("w") as log:
        command = [*CKAN, "-c", str(stack.ini), "smartregion", "worker", "harvest"]
        running = [subprocess.Popen(command, stdout=log, stderr=log) for _ in range(count)]
        try:
            time.sleep(15)
            yield [process.pid for process in running]
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(timeout=30)


def add_source(stack: Stack, name: str, kind: str, url: str) -> None:
    """The source, as a person makes it."""
    portal.ckan(
        stack, "smartregion", "source", "add", name, "--kind", kind, "--url", url, "--organization", "namur"
    )  # fmt: skip


def harvest(stack: Stack, *names: str) -> list[dict]:
    """Queue a run of each source, wait for all; gives seconds by their own records and from the order, and counts."""
    script = Path(__file__).with_name("ours_job.py")
    done = subprocess.run(
        [str(PYTHON), str(script), str(stack.ini), *names],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    runs, wall = json.loads(done.stdout.decode().strip().splitlines()[-1])
    return [facts(stack, run) | {"wall": wall} for run in runs]


def facts(stack: Stack, run: str) -> dict:
    """What a run says of itself."""
    with postgres.connect(stack, "ckan").cursor() as cursor:
        cursor.execute(FACTS, [run])
        [(seconds, datasets, status, counts)] = cursor.fetchall()
    return {"seconds": float(seconds), "datasets": datasets, "status": status, **{k: v for k, v in counts.items() if v}}
