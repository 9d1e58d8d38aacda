"""The typed copy: a clean UTF-8 CSV with the contract's columns in its order, made to be loaded by COPY."""

import csv
from pathlib import Path
from types import TracebackType


class TypedCopy:
    """Writes the typed copy while a file is examined; without a path it writes nothing."""

    def __init__(self, path: Path | None, names: list[str]) -> None:
        self.file = path.open("w", encoding="utf-8", newline="") if path else None
        self.writer = csv.writer(self.file, lineterminator="\n") if self.file else None
        self.write(names)

    def write(self, values: list[str]) -> None:
        """Add one row."""
        if self.writer:
            self.writer.writerow(values)

    def __enter__(self) -> "TypedCopy":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.file:
            self.file.close()
