"""Politeness towards a host: by one process, by many, with Redis and without."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import redis
from far_end import Answer, FarEnd, Request

from ckan import plugins
from ckan.lib.redis import connect_to_redis

from ckanext.smartregion import outgoing, politeness
from ckanext.smartregion.belgium import BELGIUM
from ckanext.smartregion.fetch import Alone, Client, FetchError, Manners, Policy, Quiet, rests
from ckanext.smartregion.politeness import Shared

NOON = dt.datetime(2026, 7, 1, 10, 0, tzinfo=dt.UTC)  # noon in Belgium


# -- what headers say


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Wed, 01 Jul 2026 10:02:00 GMT", 120),
        ("Wed, 01 Jul 2026 09:00:00 GMT", 0),
        ("999999999", 86400),
        ("Fri, 01 Jan 2038 00:00:00 GMT", 86400),
        ("soon", None),
        ("-5", None),
        ("\u0661\u0662", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_each_of_its_forms(said: str, seconds: float | None) -> None:
    assert rests.asked({"retry-after": said}, NOON) == seconds


RESET = {
    "a date of ISO 8601": "2026-07-01T10:10:00Z",
    "a date with a blank": "2026-07-01 10:10:00+00:00",
    "seconds since 1970": str(int(NOON.timestamp()) + 600),
    "milliseconds since 1970": str(int(NOON.timestamp() + 600) * 1000),
    "seconds": "600",
}


@pytest.mark.parametrize("reset", RESET.values(), ids=RESET)
def test_quota_that_is_nearly_spent_rests_until_it_is_renewed(reset: str) -> None:
    headers = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "100", "x-ratelimit-reset": reset}

    assert rests.spent(headers, NOON) == 600


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "101"}, None),
        ({"x-ratelimit-limit": "10", "x-ratelimit-remaining": "2"}, None),
        ({"x-ratelimit-limit": "10", "x-ratelimit-remaining": "1"}, 3600),
        ({"x-ratelimit-remaining": "0"}, 3600),
        ({"x-ratelimit-remaining": "unlimited"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "tomorrow"}, 3600),
    ],
)
def test_quota_is_minded_only_where_it_is_named_and_nearly_spent(headers: dict, seconds: float | None) -> None:
    assert rests.spent(headers, NOON) == seconds


@pytest.mark.parametrize(
    ("hours", "host", "left"),
    [
        ("data.namur.be=11:00-13:00", "data.namur.be", 3600),
        ("data.namur.be=11:00-13:00", "data.liege.be", 0),
        ("*.namur.be=11:00-13:00", "data.namur.be", 3600),
        ("*=12:00-12:30", "a.be", 1800),
        ("*=11:00-12:00", "a.be", 0),
        ("*=22:00-06:00", "a.be", 0),
        ("*=11:00-06:00", "a.be", 18 * 3600),
        ("*=00:00-00:00", "a.be", 12 * 3600),
    ],
)
def test_quiet_hours_hold_in_belgian_time(hours: str, host: str, left: float) -> None:
    assert rests.quiet_left([Quiet.parse(hours)], host, NOON) == left


def test_quiet_hours_end_by_the_clock_in_the_night_that_is_an_hour_longer() -> None:
    evening = dt.datetime(2026, 10, 24, 20, 0, tzinfo=dt.UTC)  # 22:00 in Belgium, summer time until 3:00

    assert Quiet.parse("*=22:00-06:00").left("a.be", evening) == 9 * 3600


@pytest.mark.parametrize("text", ["a.be", "a.be=22-6", "a.be=22:00-25:00", "=22:00-06:00", "a.be = 22:00-06:00"])
def test_quiet_hours_that_can_not_be_read_are_refused_with_their_form(text: str) -> None:
    with pytest.raises(ValueError, match="host=22:00-06:00"):
        Quiet.parse(text)


# -- the same rules, kept by one process and by Redis


@pytest.fixture
def server(ckan_config) -> redis.Redis:
    """The test's Redis."""
    return connect_to_redis()


@pytest.fixture(params=["alone", "shared"])
def manners(request, server: redis.Redis) -> Manners:
    """Manners of both kinds; those in Redis under a prefix of this test."""
    return Alone() if request.param == "alone" else Shared(lambda: server, f"test:{uuid.uuid4().hex}")


SEAT = "data.namur.be:443"


