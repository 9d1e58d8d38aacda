"""The warm process that checks are forked from: quick, and nothing of one check reaches the next."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from ckanext.smartregion.quality import children
from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.rules import error_text

from .conftest import HEADER, ROW

SHORT = f"{HEADER}\n{ROW}\n"


def long(rows):
    """So many rows and one more, whose mark leaves the file to the plain path: a second for 25,000 of them."""
    return "\n".join([HEADER, *(ROW.replace("000001", f"{number:06}") for number in range(rows)), f'x"{ROW}', ""])


LONG = long(15_000)


def children_of(pid):
    return [int(one) for task in Path(f"/proc/{pid}/task").glob("*/children") for one in task.read_text().split()]


def soon(found):
    """What is found within some seconds."""
    for _ in range(400):
        if (one := found()) is not None:
            return one
        time.sleep(0.02)
    raise AssertionError("nothing came of it")


def nursery():
    return children._known.process.pid


def checks_of(pid):
    """The children of a nursery that work in the folder of a check; one that waits for the next works nowhere."""
    return [one for one in children_of(pid) if str(where(one)).startswith(tempfile.gettempdir())]


def where(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cwd").readlink()


def the_check():
    """The process id of a check that goes on."""
    return soon(lambda: next(iter(checks_of(nursery())), None))


@pytest.fixture
def warm(write, charging):
    """The process id of the nursery, after a first check."""
    assert check(write(SHORT), charging).verdict == "publish"
    return nursery()


@pytest.fixture
def going_on(write, charging):
    """A check of `long.csv` that was begun in a thread, and stands still until its report is asked for."""
    path, reports = write(LONG, "long.csv"), []
    thread = threading.Thread(target=lambda: reports.append(check(path, charging)))
    thread.start()
    child = the_check()
    os.kill(child, signal.SIGSTOP)

    def report():
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGCONT)
        thread.join()
        return reports[0]

    yield report
    report()


def test_checks_are_forked_from_the_same_process(warm, write, charging):
    assert check(write(SHORT), charging).verdict == "publish"
    assert nursery() == warm


def test_short_check_is_quick_once_the_process_is_warm(warm, write, charging):
    path = write(SHORT)
    took = []
    for _ in range(10):
        begin = time.perf_counter()
        check(path, charging)
        took.append(time.perf_counter() - begin)

    assert min(took) < 0.3


@pytest.mark.parametrize(("sent", "said"), [(signal.SIGKILL, "crash"), (signal.SIGABRT, "memory")])
def test_check_that_is_killed_holds_and_harms_no_other(warm, going_on, write, charging, sent, said):
    os.kill(the_check(), sent)

    report = going_on()

    assert (report.verdict, report.file["rows"], report.error) == ("hold", None, error_text(said))
    assert check(write(SHORT), charging).verdict == "publish"
    assert nursery() == warm


def test_checks_go_on_side_by_side(warm, going_on, write, charging):
    assert check(write(SHORT), charging).verdict == "publish"
    assert going_on().counts["rows"] == 15_001


def test_check_beyond_its_time_is_ended(warm, write, charging):
    report = check(write(long(60_000)), charging, limits=Limits(seconds=1))

    assert report.error == error_text("timeout", seconds=1)
    assert soon(lambda: None if checks_of(warm) else "none")


def test_check_beyond_its_memory_harms_no_other(warm, write, charging):
    report = check(write(LONG), charging, limits=Limits(memory_mb=200))

    assert (report.verdict, report.error) == ("hold", error_text("memory"))
    assert check(write(SHORT), charging).verdict == "publish"


@pytest.mark.parametrize("settled", [3600, -3600], ids=["read once more", "by its times"])
def test_file_that_is_written_meanwhile_is_not_believed(monkeypatch, warm, going_on, tmp_path, settled):
    monkeypatch.setattr("ckanext.smartregion.quality.engine.SETTLED", settled)

    with (tmp_path / "long.csv").open("ab") as file:
        file.write(b"more")

    assert going_on().error == error_text("changed")


def test_nursery_that_died_is_started_anew(warm, write, charging):
    os.kill(warm, signal.SIGKILL)
    children._known.process.wait()

    assert check(write(SHORT), charging).verdict == "publish"
    assert nursery() != warm


def test_nursery_that_dies_takes_its_checks_along_and_they_hold(warm, going_on):
    child = the_check()

    os.kill(warm, signal.SIGKILL)

    assert going_on().error == error_text("crash")
    assert soon(lambda: None if Path(f"/proc/{child}").exists() else "gone")


def test_process_that_was_forked_uses_the_same_nursery(warm, write, charging):
    path = write(SHORT)
    pid = os.fork()
    if pid == 0:
        fine = check(path, charging).verdict == "publish" and nursery() == warm
        os._exit(0 if fine else 1)

    assert os.waitpid(pid, 0)[1] == 0


def test_nursery_ends_with_those_that_may_ask_it(write, charging):
    code = (
        "import sys; from pathlib import Path; from ckanext.smartregion.quality import children, engine;"
        "from ckanext.smartregion.schemas.table_contracts import table_contract;"
        "print(engine.check(Path(sys.argv[1]), table_contract('charging-points')).verdict, children._known.process.pid)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(write(SHORT))], capture_output=True, check=True, text=True, timeout=60
    )
    verdict, pid = done.stdout.split()

    assert verdict == "publish"
    assert soon(lambda: None if Path(f"/proc/{pid}/exe").exists() else "gone")
