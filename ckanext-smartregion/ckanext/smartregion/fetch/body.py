"""A body that is read under caps: unpacked piece by piece, into memory or into a file that appears whole."""

from __future__ import annotations

import hashlib
import http.client
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ckanext.smartregion.fetch.connection import PinnedConnection
from ckanext.smartregion.fetch.errors import FetchError

PIECE = 64 * 1024
GZIP, DEFLATE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS
ENCODINGS = {"gzip": GZIP, "x-gzip": GZIP, "deflate": DEFLATE}


def read(answer: http.client.HTTPResponse, connection: PinnedConnection, url: str, limit: int) -> Iterator[bytes]:
    """The unpacked body piece by piece; raises when it is too large, too slow, cut short or badly packed."""
    encoding = (answer.getheader("Content-Encoding") or "").strip().lower()
    if encoding in ("", "identity") and (answer.length or 0) > limit:
        raise FetchError("too-large", url=url, limit=limit)
    received = 0
    for piece in _unpack(_raw(answer, connection, url, limit), url, encoding):
        received += len(piece)
        if received > limit:
            raise FetchError("too-large", url=url, limit=limit)
        yield piece


def store(pieces: Iterator[bytes], to: Path) -> tuple[str, int]:
    """Write a body into a file, which appears whole or not at all; give its SHA-256 and its size."""
    part = to.with_name(to.name + ".part")
    try:
        with part.open("wb") as file:
            written = pour(pieces, file)
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
    return written


def pour(pieces: Iterator[bytes], sink: BinaryIO) -> tuple[str, int]:
    """Write a body; give its SHA-256 and its size."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        sink.write(piece)
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _raw(answer: http.client.HTTPResponse, connection: PinnedConnection, url: str, limit: int) -> Iterator[bytes]:
    received = 0
    # read1 returns what one system call gave: read would wait for a full piece and hide a drip.
    while piece := answer.read1(PIECE):
        connection.pace.heard(len(piece), time.monotonic())
        received += len(piece)
        if received > limit:
            raise FetchError("too-large", url=url, limit=limit)  # also when it unpacks to nothing
        yield piece
    # A body without a stated length looks complete when the watch has cut it.
    if connection.cut_as:
        raise connection.was_cut()
    if answer.length:
        raise FetchError("truncated", url=url)


def _unpack(pieces: Iterator[bytes], url: str, encoding: str) -> Iterator[bytes]:
    if encoding in ("", "identity"):
        yield from pieces
        return
    if encoding not in ENCODINGS:
        raise FetchError("encoding", url=url, encoding=encoding[:50])
    window = ENCODINGS[encoding]
    unpacker = zlib.decompressobj(window)
    begun = False
    try:
        for piece in pieces:
            if window == DEFLATE and not begun and piece[0] & 0x0F != 8:
                unpacker = zlib.decompressobj(-zlib.MAX_WBITS)  # many send deflate without the header it should have
            begun = True
            while piece:
                if unpacker.eof:
                    if window != GZIP or not piece.strip(b"\0"):
                        break  # padding behind the end
                    unpacker = zlib.decompressobj(window)  # a second member: what it holds belongs to the body
                yield from _inflate(unpacker, piece)
                piece = unpacker.unused_data
    except zlib.error as error:
        raise FetchError("encoding", url=url, encoding=encoding) from error
    if begun and not unpacker.eof:
        raise FetchError("truncated", url=url)


def _inflate(unpacker: zlib._Decompress, piece: bytes) -> Iterator[bytes]:
    """Never more than one piece at a time, so that a bomb is met by the cap and not by the memory."""
    while piece and not unpacker.eof:
        yield unpacker.decompress(piece, PIECE)
        piece = unpacker.unconsumed_tail
