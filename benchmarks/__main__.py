"""`python -m benchmarks [NAME ...]` runs every benchmark, or those named, one after the other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHARED = {"__init__", "__main__", "timing"}


def names() -> list[str]:
    """Every benchmark: a module of this folder that runs by itself."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in SHARED)


def main(wanted: list[str]) -> int:
    """Run the benchmarks, each in a process of its own so that none warms up the next; 1 when one failed."""
    if unknown := set(wanted) - set(names()):
        print(f"There is no benchmark {', '.join(sorted(unknown))}; choose from {', '.join(names())}.", file=sys.stderr)
        return 2
    failed = []
    for name in wanted or names():
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=HERE.parent, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
