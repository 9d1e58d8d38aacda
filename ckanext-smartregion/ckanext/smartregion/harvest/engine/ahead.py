"""A long listing is mapped by a process beside: while the next page is fetched and the one before is kept."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, Pipe
from types import TracebackType
from typing import Self, cast

from ckanext.smartregion.harvest.engine.comparing import Mapped, Sifted
from ckanext.smartregion.harvest.records import Record
from ckanext.smartregion.harvest.walking import Walked

Map = Callable[[list[Record]], list[Mapped]]
# With fewer records the way to another process takes longer than to map them.
WORTH = 20
PATIENCE = 60  # seconds; a page takes less than one


class Beside:
    """A process that maps records, begun when it is first worth it; it ends with the block, or with this process."""

    def __init__(self, do: Map) -> None:
        self.do, self.pid = do, 0
        self.end: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def begin(self, records: list[Record]) -> Callable[[], list[Mapped]]:
        """Begin to map records; what is given back waits for them. Only one page at a time."""
        if len(records) < WORTH:
            return lambda: self.do(records)
        end = self.end = self.end or self._started()
        try:
            end.send(records)
        except (OSError, RecursionError, ValueError):  # it is gone, or they can't be sent
            return lambda: self.do(records)

        def wait() -> list[Mapped]:
            try:
                if end.poll(PATIENCE):
                    return end.recv()
            except (EOFError, OSError):
                pass
            self._end()  # whatever became of it, nothing was lost
            return self.do(records)

        return wait

    def _end(self) -> None:
        if self.end:
            self.end.close()
            self.end = None
            os.kill(self.pid, signal.SIGKILL)  # it holds nothing
            os.waitpid(self.pid, 0)

    def _started(self) -> Connection:
        ours, theirs = cast(tuple[Connection, Connection], Pipe())
        self.pid = os.fork()
        if self.pid:
            theirs.close()
            return ours
        try:
            ours.close()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            while True:
                theirs.send(self.do(theirs.recv()))
        finally:
            os._exit(0)  # what was inherited, connections above all, is the other's


def mapped_ahead(
    pages: Iterator[Walked], sift: Callable[[Walked], Sifted], beside: Beside
) -> Iterator[tuple[Walked, Sifted, list[Mapped]]]:
    """Pages with what their records map to, each while the one after it is fetched; what breaks off is raised last."""
    waiting: tuple[Walked, Sifted, Callable[[], list[Mapped]]] | None = None
    while True:
        walked, broken = None, None
        try:
            walked = next(pages, None)
        except Exception as error:  # the page before it is told first
            broken = error
        sifted = sift(walked) if walked else None
        done = (*waiting[:2], waiting[2]()) if waiting else None
        waiting = (walked, sifted, beside.begin(sifted.changed)) if walked and sifted else None
        if done:
            yield done
        if broken:
            raise broken
        if waiting is None:
            return