def test_call_after_call_keeps_the_pause(manners: Manners) -> None:
    policy = Policy(pause=0.2, at_once=5)

    assert manners.ask(SEAT, "a", policy) == 0
    assert 0.1 < manners.ask(SEAT, "b", policy) <= 0.2
    assert manners.ask("data.liege.be:443", "b", policy) == 0
    time.sleep(0.2)
    assert manners.ask(SEAT, "b", policy) == 0


def test_host_has_no_more_conversations_than_agreed(manners: Manners) -> None:
    policy = Policy(at_once=2)

    assert [manners.ask(SEAT, slot, policy) == 0 for slot in "abc"] == [True, True, False]
    manners.leave(SEAT, "a")
    assert manners.ask(SEAT, "c", policy) == 0


def test_slot_of_a_dead_holder_ends_by_itself_and_that_of_a_living_one_does_not(manners: Manners) -> None:
    policy = Policy(at_once=1, lease=2)

    assert manners.ask(SEAT, "a", policy) == 0
    time.sleep(1.2)
    manners.renew(SEAT, "a", policy)
    time.sleep(1.2)
    assert manners.ask(SEAT, "b", policy) > 0
    time.sleep(1.2)
    assert manners.ask(SEAT, "b", policy) == 0


def test_host_rests_as_long_as_the_longest_that_was_asked(manners: Manners) -> None:
    manners.rest(SEAT, 0.4)
    manners.rest(SEAT, 0.1)

    assert 0.2 < manners.ask(SEAT, "a", Policy()) <= 0.4
    time.sleep(0.4)
    assert manners.ask(SEAT, "a", Policy()) == 0


def test_what_redis_keeps_ends_by_itself(server: redis.Redis) -> None:
    prefix = f"test:{uuid.uuid4().hex}"
    manners = Shared(lambda: server, prefix)
    manners.ask(SEAT, "a", Policy(pause=1))
    manners.rest(SEAT, 60)

    keys = server.keys(f"{prefix}:*")
    assert len(keys) == 3
    assert all(0 < server.pttl(key) <= 61_000 for key in keys)


# -- the client


def polite(far_end: FarEnd, manners: Manners, **limits: object) -> Client:
    limits = {"allow_private": (far_end.host,), "longest_wait": 1, "back_off": 0.01} | limits
    return Client(Policy(**limits), manners=manners)  # type: ignore[arg-type]


def crowd(far_end: FarEnd, seconds: float) -> list[int]:
    """Serve /a slowly; give the list that fills with how many requests were under way as each came in."""
    under_way, lock, seen = [0], threading.Lock(), []

    def answer(request: Request) -> Answer:
        with lock:
            under_way[0] += 1
            seen.append(under_way[0])
        time.sleep(seconds)
        with lock:
            under_way[0] -= 1
        return Answer(b"x")

    far_end.serve("/a", answer)
    return seen


def test_threads_share_a_host(far_end: FarEnd, manners: Manners) -> None:
    seen = crowd(far_end, 0.1)
    client = polite(far_end, manners, at_once=2, longest_wait=10)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.get(far_end.url + "/a"), range(12)))

    assert (len(seen), max(seen)) == (12, 2)


@pytest.mark.parametrize("status", [429, 503])
def test_host_that_asks_for_peace_gets_it_from_all_workers(far_end, manners, failure: Callable, status: int) -> None:
    far_end.serve("/busy", Answer(status=status, headers={"Retry-After": "60"}))
    far_end.serve("/a", "x")

    first = failure(polite(far_end, manners), far_end.url + "/busy")
    other = failure(polite(far_end, manners), far_end.url + "/a")

    assert (first.kind, first.status, other.kind) == ("resting", status, "resting")
    assert 55 < (other.until - dt.datetime.now(dt.UTC)).total_seconds() <= 61
    assert len(far_end.requests) == 1


def test_short_rest_is_waited_for(far_end: FarEnd, manners: Manners) -> None:
    manners.rest(f"127.0.0.1:{far_end.port}", 0.4)
    started = time.monotonic()

    assert polite(far_end, manners).get(far_end.serve("/a", "x")).body == b"x"
    assert time.monotonic() - started >= 0.35


def test_error_that_is_no_overload_lets_others_call(far_end: FarEnd, manners: Manners, failure: Callable) -> None:
    far_end.serve("/broken", Answer(status=500, headers={"Retry-After": "60"}))

    assert failure(polite(far_end, manners), far_end.url + "/broken").kind == "resting"
    assert polite(far_end, manners).get(far_end.serve("/a", "x")).body == b"x"


