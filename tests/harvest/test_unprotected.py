"""A source whose https address leads to plain http: read where nothing is at stake, and told; refused otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from far_end import Answer, FarEnd

from ckan.tests.helpers import call_action

from tests.harvest.conftest import VERSION_2
from tests.harvest.test_run import counts

pytestmark = pytest.mark.usefixtures("trusting")


@pytest.fixture
def leading_down(secure: FarEnd, remote: Any) -> str:
    """The address of a portal that sends everybody from https to http."""

    def down(request: Any) -> Answer:
        query = "&".join(f"{name}={value}" for name, value in request.query.items())
        return Answer(status=301, headers={"Location": f"{remote.url}{VERSION_2}?{query}"})

    secure.serve("*", down)
    return secure.url


def test_source_that_leads_from_https_to_http_is_read_and_the_run_tells_it_once(make, leading_down, run) -> None:
    source = make(leading_down)
    preview = call_action("smartregion_source_preview", id="essai")
    assert ["redirects from https to an unprotected" in note["en"] for note in preview["notes"]] == [True]

    for expected in ({"created": 3}, {"unchanged": 3}):
        summary = run(source)
        assert (summary["status"], counts(summary)) == ("done", expected)
        (note,) = call_action("smartregion_run_show", id=summary["run"])["notes"]
        assert "redirects from https to an unprotected http address" in note["en"]


def test_source_with_credentials_does_not_go_where_others_can_read_them(make, leading_down, remote, run) -> None:
    source = make(leading_down, credentials={"scheme": "bearer", "secret": "un-jeton-secret"})
    summary = run(source)
    assert (summary["status"], counts(summary)) == ("failed", {})
    error = call_action("smartregion_run_show", id=summary["run"])["error"]
    assert "unprotected http address, which is not followed" in error["en"]
    assert remote.far_end.requests == []
