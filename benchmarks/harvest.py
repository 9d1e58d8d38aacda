"""The same catalogue through our engine and through ckanext-harvest, in one run: import, re-run, change, emptiness.

Both pull the same far end on loopback into catalogues of their own on the same PostgreSQL, Redis and Solr; ours with
two worker processes, theirs with one gather and two fetch processes. Each is timed by its own records, from the start
of a run to its last dataset, and by one clock from the order to the end, as a person waits for it. DCAT is Turtle in
pages of 100, metadata only, three distributions each; the CKAN kind reads the same datasets from an Action API.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from functools import partial

os.environ["RUN_DIR"] = ".run/bench"  # before the stack is read: never the running portal
os.environ["PORT"] = os.environ.get("BENCH_PORT", "5077")

from benchmarks.harvesting import ours, peer
from benchmarks.harvesting.remote import Remote, serve
from stack import portal, settings, supervision
from stack.settings import Stack

CHANGED = 20
SHORT = 1.0  # seconds; what is over so soon is run again
AGAIN = 4
WARMING = 300
Run = Callable[[], dict]


def stages(remote: Remote, run: Run, *, emptied: bool) -> dict[str, dict]:
    """What both go through, one after the other; the far end is as new before and after."""
    remote.changed.clear()
    remote.gone.clear()
    found = {"first import": run(), "unchanged re-run": steady(run)}
    remote.change(CHANGED)
    found[f"{CHANGED} changed"] = run()
    if emptied:
        remote.gone.update(range(1, remote.records + 1))
        found["valid but empty"] = run()
    remote.changed.clear()
    remote.gone.clear()
    return found


def steady(run: Run) -> dict:
    """A run; of one that is over in a moment the middle of several: one alone says more of the moment."""
    first = run()
    if first["wall"] > SHORT:
        return first
    several = sorted([first, *(run() for _ in range(AGAIN))], key=lambda facts: facts["wall"])
    return several[AGAIN // 2]


def measured(remote: Remote, run: Run) -> Run:
    """A run with the requests that it made."""

    def once() -> dict:
        remote.requests.clear()
        return run() | {"requests": sum(remote.requests.values())}

    return once


def warm(stack: Stack) -> None:
    """One import that nobody times: the first one would pay for services that have just begun, the others not."""
    with serve(Remote(WARMING)) as remote:
        ours.prepare(stack, remote.base.split("//")[1])
        ours.add_source(stack, "warm", "dcat", remote.turtle_url)
        with ours.workers(stack):
            ours.harvest(stack, "warm")


def of_ours(stack: Stack, remote: Remote, kinds: dict[str, str]) -> dict[str, dict]:
    """Our stages, kind by kind, each on an empty catalogue."""
    found = {}
    warm(stack)
    for kind, url in kinds.items():
        ours.prepare(stack, remote.base.split("//")[1])
        ours.add_source(stack, "bench", kind, url)
        with ours.workers(stack):
            run = measured(remote, lambda: ours.harvest(stack, "bench")[0])
            found[kind] = stages(remote, run, emptied=True)
    return found


def of_peer(stack: Stack, remote: Remote, kinds: dict[str, str]) -> dict[str, dict]:
    """Their stages."""
    peer.install()
    found = {}
    for kind, url in kinds.items():
        configuration = peer.prepare(stack)
        with peer.consumers(configuration):
            run = measured(remote, partial(peer.harvest, configuration, PEERS[kind], url))
            found[kind] = stages(remote, run, emptied=True)
    return found


CLOCKS = ("seconds", "wall")
PEERS = {"dcat": "dcat_rdf", "ckan": "ckan"}


def show(records: int, own: dict[str, dict], other: dict[str, dict]) -> None:
    """Seconds by both clocks, records a minute and ratios of each stage."""
    for kind, runs in own.items():
        for stage, mine in runs.items():
            theirs = other.get(kind, {}).get(stage)
            print(f"{kind}, {stage}: {records} records, 3 distributions each")
            for who, facts in (("smartregion", mine), ("ckanext-harvest", theirs)):
                if facts is None:
                    continue
                rest = ", ".join(f"{key} {value}" for key, value in facts.items() if key not in {*CLOCKS, "run"})
                rate = 60 * records / max(facts["seconds"], 0.001)
                seconds = " ".join(f"{facts[clock]:8.2f} s" for clock in CLOCKS)
                print(f"  {who:<42} {seconds} {rate:10.0f} records/min   ({rest})")
            if theirs:
                ratios = " ".join(f"{theirs[clock] / max(mine[clock], 0.001):8.2f}  " for clock in CLOCKS)
                print(f"  {'ratio (above 1: ours is faster)':<42} {ratios}", flush=True)


def main() -> None:
    """Read the options, bring up the services, measure, stop them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.harvest", description=__doc__)
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--kinds", default="dcat,ckan", help="which kinds of source")
    parser.add_argument("--without-peer", action="store_true", help="ours alone")
    options = parser.parse_args()
    stack = settings.load()
    try:
        portal.start_storage(stack)
        with serve(Remote(options.records)) as remote:
            urls = {"dcat": remote.turtle_url, "ckan": remote.base}
            kinds = {kind: urls[kind] for kind in options.kinds.split(",")}
            own = of_ours(stack, remote, kinds)
            other = {} if options.without_peer else of_peer(stack, remote, kinds)
        show(options.records, own, other)
        assert all(runs["first import"]["datasets"] == options.records for runs in (*own.values(), *other.values()))
    finally:
        supervision.stop(stack)


if __name__ == "__main__":
    main()
