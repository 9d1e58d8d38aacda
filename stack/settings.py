"""Where a stack lives and what belongs to it: folders, ports and passwords, chosen once and kept in RUN_DIR."""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
PYTHON = ROOT / ".venv" / "bin" / "python"
CKAN = (str(PYTHON), "-P", "-m", "ckanext.smartregion.command")  # CKAN's commands, started quicker than by its script

DEFAULT_PORT = 5000
# What each process of the tests has for itself: databases, an index, a Redis database (by its place), files.
TEST_SETS = ("test", "test2", "test3", "test4")
INTERNAL = ("postgres", "redis", "solr", "supervisor", "demo")
SECRETS = ("postgres", "ckan_db", "datastore_db", "redis", "supervisor", "session", "jwt", "accounts")


@dataclass(frozen=True)
class Stack:
    """One stack: ``run_dir`` holds all its data, ``ports`` and ``passwords`` are its own."""

    run_dir: Path
    ports: dict[str, int]
    passwords: dict[str, str]

    @property
    def ini(self) -> Path:
        """The CKAN configuration that the stack generated."""
        return self.run_dir / "ckan.ini"

    @property
    def logs(self) -> Path:
        """One log file per service."""
        return self.run_dir / "logs"

    @property
    def site_url(self) -> str:
        """The portal's address."""
        return f"http://localhost:{self.ports['web']}"


def is_free(port: int) -> bool:
    """Whether nothing listens on this loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A loopback port that nothing uses at the moment, below the ephemeral range of clients."""
    while True:
        port = 20000 + secrets.randbelow(10000)
        if is_free(port):
            return port


def web_port(run_dir: Path, kept: dict[str, int]) -> int:
    """PORT from the environment, else the one this stack had before, else 5000."""
    wanted = os.environ.get("PORT") or kept.get("web") or DEFAULT_PORT
    try:
        port = int(wanted)
    except ValueError:
        port = 0
    if not 0 < port < 65536:
        raise StackError(f"PORT={wanted} is not a port: choose a number between 1024 and 65535.")
    return port


def _read(path: Path) -> dict:
    return json.loads(path.read_text()) if path.exists() else {}


def _keep(path: Path, facts: dict) -> None:
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(facts, indent=1))
    fresh.replace(path)


def load() -> Stack:
    """The stack of RUN_DIR (default: .run), made up on first use and the same ever after."""
    run_dir = (ROOT / os.environ.get("RUN_DIR", ".run")).resolve()
    try:
        (run_dir / "logs").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"{run_dir} can't be made ({error.strerror})"
        raise StackError(f"{reason}: choose another folder with RUN_DIR=...") from None
    ports = _read(run_dir / "ports.json")
    ports["web"] = web_port(run_dir, ports)
    ports |= {name: free_port() for name in INTERNAL if name not in ports}
    passwords = _read(run_dir / "passwords.json")
    passwords |= {name: secrets.token_urlsafe(24) for name in SECRETS if name not in passwords}
    _keep(run_dir / "ports.json", ports)
    _keep(run_dir / "passwords.json", passwords)
    return Stack(run_dir, ports, passwords)


def made(run_dir: Path) -> Stack:
    """The stack that was made in a folder."""
    return Stack(run_dir, _read(run_dir / "ports.json"), _read(run_dir / "passwords.json"))


def move_taken_ports(stack: Stack) -> Stack:
    """For a stack that is not running: other internal ports where somebody took ours; a taken PORT is an error."""
    if not is_free(stack.ports["web"]):
        port = stack.ports["web"]
        raise StackError(f"Port {port} is used by another program: stop it, or run `make run PORT={port + 1}`.")
    for name in INTERNAL:
        if not is_free(stack.ports[name]):
            stack.ports[name] = free_port()
            if name == "demo":  # the sources of the demonstration must learn its new address
                (stack.run_dir / "filled").unlink(missing_ok=True)
    _keep(stack.run_dir / "ports.json", stack.ports)
    return stack
