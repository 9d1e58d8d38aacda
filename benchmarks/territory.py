"""The territory's organisations in an empty catalogue, and once more when nothing has changed: seconds of the command
that people run, its start included.

Starts PostgreSQL, Redis and Solr of its own.
"""

from __future__ import annotations

import os
import time

os.environ["RUN_DIR"] = ".run/bench"  # before the stack is read: never the running portal
os.environ["PORT"] = os.environ.get("BENCH_PORT", "5077")

from benchmarks.harvesting import ours
from stack import portal, settings, supervision

ASKED = 60  # seconds for all


def main() -> None:
    """Bring up the services, measure, stop them."""
    stack = settings.load()
    try:
        portal.start_storage(stack)
        ours.empty(stack, "127.0.0.1:1")
        for name in ("into an empty catalogue", "once more, unchanged"):
            started = time.perf_counter()
            ours.load_territory(stack)
            print(f"{name:<25} {time.perf_counter() - started:6.1f} s; asked: {ASKED} s", flush=True)
    finally:
        supervision.stop(stack)


if __name__ == "__main__":
    main()
