"""What a run does no more often than it has to."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import applying, comparing, running, ticking
from ckanext.smartregion.harvest.model import staging

from tests.harvest.test_run import counts


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often records are hashed, and outcomes are counted."""
    found: Counter[str] = Counter()

    def watch(place: Any, name: str) -> None:
        real = getattr(place, name)

        def watched(*arguments: Any) -> Any:
            found[name] += 1
            return real(*arguments)

        monkeypatch.setattr(place, name, watched)

    watch(comparing, "as_text")
    watch(staging, "counted")
    return found


def test_record_is_hashed_once_though_it_is_compared_and_written(make, remote, run, calls) -> None:
    source = make(remote.url)
    assert counts(run(source)) == {"created": 3}
    assert calls["as_text"] == 3
    remote.put("un", title="Jeu un, revu")
    assert counts(run(source)) == {"updated": 1, "unchanged": 2}
    assert calls["as_text"] == 6
    assert counts(run(source)) == {"unchanged": 3}


@pytest.mark.parametrize(("listener", "most"), [("nobody", 1), ("a person", 4)])
def test_outcomes_are_counted_for_a_listener_now_and_then_and_not_with_every_step(
    make, remote, calls, monkeypatch, listener: str, most: int
) -> None:
    monkeypatch.setattr(applying, "CHUNK", 1)
    for number in range(9):
        remote.put(f"n{number}", title=f"Numéro {number}")
    make(remote.url)
    heard: list[str] = []
    told = [lambda stage, found: heard.append(stage)] if listener != "nobody" else []

    row = model.find_source("essai")
    assert running.run(ticking.make_run(row, "person", None).id, *told)["created"] == 12
    assert calls["counted"] <= most
    assert heard[:2] == (["listed", "applied"] if told else [])[: len(heard[:2])]
