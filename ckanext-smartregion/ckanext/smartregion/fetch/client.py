"""The client: one conversation with redirects followed by hand, retries with back-off, conditional requests."""

from __future__ import annotations

import datetime as dt
import http.client
import io
import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, quote, urljoin
from urllib.robotparser import RobotFileParser

from ckanext.smartregion.fetch import body, rests, robots
from ckanext.smartregion.fetch.address import Lookup, endpoint, resolve, split, system_lookup
from ckanext.smartregion.fetch.connection import PinnedConnection, plain_errors
from ckanext.smartregion.fetch.credentials import Credentials
from ckanext.smartregion.fetch.errors import FetchError, refusal
from ckanext.smartregion.fetch.manners import Alone, Manners
from ckanext.smartregion.fetch.pace import watching
from ckanext.smartregion.fetch.policy import Policy

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PASSING = frozenset({429, 500, 502, 503, 504})
OVERLOADED = frozenset({429, 503})  # the host asks everybody for peace, not only this call
RETRIED = frozenset({"connection", "timeout", "truncated"})  # a drip is not: it would drip again
SAFE = "/%:@!$&'()*+,;=~-._?"


@dataclass(frozen=True)
class Response:
    """What came back: status 200 with a body or a path, or 304 with neither.

    `unprotected` is the https address that led to a plain http one: what came may have been changed on its way.
    """

    status: int
    url: str
    headers: dict[str, str]
    body: bytes = b""
    path: Path | None = None
    sha256: str = ""
    size: int = 0
    unprotected: str = ""

    @property
    def not_modified(self) -> bool:
        """Whether the far end said that nothing changed since the validators we sent."""
        return self.status == 304


@dataclass
class _Call:
    """One call as it goes on: what is wanted, and for how many seconds the far end has been talked to."""

    url: str
    headers: dict[str, str]
    limit: int
    to: Path | None
    robots: bool
    talked: float = 0
    body: bytes | None = None  # what is posted; None where something is fetched


