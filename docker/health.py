"""Says by its exit code whether this container does its work: `python docker/health.py web|worker`."""

from __future__ import annotations

import os
import socket
import sys
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

# RQ renews a worker's heartbeat at least this often, also while a long job runs.
SILENCE = timedelta(minutes=8)


def web() -> bool:
    """The portal answers."""
    port = os.environ.get("WEB_PORT", "5000")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/3/action/status_show", timeout=10) as answer:
        return answer.status == 200


def worker() -> bool:
    """The worker of this machine has been heard of lately."""
    from redis import Redis
    from rq import Worker

    host = os.environ.get("REDIS_HOST", "redis")
    connection = Redis.from_url(f"redis://:{os.environ['REDIS_PASSWORD']}@{host}/0")
    here = [each for each in Worker.all(connection=connection) if each.hostname == socket.gethostname()]
    return any(_awake(each.last_heartbeat) for each in here)


def _awake(heartbeat: datetime | None) -> bool:
    if heartbeat is None:
        return False
    return datetime.now(UTC) - heartbeat.replace(tzinfo=heartbeat.tzinfo or UTC) < SILENCE


CHECKS: dict[str, Callable[[], bool]] = {"web": web, "worker": worker}

if __name__ == "__main__":
    sys.exit(0 if CHECKS[sys.argv[1]]() else 1)
