"""What a reading child process does between two documents: wait, stay within its limits, answer. Standard library only.

A document comes as one line of JSON (its size in `bytes` among other facts) and its bytes, or none of them where a fact
is the path of a file; the answer goes back the same way. A child that hears nothing for a while ends by itself, and so
does one whose parent is gone.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import select
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 90
IDLE_SECONDS = 60
# Kibibytes; a child that has grown beyond them does not stay, so that a worker and its readers remain small.
MOST_KEPT = 192 * 1024
REFUSED = ("socket.connect", "socket.getaddrinfo", "urllib.Request", "subprocess.Popen", "os.system", "os.exec")
Read = Callable[[bytes, dict[str, Any]], dict[str, Any]]


class RefusedError(Exception):
    """A document can't be used; `key` names the sentence that says why, `facts` fill its gaps."""

    def __init__(self, key: str, **facts: Any) -> None:
        self.key, self.facts = key, facts
        super().__init__(key)


def serve(read: Read) -> None:
    """Read document after document; a RefusedError is answered as `refused`, whatever else `read` raises as `error`."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no answer
    fence()
    while head := _head():
        body = sys.stdin.buffer.read(head["bytes"])
        _more_time()
        answer = json.dumps(_answer(read, body, head)).encode()
        answers.write(b"%d\n" % len(answer) + answer)
        answers.flush()
        if _resident() > MOST_KEPT:
            return


def _resident() -> int:
    """Kibibytes of this process; the peak that `getrusage` tells is its parent's, from before the program began."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


def _answer(read: Read, body: bytes, head: dict[str, Any]) -> dict[str, Any]:
    try:
        return read(body, head)
    except MemoryError:
        os._exit(1)  # its parent says that the document is too heavy; nothing in here can be trusted any more
    except RefusedError as error:
        return {"refused": error.key, "facts": error.facts}
    except Exception as error:
        return {"error": reason(error)}


def fence() -> None:
    """No memory beyond the limit, no network and no program: a document must not make its reader call anybody."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    logging.disable(logging.CRITICAL)

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event in REFUSED:
            raise ValueError("the document asks to be completed from the network")

    sys.addaudithook(refuse)


def reason(error: BaseException | None) -> str:
    """What went wrong in a line."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def _head() -> dict[str, Any] | None:
    """The facts of the next document, or None when there is none to come."""
    ready, _, _ = select.select([sys.stdin.buffer], [], [], IDLE_SECONDS)
    line = sys.stdin.buffer.readline() if ready else b""
    return json.loads(line) if line else None


def _more_time() -> None:
    """Each document has the same processor time, however many came before it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS, resource.getrlimit(resource.RLIMIT_CPU)[1]))
