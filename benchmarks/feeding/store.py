"""The store: publish a catalogue into PostgreSQL once, then walk through it, page by page, as the portal does.

The dictionaries are made up instead of read from CKAN, for both alike: what is measured is what the feeds do.
Publishing is the real one, in its transactions, in all profiles and formats.
"""

from __future__ import annotations

import time
from pathlib import Path
from unittest.mock import patch

import sqlalchemy as sa

from ckan import model as ckan_model

from ckanext.smartregion.feeds.logic import asking, publishing, walk
from ckanext.smartregion.feeds.model import Stale

from benchmarks.feeding.examples import dataset, stock_page
from benchmarks.feeding.rendering import Curve

SIZES = (1_000, 5_000, 10_000)
WARM = 20_000  # datasets per second and core
PAGE = 100


def measure(largest: int, form: str = "ttl") -> None:
    """Publish up to the largest size, walking at each; then the peer."""
    with patch.object(publishing, "read", _read):  # the parts after this one publish what CKAN has
        published, walks = _grow(largest, form)
    small, large = (walks[size] / size for size in (min(walks), largest))
    print(f"time per dataset at {largest} against {min(walks)}: {large / small:.2f} times (linear: 1)", flush=True)
    _warm(form, largest)
    _beside_peer(walks, published / largest, form)


def _grow(largest: int, form: str) -> tuple[float, dict[int, float]]:
    """Seconds of publishing all, and of a walk at each size."""
    published, walks, done = 0.0, {}, 0
    for size in [*(size for size in SIZES if size < largest), largest]:
        start = time.perf_counter()
        _publish(done, size)
        seconds, count = time.perf_counter() - start, size - done
        published, done = published + seconds, size
        print(f"published until {size:6}: {seconds / count * 1000:6.2f} s per 1,000, {_resident()} MiB resident")
        walks[size] = _walk(form)
        print(f"walked          {size:6}: {walks[size] / size * 1000:6.3f} s per 1,000, {_resident()} MiB resident")
    return published, walks


def _read(dataset_id: str) -> dict:
    return dataset(int(dataset_id.rpartition("-")[2])) | {"state": "active", "private": False}


def _publish(after: int, until: int) -> None:
    with ckan_model.ensure_engine().begin() as connection:
        marks = [{"package_id": dataset(number)["id"], "mark": number} for number in range(after, until)]
        connection.execute(sa.insert(Stale), marks)
    while publishing.publish():
        ckan_model.Session.remove()


def _walk(form: str) -> float:
    """Seconds of a walk through all pages, by the cursors that they give."""
    start, parameters = time.perf_counter(), {}
    while True:
        reading = walk.open_page(asking.read(form, parameters))
        assert reading.body()
        reading.keep()
        parameters = reading.page.others.get("next")
        ckan_model.Session.remove()
        if not parameters:
            return time.perf_counter() - start


def _beside_peer(walks: dict[int, float], published: float, form: str) -> None:
    """Both catalogues whole; ``published`` are seconds per dataset, once, for all profiles and formats."""
    print(f"published once, cold: {published * 1000:.2f} s per 1,000, for all formats and profiles")
    (small, ours), (large, ours_large) = min(walks.items()), max(walks.items())
    start = time.perf_counter()
    for first in range(0, small, PAGE):
        assert stock_page(range(first, first + PAGE), form)
    paged = time.perf_counter() - start
    curve = Curve(form)
    graph, cold = curve.measured[max(curve.measured)], ours + published * small
    print(f"ckanext-dcat, one graph: {curve}")
    print(f"walk of {small}: {ours:.2f} s, {cold:.2f} s with publishing; ckanext-dcat {paged:.2f} s in pages")
    print(f"asked at 1,000: 30 times; found {paged / ours:.0f} against its pages, {graph / ours:.0f} against its one "
          f"graph of {max(curve.measured)}; with publishing {paged / cold:.1f} and {graph / cold:.1f}")  # fmt: skip
    pages, one = paged * large / small, curve(large)
    print(f"asked at 10,000: 150 times; found at {large} {one / ours_large:.0f} against its one graph (by its curve: "
          f"{one:.0f} s), {pages / ours_large:.0f} against its pages (in proportion: {pages:.0f} s)")  # fmt: skip


def _warm(form: str, size: int, rounds: int = 3) -> None:
    """Pages out of the store until all were read some times: by the clock, and by this process's processor alone.

    The walk before has left them joined. PostgreSQL knows how much it has, as it does by itself a minute after a
    catalogue was filled.
    """
    with ckan_model.ensure_engine().begin() as connection:
        connection.execute(sa.text("ANALYZE"))
    clock, effort = time.perf_counter(), time.process_time()
    for _ in range(rounds):
        _walk(form)
    clock, effort = time.perf_counter() - clock, time.process_time() - effort
    print(f"warm, out of the store: {rounds * size / clock:.0f} datasets/s by the clock, PostgreSQL included; "
          f"{rounds * size / effort:.0f} per second of our processor")  # fmt: skip
    print(f"asked: {WARM} datasets/s and core; found {rounds * size / clock:.0f}", flush=True)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 1024**2
