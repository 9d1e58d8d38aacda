"""Pages are mapped by a process beside, in their order, and nothing hangs on that process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ckanext.smartregion.harvest.engine import ahead
from ckanext.smartregion.harvest.engine.ahead import WORTH, Beside, mapped_ahead
from ckanext.smartregion.harvest.engine.comparing import Compared, Mapped, Sifted
from ckanext.smartregion.harvest.records import ListingError, Record
from ckanext.smartregion.harvest.sentences import say
from ckanext.smartregion.harvest.walking import Walked


def by_whom(records: list[Record]) -> list[Mapped]:
    """Which process mapped them, in the place of what they map to."""
    return [(None, {"record": record.remote_id, "process": str(os.getpid())}) for record in records]


def page(number: int, size: int = WORTH) -> Walked:
    records = tuple(Record(f"{number}-{each}") for each in range(size))
    return Walked(number, None, (), records, (), (), None, None, {})


def sift(walked: Walked) -> Sifted:
    return Sifted({}, Compared(), list(walked.fresh))


def mappers(mapped: list[Mapped]) -> set[int]:
    """The processes that mapped some records."""
    return {int(problem["process"]) for _, problem in mapped if problem}


def is_there(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_pages_come_in_order_with_what_their_records_map_to() -> None:
    with Beside(by_whom) as beside:
        told = list(mapped_ahead(iter([page(1), page(2), page(3)]), sift, beside))
    assert [walked.number for walked, _, _ in told] == [1, 2, 3]
    for walked, _, mapped in told:
        assert [problem["record"] for _, problem in mapped] == [record.remote_id for record in walked.fresh]
    [mapper] = set.union(*(mappers(mapped) for _, _, mapped in told))
    assert mapper != os.getpid()
    assert not is_there(mapper)


def test_page_is_fetched_before_the_one_before_it_is_told() -> None:
    fetched: list[int] = []

    def pages() -> Iterator[Walked]:
        for number in (1, 2, 3):
            fetched.append(number)
            yield page(number)

    with Beside(by_whom) as beside:
        seen = [(walked.number, len(fetched)) for walked, _, _ in mapped_ahead(pages(), sift, beside)]
    assert seen == [(1, 2), (2, 3), (3, 3)]


def test_few_records_are_mapped_here() -> None:
    with Beside(by_whom) as beside:
        [(_, _, mapped)] = mapped_ahead(iter([page(1, WORTH - 1)]), sift, beside)
        assert mappers(mapped) == {os.getpid()}
        assert beside.pid == 0


def test_listing_that_breaks_off_tells_what_came_before() -> None:
    def pages() -> Iterator[Walked]:
        yield page(1)
        yield page(2)
        raise ListingError(say("loop", url="https://a.be/"))

    with Beside(by_whom) as beside:
        told = mapped_ahead(pages(), sift, beside)
        assert [next(told)[0].number for _ in range(2)] == [1, 2]
        with pytest.raises(ListingError, match="circle"):
            next(told)


def test_process_that_is_killed_loses_nothing() -> None:
    told = []
    with Beside(by_whom) as beside:
        for walked, _, mapped in mapped_ahead(iter(map(page, range(4))), sift, beside):
            told.append((walked.number, len(mapped), mappers(mapped)))
            if walked.number == 0:
                os.kill(beside.pid, signal.SIGKILL)
    assert [(number, size) for number, size, _ in told] == [(number, WORTH) for number in range(4)]
    assert {os.getpid()} in [who for *_, who in told]


def test_process_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "PATIENCE", 0.1)
    with Beside(by_whom) as beside:
        list(mapped_ahead(iter([page(1)]), sift, beside))
        os.kill(stopped := beside.pid, signal.SIGSTOP)
        [(_, _, mapped)] = mapped_ahead(iter([page(2)]), sift, beside)
    assert mappers(mapped) == {os.getpid()}
    assert not is_there(stopped)


def test_records_that_can_not_be_sent_are_mapped_here() -> None:
    deep: dict[str, object] = {}
    for _ in range(5_000):
        deep = {"deeper": deep}
    with Beside(by_whom) as beside:
        mapped = beside.begin([Record(str(number), deep) for number in range(WORTH)])()
    assert mappers(mapped) == {os.getpid()}


def test_process_ends_with_the_one_that_began_it() -> None:
    program = (
        "import sys, time; sys.path.insert(0, 'tests/harvest')\n"
        "from test_ahead import *\n"
        "beside = Beside(by_whom)\n"
        "print(*mappers(beside.begin(list(page(1).fresh))()), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        mapper = int(process.stdout.readline())
        assert is_there(mapper)
        process.kill()
    for _ in range(200):
        if not is_there(mapper):
            return
        time.sleep(0.02)
    raise AssertionError("it is still there")
