"""In front of CKAN: what was answered before is answered again from memory, as long as nothing was published since.
What was not is answered directly where it can be, and remembered when the reader has it.

CKAN alone costs a request 4 to 8 ms before it does anything. Whether anything was published is one question to
PostgreSQL per request. What waits to be published by the process that follows the changes is not waited for: it is
there within two seconds.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from werkzeug.wrappers import Request, Response

from ckanext.smartregion.feeds import http

# What every reader gets alike, whoever asks; pages for people are not among them.
ADDRESSES = re.compile(
    r"/(catalog|dataset/[^/]+|dataset_series/[^/]+|feeds/quality/[^/]+|feeds/changes(/\d+)?)\.[a-z0-9]+"
)
SEARCHED = re.compile(r"(^|[&;])f?q=")  # the search index changes in its own time
SENT = ("Content-Type", "Content-Encoding", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Link",
        "Cache-Control", "ETag", "Last-Modified", "Vary", "X-Content-Type-Options")  # fmt: skip
ROOM = 64 * 2**20  # bytes, of each process
LARGEST = 8 * 2**20

WSGI = Callable[..., Iterable[bytes]]
State = tuple[Any, ...] | None  # the newest change; None while something waits that only a reader publishes


@dataclass(frozen=True)
class Answer:
    """An answer that was given when the log ended with a change."""

    state: tuple[Any, ...]
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Memory:
    """Answers by what was asked, those not asked for longest forgotten first; safe for threads."""

    def __init__(self, room: int = ROOM) -> None:
        self._answers: OrderedDict[Any, Answer] = OrderedDict()
        self._room, self._lock = room, Lock()

    def get(self, key: Any, state: tuple[Any, ...]) -> Answer | None:
        """The answer, if it was given in this state."""
        with self._lock:
            answer = self._answers.get(key)
            if answer is None or answer.state != state:
                return None
            self._answers.move_to_end(key)
            return answer

    def keep(self, key: Any, answer: Answer) -> None:
        """Remember an answer in place of an older one."""
        with self._lock:
            old = self._answers.pop(key, None)
            self._room += len(old.body) if old else 0
            self._answers[key] = answer
            self._room -= len(answer.body)
            while self._room < 0:
                _, forgotten = self._answers.popitem(last=False)
                self._room += len(forgotten.body)


class Front:
    """A WSGI application before another; ``state`` says how far the log is, and ``directly`` gives an answer without
    entering the other one, or None where only that can.
    """

    def __init__(
        self, behind: WSGI, state: Callable[[], State], directly: Callable[[dict[str, Any]], Response | None]
    ) -> None:
        self.behind, self.state, self.directly, self.memory = behind, state, directly, Memory()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer from memory, else directly and remember, else from behind."""
        state = self.state() if _same_for_all(environ) else None
        if state is None:
            return self.behind(environ, start_response)
        request = Request(environ)
        key = (request.path, request.query_string, http.packing(request), request.headers.get("Accept-Profile"))
        answer = self.memory.get(key, state)
        if answer:
            return _again(answer, request)(environ, start_response)
        response = self.directly(environ)
        if response is None:
            return self.behind(environ, start_response)
        if request.method == "GET":
            response.call_on_close(lambda: self._remember(key, state, response))  # when the reader has it
        return iter(response(environ, start_response))

    def _remember(self, key: Any, state: tuple[Any, ...], response: Response) -> None:
        body = response.get_data()
        # Something may have been published meanwhile: then the answer belongs to no state we know.
        if response.status_code == 200 and response.get_etag()[0] and len(body) < LARGEST and self.state() == state:
            headers = tuple((name, value) for name, value in response.headers.items() if name in SENT)
            self.memory.keep(key, Answer(state, headers, body))


def _same_for_all(environ: dict[str, Any]) -> bool:
    """Whether what is asked for depends on nothing but the log."""
    asked, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD") and bool(ADDRESSES.fullmatch(asked)) and not SEARCHED.search(query)
    )


def _again(answer: Answer, request: Request) -> Response:
    response = Response(headers=list(answer.headers))
    if http.known(request, response):
        response.status_code = 304
        del response.headers["Content-Type"]
        return response
    response.set_data(answer.body)
    return response
