"""How the harvest grows: one source of 20,000 datasets, twenty sources at once with one that drips, and 304 everywhere.

No peer: ckanext-harvest has no bound to be compared with. Ours on two worker processes, metadata only, far ends on
loopback. The cost of a thousand datasets is taken from the outcomes' own moments.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

os.environ["RUN_DIR"] = ".run/bench"
os.environ["PORT"] = os.environ.get("BENCH_PORT", "5077")

from benchmarks.harvesting import ours
from benchmarks.harvesting.remote import Remote, serve
from stack import portal, postgres, settings, supervision
from stack.settings import Stack

SOURCES = 20
DRIP = 0.5
PACE = """
    SELECT min(moment), max(moment) FROM (SELECT moment, (row_number() OVER (ORDER BY moment) - 1) / 1000 AS part
    FROM smartregion_outcome WHERE run_id = (SELECT id FROM smartregion_run ORDER BY queued LIMIT 1)) parts
    GROUP BY part ORDER BY part
"""


@contextmanager
def watched(pids: list[int]) -> Iterator[dict[int, int]]:
    """The most memory (MiB, resident) that each process and its children ever held while the block ran."""
    peak, done = dict.fromkeys(pids, 0), threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            for pid in pids:
                for process in (pid, *children(pid)):
                    peak[pid] = max(peak[pid], resident(process))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def children(pid: int) -> list[int]:
    """The work horses of a worker."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def resident(pid: int) -> int:
    """Resident memory of a process in MiB; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 // 1024**2
    except (OSError, IndexError):
        return 0


def large(stack: Stack, records: int) -> None:
    """One source of very many datasets: first and unchanged run, the pace of each thousand, the memory."""
    with serve(Remote(records)) as remote:
        ours.prepare(stack, remote.base.split("//")[1])
        ours.add_source(stack, "large", "dcat", remote.turtle_url)
        with ours.workers(stack) as pids, watched(pids) as peak:
            first, again = (ours.harvest(stack, "large")[0] for _ in range(2))
    with postgres.connect(stack, "ckan").cursor() as cursor:
        cursor.execute(PACE)
        paces = [(end - start).total_seconds() for start, end in cursor.fetchall()]
    whole = paces[: records // 1000]
    print(f"one source of {records} datasets, two workers")
    print(f"  first run {first['seconds']:.1f} s, unchanged run {again['seconds']:.1f} s ({again})")
    print(f"  seconds per 1,000, in their order: {', '.join(f'{pace:.1f}' for pace in whole)}")
    if len(whole) > 3:
        early, late = sum(whole[:3]) / 3, sum(whole[-3:]) / 3
        print(f"  last three thousand against the first three: {late / early:.2f}")
    print(f"  memory of the workers: {max(peak.values())} MiB", flush=True)


def many(stack: Stack, records: int) -> None:
    """Twenty sources at once: 19 of them alone, then with one that drips; and what 304 everywhere costs."""
    with ExitStack() as servers:
        remotes = [servers.enter_context(serve(Remote(records, validators=True))) for _ in range(SOURCES)]
        allowed = " ".join(remote.base.split("//")[1] for remote in remotes)
        times = {}
        for drips in (False, True):
            ours.prepare(stack, allowed)
            remotes[0].drip = 0
            for number, remote in enumerate(remotes):
                ours.add_source(stack, f"s{number}", "dcat", remote.turtle_url)
            remotes[0].drip = DRIP if drips else 0
            names = [f"s{number}" for number in range(0 if drips else 1, SOURCES)]
            with ours.workers(stack):
                began = time.monotonic()
                runs = ours.harvest(stack, *names)
                times[drips] = (time.monotonic() - began, last_of_others(stack))
                done = sum(run["status"] == "done" for run in runs)
                print(f"  {'with' if drips else 'without'} a dripping source: {done} done", flush=True)
                if drips:
                    requests_of_unchanged(stack, remotes[1:])
        print(f"{SOURCES - 1} sources of {records} datasets at once, two workers")
        print(f"  alone {times[False][1]:.1f} s, beside one that drips {times[True][1]:.1f} s: "
              f"{times[True][1] / times[False][1]:.2f} times", flush=True)  # fmt: skip


def last_of_others(stack: Stack) -> float:
    """Seconds from the first start of a run to the end of the last one that is not the dripping one."""
    query = """SELECT extract(epoch FROM max(r.finished) - min(r.queued)) FROM smartregion_run r
        JOIN smartregion_source s ON s.id = r.source_id WHERE s.name <> 's0'"""
    with postgres.connect(stack, "ckan").cursor() as cursor:
        cursor.execute(query)
        return float(cursor.fetchone()[0])


def requests_of_unchanged(stack: Stack, remotes: list[Remote]) -> None:
    """One request per page where validators differ by page; one in all where the list is one page."""
    for remote in remotes:
        remote.requests.clear()
    runs = ours.harvest(stack, *[f"s{number}" for number in range(1, SOURCES)])
    asked = [sum(remote.requests.values()) for remote in remotes]
    unchanged = sum(run.get("unchanged", 0) for run in runs)
    print(f"304 everywhere: {max(asked)} request(s) per source and run, {unchanged} unchanged", flush=True)


def main() -> None:
    """Read the options, bring up the services, measure, stop them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.harvest_scale", description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--each", type=int, default=100, help="records of each of the twenty sources")
    parser.add_argument("--only", choices=("large", "many"))
    options = parser.parse_args()
    stack = settings.load()
    try:
        portal.start_storage(stack)
        if options.only != "large":
            many(stack, options.each)
        if options.only != "many":
            large(stack, options.records)
    finally:
        supervision.stop(stack)


if __name__ == "__main__":
    main()
