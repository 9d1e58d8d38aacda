"""The HTTP side of the demonstration portal: addresses, headers, conditional requests."""

from __future__ import annotations

import hashlib
import json
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from stack.demo import explore
from stack.demo.examples import EXAMPLES, Portal, portals
from stack.demo.visits import Visits

PLACEHOLDER = "https://demonstration.invalid"
CATALOG = ["api", "explore", "v2.1", "catalog"]
JSON = "application/json; charset=utf-8"
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """What goes back: a status, a kind of content and its bytes."""

    body: bytes
    content_type: str
    status: int = 200


class DemoServer(ThreadingHTTPServer):
    """Serves the examples on loopback; ``state`` is the folder where visits are remembered."""

    daemon_threads = True

    def __init__(self, port: int, state: Path) -> None:
        state.mkdir(parents=True, exist_ok=True)
        super().__init__(("127.0.0.1", port), Handler)
        self.portals = portals()
        self.visits = Visits(state / "visits.json")

    @property
    def address(self) -> str:
        """The address that remote links carry."""
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, path: str, query: dict[str, str]) -> Answer | None:
        """The answer to a question, or None where there is nothing."""
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if portal := self.portals.get(parts[0]):
            return self._explore(portal, parts[1:], query)
        return self._file(parts)

    def _explore(self, portal: Portal, parts: list[str], query: dict[str, str]) -> Answer | None:
        if parts[:4] != CATALOG:
            return None
        match parts[4:]:
            case ["datasets"]:
                return self._page(portal, query)
            case ["datasets", dataset_id]:
                return self._one(portal, dataset_id)
            case ["datasets", dataset_id, "exports", form]:
                return self._export(portal, dataset_id, form, query)
            case ["exports", "dcat" | "rdf"]:
                return self._dcat(portal)
        return None

    def _page(self, portal: Portal, query: dict[str, str]) -> Answer:
        if query.get("offset", "0") == "0":
            self.visits.listed(portal.name)
        return _json(explore.page(portal, query, later=self.visits.is_later(portal.name)))

    def _one(self, portal: Portal, dataset_id: str) -> Answer | None:
        dataset = portal.dataset(dataset_id)
        return _json(dataset.record(later=self.visits.is_later(portal.name))) if dataset else None

    def _export(self, portal: Portal, dataset_id: str, form: str, query: dict[str, str]) -> Answer | None:
        dataset, later = portal.dataset(dataset_id), self.visits.is_later(portal.name)
        if not dataset or form not in {"csv", "json"}:
            return None
        self.visits.taken(portal.name)
        if form == "json":
            return Answer(explore.json_export(dataset, later=later), JSON)
        return Answer(explore.csv_export(dataset, query, later=later), CSV)

    def _dcat(self, portal: Portal) -> Answer:
        self.visits.listed(portal.name)
        later = self.visits.is_later(portal.name)
        body = explore.dcat_export(portal, f"{self.address}/{portal.name}", later=later)
        return Answer(body, "application/rdf+xml; charset=utf-8")

    def _file(self, parts: list[str]) -> Answer | None:
        """A file of a catalogue that is only files; links in Turtle get this server's address."""
        path = EXAMPLES.joinpath(*parts)
        if not path.resolve().is_relative_to(EXAMPLES) or not path.is_file():
            return None
        if path.suffix == ".ttl":
            text = path.read_text(encoding="utf-8").replace(PLACEHOLDER, self.address)
            return Answer(text.encode(), "text/turtle; charset=utf-8")
        return Answer(path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream")


class Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the server, writes the answer."""

    server: DemoServer  # pyright: ignore[reportIncompatibleVariableOverride] - http.server sets it to the one that runs
    protocol_version = "HTTP/1.1"
    server_version = "smartregion-demo"

    def do_GET(self) -> None:
        """Answer a GET request."""
        self._send(lambda body: self.wfile.write(body))

    def do_HEAD(self) -> None:
        """Answer a HEAD request: the same headers, no body."""
        self._send(lambda body: None)

    def _send(self, write: Callable[[bytes], object]) -> None:
        answer = self._answer()
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
        unchanged = answer.status == 200 and self.headers.get("If-None-Match") == etag
        self.send_response(304 if unchanged else answer.status)
        self.send_header("ETag", etag)
        if unchanged:
            self.end_headers()
            return
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        write(answer.body)

    def _answer(self) -> Answer:
        parts = urlsplit(self.path)
        try:
            answer = self.server.answer(parts.path, dict(parse_qsl(parts.query)))
        except explore.BadRequestError as error:
            return _json({"error_code": "InvalidRESTParameterError", "message": error.message}, status=400)
        return answer or _json({"error_code": "NotFound", "message": f"Nothing at {parts.path}."}, status=404)

    def log_message(self, format: str, *arguments: object) -> None:
        """One line per request on standard output, which the stack keeps as this service's log."""
        print(f"{self.command} {self.path} {arguments[1] if len(arguments) > 1 else ''}", flush=True)


def _json(value: object, status: int = 200) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), JSON, status)
