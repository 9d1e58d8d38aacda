"""`ours_job.py INI SOURCE...` queues a run of each source, waits until all have ended, and prints their ids as JSON."""

from __future__ import annotations

import json
import sys
import time

from ckan import model
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.plugins import toolkit as tk

PATIENCE = 3600


def ended(run: str) -> bool:
    """Whether a run is over."""
    model.Session.rollback()
    return tk.get_action("smartregion_run_show")({"ignore_auth": True}, {"id": run, "limit": 0})["finished"] is not None


def main(ini: str, *names: str) -> None:
    """Queue, wait, tell."""
    with make_app(CKANConfigLoader(ini).get_config()).test_request_context():
        start = tk.get_action("smartregion_source_run")
        runs = [start({"ignore_auth": True, "user": ""}, {"id": name})["id"] for name in names]
        end = time.monotonic() + PATIENCE
        while not all(map(ended, runs)):
            if time.monotonic() > end:
                sys.exit("The runs do not end.")
            time.sleep(0.5)
        print(json.dumps(runs))


if __name__ == "__main__":
    main(*sys.argv[1:])
