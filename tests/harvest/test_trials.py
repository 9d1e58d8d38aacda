"""Previews and probes that a worker makes while a page waits, and how much of a long list a preview reads."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from far_end import Answer, Request

from ckan.lib.redis import connect_to_redis
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import jobs, model
from ckanext.smartregion.harvest.engine import previewing, queueing, trials

from tests.harvest.conftest import VERSION_2
from tests.harvest.test_run import datasets
from tests.harvest.web import headers, page, send, work

pytestmark = pytest.mark.usefixtures("clean_queues")
PREVIEW, NEW = "/harvest/essai/preview", "/harvest/new"
HTMX = {"HX-Request": "true"}


def begin(name: str = "t", action: str = "smartregion_source_preview", user: str = "steward", **asked: Any) -> str:
    trials.forget(name)
    trials.begin(name, action, asked or {"id": "essai"}, user)
    return name


# -- a trial


def test_trial_is_handed_over_once_and_what_comes_of_it_is_kept(make: Any, remote: Any) -> None:
    make(remote.url)
    name = begin()
    trials.begin(name, "smartregion_source_preview", {"id": "essai"}, "steward")
    assert work() == 1

    assert trials.find(name).state == "done"
    assert trials.result(name)["counts"]["create"] == 3
    assert 0 < connect_to_redis().ttl(trials._key(name)) <= trials.KEPT.total_seconds()


def test_second_delivery_of_a_trial_changes_nothing(make: Any, remote: Any) -> None:
    make(remote.url)
    name = begin()
    jobs.try_out(name)
    calls = len(remote.far_end.requests)

    jobs.try_out(name)

    assert len(remote.far_end.requests) == calls


def test_trial_tells_how_far_it_is(make: Any, remote: Any) -> None:
    make(remote.url)
    name, seen = begin(), []

    def answer(request: Request) -> Answer:
        found = trials.find(name)
        seen.append((found.state, found.stage, found.counts))
        return remote.answer(request)

    remote.far_end.serve(VERSION_2, answer)
    jobs.try_out(name)

    assert seen[0] == ("running", "", {})
    assert trials.find(name).counts == {"pages": 1, "listed": 3, "total": 3}


def test_trial_is_made_in_the_name_of_who_asked(make: Any, remote: Any) -> None:
    make(remote.url, organization="liege")

    jobs.try_out(begin(user="neighbour"))

    assert trials.find("t").state == "failed"
    assert trials.result("t") is None


def test_refusal_of_the_action_is_kept_by_field(region: Any) -> None:
    jobs.try_out(begin(action="smartregion_source_probe", user="officer", url="nonsense"))

    assert trials.find("t").state == "refused"
    assert list(trials.result("t")) == ["URL"]


def test_what_is_asked_is_sealed(region: Any) -> None:
    begin(action="smartregion_source_probe", url="https://a.example.org", credentials={"secret": "s3cret"})

    assert b"s3cret" not in repr(connect_to_redis().hgetall(trials._key("t"))).encode()
    assert trials.find("t").asked["credentials"] == {"secret": "s3cret"}


def test_trial_whose_worker_is_gone_is_lost(make: Any) -> None:
    make("https://a.example.org")
    name = begin()
    ago = model.now() - trials.SILENCE - dt.timedelta(seconds=1)
    trials._note(name, state="running", told=ago.isoformat())

    assert trials.find(name).state == "lost"
    assert not trials.find(name).live


# -- how much of a list


def endless(remote: Any, total: int) -> None:
    """New records for ever."""
    remote.put("un")
    one = remote.items["un"]

    def answer(request: Request) -> Answer:
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        ids = (f"n{number}" for number in range(offset, offset + limit))
        rows = [{**one, "dataset_id": each, "dataset_uid": f"da_{each}"} for each in ids]
        return Answer(json.dumps({"total_count": total, "results": rows}).encode())

    remote.far_end.serve(VERSION_2, answer)


@pytest.mark.parametrize("bound", [previewing.Bound(pages=3, seconds=60), previewing.Bound(pages=5000, seconds=0)])
def test_preview_of_a_list_without_end_is_of_its_beginning_and_says_so(
    make: Any, remote: Any, bound: previewing.Bound
) -> None:
    endless(remote, 9_000)
    make(remote.url)

    seen = previewing.preview(model.find_source("essai"), bound)

    assert seen.part
    assert seen.error is None
    assert seen.pages == (3 if bound.seconds else 1)
    assert f"{len(seen.keys)} of 9000 records" in seen.plan.notes[-1]["en"]
    assert not seen.as_dict()["complete"]


def test_preview_of_a_part_withdraws_nothing(make: Any, remote: Any, run: Any) -> None:
    run(make(remote.url))
    endless(remote, 9_000)

    seen = previewing.preview(model.find_source("essai"), previewing.Bound(pages=2, seconds=60))

    assert seen.plan.counts["withdraw"] == seen.plan.counts["miss"] == len(seen.plan.asked) == 0


@pytest.mark.ckan_config("smartregion.harvest.preview_pages", 2)
def test_bound_is_set_by_an_option(make: Any, remote: Any) -> None:
    endless(remote, 9_000)
    make(remote.url)

    found = call_action("smartregion_source_preview", id="essai")

    assert (found["pages"], found["complete"]) == (2, False)


# -- the page of a preview


def test_preview_answers_at_once_then_shows_how_far_it_is_and_then_the_plan(app: Any, make: Any, remote: Any) -> None:
    make(remote.url, organization="liege")

    shell = page(app, PREVIEW, user="officer")
    assert remote.far_end.requests == []
    assert 'hx-trigger="every 1s"' in shell
    assert 'http-equiv="refresh"' in shell
    work()
    part = page(app, PREVIEW, user="officer", **HTMX)

    assert "Jeu un" in part
    assert "every 1s" not in part
    assert "<html" not in part
    assert 'http-equiv="refresh"' not in page(app, PREVIEW, user="officer")
    assert datasets() == {}
    assert call_action("smartregion_run_list", source="essai") == []


def test_preview_is_made_once_while_nothing_changes(app: Any, make: Any, remote: Any, run: Any) -> None:
    source = make(remote.url, organization="liege")
    for _ in range(3):
        page(app, PREVIEW, user="officer")
    assert work() == 1
    page(app, PREVIEW, user="steward")
    assert work() == 0

    run(source)
    page(app, PREVIEW, user="officer")
    assert work() == 1
    send(app, PREVIEW, "officer")
    assert work() == 1


def test_page_says_that_no_worker_answers_any_more(app: Any, make: Any, remote: Any) -> None:
    make(remote.url, organization="liege")
    page(app, PREVIEW, user="officer")
    (job,) = queueing.ckan_jobs.get_queue(queueing.QUEUE).jobs
    ago = model.now() - trials.SILENCE - dt.timedelta(seconds=1)
    trials._note(job.args[0], state="running", told=ago.isoformat())

    body = page(app, PREVIEW, user="officer")

    assert 'role="alert"' in body
    assert "every 1s" not in body


# -- the page of an address


def test_address_is_asked_by_a_worker_and_its_page_can_be_called_again(app: Any, region: Any, remote: Any) -> None:
    answer = app.post(
        NEW, data={"url": remote.url, "kind": "opendatasoft"}, headers=headers("officer"), follow_redirects=False
    )
    address = answer.headers["Location"]
    assert remote.far_end.requests == []
    assert 'hx-trigger="every 1s"' in page(app, address, user="officer")
    work()

    body = page(app, address, user="officer")

    assert "Jeu un" in body
    assert 'class="sr-score"' in body
    assert f'id="probe-url" name="url" value="{remote.url}"' in body
    assert "Jeu un" not in page(app, address, user="neighbour")


def test_address_in_a_page_with_script_keeps_its_own(app: Any, region: Any, remote: Any) -> None:
    answer = app.post(NEW, data={"url": remote.url}, headers={**headers("officer"), **HTMX})

    assert "trial=" in answer.headers["HX-Push-Url"]
    assert "<html" not in answer.body


def test_same_address_is_not_asked_twice_unless_it_is_wanted(app: Any, region: Any, remote: Any) -> None:
    form, calls = {"url": remote.url, "kind": "opendatasoft"}, []
    for more in ({}, {}, {"anew": "yes"}):
        send(app, NEW, "officer", **form, **more)
        work()
        calls.append(len(remote.far_end.requests))

    assert calls[0] == calls[1] > 0
    assert calls[2] == 2 * calls[0]


def test_wrong_address_is_refused_at_once(app: Any, region: Any) -> None:
    body = send(app, NEW, "officer", url="ftp://a.example.org")

    assert 'role="alert"' in body
    assert work() == 0


def test_login_of_a_probe_goes_on_to_the_source_and_to_no_other_host(app: Any, region: Any, remote: Any) -> None:
    login = {"login": "bearer", "login_secret": "s3cret-s3cret"}
    send(app, NEW, "officer", url=remote.url, kind="opendatasoft", **login)
    (job,) = queueing.ckan_jobs.get_queue(queueing.QUEUE).jobs
    work()
    form = {"kind": "opendatasoft", "organization": "liege", "trial": job.args[0], "login": "keep"}

    send(app, f"{NEW}/create", "officer", name="sien", url=f"{remote.url}/ici", **form)
    send(app, f"{NEW}/create", "officer", name="autre", url="https://b.example.org", **form)

    assert call_action("smartregion_source_show", id="sien")["has_credentials"]
    assert not call_action("smartregion_source_show", id="autre")["has_credentials"]


def test_what_is_not_kept_any_more_is_said(app: Any, region: Any) -> None:
    assert 'role="alert"' in page(app, f"{NEW}?trial=0123", user="officer")
