"""`ours_job.py INI SOURCE...` queues a run of each source and waits until all have ended.

It prints as JSON their ids, and the seconds from the order to the end.
"""

from __future__ import annotations

import json
import sys
import time

import sqlalchemy as sa

from ckan import model
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.plugins import toolkit as tk

PATIENCE = 3600


def ended(runs: list[str]) -> bool:
    """Whether all runs are over."""
    model.Session.rollback()
    query = sa.text("SELECT count(*) FROM smartregion_run WHERE id IN :runs AND finished IS NULL")
    return not model.Session.execute(query.bindparams(sa.bindparam("runs", runs, expanding=True))).scalar()


def main(ini: str, *names: str) -> None:
    """Queue, wait, tell."""
    with make_app(CKANConfigLoader(ini).get_config()).test_request_context():
        start = tk.get_action("smartregion_source_run")
        begun = time.monotonic()
        runs = [start({"ignore_auth": True, "user": ""}, {"id": name})["id"] for name in names]
        while not ended(runs):
            if time.monotonic() > begun + PATIENCE:
                sys.exit("The runs do not end.")
            time.sleep(0.1)
        print(json.dumps([runs, time.monotonic() - begun]))


if __name__ == "__main__":
    main(*sys.argv[1:])
