"""`load.py PORT PATH REQUESTS [HEADER]`: ten connections kept alive, each asking again at once; prints JSON.

A process of its own, of raw sockets, so that it takes as little as can be from the server it measures.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time

CONNECTIONS = 10
Found = tuple[int, float]  # status and seconds


def one(read: object) -> tuple[int, bool]:
    """Read one answer: its status, and whether the connection stays open."""
    status, length, closes = int(read.readline().split()[1]), 0, False  # type: ignore[attr-defined]
    while (line := read.readline().lower()) not in (b"\r\n", b""):  # type: ignore[attr-defined]
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
        closes = closes or line.startswith(b"connection: close")
    read.read(length)  # type: ignore[attr-defined]
    return status, not closes


def ask(port: int, request: bytes, count: int, found: list[Found]) -> None:
    """Ask so many times over one connection, opened again where the server closes it."""
    connection = socket.create_connection(("127.0.0.1", port))
    read = connection.makefile("rb")
    for _ in range(count):
        start = time.perf_counter()
        connection.sendall(request)
        status, open_still = one(read)
        found.append((status, time.perf_counter() - start))
        if not open_still:
            connection.close()
            connection = socket.create_connection(("127.0.0.1", port))
            read = connection.makefile("rb")


def main(port: int, path: str, count: int, header: str = "") -> None:
    """All connections at once; answers per second, 50th and 99th percentile in milliseconds, and the statuses."""
    more = f"{header}\r\n" if header else ""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept-Encoding: gzip\r\n{more}\r\n".encode()
    found: list[Found] = []
    each = max(1, count // CONNECTIONS)
    threads = [threading.Thread(target=ask, args=(port, request, each, found)) for _ in range(CONNECTIONS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    times = sorted(taken for _, taken in found)
    p50, p99 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.99))
    statuses = sorted({status for status, _ in found})
    print(json.dumps({"rate": len(found) / seconds, "p50": p50, "p99": p99, "statuses": statuses}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
