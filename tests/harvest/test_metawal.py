"""Metawal's answer as it really is: of 200 records 71 are not well-formed, some come twice and are counted so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from far_end import Answer, FarEnd

from ckan import model as ckan_model
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model

from tests.harvest.test_run import counts

RECORD_NAME = re.compile(rb"(/records/)[0-9a-f-]{36}(?=\">\s*<foaf:primaryTopic)")
BROKEN, ALL, AGAIN = 71, 200, 14


class Metawal:
    """The records of the real answer over and over, each under a number; the first ones lack an end."""

    def __init__(self, far_end: FarEnd, shared: Path) -> None:
        body = (shared / "samples/csw/metawal-getrecords-dcat-25-wellformed.xml").read_bytes()
        self.blocks = re.findall(rb"<rdf:RDF.*?</rdf:RDF>", body, re.DOTALL)
        self.broken, self.again = BROKEN, 0
        self.url = far_end.serve("/csw", lambda request: Answer(self.answer()))

    def answer(self) -> bytes:
        numbers = [*range(ALL), *range(ALL - self.again, ALL)]
        return (
            b'<csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"><csw:SearchResults '
            b'numberOfRecordsMatched="%d" numberOfRecordsReturned="%d" nextRecord="0">%s'
            b"</csw:SearchResults></csw:GetRecordsResponse>"
        ) % (len(numbers), len(numbers), b"".join(map(self.record, numbers)))

    def record(self, number: int) -> bytes:
        block = RECORD_NAME.sub(rb"\g<1>%d" % number, self.blocks[number % len(self.blocks)])
        return block.replace(b"<dct:title>", b"<dct:wrong><dct:title>", 1) if number < self.broken else block


@pytest.fixture
def metawal(far_end: FarEnd, shared: Path) -> Metawal:
    """The catalogue."""
    return Metawal(far_end, shared)


def arrived(summary: dict[str, Any]) -> int:
    found = counts(summary)
    return found.get("created", 0) + found.get("held", 0)


def test_71_of_200_records_that_are_not_well_formed_fail_and_the_others_arrive(make, metawal: Metawal, run) -> None:
    source = make(metawal.url, kind="csw", options={"output": "dcat"})
    summary = run(source)
    assert (summary["status"], arrived(summary), summary["failed"]) == ("done", ALL - BROKEN, BROKEN)

    failed = ckan_model.Session.query(model.Outcome).filter_by(run_id=summary["run"], outcome="failed").all()
    assert {each.remote_id for each in failed} == {str(number) for number in range(BROKEN)}
    for each in failed:
        assert each.problem.keys() == {"fr", "nl", "de", "en"}
        assert each.problem["en"].startswith("This record is badly formed")

    metawal.again = AGAIN
    summary = run(source)
    assert (summary["status"], counts(summary)) == ("done", {"unchanged": ALL - BROKEN, "failed": BROKEN})
    notes = call_action("smartregion_run_show", id=summary["run"])["notes"]
    assert sum("stands in the list more than once" in note["en"] for note in notes) == AGAIN

    metawal.broken = BROKEN + 30
    summary = run(source)
    assert counts(summary) == {"unchanged": ALL - BROKEN - 30, "failed": BROKEN + 30}
    states = ckan_model.Session.query(ckan_model.Package.state).distinct().all()
    assert "deleted" not in {state for (state,) in states}
    assert ckan_model.Session.query(model.Record).filter(model.Record.missing_since.isnot(None)).count() == 0
