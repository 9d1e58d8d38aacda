"""The client: one conversation with redirects followed by hand, retries with back-off, conditional requests."""

from __future__ import annotations

import hashlib
import http.client
import io
import random
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urljoin

from ckanext.smartregion.fetch.address import Lookup, endpoint, resolve, split, system_lookup
from ckanext.smartregion.fetch.connection import PinnedConnection, body
from ckanext.smartregion.fetch.errors import FetchError
from ckanext.smartregion.fetch.policy import Policy

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PASSING = frozenset({429, 500, 502, 503, 504})
RETRIED = frozenset({"connection", "timeout", "truncated", "slow"})
SAFE = "/%:@!$&'()*+,;=~-._?"


@dataclass(frozen=True)
class Response:
    """What came back: status 200 with a body or a path, or 304 with neither."""

    status: int
    url: str
    headers: dict[str, str]
    body: bytes = b""
    path: Path | None = None
    sha256: str = ""
    size: int = 0

    @property
    def not_modified(self) -> bool:
        """Whether the far end said that nothing changed since the validators we sent."""
        return self.status == 304


@dataclass
class Client:
    """Fetches over http and https within a policy; keeps nothing but the time of its last call to each host."""

    policy: Policy = field(default_factory=Policy)
    lookup: Lookup = system_lookup
    _last_call: dict[str, float] = field(default_factory=dict, repr=False)

    def get(
        self,
        url: str,
        *,
        accept: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int | None = None,
    ) -> Response:
        """Fetch into memory; with `etag` or `last_modified` the answer may be an empty 304."""
        return self._retrying(url, _headers(accept, etag, last_modified), max_bytes, None)

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
        return self._retrying(url, _headers(accept, etag, last_modified), max_bytes, to)

    def _retrying(self, url: str, headers: dict[str, str], max_bytes: int | None, to: Path | None) -> Response:
        limit = max_bytes or self.policy.max_bytes
        deadline = time.monotonic() + self.policy.total
        for attempt in range(1, self.policy.attempts + 1):
            try:
                return self._follow(url, headers, limit, to, deadline)
            except FetchError as error:
                wait = self._wait(error, attempt)
                if wait is None or time.monotonic() + wait >= deadline:
                    raise
                time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, error: FetchError, attempt: int) -> float | None:
        """Seconds until the next attempt, or None when there is none."""
        passing = error.kind in RETRIED or error.status in PASSING
        if not passing or attempt >= self.policy.attempts:
            return None
        asked = error.facts.get("retry_after")
        if asked is not None:
            return asked if asked <= self.policy.longest_wait else None
        return self.policy.back_off * 2 ** (attempt - 1) * (1 + random.random() / 4)  # noqa: S311 - jitter, no secret

    def _follow(self, url: str, headers: dict[str, str], limit: int, to: Path | None, deadline: float) -> Response:
        here = url
        for _ in range(self.policy.redirects + 1):
            answer = self._once(here, headers, limit, to, deadline)
            if isinstance(answer, Response):
                return answer
            here = answer
        raise FetchError("redirects", url=url, limit=self.policy.redirects)

    def _once(self, url: str, headers: dict[str, str], limit: int, to: Path | None, deadline: float) -> Response | str:
        """One exchange: a response, or the address it redirects to."""
        parts = split(url)
        host, port = endpoint(parts)
        addresses = resolve(host, port, self.policy.allow_private, self.lookup)
        self._be_polite(host)
        target = quote(parts.path or "/", SAFE) + (f"?{quote(parts.query, SAFE)}" if parts.query else "")
        connection = PinnedConnection(host, port, addresses, self.policy, secure=parts.scheme == "https")
        with _plain_errors(connection, host, self.policy), _watchdog(connection, deadline):
            connection.request("GET", target, headers={"User-Agent": self.policy.agent, **headers})
            with connection.getresponse() as answer:
                if answer.status in REDIRECTS and answer.getheader("Location"):
                    return urljoin(url, answer.getheader("Location"))
                if answer.status != 304 and not 200 <= answer.status < 300:
                    raise FetchError("status", url=url, status=answer.status, retry_after=_retry_after(answer))
                return _store(answer, url, body(answer, connection, url, limit), to)

    def _be_polite(self, host: str) -> None:
        due = self._last_call.get(host, 0) + self.policy.pause
        time.sleep(max(0.0, due - time.monotonic()))
        self._last_call[host] = time.monotonic()


def _headers(accept: str | None, etag: str | None, last_modified: str | None) -> dict[str, str]:
    wanted = {"Accept": accept or "*/*", "If-None-Match": etag, "If-Modified-Since": last_modified}
    return {"Accept-Encoding": "gzip, deflate", **{name: value for name, value in wanted.items() if value}}


def _store(answer: http.client.HTTPResponse, url: str, pieces: Iterator[bytes], to: Path | None) -> Response:
    headers = {name.lower(): value for name, value in answer.getheaders()}
    if answer.status == 304:
        return Response(304, url, headers)
    if to is None:
        memory = io.BytesIO()
        digest, size = _pour(pieces, memory)
        return Response(answer.status, url, headers, body=memory.getvalue(), sha256=digest, size=size)
    part = to.with_name(to.name + ".part")
    try:
        with part.open("wb") as file:
            digest, size = _pour(pieces, file)
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
    return Response(answer.status, url, headers, path=to, sha256=digest, size=size)


def _pour(pieces: Iterator[bytes], sink: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        sink.write(piece)
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _retry_after(answer: http.client.HTTPResponse) -> float | None:
    text = (answer.getheader("Retry-After") or "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


@contextmanager
def _watchdog(connection: PinnedConnection, deadline: float) -> Iterator[None]:
    """Cut the connection at the deadline: a time-out per read never ends a sender of one byte at a time."""
    timer = threading.Timer(max(0.0, deadline - time.monotonic()), connection.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()


@contextmanager
def _plain_errors(connection: PinnedConnection, host: str, policy: Policy) -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise FetchError("certificate", host=host, reason=error.verify_message) from error
    except TimeoutError as error:
        raise FetchError("timeout", host=host, seconds=policy.read) from error
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        if connection.overdue.is_set():
            raise FetchError("timeout", host=host, seconds=policy.total) from error
        raise FetchError("connection", host=host, reason=_reason(error)) from error
    except FetchError as error:
        if connection.overdue.is_set():
            raise FetchError("timeout", host=host, seconds=policy.total) from error
        raise


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