@dataclass
class Client:
    """Fetches over http and https within a policy, with the manners it shares and the credentials it is given.

    Whoever has other things to do meanwhile is told by `aside` of how long each fetch goes on.
    """

    policy: Policy = field(default_factory=Policy)
    lookup: Lookup = system_lookup
    manners: Manners = field(default_factory=Alone)
    credentials: tuple[Credentials, ...] = ()
    aside: Callable[[], AbstractContextManager[object]] = nullcontext
    _robots: dict[str, RobotFileParser] = field(default_factory=dict, repr=False)

    def get(
        self,
        url: str,
        *,
        accept: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int | None = None,
        robots: bool = False,
    ) -> Response:
        """Fetch into memory; with `etag` or `last_modified` the answer may be an empty 304.

        With `robots` the site's robots.txt is obeyed, as is due to pages that are made for people.
        """
        headers = _headers(accept, etag, last_modified)
        return self._fetched(_Call(url, headers, max_bytes or self.policy.max_bytes, None, robots))

    def download(
        self,
        url: str,
        to: Path,
        *,
        accept: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int | None = None,
    ) -> Response:
        """Fetch into a file, which appears whole or not at all."""
        headers = _headers(accept, etag, last_modified)
        return self._fetched(_Call(url, headers, max_bytes or self.policy.max_bytes, to, False))

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Response:
        """Send something, once: what may have arrived is not sent again here. A redirect leads to no second sending."""
        return self._follow(
            _Call(url, _headers(None, None, None) | headers, self.policy.max_bytes, None, False, body=body)
        )

    def _fetched(self, call: _Call) -> Response:
        with self.aside():
            return self._retrying(call)

    def _retrying(self, call: _Call) -> Response:
        for attempt in range(1, self.policy.attempts + 1):
            try:
                return self._follow(call)
            except FetchError as error:
                if error.kind not in RETRIED and error.status not in PASSING:
                    raise
                wait = self._wait(error, attempt)
                if attempt == self.policy.attempts or call.talked > self.policy.persistence:
                    raise
                time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, error: FetchError, attempt: int) -> float:
        """Seconds until the next attempt; a host that is overloaded rests so long for everybody."""
        back_off = self.policy.back_off * 2 ** (attempt - 1) * (1 + random.random() / 4)  # noqa: S311 - no secret
        asked = error.facts.get("retry_after")
        wait = back_off if asked is None else max(asked, back_off)
        if error.status in OVERLOADED:
            self.manners.rest(error.facts["seat"], wait)
        if asked is not None and wait > self.policy.longest_wait:
            raise _resting(error.facts["host"], wait, status=error.status) from error
        return wait

    def _follow(self, call: _Call) -> Response:
        here, unprotected = call.url, ""
        for _ in range(self.policy.redirects + 1):
            answer = self._once(here, call)
            if isinstance(answer, Response):
                return replace(answer, unprotected=unprotected)
            if call.body is not None:
                break
            if here.lower().startswith("https:") and answer.lower().startswith("http:"):
                if self.credentials or not self.policy.unprotected:
                    raise FetchError("downgrade", url=here)
                unprotected = here
            here = answer
        raise FetchError("redirects", url=call.url, limit=self.policy.redirects)

    def _once(self, url: str, call: _Call) -> Response | str:
        """One exchange: a response, or the address it redirects to."""
        parts = split(url)
        host, port = endpoint(parts)
        addresses = resolve(host, port, self.policy.allow_private, self.lookup, self.policy.connect)
        delay = self._obey_robots(parts, url) if call.robots else 0.0
        mine = [one for one in self.credentials if one.fit(parts.scheme, host, port, self.policy.allow_private)]
        connection = PinnedConnection(host, port, addresses, self.policy, secure=parts.scheme == "https")
        seat = f"{host.rstrip('.')}:{port}"
        with self._turn(host, seat) as slot:
            started = time.monotonic()
            renew = partial(self.manners.renew, seat, slot, self.policy)
            try:
                with plain_errors(connection, url), watching(connection, self.policy.total - call.talked, renew):
                    self._send(connection, parts, call, mine)
                    with connection.getresponse() as answer:
                        return self._read(answer, connection, url, call, seat)
            finally:
                call.talked += time.monotonic() - started
                if delay:
                    self.manners.rest(seat, delay)

    def _send(self, connection: PinnedConnection, parts: SplitResult, call: _Call, mine: list[Credentials]) -> None:
        query = "&".join(filter(None, [quote(parts.query, SAFE), *(one.query() for one in mine)]))
        headers: dict[str, Any] = {"User-Agent": self.policy.agent, **call.headers}
        for one in mine:
            headers |= one.headers()
        method = "GET" if call.body is None else "POST"
        connection.request(method, quote(parts.path or "/", SAFE) + (f"?{query}" if query else ""), call.body, headers)

    def _read(
        self, answer: http.client.HTTPResponse, connection: PinnedConnection, url: str, call: _Call, seat: str
    ) -> Response | str:
        headers, now = {name.lower(): value for name, value in answer.getheaders()}, _now()
        quota = rests.spent(headers, now)
        if quota:
            self.manners.rest(seat, quota)
        if answer.status in REDIRECTS and "location" in headers:
            return self._cleansed(urljoin(url, headers["location"]))
        if answer.status == 304 and call.headers.keys() & {"If-None-Match", "If-Modified-Since"}:
            return Response(304, url, headers)
        if not 200 <= answer.status < 300 or answer.status == 206:
            asked = rests.asked(headers, now)
            peace = quota if asked is None else max(asked, quota or 0)
            raise refusal(url, answer.status, retry_after=peace, host=connection.host, seat=seat)
        pieces = body.read(answer, connection, url, call.limit)
        if call.to:
            digest, size = body.store(pieces, call.to)
            return Response(answer.status, url, headers, path=call.to, sha256=digest, size=size)
        memory = io.BytesIO()
        digest, size = body.pour(pieces, memory)
        return Response(answer.status, url, headers, body=memory.getvalue(), sha256=digest, size=size)

    def _cleansed(self, location: str) -> str:
        for one in self.credentials:
            location = one.cleanse(location)
        return location

    def _obey_robots(self, parts: SplitResult, url: str) -> float:
        """Seconds for which the site wants to rest after the call; raises "robots" where it forbids it."""
        site = robots.address(parts.scheme, parts.netloc)
        if site not in self._robots:
            self._robots[site] = robots.rules(self._robots_of(site))
        if not self._robots[site].can_fetch(self.policy.agent, url):
            raise FetchError("robots", url=url, host=parts.hostname)
        return min(float(self._robots[site].crawl_delay(self.policy.agent) or 0), self.policy.longest_wait)

    def _robots_of(self, site: str) -> bytes:
        try:
            return self._follow(_Call(site, _headers(None, None, None), robots.ANSWERED, None, False)).body
        except FetchError as error:
            if error.kind == "resting":
                raise
            return b""

    @contextmanager
    def _turn(self, host: str, seat: str) -> Iterator[str]:
        """Wait until the host may be called, and hold a slot of it; raises "resting" where that takes too long."""
        slot, patience = uuid.uuid4().hex, time.monotonic() + self.policy.longest_wait
        while wait := self._to_wait(host.rstrip("."), seat, slot):
            if time.monotonic() + wait > patience:
                raise _resting(host, max(wait, self.policy.longest_wait))
            time.sleep(wait * (1 + random.random() / 4))  # noqa: S311 - so that not all come back at once
        try:
            yield slot
        finally:
            self.manners.leave(seat, slot)

    def _to_wait(self, host: str, seat: str, slot: str) -> float:
        return rests.quiet_left(self.policy.quiet, host, _now()) or self.manners.ask(seat, slot, self.policy)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _resting(host: str, seconds: float, **facts: Any) -> FetchError:
    return FetchError("resting", host=host, until=_now() + dt.timedelta(seconds=seconds), **facts)


def _headers(accept: str | None, etag: str | None, last_modified: str | None) -> dict[str, str]:
    wanted = {"Accept": accept or "*/*", "If-None-Match": etag, "If-Modified-Since": last_modified}
    return {"Accept-Encoding": "gzip, deflate", **{name: value for name, value in wanted.items() if value}}
