"""Have layers built in the background some minutes after what they are made of has changed: once for many changes."""

from __future__ import annotations

import datetime as dt
import logging

from redis import RedisError

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib.jobs import DEFAULT_QUEUE_NAME, get_queue
from ckan.lib.redis import connect_to_redis

from ckanext.smartregion import config
from ckanext.smartregion.quality.layers import building
from ckanext.smartregion.quality.waivers import contract_name
from ckanext.smartregion.schemas import ContractNotFound, names_format
from ckanext.smartregion.schemas.layers import is_layer

log = logging.getLogger(__name__)


def wake(package_id: str) -> list[str]:
    """Have the layers built of which a dataset is, or was, a part; gives their names.

    Called inside the write's transaction: the delay is longer than that. Where Redis is away nothing is built until the
    next change.
    """
    package, minutes = ckan_model.Package.get(package_id), config.quality_layer_minutes()
    if package is None or package.state == "draft" or not minutes:
        return []
    named = {name for one in package.resources_all if (name := contract_name(one.extras.get("schema")))}
    tables = [name for name in sorted(named) if not is_layer(name) and not names_format(name)]
    return [name for name in tables if _is_first(name, minutes)]


def _is_first(name: str, minutes: int) -> bool:
    """Whether a build was handed over now; False where one waits already."""
    try:
        if not connect_to_redis().set(_key(name), "1", nx=True, ex=minutes * 60 * 2):
            return False
        enqueue(name, minutes)
    except RedisError as error:
        log.warning("The layer %s is not built: Redis does not answer: %s", name, error)
        return False
    return True


def enqueue(name: str, minutes: int = 0) -> str:
    """Hand the build of a layer to the workers, at once or in some minutes; gives the id of the job."""
    timeout = tk.config["ckan.jobs.timeout"]
    queue = get_queue(DEFAULT_QUEUE_NAME)
    said = {"job_timeout": timeout, "meta": {"title": f"Build layer {name}"}}
    if minutes:
        return queue.enqueue_in(dt.timedelta(minutes=minutes), rebuild, name, **said).id
    return queue.enqueue(rebuild, name, **said).id


def rebuild(name: str) -> str | None:
    """What a worker does: build one layer; what comes from now on wakes it again."""
    connect_to_redis().delete(_key(name))
    try:
        return building.build(name)
    except ContractNotFound:
        return None
    except tk.ValidationError as error:
        log.error("The layer %s does not pass: %s", name, error.error_summary)
        return None


def _key(name: str) -> str:
    return f"ckan:{tk.config['ckan.site_id']}:layer:{name}"
