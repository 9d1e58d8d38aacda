"""Whatever a far end does: a stated verdict, nothing lost, nothing published that should not be, no worker lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ckan.tests import factories

from tests.harvest.hostile.cases import CASES, Case, table
from tests.harvest.hostile.far import MEMORY, Far, catalogue

HARVEST = Path(__file__).resolve().parents[3] / "docs/harvest.md"
TOLD = re.compile(r"(## What a far end may do, and how it ends\n.*?)(\|.*?)\n\n", re.DOTALL)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_run_ends_with_its_verdict_and_the_next_good_one_heals_all(far: Far, case: Case) -> None:
    before = catalogue()
    case.arrange(far)

    ended = far.run(case.source)

    assert (ended.status, ended.counts) == (case.status, case.counts), ended.says
    assert case.says in ended.says
    assert ended.memory < MEMORY
    after = catalogue()
    assert after.keys() == before.keys(), "nothing is published that should not be, and nothing is lost"
    assert {state for _, state, _ in after.values()} == {"active"}
    assert sum(after[each] != before[each] for each in after) == case.counts.get("updated", 0)

    far.fill()
    healed = far.run(case.source)
    far.whole = case.source == "portail" or far.run().status == "done"
    assert healed.status == "done"
    assert sum(healed.counts.values()) == len(before) - (2 if case.source == "portail" else 5)
    assert healed.counts.keys() <= {"updated", "unchanged"}
    assert healed.counts["updated"] >= 1


def test_documentation_tells_each_of_them() -> None:
    told = TOLD.search(HARVEST.read_text("utf-8"))
    assert told is not None
    assert told[2] == table(), "PYTHONPATH=.:tests python -m tests.harvest.hostile writes it anew"


def test_far_end_that_wants_peace_is_named_with_the_moment(far: Far) -> None:
    (case,) = (each for each in CASES if each.name == "status 429 with Retry-After: 3600")
    case.arrange(far)
    run = far.run().run
    assert (run["not_before"] is not None, run["finished"], run["error"]) == (True, None, None)
    far.fill()
    far.whole = far.run().status == "done"


def test_script_in_every_text_is_shown_as_text_on_every_page(far: Far, app) -> None:
    (case,) = (each for each in CASES if each.name == "script in every text")
    case.arrange(far)
    ended = far.run()
    reader = {"Authorization": factories.SysadminWithToken()["token"]}
    name = next(each["dataset"] for each in ended.run["outcomes"] if each["dataset"])
    pages = ("/dataset", f"/dataset/{name}", "/harvest", "/harvest/portail", f"/harvest/run/{ended.run['id']}")
    for page in (*pages, "/organization/wallonie", "/"):
        body = app.get(page, headers=reader).body
        assert "<script>alert(" not in body, page
        assert "<img src=x" not in body, page
    assert "Jeu un" in app.get(f"/harvest/run/{ended.run['id']}", headers=reader).body
    far.fill()
    assert far.run().status == "done"
    far.whole = True
