"""Runs inside the peer's own environment: `peer_job.py INI KIND URL` makes the source once, runs one job, prints JSON.

The clock is the peer's own, from the start of its gather stage to its last import; `wall` is ours, from the order.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import sqlalchemy as sa

from ckan import model
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.plugins import toolkit as tk

PATIENCE = 1800


def context() -> Any:
    """The site user, who may do all."""
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return {"ignore_auth": True, "user": site["name"]}


CONFIG = {"dcat_rdf": {"rdf_format": "turtle"}, "ckan": {}}


def source(kind: str, url: str) -> str:
    """The harvest source of a kind, made at the first call."""
    found = model.Package.get(f"bench-{kind}")
    if found:
        return found.id
    if model.Group.get("namur") is None:
        tk.get_action("organization_create")(context(), {"name": "namur", "title": "Namur"})
    facts = {"name": f"bench-{kind}", "title": "Bench", "url": url, "source_type": kind, "owner_org": "namur"}
    facts |= {"frequency": "MANUAL", "config": json.dumps(CONFIG[kind])}
    return tk.get_action("harvest_source_create")(context(), facts)["id"]


def outcome(job: str) -> tuple | None:
    """Seconds and counts when every record of the job is done."""
    model.Session.rollback()
    row = model.Session.execute(
        sa.text(
            "SELECT extract(epoch FROM max(o.import_finished) - max(j.gather_started)), count(*), "
            "count(*) FILTER (WHERE o.state = 'ERROR'), "
            "count(*) FILTER (WHERE o.state IN ('COMPLETE', 'ERROR')), bool_and(j.gather_finished IS NOT NULL) "
            "FROM harvest_job j JOIN harvest_object o ON o.harvest_job_id = j.id WHERE j.id = :job"
        ),
        {"job": job},
    ).one()
    seconds, total, failed, done, gathered = row
    if gathered and total and done == total:
        return float(seconds), total, failed
    return empty(job) if not total else None


def empty(job: str) -> tuple | None:
    """Seconds of a job whose gather stage found nothing to do."""
    query = "SELECT extract(epoch FROM gather_finished - gather_started) FROM harvest_job WHERE id = :job"
    seconds = model.Session.execute(sa.text(query), {"job": job}).scalar()
    return (float(seconds), 0, 0) if seconds is not None else None


def main(ini: str, kind: str, url: str) -> None:
    """One job, from its start to its last record."""
    with make_app(CKANConfigLoader(ini).get_config()).test_request_context():
        order = {"source_id": source(kind, url), "run": True}
        begun = time.monotonic()
        job = tk.get_action("harvest_job_create")(context(), order)["id"]
        while (found := outcome(job)) is None and time.monotonic() < begun + PATIENCE:
            time.sleep(0.1)
        wall = time.monotonic() - begun
        if found is None:
            sys.exit("The peer's job does not end.")
        tk.get_action("harvest_jobs_run")(context(), {})
        active = model.Session.query(model.Package).filter_by(state="active", type="dataset").count()
        facts = {"seconds": found[0], "wall": wall, "records": found[1], "failed": found[2], "datasets": active}
        print(json.dumps(facts))


if __name__ == "__main__":
    main(*sys.argv[1:])
