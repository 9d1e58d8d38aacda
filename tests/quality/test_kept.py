"""A child that is kept judges one short text after another, each as if it were the first."""

import contextlib
import gzip
import json
import os
import signal
import socket
import threading
import time

import pytest
from workbooks import row, xlsx

from ckanext.smartregion.quality import children, engine
from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.quality.examination import kept
from ckanext.smartregion.quality.examination.child import _leave_open_files
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.rules import error_text

from .conftest import HEADER, ROW
from .test_children import checks_of, children_of, nursery, soon

SHORT = f"{HEADER}\n{ROW}\n"
LEFT = []


def the_kept():
    """The process id of the child that waits for the next text."""
    return soon(lambda: next(iter(set(children_of(nursery())) - set(checks_of(nursery()))), None))


@pytest.fixture
def warm(write, charging):
    """The process id of the one kept child: other tests may have left some that wait, with other limits."""
    if pid := children.warm_process():
        for child in children_of(pid):
            os.kill(child, signal.SIGKILL)
        soon(lambda: None if children_of(pid) else "none")
    assert check(write(SHORT), charging).verdict == "publish"
    return the_kept()


def test_short_texts_are_judged_by_the_same_child(warm, write, charging):
    assert check(write(SHORT), charging).verdict == "publish"
    assert check(write(SHORT.replace("public", "perhaps")), charging).verdict == "hold"
    assert the_kept() == warm


@pytest.mark.parametrize(
    ("content", "short"),
    [
        (SHORT.encode(), True),
        (b"", True),
        (b"a,b\n" * 80_000, False),
        (xlsx(("Data", row(1, "a"))), False),
        (gzip.compress(SHORT.encode()), False),
    ],
    ids=["text", "nothing", "a long text", "a workbook", "an archive"],
)
def test_only_a_short_text_goes_to_a_child_that_is_kept(write, content, short):
    assert engine._is_short_text(write(content)) is short


def test_child_with_other_limits_is_another(warm, write, charging):
    assert check(write(SHORT), charging, limits=Limits(rows=5)).verdict == "publish"
    assert warm in children_of(nursery())
    assert soon(lambda: len(children_of(nursery())) == 2 or None)


def test_child_that_died_while_it_waited_is_replaced(warm, write, charging):
    os.kill(warm, signal.SIGKILL)

    assert check(write(SHORT), charging).verdict == "publish"
    assert soon(lambda: None if warm in children_of(nursery()) else "gone")


def test_check_whose_kept_child_is_killed_is_done_anew_by_a_fresh_one(warm, write, charging):
    os.kill(warm, signal.SIGSTOP)
    reports = []
    thread = threading.Thread(target=lambda: reports.append(check(write(SHORT), charging)))
    thread.start()
    time.sleep(0.2)

    os.kill(warm, signal.SIGKILL)
    thread.join()

    assert (reports[0].verdict, reports[0].error) == ("publish", None)


def test_kept_child_that_does_nothing_is_ended_with_its_time(warm, write, charging):
    before = children_of(nursery())
    assert check(write(SHORT), charging, limits=Limits(seconds=2)).verdict == "publish"
    (begun,) = set(children_of(nursery())) - set(before)
    os.kill(begun, signal.SIGSTOP)

    assert check(write(SHORT), charging, limits=Limits(seconds=2)).error == error_text("timeout", seconds=2)


def test_several_short_texts_at_once_have_a_child_each(warm, write, charging):
    reports = []
    threads = [
        threading.Thread(target=lambda at=at: reports.append(check(write(SHORT, f"{at}.csv"), charging)))
        for at in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [report.verdict for report in reports] == ["publish"] * 6
    assert soon(lambda: len(children_of(nursery())) <= 2 or None)


def some_texts():
    """Texts of many kinds, sound, wrong and hostile, in an order in which one might colour the next."""
    sound = SHORT.replace("Gare", "Liège")
    return [
        sound.encode(), SHORT.replace("22", "22 kW").encode(), sound.encode("cp1252"), sound.replace(",", ";").encode(),
        b"", b"<html>", f"{SHORT}{'x' * 70_000},".encode(), SHORT.replace("Gare", '"Gare').encode(), sound.encode(),
        SHORT.replace("Gare", "Ga\0re").encode(), (SHORT + ROW).encode(), SHORT.replace("22", "9" * 5_000).encode(),
        f"{SHORT}{'[' * 60_000},".encode(), sound.encode("utf-16"), SHORT.encode(), f"{SHORT}\n\n,,,\n".encode(),
    ]  # fmt: skip


def test_what_went_before_changes_no_report(write, charging, monkeypatch):
    paths = [write(text, f"{at}.csv") for at, text in enumerate(some_texts())]

    after_others = [check(path, charging).to_dict() for path in paths]
    monkeypatch.setattr(engine, "SHORT", -1)

    assert after_others == [check(path, charging).to_dict() for path in paths]


# The child by itself


def serving(monkeypatch, folder, deeds, **limits):
    """What a kept child says after each of some deeds that a check might do, and how it ends."""
    doing = iter(deeds)
    monkeypatch.setattr(kept, "work", lambda _: next(doing)() or 0)
    ours, its = socket.socketpair()
    ours.settimeout(30)
    pid = os.fork()
    if pid == 0:
        code = 9
        with contextlib.suppress(BaseException):
            code = kept.serve(_leave_open_files(its), Limits(memory_mb=4_000, **limits).to_dict())
        os._exit(code)
    its.close()
    said = []
    for _ in deeds:
        with contextlib.suppress(OSError):
            kept.send(ours, json.dumps({"outcome": str(folder / "outcome.json")}).encode())
            said.append(ours.recv(1))
    ours.close()
    return b"".join(said), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def nothing():
    pass


def spin(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


@pytest.mark.parametrize(
    "deed",
    [
        lambda: LEFT.append(os.open("/proc/self/stat", os.O_RDONLY)),
        lambda: LEFT.append(bytearray(os.urandom(1024)) * 200_000),
        lambda: threading.Thread(target=time.sleep, args=(30,), daemon=True).start(),
    ],
    ids=["an open file", "memory", "a thread"],
)
def test_child_in_which_a_check_left_something_is_not_kept(monkeypatch, tmp_path, deed):
    assert serving(monkeypatch, tmp_path, [nothing, deed, nothing]) == (kept.STAYS + kept.LEAVES, 0)


def test_check_that_fails_ends_its_child(monkeypatch, tmp_path):
    assert serving(monkeypatch, tmp_path, [nothing, lambda: 3, nothing]) == (kept.STAYS, 3)


def test_child_ends_after_so_many_checks(monkeypatch, tmp_path):
    monkeypatch.setattr(kept, "MOST_CHECKS", 3)

    assert serving(monkeypatch, tmp_path, [nothing] * 5) == (kept.STAYS * 2 + kept.LEAVES, 0)


def test_each_check_has_its_own_seconds_of_processor(monkeypatch, tmp_path):
    said, code = serving(monkeypatch, tmp_path, [lambda: spin(0.5)] * 4 + [lambda: spin(60)], seconds=1)

    assert (said, code) == (kept.STAYS * 4, -signal.SIGXCPU)


def test_check_of_a_child_that_is_kept_does_not_do_what_a_fresh_one_may_not(monkeypatch, tmp_path):
    def reach_out():
        socket.create_connection(("127.0.0.1", 9))

    assert serving(monkeypatch, tmp_path, [nothing, reach_out])[1] == 9
