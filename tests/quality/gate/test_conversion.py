"""What is served is what was checked: a table is stored unpacked and in UTF-8, and its resource says how it came."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from far_end import Answer, running
from werkzeug.datastructures import FileStorage
from workbooks import zipped

from ckan.tests.helpers import call_action

from ckanext.smartregion.quality import conversion, files
from ckanext.smartregion.schemas import table_contract

CONTRACT = "bicycle-parking"
TABLE = table_contract(CONTRACT).example_valid.read_text(encoding="utf-8").replace("Gare", "Gare de Liège", 1)
UTF8, LEGACY = TABLE.encode(), TABLE.encode("cp1252")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def table(content: bytes, name: str, **more: Any) -> dict[str, Any]:
    """A resource with a file, as a form sends it."""
    file = FileStorage(io.BytesIO(content), filename=name)
    return {"name_translated": {"fr": "Vélos"}, "upload": file, "url": name, "schema": CONTRACT} | more


def report(dataset: dict[str, Any]) -> dict[str, Any]:
    shown = call_action("smartregion_quality_report_show", context={"ignore_auth": True}, id=dataset["id"])
    return shown["reports"][0]


@pytest.fixture
def write(officer: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """An action of the data officer."""
    return lambda action, **data: call_action(action, context={"user": officer["name"]}, **data)


@pytest.fixture
def published(draft: Callable[..., dict]) -> Callable[..., dict[str, Any]]:
    return lambda *resources: draft(resources=list(resources), state="active")


@pytest.mark.parametrize(
    ("content", "name", "form", "served"),
    [
        (LEGACY, "velos.csv", "cp1252", "velos.csv"),
        (TABLE.encode("utf-16"), "velos.csv", "utf-16", "velos.csv"),
        (gzip.compress(UTF8), "velos.csv.gz", "gzip", "velos.csv"),
        (zipped({"tableau/velos.csv": LEGACY}), "velos.zip", "zip, cp1252", "velos.csv"),
    ],
)
def test_table_is_stored_and_served_unpacked_and_in_utf8(published, app, content, name, form, served) -> None:
    dataset = published(table(content, name))
    resource = dataset["resources"][0]

    assert (resource["hash"], resource["size"]) == (sha256(UTF8), len(UTF8))
    assert (resource["source_hash"], resource["source_form"]) == (sha256(content), form)
    assert files.store().path(resource["source_hash"]).read_bytes() == content
    assert resource["url"].endswith(f"/{served}")
    assert app.get(resource["url"]).body == TABLE
    assert report(dataset)["sha256"] == resource["hash"]


@pytest.mark.parametrize(
    ("content", "rules", "verdict"),
    [
        (LEGACY, ["encoding-legacy"], "publish with warnings"),
        (gzip.compress(UTF8), ["unpacked"], "publish"),
        (UTF8, [], "publish"),
        (b"\xef\xbb\xbf" + UTF8, [], "publish"),
    ],
)
def test_report_tells_what_was_done_to_the_file(published, content, rules, verdict) -> None:
    found = report(published(table(content, "velos.csv")))

    assert ([one["rule"] for one in found["findings"]], found["verdict"]) == (rules, verdict)
    assert all(set(one["message"]) == {"fr", "nl", "de", "en"} for one in found["findings"])


def test_file_that_is_plain_already_is_served_as_it_came(published) -> None:
    resource = published(table(UTF8, "velos.csv"))["resources"][0]

    assert resource["hash"] == sha256(UTF8)
    assert not set(conversion.KEYS) & set(resource)


def test_archive_that_is_refused_is_kept_as_it_came_and_held(draft) -> None:
    content = zipped({"a.csv": UTF8, "b.csv": UTF8})
    dataset = draft(resources=[table(content, "velos.zip")], state="active")

    assert (dataset["state"], dataset["resources"][0]["hash"]) == ("draft", sha256(content))
    assert [one["rule"] for one in report(dataset)["findings"]] == ["archive"]


def test_file_without_a_contract_is_no_table_and_stays_packed(published) -> None:
    content = gzip.compress(UTF8)
    resource = published(table(content, "velos.csv.gz", schema=""))["resources"][0]

    assert resource["hash"] == sha256(content)


def test_file_is_converted_when_it_is_given_a_contract(published, write) -> None:
    resource = published(table(LEGACY, "velos.csv", schema=""))["resources"][0]
    after = write("resource_patch", id=resource["id"], schema=CONTRACT)

    assert (after["hash"], after["source_hash"]) == (sha256(UTF8), sha256(LEGACY))


def test_later_write_keeps_the_origin_and_nobody_can_invent_one(published, write) -> None:
    resource = published(table(LEGACY, "velos.csv"))["resources"][0]
    after = write("resource_patch", id=resource["id"], source_hash="0" * 64, source_form="zip")

    assert [after[key] for key in conversion.KEYS] == [resource[key] for key in conversion.KEYS]


def test_new_file_forgets_the_origin_of_the_old_one(published, write) -> None:
    resource = published(table(LEGACY, "velos.csv"))["resources"][0]
    fresh = FileStorage(io.BytesIO(UTF8 + b"\n"), filename="velos.csv")
    after = write("resource_patch", id=resource["id"], upload=fresh)

    assert not set(conversion.KEYS) & set(after)


def test_linked_archive_is_asked_for_by_the_mark_of_its_own_bytes_and_converted_once(draft, write, monkeypatch) -> None:
    content = gzip.compress(LEGACY)
    with running() as far_end:
        marks = []

        def answer(request: Any) -> Answer:
            marks.append(request.headers.get("if-none-match"))
            return Answer(status=304) if marks[-1] else Answer(content, headers={"ETag": '"one"'})

        link = {"url": far_end.serve("/velos.csv.gz", answer), "name_translated": {"fr": "Vélos"}, "schema": CONTRACT}
        first = draft(resources=[dict(link)], state="active")
        monkeypatch.setattr(conversion, "converted", None)  # would fail where it was called
        again = write("package_update", **{**first, "resources": [dict(link)]})

    before, after = first["resources"][0], again["resources"][0]
    assert marks == [None, '"one"']
    assert before["hash"] == sha256(UTF8)
    assert [after[key] for key in ("id", "hash", "source_hash", "last_modified")] == [
        before[key] for key in ("id", "hash", "source_hash", "last_modified")
    ]