def test_quota_is_not_spent_to_its_end(far_end: FarEnd, manners: Manners, failure: Callable) -> None:
    left = iter(range(52, 0, -1))

    def answer(request: Request) -> Answer:
        quota = {"X-RateLimit-Limit": "2500", "X-RateLimit-Remaining": str(next(left)), "X-RateLimit-Reset": "600"}
        return Answer(b"x", headers=quota)

    url = far_end.serve("/a", answer)
    client = polite(far_end, manners)

    assert [client.get(url).body for _ in range(3)] == [b"x"] * 3
    assert failure(polite(far_end, manners), url).kind == "resting"
    assert len(far_end.requests) == 3


def test_quota_that_is_spent_tells_when_to_come_back(far_end: FarEnd, manners: Manners, failure: Callable) -> None:
    reset = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=5)).isoformat(" ", "seconds")
    quota = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    error = failure(polite(far_end, manners), far_end.serve("/a", Answer(status=429, headers=quota)))

    assert (error.kind, error.status) == ("resting", 429)
    assert 4.9 < (error.until - dt.datetime.now(dt.UTC)).total_seconds() / 3600 <= 5


def test_host_is_not_called_in_its_quiet_hours(far_end: FarEnd, manners: Manners, failure: Callable) -> None:
    here = dt.datetime.now(BELGIUM)
    start, end = (here - dt.timedelta(hours=1)), (here + dt.timedelta(hours=2))
    quiet = (Quiet.parse(f"127.0.0.*={start:%H:%M}-{end:%H:%M}"),)

    error = failure(polite(far_end, manners, quiet=quiet), far_end.serve("/a", "x"))

    assert error.kind == "resting"
    assert error.until.astimezone(BELGIUM).strftime("%H:%M") == f"{end:%H:%M}"
    assert far_end.requests == []


def test_host_that_stays_full_puts_the_call_off(far_end: FarEnd, manners: Manners, failure: Callable) -> None:
    manners.ask(f"127.0.0.1:{far_end.port}", "another", Policy(at_once=1))
    error = failure(polite(far_end, manners, at_once=1, longest_wait=0.3), far_end.serve("/a", "x"))

    assert error.kind == "resting"
    assert error.until > dt.datetime.now(dt.UTC)


def test_long_conversation_keeps_its_slot(far_end: FarEnd, manners: Manners) -> None:
    seen = crowd(far_end, 1.0)
    client = polite(far_end, manners, at_once=1, lease=0.8, longest_wait=5)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: client.get(far_end.url + "/a"), range(2)))

    assert seen == [1, 1]


def test_slot_is_given_back_whatever_happens(far_end: FarEnd, manners: Manners, failure: Callable) -> None:
    client = polite(far_end, manners, at_once=1, attempts=1)
    for answer in (Answer(status=404), Answer(b"x" * 9, cut=5), Answer(status=302, headers={"Location": "/next"})):
        assert failure(client, far_end.serve("/a", answer)).kind in {"missing", "truncated"}

    assert client.get(far_end.serve("/b", "x")).body == b"x"


# -- many processes

FORK = multiprocessing.get_context("fork")  # what is loaded need not be loaded again


class Fetcher(FORK.Process):
    """A process with manners and a client of its own, which fetches an address so many times."""

    def __init__(self, address: str, times: int, lease: float, redis_url: str, prefix: str) -> None:
        super().__init__()
        self.address, self.times, self.lease = address, times, lease
        self.redis_url, self.prefix = redis_url, prefix
        self.failures = FORK.SimpleQueue()

    def run(self) -> None:
        policy = Policy(allow_private=(urlsplit(self.address).netloc,), at_once=2, lease=self.lease, longest_wait=20)
        client = Client(policy, manners=Shared(lambda: redis.Redis.from_url(self.redis_url), self.prefix))
        for _ in range(self.times):
            try:
                client.get(self.address)
            except FetchError as error:
                self.failures.put(error.kind)

    def failed(self) -> list[str]:
        """How its fetches failed, once it has ended."""
        self.join(60)
        assert self.exitcode == 0
        return [self.failures.get() for _ in iter(self.failures.empty, True)]


