"""A connection pinned to an address that was checked, and a body that is read under caps."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from functools import lru_cache

import certifi

from ckanext.smartregion.fetch.errors import FetchError
from ckanext.smartregion.fetch.policy import Policy

PIECE = 64 * 1024
ENCODINGS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """The system's certificates and certifi's, so that a bare machine and a company's own authority both work."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class PinnedConnection(http.client.HTTPConnection):
    """HTTP to one of the checked addresses, while Host header and certificate check keep the name."""

    def __init__(self, host: str, port: int, addresses: list[str], policy: Policy, *, secure: bool) -> None:
        super().__init__(host, port, timeout=policy.connect)
        self.default_port = 443 if secure else 80
        self.addresses, self.policy, self.secure = addresses, policy, secure
        self.overdue = threading.Event()
        # http.client forgets its socket once it has handed the answer over; the watchdog must not.
        self.wire: socket.socket | None = None

    def connect(self) -> None:
        """Try the addresses in turn, then shake hands; name and address never part."""
        self.sock = self.wire = self._reach()
        if self.secure:
            shaking = tls().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = self.wire = shaking
            shaking.do_handshake()
        self.sock.settimeout(self.policy.read)

    def cut(self) -> None:
        """End the conversation from another thread: the only cure for an answer that drips."""
        self.overdue.set()
        if self.wire is not None:
            try:
                self.wire.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

    def _reach(self) -> socket.socket:
        problem: OSError = ConnectionError("no address")
        for address in self.addresses:
            try:
                return socket.create_connection((address, self.port), self.policy.connect)
            except OSError as error:
                problem = error
        raise problem


def body(answer: http.client.HTTPResponse, connection: PinnedConnection, url: str, limit: int) -> Iterator[bytes]:
    """The unpacked body piece by piece; raises when it is too large, too slow, cut short or badly packed."""
    received = 0
    for piece in _unpack(_raw(answer, connection, url), url, answer.getheader("Content-Encoding", "")):
        received += len(piece)
        if received > limit:
            raise FetchError("too-large", url=url, limit=limit)
        yield piece


def _raw(answer: http.client.HTTPResponse, connection: PinnedConnection, url: str) -> Iterator[bytes]:
    policy, started, received = connection.policy, time.monotonic(), 0
    # read1 returns what one system call gave: read would wait for a full piece and hide a drip.
    while piece := answer.read1(PIECE):
        yield piece
        received += len(piece)
        elapsed = time.monotonic() - started
        if elapsed > policy.patience and received < elapsed * policy.slowest:
            raise FetchError("slow", host=connection.host, rate=policy.slowest)
    # A body without a stated length looks complete when the watchdog has cut it.
    if connection.overdue.is_set():
        raise FetchError("timeout", host=connection.host, seconds=policy.total)
    if answer.length:
        raise FetchError("truncated", url=url)


def _unpack(pieces: Iterator[bytes], url: str, encoding: str) -> Iterator[bytes]:
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        yield from pieces
        return
    if encoding not in ENCODINGS:
        raise FetchError("encoding", url=url, encoding=encoding)
    unpacker = zlib.decompressobj(ENCODINGS[encoding])
    try:
        for piece in pieces:
            yield from _inflate(unpacker, piece)
    except zlib.error as error:
        raise FetchError("encoding", url=url, encoding=encoding) from error
    if not unpacker.eof:
        raise FetchError("truncated", url=url)


def _inflate(unpacker: zlib._Decompress, piece: bytes) -> Iterator[bytes]:
    """Never more than one piece at a time, so that a bomb is met by the cap and not by the memory."""
    while piece and not unpacker.eof:
        yield unpacker.decompress(piece, PIECE)
        piece = unpacker.unconsumed_tail
