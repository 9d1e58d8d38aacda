"""Style and types are judged once for each state of the code."""

import pytest

from stack import judged
from stack.errors import StackError


@pytest.fixture
def passed(tmp_path, monkeypatch):
    """Where it is kept what has passed; each judgement adds a line to the file `judgements` beside it."""
    monkeypatch.setattr(judged, "JUDGES", (("sh", "-c", f"echo >> {tmp_path}/judgements"),))
    return tmp_path / "passed"


def judgements(passed):
    return (passed.parent / "judgements").read_text().count("\n")


def test_state_that_has_passed_is_not_judged_again(passed):
    judged.judge(passed)
    judged.judge(passed)

    assert judgements(passed) == 1


def test_changed_code_is_judged_again(passed, monkeypatch):
    judged.judge(passed)
    monkeypatch.setattr(judged, "state", lambda: "changed")
    judged.judge(passed)

    assert judgements(passed) == 2


def test_state_depends_on_every_module_and_on_the_rules(tmp_path, monkeypatch):
    for name in (*judged.RULES, "stack/new.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("before")
    monkeypatch.setattr(judged, "ROOT", tmp_path)
    states = {judged.state()}
    for name in (*judged.RULES, "stack/new.py"):
        (tmp_path / name).write_text("after")
        states.add(judged.state())

    assert len(states) == len(judged.RULES) + 2


def test_what_is_wrong_is_judged_until_it_is_right(passed, monkeypatch):
    monkeypatch.setattr(judged, "JUDGES", (*judged.JUDGES, ("false",)))
    for _ in range(2):
        with pytest.raises(StackError, match="Style or types are wrong"):
            judged.judge(passed)

    assert judgements(passed) == 2