@pytest.fixture
def fetcher(ckan_config, far_end: FarEnd) -> Iterator[Callable[..., Fetcher]]:
    """Start a process that fetches a path so many times; all of a test share their manners."""
    prefix, started = f"test:{uuid.uuid4().hex}", []

    def start(path: str, times: int, lease: float = 15) -> Fetcher:
        started.append(Fetcher(far_end.url + path, times, lease, ckan_config["ckan.redis.url"], prefix))
        started[-1].start()
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.join()


def test_processes_share_a_host(far_end: FarEnd, fetcher: Callable) -> None:
    seen = crowd(far_end, 0.2)
    processes = [fetcher("/a", 5) for _ in range(3)]

    assert [process.failed() for process in processes] == [[]] * 3
    assert (len(seen), max(seen)) == (15, 2)


def test_processes_respect_what_one_of_them_was_told(far_end: FarEnd, fetcher: Callable) -> None:
    far_end.serve("/busy", Answer(status=429, headers={"Retry-After": "300"}))
    far_end.serve("/a", "x")

    assert fetcher("/busy", 1).failed() == ["resting"]
    assert fetcher("/a", 2).failed() == ["resting", "resting"]
    assert [request.path for request in far_end.requests] == ["/busy"]


def test_killed_processes_leave_no_slot_behind(far_end: FarEnd, fetcher: Callable) -> None:
    arrived = threading.Semaphore(0)

    def answer(request: Request) -> Answer:
        arrived.release()
        far_end.stopping.wait(30)
        return Answer()

    far_end.serve("/never", answer)
    far_end.serve("/a", "x")
    doomed = [fetcher("/never", 1, lease=1) for _ in range(2)]
    assert all(arrived.acquire(timeout=60) for _ in doomed)
    for process in doomed:
        process.kill()
        process.join()

    assert fetcher("/a", 1, lease=1).failed() == []
    assert far_end.requests[-1].path == "/a"


# -- Redis away


def test_without_redis_a_process_is_polite_on_its_own(far_end: FarEnd, failure: Callable) -> None:
    seen, asked = crowd(far_end, 0.1), []

    def away() -> redis.Redis:
        asked.append(1)
        return redis.Redis(port=1, retry=None)

    client = polite(far_end, Shared(away, "x"), at_once=1, longest_wait=10)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: client.get(far_end.url + "/a"), range(3)))
    far_end.serve("/busy", Answer(status=429, headers={"Retry-After": "60"}))
    failure(client, far_end.url + "/busy")

    assert seen == [1, 1, 1]
    assert failure(client, far_end.url + "/a").kind == "resting"
    assert len(asked) <= 3, "Redis is not asked again at every call"


def test_rest_is_remembered_when_redis_goes_away(server: redis.Redis) -> None:
    manners = Shared(lambda: server, f"test:{uuid.uuid4().hex}")
    manners.rest(SEAT, 60)
    manners.connect = lambda: redis.Redis(port=1, retry=None)

    assert manners.ask(SEAT, "a", Policy()) > 50


# -- the configured client


@pytest.mark.ckan_config("smartregion.fetch.quiet", ["*.namur.be=22:00-06:00", "www.odwb.be=08:00-18:00"])
@pytest.mark.ckan_config("smartregion.fetch.at_once", 3)
@pytest.mark.ckan_config("smartregion.fetch.contact", "mailto:donnees@wallonie.example")
@pytest.mark.usefixtures("with_plugins")
def test_client_of_the_site_has_its_limits_and_its_manners() -> None:
    client = outgoing.client(total=60)

    assert client.manners is politeness.shared()
    assert (client.policy.at_once, client.policy.total) == (3, 60)
    assert [one.hosts for one in client.policy.quiet] == ["*.namur.be", "www.odwb.be"]
    assert client.policy.agent.endswith("(+mailto:donnees@wallonie.example)")


@pytest.mark.usefixtures("with_plugins")
def test_site_does_not_start_with_quiet_hours_that_can_not_be_read(ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "smartregion.fetch.quiet", ["www.odwb.be=at night"])

    with pytest.raises(ValueError, match="at night"):
        plugins.get_plugin("smartregion").configure(ckan_config)


def test_resting_is_said_in_four_languages_with_its_moment() -> None:
    texts = FetchError("resting", host="a.be", until=NOON).texts

    assert all("2026-07-01 12:00 CEST" in text for text in texts.values())
    assert len(texts) == 4
