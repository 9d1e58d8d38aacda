"""Talk to the running stack as people and programs do: over HTTP and by the command line."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Portal:
    """The portal of a run dir."""

    run_dir: Path

    @property
    def url(self) -> str:
        return f"http://localhost:{json.loads((self.run_dir / 'ports.json').read_text())['web']}"

    def get(self, path: str, **more: Any) -> requests.Response:
        return requests.get(self.url + path, timeout=60, **more)

    def action(self, name: str, token: str | None = None, /, **data: Any) -> Any:
        headers = {"Authorization": token} if token else {}
        answer = requests.post(f"{self.url}/api/3/action/{name}", json=data, headers=headers, timeout=120).json()
        assert answer["success"], answer
        return answer["result"]

    def command(self, *arguments: str, check: bool = True) -> str:
        """`bin/smartregion ...`, as a person types it."""
        done = subprocess.run(
            [str(ROOT / "bin/smartregion"), *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "RUN_DIR": str(self.run_dir)},
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def token(self, name: str) -> str:
        """What a person's programs show; made once for all tests."""
        return _token(self, name)


@cache
def _token(portal: Portal, name: str) -> str:
    return portal.command("token", name).strip().splitlines()[-1]


def wait_for(look: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """Poll until ``look()`` gives something; fail with ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := look():
                return found
        except (requests.RequestException, ValueError, AssertionError):
            pass  # not there yet
        time.sleep(0.2)
    raise AssertionError(f"after {seconds} s still not: {what}")
