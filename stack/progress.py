"""Progress in steps, on the terminal: what is being done, and how long it took."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stack.errors import StackError


@contextmanager
def step(sentence: str) -> Iterator[None]:
    """Print a step before it starts and its seconds when it is done."""
    started = time.monotonic()
    print(f"  {sentence} ...", end="", flush=True)
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.monotonic() - started:.1f} s", flush=True)


def wait_until(ready: Callable[[], bool], *, seconds: float, otherwise: str) -> None:
    """Poll until ``ready()``; after ``seconds`` raise StackError with the sentence ``otherwise``."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise StackError(otherwise)
        time.sleep(0.2)


def complain(error: StackError) -> int:
    """Print the error's sentence and return the exit code."""
    print(f"\n{error}", file=sys.stderr, flush=True)
    return 1
