"""A connection pinned to an address that was checked."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, BinaryIO

import certifi

from ckanext.smartregion.fetch.errors import FetchError
from ckanext.smartregion.fetch.pace import Pace
from ckanext.smartregion.fetch.policy import Policy


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """The system's certificates and certifi's, so that a bare machine and a company's own authority both work."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class _Lines:
    """The lines of the headers, and whether they end before they should: http.client takes a break for their end."""

    def __init__(self, wire: BinaryIO) -> None:
        self.wire, self.broken_off = wire, False

    def readline(self, limit: int = -1) -> bytes:
        line = self.wire.readline(limit)
        self.broken_off = not line.endswith(b"\n")
        return line

    def close(self) -> None:
        self.wire.close()


class Answer(http.client.HTTPResponse):
    """An answer that tells the pace of its connection when its first byte came and when its headers are complete."""

    def __init__(self, pace: Pace, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self.pace = pace

    def begin(self) -> None:
        """Read the headers; raises IncompleteRead when they break off."""
        wire: Any = self.fp
        lines: Any = _Lines(wire)
        if wire.peek(1):  # waits for the first byte
            self.pace.heard(0, time.monotonic())
        self.fp = lines
        super().begin()
        if self.fp is lines:
            self.fp = wire
        if lines.broken_off:
            raise http.client.IncompleteRead(b"")
        self.pace.pause(time.monotonic())


class PinnedConnection(http.client.HTTPConnection):
    """HTTP to one of the checked addresses, while Host header and certificate check keep the name."""

    def __init__(self, host: str, port: int, addresses: list[str], policy: Policy, *, secure: bool) -> None:
        super().__init__(host, port, timeout=policy.connect)
        self.default_port = 443 if secure else 80
        self.addresses, self.policy, self.secure = addresses, policy, secure
        self.pace = Pace(policy.patience, policy.slowest)
        self.response_class = partial(Answer, self.pace)  # type: ignore[assignment]
        self.cut_as = ""  # the kind of error with which the watch ended the conversation
        # http.client forgets its socket once it has handed the answer over; the watch must not.
        self.wire: socket.socket | None = None

    def connect(self) -> None:
        """Try the addresses in turn, then shake hands; name and address never part."""
        self.sock = self.wire = self._reach()
        if self.cut_as:
            raise TimeoutError
        if self.secure:
            self.pace.heard(0, time.monotonic())  # a handshake can drip as well
            name = self.host.rstrip(".")
            shaking = tls().wrap_socket(self.sock, server_hostname=name, do_handshake_on_connect=False)
            self.sock = self.wire = shaking
            shaking.do_handshake()
            self.pace.pause(time.monotonic())
        self.sock.settimeout(self.policy.read)

    def cut(self, kind: str) -> None:
        """End the conversation from another thread: the only cure for an answer that drips."""
        self.cut_as = kind
        if self.wire is not None:
            try:
                self.wire.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

    def was_cut(self) -> FetchError:
        """Why the watch ended the conversation."""
        limits = {"timeout": {"seconds": self.policy.total}, "slow": {"rate": self.policy.slowest}}
        return FetchError(self.cut_as, host=self.host, **limits[self.cut_as])

    def _reach(self) -> socket.socket:
        """Many dead addresses cost no more time together than one."""
        problem: OSError = ConnectionError("no address")
        deadline = time.monotonic() + self.policy.connect
        for number, address in enumerate(self.addresses):
            share = (deadline - time.monotonic()) / (len(self.addresses) - number)
            try:
                return socket.create_connection((address, self.port), max(0.1, share))
            except OSError as error:
                problem = error
        raise problem


@contextmanager
def plain_errors(connection: PinnedConnection, url: str) -> Iterator[None]:
    """Whatever the network does, as a FetchError."""
    host = connection.host
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise FetchError("certificate", host=host, reason=error.verify_message) from error
    except (OSError, http.client.HTTPException, ValueError, AttributeError, FetchError) as error:
        if connection.cut_as:
            raise connection.was_cut() from error
        if isinstance(error, FetchError):
            raise
        if isinstance(error, TimeoutError):
            raise FetchError("timeout", host=host, seconds=connection.policy.read) from error
        if isinstance(error, http.client.IncompleteRead):
            raise FetchError("truncated", url=url) from error
        raise FetchError("connection", host=host, reason=_reason(error)) from error


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__)[:200]
