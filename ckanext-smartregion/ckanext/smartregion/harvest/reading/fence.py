"""What may be too heavy is read in a child process under limits: bounded memory and time, no network, JSON as answer.

The parent asks with `ask_child`; the module it names runs `answer` in the child. Pure.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from ckanext.smartregion.harvest.records import ListingError
from ckanext.smartregion.harvest.sentences import say

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 90
SECONDS = 120
# Each thread of a library for numbers reserves memory that counts against the limit.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
CALLING_OUT = frozenset({"socket.connect", "socket.getaddrinfo", "urllib.Request"})


class RefusedError(Exception):
    """What the child was given can't be used; `key` names the sentence that says why, `facts` fill its gaps."""

    def __init__(self, key: str, **facts: Any) -> None:
        self.key, self.facts = key, facts
        super().__init__(key)


def ask_child(module: str, *arguments: str, url: str) -> dict[str, Any]:
    """What the child makes of its arguments; a ListingError names the address where it refuses or is cut off."""
    command = [sys.executable, "-m", module, *arguments]
    try:
        child = subprocess.run(command, capture_output=True, timeout=SECONDS, check=True, env=os.environ | ONE_THREAD)
        found = json.loads(child.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        # Killed by its limits, or out of memory: either way this is too heavy for one gulp.
        raise ListingError(say("too-heavy", url=url)) from error
    if "refused" in found:
        raise ListingError(say(found["refused"], **{"url": url, **found["facts"]}))
    return found


def answer(read: Callable[..., dict[str, Any]]) -> None:
    """In the child: read what the command line names, and print what was found or why it was refused."""
    fence()
    try:
        found = read(*sys.argv[1:])
    except RefusedError as error:
        found = {"refused": error.key, "facts": error.facts}
    except MemoryError:
        found = {"refused": "too-heavy", "facts": {}}
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        found = {"refused": "unreadable", "facts": {"reason": reason}}
    json.dump(found, sys.stdout)


def fence(memory: int = MEMORY, seconds: int = CPU_SECONDS) -> None:
    """No memory or time beyond the limits, no network: a file must not make its reader call anybody."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    logging.disable(logging.CRITICAL)
    sys.addaudithook(_refuse_calls)


def _refuse_calls(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in CALLING_OUT:
        raise ValueError("the file asks to be completed from the network")
