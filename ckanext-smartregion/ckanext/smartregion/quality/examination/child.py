"""The child process of a check: takes its job from standard input, works under limits, leaves an outcome file."""

import json
import resource
import sys
from pathlib import Path
from typing import Any

MEMORY_EXIT = 3
FORBIDDEN = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "socket.bind",
    "socket.sendto",
    "socket.sendmsg",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
)


def confine(limits: dict[str, int]) -> None:
    """Bound memory, processor time and file size; the check reaches no network and starts no program."""
    memory = limits["memory_mb"] * 1024 * 1024
    # What is unpacked and written anew in UTF-8 grows, and so does the typed copy.
    written = max(4 * limits["file_mb"], 3 * limits["unpacked_mb"]) * 1024 * 1024
    for what, bound, last in (
        (resource.RLIMIT_AS, memory, memory),
        # The first limit ends the check with a signal that says why, the second one ends it in any case.
        (resource.RLIMIT_CPU, limits["seconds"], limits["seconds"] + 5),
        (resource.RLIMIT_FSIZE, written, written),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(what, (bound, last))
    sys.addaudithook(_forbid)


def _forbid(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in FORBIDDEN:
        raise PermissionError(f"a check does not do {event}")


def main() -> int:
    """Do the job on standard input; the exit code tells the parent whether the outcome may be believed."""
    job = json.load(sys.stdin)
    confine(job["limits"])
    from ckanext.smartregion.quality.examination.examine import Examination
    from ckanext.smartregion.quality.examination.limits import Limits
    from ckanext.smartregion.quality.examination.own_rules import OwnRules

    try:
        if "into" in job:
            Path(job["outcome"]).write_text(json.dumps(_converted(job, Limits(**job["limits"]))), encoding="utf-8")
            return 0
        limits, own = Limits(**job["limits"]), OwnRules(**job["own"])
        examination = Examination(Path(job["path"]), job["contract"], job["policy"], limits, own=own)
        outcome = examination.run(Path(job["typed"]) if job["typed"] else None)
        Path(job["outcome"]).write_text(json.dumps(outcome), encoding="utf-8")
    except MemoryError:
        return MEMORY_EXIT
    return 0


def _converted(job: dict[str, Any], limits: Any) -> dict[str, Any] | None:
    from ckanext.smartregion.quality.examination.opening import opened
    from ckanext.smartregion.quality.examination.refusal import Refused

    try:
        file = opened(Path(job["path"]), Path(job["into"]), limits)
    except Refused:  # the check will say why
        return None
    return file.to_dict() if file.converted else None


if __name__ == "__main__":
    sys.exit(main())
