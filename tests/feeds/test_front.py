"""What was answered before is answered again before CKAN is entered, and never when something has changed since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Request, Response

from ckanext.smartregion.feeds import http
from ckanext.smartregion.feeds.front import Answer, Front, Memory


class Behind:
    """A portal whose pages say how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, environ, start_response):
        self.asked += 1
        text = f"{self.asked} " + "x" * 2000
        answer = http.as_file(Request(environ), lambda: text, media_type="text/turtle", tag=f"tag{self.asked}")
        answer.set_cookie("ckan", "of one reader")
        return answer(environ, start_response)


class Reader(Client):
    """Reads every answer to its end."""

    def open(self, *args, **more):
        return super().open(*args, buffered=True, **more)


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def state() -> list:
    """How far the log is."""
    return [(1, "moment")]


@pytest.fixture
def reader(behind, state) -> Reader:
    return Reader(Front(behind, lambda: state[-1], told(behind)), Response)


def told(behind: Behind) -> Callable[[dict[str, Any]], Response]:
    """The portal's answers, without its cookies."""
    return lambda environ: Response.from_app(behind, environ, buffered=True)


def test_same_question_is_asked_once(reader, behind) -> None:
    first, again = reader.get("/catalog.ttl?page=2"), reader.get("/catalog.ttl?page=2")
    assert behind.asked == 1
    assert first.data == again.data
    assert first.headers["ETag"] == again.headers["ETag"]
    assert "Set-Cookie" not in again.headers


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/catalog.ttl?page=3"},
        {"path": "/catalog.xml"},
        {"path": "/catalog.ttl", "headers": {"Accept-Encoding": "gzip"}},
        {"path": "/catalog.ttl", "headers": {"Accept-Profile": "<https://example.be/>"}},
    ],
)
def test_other_question_is_another(reader, behind, other) -> None:
    reader.get("/catalog.ttl")
    reader.get(**other)
    assert behind.asked == 2


def test_change_ends_what_was_remembered(reader, behind, state) -> None:
    reader.get("/catalog.ttl")
    state.append((2, "moment"))
    assert reader.get("/catalog.ttl").data.startswith(b"2")


def test_while_something_waits_to_be_published_everything_is_asked(reader, behind, state) -> None:
    reader.get("/catalog.ttl")
    state.append(None)
    reader.get("/catalog.ttl")
    reader.get("/catalog.ttl")
    assert behind.asked == 3


def test_what_was_published_during_an_answer_is_not_hidden_by_it(behind) -> None:
    states = iter([(1,), (2,), (1,), (1,), (1,)])
    reader = Reader(Front(behind, lambda: next(states), told(behind)), Response)
    reader.get("/catalog.ttl")
    reader.get("/catalog.ttl")
    assert behind.asked == 2


def test_reader_who_has_it_is_told_so_without_asking(reader, behind) -> None:
    tag = reader.get("/catalog.ttl").headers["ETag"]
    again = reader.get("/catalog.ttl", headers={"If-None-Match": tag})
    assert (again.status_code, again.data, behind.asked) == (304, b"", 1)
    assert again.headers["ETag"] == tag
    assert reader.get("/catalog.ttl", headers={"If-None-Match": '"other"'}).status_code == 200
    assert behind.asked == 1


def test_head_is_answered_without_a_body(reader, behind) -> None:
    reader.get("/catalog.ttl")
    head = reader.head("/catalog.ttl")
    assert (head.status_code, head.data, behind.asked) == (200, b"", 1)


@pytest.mark.parametrize("path", ["/dataset/velos", "/api/3/action/package_show?id=x", "/catalog.ttl?q=v", "/?fq=x"])
def test_pages_for_people_and_searches_are_always_asked(reader, behind, path) -> None:
    reader.get(path)
    reader.get(path)
    assert behind.asked == 2


def test_what_only_the_portal_can_say_is_asked_there_each_time(behind, state) -> None:
    reader = Reader(Front(behind, lambda: state[-1], lambda environ: None), Response)
    reader.get("/catalog.ttl?page=x")
    assert reader.get("/catalog.ttl?page=x").headers["Set-Cookie"]
    assert behind.asked == 2


def test_answer_is_remembered_when_it_was_sent(behind, state) -> None:
    front = Front(behind, lambda: state[-1], told(behind))
    answer = front(EnvironBuilder("/catalog.ttl").get_environ(), lambda *told: None)
    assert b"".join(answer).startswith(b"1")
    state.append((2, "moment"))  # published after the answer was made and before it was sent
    answer.close()
    state.pop()
    assert Reader(front, Response).get("/catalog.ttl").data.startswith(b"2"), "it is of no state that we know"


def test_write_is_never_answered_from_memory(reader, behind) -> None:
    reader.get("/catalog.ttl")
    reader.post("/catalog.ttl")
    assert behind.asked == 2


def test_memory_has_a_bound_and_forgets_what_was_not_asked_for_longest() -> None:
    memory = Memory(room=100)
    answers = {name: Answer((1,), (), name.encode() * 40) for name in "abc"}
    for name in "ab":
        memory.keep(name, answers[name])
    assert memory.get("a", (1,)) is answers["a"]
    memory.keep("c", answers["c"])
    assert [name for name in "abc" if memory.get(name, (1,))] == ["a", "c"]
