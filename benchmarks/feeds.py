"""The feeds beside ckanext-dcat on the same CKAN and the same datasets, in one run, with what is asked of each.

`page`: a page of 100 that nobody has stored yet, in each format. `check`: datasets held against the profiles. `walk`: a
catalogue published once and walked through at 1,000, 5,000 and 10,000 datasets: time, memory, and how many datasets
come out of the store. `served`: the first request for a page after a change, in each format, and answers per second of
one worker process. `edit`: how soon a change stands in the change feed. All but the first two start PostgreSQL, Redis
and Solr of their own. The peer stands in for 10,000 by the curve that was measured in the same run.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

os.environ["RUN_DIR"] = ".run/bench"  # before the stack is read: never the running portal
os.environ["PORT"] = os.environ.get("BENCH_PORT", "5077")

from ckan import model
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.plugins import toolkit as tk

from benchmarks.feeding import conformance, rendering, served, store
from benchmarks.feeding.examples import dataset
from benchmarks.harvesting import ours
from stack import portal, settings, supervision
from stack.settings import Stack

SERVED = 100  # datasets in the catalogue that is served


def walk(stack: Stack, largest: int) -> None:
    """Out of the store, up to so many datasets."""
    ours.prepare(stack, "127.0.0.1:1")
    with _inside(stack):
        store.measure(largest)


def answers(stack: Stack) -> None:
    """As it is served."""
    ids = _fill(stack)
    with _inside(stack):
        served.cold(stack, lambda number: _published(_edited(ids[number], number)))
    served.answers(stack)


def _published(_: str) -> None:
    """Published right after an edit, as a follower of the changes does it."""
    while store.publishing.publish():
        pass
    model.Session.remove()


def edit(stack: Stack) -> None:
    """One edit, followed."""
    ids = _fill(stack)
    with _inside(stack):
        served.edits(stack, lambda number: _edited(ids[number], number))


PARTS = ("page", "check", "walk", "served", "edit")


@contextmanager
def _inside(stack: Stack) -> Iterator[None]:
    """In CKAN, as a command of its own is."""
    with make_app(CKANConfigLoader(str(stack.ini)).get_config()).test_request_context():
        try:
            yield
        finally:
            model.Session.remove()
            model.ensure_engine().dispose()


def _fill(stack: Stack) -> list[str]:
    """A catalogue of real datasets, as one organisation writes them, published."""
    ours.prepare(stack, "127.0.0.1:1")
    with _inside(stack):
        organisation = tk.get_action("organization_show")({"ignore_auth": True}, {"id": "namur"})["id"]
        create, ids = tk.get_action("package_create"), []
        for number in range(SERVED):
            wanted = dataset(number) | {"owner_org": organisation}
            resources = [{key: value for key, value in each.items() if key != "id"} for each in wanted["resources"]]
            ids.append(create(_officer(), wanted | {"resources": resources})["id"])
        while store.publishing.publish():
            pass
    return ids


def _officer() -> dict[str, Any]:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"ignore_auth": True, "user": user}


def _edited(dataset_id: str, number: int) -> str:
    change = {"id": dataset_id, "title_translated": {"fr": f"Titre corrigé {number}", "nl": "Verbeterde titel"}}
    tk.get_action("package_patch")(_officer(), change)
    model.Session.remove()
    return dataset_id


def main() -> None:
    """Read the options, bring up the services where they are needed, measure, stop them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feeds", description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--rounds", type=int, default=3, help="of each page")
    parser.add_argument("--largest", type=int, default=10_000, help="datasets of the largest walk")
    options = parser.parse_args()
    parts: dict[str, Callable[[Stack], None]] = {
        "walk": partial(walk, largest=options.largest), "served": answers, "edit": edit,
    }  # fmt: skip
    alone = {"page": rendering.pages, "check": conformance.checks}  # need no services
    for name, measure in alone.items():
        if options.only in (None, name):
            print(f"-- {name}", flush=True)
            measure(options.rounds)
    if options.only not in alone:
        _with_services({name: part for name, part in parts.items() if options.only in (None, name)})


def _with_services(parts: dict[str, Callable[[Stack], None]]) -> None:
    stack = settings.load()
    try:
        portal.start_storage(stack)
        for name, part in parts.items():
            print(f"-- {name}", flush=True)
            part(stack)
    finally:
        supervision.stop(stack)


if __name__ == "__main__":
    main()
