"""Our engine on an empty catalogue of its own; one process does everything."""

from __future__ import annotations

import json

from stack import portal, postgres
from stack.settings import Stack

ELAPSED = "SELECT extract(epoch FROM finished - started) FROM smartregion_run WHERE id = %s"
PUBLISHED = "SELECT count(*) FROM package WHERE state = 'active'"


def prepare(stack: Stack) -> None:
    """An empty catalogue with the territory's organisations."""
    with postgres.connect(stack).cursor() as cursor:
        for name in postgres.DATABASES:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # names of our own, never from outside
    (stack.run_dir / "tables").unlink(missing_ok=True)
    portal.prepare_databases(stack)
    portal.ckan(stack, "search-index", "clear")
    portal.ckan(stack, "smartregion", "territory", "load")


def add_source(stack: Stack, url: str) -> None:
    """The source, as a person makes it."""
    where = ("--kind", "dcat", "--url", url, "--organization", "namur")
    portal.ckan(stack, "smartregion", "source", "add", "bench", *where)


def harvest(stack: Stack) -> dict:
    """One run: seconds by its own record, counts, and the datasets that are published after it."""
    printed = portal.ckan(stack, "smartregion", "source", "run", "bench", "--json")
    counts = json.loads(printed.strip().splitlines()[-1])
    with postgres.connect(stack, "ckan").cursor() as cursor:
        cursor.execute(f"SELECT ({ELAPSED}), ({PUBLISHED})", [counts["run"]])  # both stand above
        [(seconds, datasets)] = cursor.fetchall()
    return {"seconds": float(seconds), "datasets": datasets, **counts}
