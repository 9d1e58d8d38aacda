"""The far end of the network in tests: a real HTTP server on loopback that answers what a test tells it to."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Answer:
    """One answer; `drip` sends the body byte by byte with that pause, `cut` closes before the announced end.

    `pieces` are sent in place of a body, of an unknown length and never in memory as a whole.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0
    cut: int = 0
    pieces: Iterable[bytes] | None = None


@dataclass
class Request:
    """One request as the far end saw it; `body` is what was posted."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


Route = Answer | Callable[[Request], Answer]


class FarEnd:
    """A server with routes by path; it remembers what it was asked."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Route] = {}
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.host = f"127.0.0.1:{self.port}"

    def clear(self) -> None:
        """Serve nothing any more and forget what was asked."""
        self.routes.clear()
        self.requests.clear()

    def serve(self, path: str, body: bytes | str | Route = b"", **headers: str) -> str:
        """Answer a path with a body, an Answer or a function; gives the full address."""
        route = body.encode() if isinstance(body, str) else body
        if isinstance(route, bytes):
            route = Answer(route, headers={name.replace("_", "-"): value for name, value in headers.items()})
        self.routes[path] = route
        return self.url + path

    def answer(self, request: Request) -> Answer:
        """What this request gets: its route's answer, that of the route "*", or 404."""
        self.requests.append(request)
        route = self.routes.get(request.path) or self.routes.get("*") or Answer(b"not here", 404)
        return route if isinstance(route, Answer) else route(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        far_end = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.close_connection = True
                body = self.rfile.read(int(headers.get("content-length", 0)))
                try:
                    self._send(far_end.answer(Request(parts.path, query, headers, body)))
                except OSError:
                    return  # the client hung up, as it should in the hostile cases

            do_POST = do_GET  # noqa: N815 - the name that the server calls

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                unsaid = answer.status == 304 or answer.pieces is not None
                length = {} if unsaid else {"Content-Length": str(len(answer.body))}
                for name, value in {**length, "Connection": "close", **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                for piece in answer.pieces or ():
                    self.wfile.write(piece)
                if not answer.drip:
                    self.wfile.write(answer.body[: len(answer.body) - answer.cut])
                    return
                for byte in answer.body:
                    self.wfile.write(bytes([byte]))
                    if far_end.stopping.wait(answer.drip):
                        return

            def log_message(self, *arguments: Any) -> None:
                """Silence: the requests are remembered instead."""

        return Handler


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[FarEnd]:
    """A far end that runs for the length of a block."""
    far_end = FarEnd(tls)
    thread = threading.Thread(target=far_end.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield far_end
    finally:
        far_end.stopping.set()
        far_end.server.shutdown()
        far_end.server.server_close()
        thread.join()


@contextmanager
def rude(start: bytes, drip: bytes = b"", pause: float = 0.02) -> Iterator[str]:
    """A server that speaks no HTTP library, to be rude on purpose: some bytes, then others again and again.

    Without a drip it closes after its first bytes.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def converse(peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            peer.recv(65536)
            peer.sendall(start)
            while drip and not done.wait(pause):
                peer.sendall(drip)

    def answer() -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = listener.accept()
                threading.Thread(target=converse, args=(peer,), daemon=True).start()

    threading.Thread(target=answer, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        done.set()
        listener.close()
