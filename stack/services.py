"""The services of a stack, as data: what runs, in which order it starts, and how it is stopped."""

from __future__ import annotations

from dataclasses import dataclass, field

from stack import postgres, solr
from stack.settings import CKAN, PYTHON, ROOT, Stack


@dataclass(frozen=True)
class Service:
    """One program under supervision."""

    name: str
    command: list[str]
    sentence: str
    stop_signal: str = "TERM"
    environment: dict[str, str] = field(default_factory=dict)


def _redis(stack: Stack) -> list[str]:
    settings = stack.run_dir / "redis.conf"
    settings.touch(mode=0o600)
    folder = stack.run_dir / "redis"
    folder.mkdir(exist_ok=True)
    lines = (
        "bind 127.0.0.1",
        f"port {stack.ports['redis']}",
        f"requirepass {stack.passwords['redis']}",
        f"dir {folder}",
        "appendonly yes",  # jobs survive a kill
        "save 60 1",
        "set-proc-title no",  # its title is written over the surroundings by which a stack knows its own processes
    )
    settings.write_text("\n".join(lines) + "\n")
    return ["redis-server", str(settings)]


def _web(stack: Stack) -> list[str]:
    settings = str(ROOT / "stack/gunicorn.conf.py")
    gunicorn = [str(PYTHON), "-m", "gunicorn", "--config", settings, "--bind", f"127.0.0.1:{stack.ports['web']}"]
    return [*gunicorn, "stack.wsgi:application"]


def storage(stack: Stack) -> list[Service]:
    """What keeps the data."""
    return [
        Service("postgres", postgres.command(stack), "PostgreSQL", stop_signal="INT"),
        Service("redis", _redis(stack), "Redis"),
        Service("solr", solr.command(stack), "Solr"),
    ]


def portal(stack: Stack) -> list[Service]:
    """What people and machines talk to, and what works behind it."""
    ckan = [*CKAN, "-c", str(stack.ini)]
    environment = {"CKAN_INI": str(stack.ini)}
    demo = [str(PYTHON), "-m", "stack.demo", "--port", str(stack.ports["demo"])]
    return [
        Service("web", _web(stack), "the portal", environment=environment),
        Service("demo", [*demo, "--state", str(stack.run_dir / "demo")], "the demonstration's remote portal"),
        Service("worker", [*ckan, "smartregion", "worker", "default", "harvest"], "the background worker"),
        Service("scheduler", [*ckan, "smartregion", "scheduler", "run"], "the harvest scheduler"),
        Service("follower", [*ckan, "smartregion", "feed", "follow"], "what publishes changes in the feeds"),
    ]


def all_services(stack: Stack) -> list[Service]:
    """Everything, in the order of starting."""
    return [*storage(stack), *portal(stack)]
