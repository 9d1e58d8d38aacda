"""The memory that a check takes at most: `python -m benchmarks.checking.peak FILE`, a file of ten columns, in MB."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ckanext.smartregion.quality.examination.examine import Examination
from ckanext.smartregion.quality.examination.limits import Limits

from benchmarks.checking.tables import ten_columns


def peak(path: Path) -> int:
    """Megabytes, of a process of its own that does nothing else."""
    done = subprocess.run([sys.executable, "-m", __name__, str(path)], capture_output=True, check=True, text=True)
    return int(done.stdout)


def main(path: Path) -> None:
    """Check, then say the high-water mark of this program; that of `getrusage` would be its parent's as well."""
    contract = ten_columns()
    Examination(path, contract.schema, contract.policy, Limits()).run()
    status = Path("/proc/self/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    print(int(kilobytes) // 1024)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
