"""The seconds of processor that this process and its checks have taken: what a busy machine does not stretch."""

from __future__ import annotations

import os
import time
from pathlib import Path

from ckanext.smartregion.quality import children

TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds() -> float:
    """So far, of this process, of the warm process beside it and of the checks forked from that."""
    warm = children.warm_process()
    return time.process_time() + (sum(map(_seconds, [warm, *_children(warm)])) if warm else 0.0)


def _seconds(pid: int) -> float:
    """Of a process, and of its children that have ended."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
    return sum(map(int, times)) / TICKS


def _children(pid: int) -> list[int]:
    return [int(one) for task in Path(f"/proc/{pid}/task").glob("*/children") for one in task.read_text().split()]
