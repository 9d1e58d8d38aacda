"""A catalogue of 300 records through our engine and through ckanext-harvest: first import, and an unchanged second run.

Both pull the same Turtle pages from the same loopback server, into catalogues of their own on the same PostgreSQL and
Solr. Ours is one process and passes the gate; theirs is one gather and two fetch processes. Each is timed by its own
records, from the start of a run to its last dataset.
"""

from __future__ import annotations

import argparse
import os

os.environ["RUN_DIR"] = ".run/bench"  # before the stack is read: never the running portal
os.environ["PORT"] = os.environ.get("BENCH_PORT", "5077")

from benchmarks.harvesting import ours, peer, remote
from stack import ini, portal, settings, supervision
from stack.settings import Stack

RUNS = ("first import", "unchanged second run")


def measure_ours(stack: Stack, url: str, private: str) -> list[dict]:
    """Both runs of ours; the far end is on loopback, so its address must be allowed."""
    settings_file = stack.ini
    text = settings_file.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("smartregion.fetch.allow_private")]
    lines.insert(lines.index(f"[{ini.SECTION}]") + 1, f"smartregion.fetch.allow_private = {private}")
    settings_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    ours.prepare(stack)
    ours.add_source(stack, url)
    return [ours.harvest(stack) for _ in RUNS]


def measure_peer(stack: Stack, url: str) -> list[dict]:
    """Both runs of theirs."""
    peer.install()
    configuration = peer.prepare(stack)
    with peer.consumers(configuration):
        return [peer.harvest(configuration, url) for _ in RUNS]


def show(records: int, own: list[dict], other: list[dict]) -> None:
    """Seconds, records a minute and ratio of each run."""
    for name, mine, theirs in zip(RUNS, own, other, strict=True):
        print(f"{name}: {records} records, 3 distributions each")
        for who, facts in (("smartregion", mine), ("ckanext-harvest", theirs)):
            seconds = facts["seconds"]
            rest = ", ".join(f"{key} {value}" for key, value in facts.items() if key not in {"seconds", "run"})
            print(f"  {who:<42} {seconds:8.2f} s {60 * records / seconds:10.0f} records/min   ({rest})")
        print(f"  {'ratio (above 1: ours is faster)':<42} {theirs['seconds'] / mine['seconds']:8.2f}", flush=True)


def main() -> None:
    """Read the options, bring up the services, measure, stop them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.harvest", description=__doc__)
    parser.add_argument("--records", type=int, default=300)
    records = parser.parse_args().records
    stack = settings.load()
    try:
        portal.start_storage(stack)
        with remote.serve(records) as url:
            own = measure_ours(stack, url, url.split("/")[2])
            other = measure_peer(stack, url)
        assert own[0]["datasets"] == other[0]["datasets"] == records, (own[0], other[0])
        show(records, own, other)
    finally:
        supervision.stop(stack)


if __name__ == "__main__":
    main()
