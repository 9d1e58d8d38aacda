"""What one check may use at most; beyond it a file is refused, or the check ends with a sentence."""

from dataclasses import asdict, dataclass, fields

MEGABYTE = 1024 * 1024
# Limits on the effort: a check that meets them says nothing of the file.
EFFORT = ("seconds", "memory_mb", "threads")


@dataclass(frozen=True)
class Limits:
    """Bounds of one check; the defaults suit a municipality's files, an installation sets its own."""

    file_mb: int = 200
    unpacked_mb: int = 250
    rows: int = 2_000_000
    columns: int = 1_000
    cells: int = 5_000_000
    cell_chars: int = 65_536
    samples: int = 5
    findings: int = 300
    report_kb: int = 1_000
    seconds: int = 300
    memory_mb: int = 1_536
    # That may read one sheet; with one of them what would fill the memory is seen before it is read.
    threads: int = 2

    @property
    def mark(self) -> str:
        """What differs from the defaults and decides verdicts; empty where nothing does."""
        others = [f"{field.name} {getattr(self, field.name)}" for field in fields(self) if field.name not in EFFORT]
        ours = [f"{field.name} {field.default}" for field in fields(self) if field.name not in EFFORT]
        return "".join(f", {one}" for one in others if one not in ours)

    def to_dict(self) -> dict[str, int]:
        """The limits as the child process reads them."""
        return asdict(self)
