"""The page that Prometheus reads, for who shows its secret and for system administrators."""

from __future__ import annotations

import hmac
import logging
from typing import Any

from flask import Blueprint, make_response
from redis.exceptions import RedisError
from rq import Worker
from rq.exceptions import NoSuchJobError
from rq.job import Job

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib import jobs as ckan_jobs

from ckanext.smartregion import config
from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine.queueing import QUEUE
from ckanext.smartregion.harvest.metrics import text
from ckanext.smartregion.harvest.model import conditions
from ckanext.smartregion.harvest.model.notices import Digest

log = logging.getLogger(__name__)

smartregion_metrics = Blueprint("smartregion_metrics", __name__, url_prefix="/harvest/metrics")


def metrics() -> Any:
    """Everything that is measured, in the text format of Prometheus."""
    if not _knows_the_secret():
        try:
            tk.check_access("smartregion_metrics_show", {}, {})
        except tk.NotAuthorized:
            return _refused()
    response = make_response(text.render(measured()))
    response.headers["Content-Type"] = text.CONTENT_TYPE
    response.headers["Cache-Control"] = "no-store"
    return response


def _knows_the_secret() -> bool:
    """Never true where no secret is set: behind a proxy every caller seems to be this machine itself."""
    secret = config.metrics_token()
    scheme, _, shown = tk.request.headers.get("Authorization", "").partition(" ")
    return bool(secret) and scheme.lower() == "bearer" and hmac.compare_digest(shown.encode(), secret.encode())


def _refused() -> Any:
    sentence = tk._("Send the secret of smartregion.metrics.token as Bearer token, or be a system administrator.")
    response = make_response(sentence + "\n", 401)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def measured() -> text.Measured:
    """What is measured now: a few statements to the database and to Redis, however many sources there are."""
    sources = model.sources()
    return text.Measured(
        moment=model.now(),
        facts=tuple(conditions.facts(sources).values()),
        runs=conditions.runs_by_status(),
        records=conditions.records_by_state(),
        queue=_queue(),
        digests_failed=ckan_model.Session.query(Digest).filter(Digest.tries > 0).count(),
    )


def _queue() -> text.Queue | None:
    try:
        queue = ckan_jobs.get_queue(QUEUE)
        return text.Queue(queue.count, _oldest(queue), Worker.count(queue=queue))
    except RedisError:
        log.warning("Metrics: the queue does not answer", exc_info=True)
        return None


def _oldest(queue: Any) -> float:
    """Seconds that the first job has waited; none waits, or it is taken just now: 0."""
    first = next(iter(queue.get_job_ids(0, 1)), None)
    try:
        enqueued = Job.fetch(first, connection=queue.connection).enqueued_at if first else None
    except NoSuchJobError:
        return 0
    return max(0.0, (model.now() - enqueued).total_seconds()) if enqueued else 0


smartregion_metrics.add_url_rule("", view_func=metrics, strict_slashes=False)
