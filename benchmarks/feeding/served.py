"""The portal as it is served: gunicorn with one worker process, ten connections, and one edit that is followed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

from ckanext.smartregion.feeds.emission import FORMATS

from stack import ini, postgres
from stack.progress import wait_until
from stack.settings import CKAN, PYTHON, ROOT, Stack, free_port

PAGE = "/catalog.ttl?page=1"
RATE = 1_000  # answers per second
REQUESTS = {"warm page": 20_000, "304": 20_000, "peer": 40}


def answers(stack: Stack) -> None:
    """A warm page, the same not sent again, and ckanext-dcat's page of the same datasets."""
    with _server(stack, stack.ini) as port:
        tag = _fetched(port, PAGE)[1]["ETag"]
        _fetched(port, PAGE, {"Accept-Encoding": "gzip"})
        found = {
            "warm page": _loaded(port, REQUESTS["warm page"]),
            "304": _loaded(port, REQUESTS["304"], f"If-None-Match: {tag}"),
        }
    with _server(stack, _of_the_peer(stack)) as port:
        _fetched(port, PAGE)
        found["peer"] = _loaded(port, REQUESTS["peer"])
    for name, one in found.items():
        print(f"{name:<12} {one['rate']:9.1f} answers/s, p50 {one['p50']:.1f} ms, p99 {one['p99']:.1f} ms at 10 "
              f"connections, status {one['statuses']}")  # fmt: skip
    for name in ("warm page", "304"):
        print(f"asked: {RATE} answers/s for a {name}; found {found[name]['rate']:.0f}, "
              f"{found[name]['rate'] / found['peer']['rate']:.0f} times ckanext-dcat's page", flush=True)  # fmt: skip
    assert [found[name]["statuses"] for name in found] == [[200], [304], [200]]


def cold(stack: Stack, change: Callable[[int], object], rounds: int = 9) -> None:
    """The first request for a page since something in it has changed; ckanext-dcat makes each page anew."""
    with _server(stack, stack.ini) as port:
        for form in FORMATS:
            _fetched(port, _page(form))
        changes = count()
        ours = {form: [_after(port, form, lambda: change(next(changes))) for _ in range(rounds)] for form in FORMATS}
    with _server(stack, _of_the_peer(stack)) as port:
        for form in FORMATS:
            _fetched(port, _page_of_the_peer(form))
        peer = {form: [_seconds(partial(_fetched, port, _page_of_the_peer(form))) for _ in range(rounds)]
                for form in FORMATS}  # fmt: skip
    for form in FORMATS:
        mine, theirs = median(ours[form]), median(peer[form])
        print(f"first page after a change, {form:<6} {mine * 1000:6.1f} ms, ckanext-dcat {theirs * 1000:6.1f} ms")
        print(f"asked: 20 times; found {theirs / mine:.1f}", flush=True)


def _page_of_the_peer(form: str) -> str:
    """N-Triples it gives by its action alone."""
    return _page(form) if form != "nt" else "/api/3/action/dcat_catalog_show?format=nt&page=1"


def _after(port: int, form: str, change: Callable[[], object]) -> float:
    """Seconds of the first request after a change."""
    before = _fetched(port, _page(form))[1]["ETag"]
    change()
    found: list[dict[str, str]] = []
    seconds = _seconds(lambda: found.append(_fetched(port, _page(form))[1]))
    assert found[0]["ETag"] != before, "nothing has changed"
    return seconds


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _page(form: str) -> str:
    return f"/catalog.{form}?page=1"


def edits(stack: Stack, edit: Callable[[int], str], rounds: int = 5) -> None:
    """Seconds from the beginning of an edit until it stands in the change feed, while changes are followed."""
    command = [*CKAN, "-c", str(stack.ini), "smartregion", "feed", "follow"]
    with _server(stack, stack.ini) as port, _running(command, stack, "bench-follower"):
        wait_until(lambda: _follows(stack), seconds=60, otherwise="Nothing follows the changes.")
        time.sleep(5)  # what else it does at its start
        seconds, before = [], _number(stack, "SELECT max(seq) FROM smartregion_feed_version")
        for number in range(rounds):
            # Asked before: the portal answers from memory until the follower, and not this reader, has published it.
            address = f"/feeds/changes.json?after={before + number}"
            _fetched(port, address)
            start, dataset_id = time.perf_counter(), edit(number)
            while dataset_id.encode() not in _fetched(port, address)[0]:
                time.sleep(0.02)
            seconds.append(time.perf_counter() - start)
        rendered = _number(stack, "SELECT max(seq) FROM smartregion_feed_version") - before
    print(f"one edit, its own call included, in the change feed after {', '.join(f'{each:.2f}' for each in seconds)} s")
    print(f"asked: 2 s; found {max(seconds):.2f} s at most; {rendered} datasets rendered by {rounds} edits", flush=True)
    assert rendered == rounds


def _follows(stack: Stack) -> bool:
    waiting = _number(stack, "SELECT count(*) FROM smartregion_stale")
    return not waiting and _number(stack, "SELECT count(*) FROM smartregion_feed_state WHERE name = 'follower'") > 0


def _number(stack: Stack, query: str) -> int:
    with postgres.connect(stack, "ckan").cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]  # type: ignore[index]


def _of_the_peer(stack: Stack) -> Path:
    """The same configuration without our feeds: ckanext-dcat answers at its addresses."""
    configuration = stack.run_dir / "peer.ini"
    configuration.touch(mode=0o600)
    configuration.write_text(stack.ini.read_text(encoding="utf-8").replace(" smartregion_feeds ", " "))
    assert "smartregion_feeds" in ini.plugins(stack)
    return configuration


@contextmanager
def _server(stack: Stack, configuration: Path) -> Iterator[int]:
    """gunicorn as in production, with one worker process."""
    port = free_port()
    settings = str(ROOT / "stack/gunicorn.conf.py")
    command = [str(PYTHON), "-m", "gunicorn", "--config", settings, "--bind", f"127.0.0.1:{port}"]
    more = {"CKAN_INI": str(configuration), "SMARTREGION_WEB_WORKERS": "1"}
    with _running([*command, "stack.wsgi:application"], stack, "bench-web", more):
        wait_until(lambda: _is_up(port), seconds=90, otherwise=f"The portal doesn't answer; read {stack.logs}.")
        yield port


@contextmanager
def _running(command: list[str], stack: Stack, name: str, more: dict[str, str] | None = None) -> Iterator[None]:
    with (stack.logs / f"{name}.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, env={**os.environ, **(more or {})})
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def _is_up(port: int) -> bool:
    try:
        return bool(_fetched(port, "/api/3/action/status_show")[0])
    except (urllib.error.URLError, OSError):
        return False


def _fetched(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[bytes, dict[str, str]]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers or {})
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return answer.read(), dict(answer.headers)


def _loaded(port: int, count: int, header: str = "") -> dict:
    script = str(Path(__file__).with_name("load.py"))
    command = [sys.executable, script, str(port), PAGE, str(count), *([header] if header else [])]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
