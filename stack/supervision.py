"""supervisord for one stack: it starts the services, starts again what dies, and stops what it started."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from stack.errors import StackError
from stack.progress import wait_until
from stack.services import Service, all_services
from stack.settings import PYTHON, ROOT, Stack, is_free

MARK = "SMARTREGION_STACK"  # in the environment of every process of a stack: its run_dir


def _escape(text: str) -> str:
    return text.replace("%", "%%")


def _program(service: Service, stack: Stack) -> str:
    environment = {MARK: str(stack.run_dir), **service.environment}
    pairs = ",".join(f'{name}="{_escape(value)}"' for name, value in environment.items())
    return f"""
[program:{service.name}]
command={_escape(shlex.join(service.command))}
directory={ROOT}
environment={pairs}
autostart=false
autorestart=true
startsecs=1
startretries=10
stopsignal={service.stop_signal}
stopwaitsecs=20
stopasgroup={"false" if service.name == "postgres" else "true"}
killasgroup=true
redirect_stderr=true
stdout_logfile={stack.logs}/{service.name}.log
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=2
"""


def write_settings(stack: Stack) -> Path:
    """supervisord.conf of this stack; it holds a password, so only its owner may read it."""
    target = stack.run_dir / "supervisord.conf"
    target.touch(mode=0o600)
    head = f"""[supervisord]
logfile={stack.logs}/supervisord.log
pidfile={stack.run_dir}/supervisord.pid
nodaemon=true
minfds=1024
user={"root" if os.geteuid() == 0 else ""}

[inet_http_server]
port=127.0.0.1:{stack.ports["supervisor"]}
username=stack
password={stack.passwords["supervisor"]}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
    if os.geteuid() != 0:
        head = head.replace("user=\n", "")
    target.write_text(head + "".join(_program(service, stack) for service in all_services(stack)))
    return target


def _proxy(stack: Stack) -> Any:
    """The supervisor's own procedures; XML-RPC knows no types."""
    return ServerProxy(f"http://stack:{stack.passwords['supervisor']}@127.0.0.1:{stack.ports['supervisor']}/RPC2")


def is_running(stack: Stack) -> bool:
    """Whether this stack's supervisor answers."""
    try:
        return _proxy(stack).supervisor.getState()["statename"] == "RUNNING"
    except (OSError, Fault):
        return False


def _belongs(pid: str, stack: Stack) -> bool:
    try:
        return f"{MARK}={stack.run_dir}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def leftovers(stack: Stack) -> list[int]:
    """Processes of this stack that survived their supervisor; never those of anybody else."""
    own = [int(pid.name) for pid in Path("/proc").iterdir() if pid.name.isdigit() and _belongs(pid.name, stack)]
    postmaster = stack.run_dir / "postgres" / "postmaster.pid"
    if postmaster.exists():  # PostgreSQL rewrites its environment, so it is known by its own file
        pid = int(postmaster.read_text().split()[0])
        name = Path(f"/proc/{pid}/comm")
        if name.exists() and name.read_text().strip() == "postgres":
            own.append(pid)
    return [pid for pid in own if pid != os.getpid()]


def clear_leftovers(stack: Stack) -> None:
    """End what an earlier, killed supervisor left behind; data stays."""
    for pid in leftovers(stack):
        _signal(pid, signal.SIGINT)
    try:
        wait_until(lambda: not leftovers(stack), seconds=15, otherwise="")
    except StackError:
        for pid in leftovers(stack):
            _signal(pid, signal.SIGKILL)
        time.sleep(0.5)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def launch(stack: Stack) -> None:
    """Start supervisord in a session of its own, so that Ctrl-C reaches us and not the services."""
    settings = write_settings(stack)
    log = (stack.logs / "supervisord.out").open("ab")
    command = [str(PYTHON), "-m", "supervisor.supervisord", "-c", str(settings)]
    environment = {**os.environ, MARK: str(stack.run_dir)}
    subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True)
    complaint = f"The supervisor doesn't answer; read {stack.logs}/supervisord.out."
    wait_until(lambda: is_running(stack), seconds=20, otherwise=complaint)


def start(stack: Stack, name: str) -> None:
    """Start one service unless it runs."""
    supervisor = _proxy(stack).supervisor
    if state(stack, name) not in {"RUNNING", "STARTING"}:
        try:
            supervisor.startProcess(name, False)
        except Fault as fault:
            raise StackError(f"{name} can't be started ({fault.faultString}); read {stack.logs}/{name}.log.") from None


def state(stack: Stack, name: str) -> str:
    """RUNNING, STARTING, STOPPED, BACKOFF, FATAL or EXITED."""
    return _proxy(stack).supervisor.getProcessInfo(name)["statename"]


def states(stack: Stack) -> list[tuple[str, str, str]]:
    """Name, state and description of every service."""
    processes = _proxy(stack).supervisor.getAllProcessInfo()
    return [(process["name"], process["statename"], process["description"]) for process in processes]


def stop(stack: Stack) -> bool:
    """Stop the portal first and what keeps the data last; False when nothing ran."""
    if not is_running(stack):
        found = bool(leftovers(stack))
        clear_leftovers(stack)
        return found
    supervisor = _proxy(stack).supervisor
    for service in reversed(all_services(stack)):
        if state(stack, service.name) in {"RUNNING", "STARTING", "BACKOFF"}:
            supervisor.stopProcess(service.name, service.name in {"postgres", "redis", "solr", "worker"})
    supervisor.shutdown()
    wait_until(
        lambda: is_free(stack.ports["supervisor"]), seconds=30, otherwise="The supervisor doesn't end; try again."
    )
    clear_leftovers(stack)
    return True
