"""What a killed process leaves behind is found again, also when the next run does not take up where it stood."""

from __future__ import annotations

from typing import Any

import pytest

from ckan import model as ckan_model
from ckan.lib import jobs as ckan_jobs
from ckan.lib.redis import connect_to_redis
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import applying, closing
from ckanext.smartregion.quality import tables
from ckanext.smartregion.schemas import table_contract

from tests.harvest.conftest import VERSION_2
from tests.harvest.kills.children import Point, lock_is_free
from tests.harvest.kills.story import buried, deliver, delivered, queued, status

BETWEEN = Point("between commit and index", applying, "_after")


def killed_between(run: str) -> None:
    assert deliver(run, BETWEEN).wait().signal == 9
    lock_is_free()


def found(text: str) -> int:
    return call_action("package_search", q=text)["count"]


@pytest.fixture
def written(practised: None, make: Any, remote: Any) -> str:
    """Three datasets are written and not indexed, for their run was killed; gives its id."""
    connect_to_redis().flushdb()
    make(remote.url)
    run = queued("essai")
    killed_between(run)
    assert found("Jeu") == 0
    return run


def test_index_is_completed_though_the_next_run_reads_the_source_otherwise(written: str) -> None:
    call_action("smartregion_source_update", id="essai", options={"language": "nl"})
    delivered(queued("essai"))
    assert found("title:Jeu") == 3


def test_index_is_completed_though_the_run_was_cancelled(written: str) -> None:
    call_action("smartregion_run_cancel", id=written)
    delivered(written)  # what its worker left is delivered again
    assert status(written) == "cancelled"
    delivered(queued("essai"))
    assert found("title:Jeu") == 3


def test_run_that_was_cancelled_and_died_has_no_heir(written: str) -> None:
    call_action("smartregion_run_cancel", id=written)
    with pytest.raises(ValueError, match="not enough values"):
        buried()
    assert status(written) == "cancelled"


def test_table_is_loaded_though_its_writer_died_before_it_could_ask_for_it(make: Any, remote: Any) -> None:
    connect_to_redis().flushdb()
    table = table_contract("bicycle-parking").example_valid.read_bytes()
    remote.far_end.serve(f"{VERSION_2}/un/exports/csv", table)
    make(remote.url, options={"contract.un": "bicycle-parking"})
    run = queued("essai")
    killed_between(run)
    assert ckan_jobs.get_queue().jobs == []

    delivered(run)

    (job,) = ckan_jobs.get_queue().jobs
    assert job.func == tables.load


def test_what_changed_since_the_dead_run_listed_is_asked_for_by_the_one_after_its_heir(written: str) -> None:
    former = ckan_model.Session.get_one(model.Run, written)
    began = former.started
    closing.lose(former)
    delivered(queued("essai"))
    ckan_model.Session.rollback()
    source = model.find_source("essai")
    assert source is not None
    assert source.listed == began


def test_failed_record_is_asked_for_again_though_the_run_that_failed_on_it_died(make: Any, remote: Any) -> None:
    connect_to_redis().flushdb()
    remote.items["un"]["metas"] = "oups"
    make(remote.url)
    run = queued("essai")
    killed_between(run)
    closing.lose(ckan_model.Session.get_one(model.Run, run))
    heir = queued("essai")
    delivered(heir)
    assert status(heir) == "done"

    last = queued("essai")
    delivered(last)
    ckan_model.Session.rollback()
    counts = ckan_model.Session.get_one(model.Run, last).counts
    assert (counts["unchanged"], counts["failed"]) == (2, 1)
