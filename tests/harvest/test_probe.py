"""An address is pasted: its kind is found, a sample of its records is mapped as a run would, and nothing is saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from far_end import Answer, FarEnd, Request
from far_ends import FAR_ENDS, Remote, as_json

import ckan.plugins.toolkit as tk
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import probing
from ckanext.smartregion.harvest.engine import probe as engine
from ckanext.smartregion.harvesters import KINDS
from ckanext.smartregion.schemas import LANGUAGES

# Kinds whose far end can be found from the start page of its host; one file somewhere can't.
AT_HOME = ("ckan", "csw", "gbfs", "opendatasoft", "plone")


@pytest.fixture
def remote(far_end: FarEnd, kind: str) -> Remote:
    """A far end of the kind with three items, or as many as such a far end may have."""
    remote = Remote(kind, far_end)
    remote.fill(min(3, remote.plan.most))
    return remote


def probed(url: str, **facts: Any) -> dict[str, Any]:
    """What the action gives for an address."""
    return call_action("smartregion_source_probe", url=url, **facts)


def page(head: str = "", body: str = "") -> bytes:
    """A web page."""
    return f"<!doctype html><html><head><title>Ville d’essai</title>{head}</head><body>{body}</body></html>".encode()


# -- every kind


@pytest.mark.usefixtures("region")
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_kind_is_found_from_its_own_address(remote: Remote, kind: str) -> None:
    found = probed(remote.source.url, options=dict(remote.source.options), organization="wallonie")

    assert found["error"] is None
    assert [each["kind"] for each in found["kinds"]] == [kind]
    assert len(found["sample"]) == found["seen"] == found["total"] == len(remote.titles)
    titles = {next(iter(step["title"].values())) for step in found["sample"]}
    assert titles == {remote.plan.titled % title for title in remote.titles.values()}
    assert found["score"]["records"] == len(remote.titles)
    assert found["score"]["total"] > 20
    assert set(found["kinds"][0]["why"]) == set(LANGUAGES)


@pytest.mark.usefixtures("region")
@pytest.mark.parametrize("kind", AT_HOME)
def test_kind_is_found_from_the_start_page_of_its_host(remote: Remote, far_end: FarEnd, kind: str) -> None:
    far_end.serve("/", page())

    found = probed(far_end.url + "/")

    assert (found["kind"], found["error"]) == (kind, None)
    assert len(found["sample"]) == len(remote.titles)
    assert len(far_end.requests) < 30


@pytest.mark.usefixtures("region")
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_source_is_made_of_what_the_probe_found(remote: Remote, kind: str, make: Any, run: Any) -> None:
    found = probed(remote.source.url)
    best = found["kinds"][0]
    options = {**best["options"], **remote.source.options}
    source = make(best["url"], kind=best["kind"], options=options, name=found["name"], title=found["title"])

    assert run(source)["created"] == len(remote.titles)


# -- what a page tells


@pytest.mark.parametrize("kind", ["ckan"])
def test_software_of_the_page_is_asked_first(remote: Remote, far_end: FarEnd, region: Any, kind: str) -> None:
    far_end.serve("/dataset", page('<meta name="generator" content="ckan 2.10.4">'))

    found = probed(far_end.url + "/dataset")

    assert found["kind"] == "ckan"
    assert found["title"] == "Données d’essai"
    asked = [request.path for request in far_end.requests if request.path != "/robots.txt"]
    assert asked[:2] == ["/dataset", "/api/3/action/status_show"]


@pytest.mark.parametrize("kind", ["gtfs"])
def test_file_that_a_page_links_to_is_found(remote: Remote, far_end: FarEnd, region: Any, kind: str) -> None:
    far_end.serve("*", Answer(status=404))
    far_end.serve("/open/gtfs-2026.zip", remote.answer)
    far_end.serve("/open/", page(body='<a href="gtfs-2026.zip">Horaires</a>'))

    found = probed(far_end.url + "/open/")

    assert [(each["kind"], each["url"]) for each in found["kinds"]] == [("gtfs", far_end.url + "/open/gtfs-2026.zip")]
    assert found["title"] == "Ville d’essai"


@pytest.mark.usefixtures("region")
def test_several_kinds_are_ranked(far_end: FarEnd) -> None:
    portal, catalogue = Remote("ckan", far_end), Remote("dcat", far_end)
    portal.fill(2)
    catalogue.fill(2)

    def answer(request: Request) -> Answer:
        return portal.answer(request) if request.path.startswith("/api/") else Answer(status=404)

    far_end.serve("*", answer)
    far_end.serve("/catalog.ttl", catalogue.answer)
    far_end.serve("/", page())

    assert [each["kind"] for each in probed(far_end.url)["kinds"]] == ["ckan", "dcat"]


@pytest.mark.usefixtures("region")
def test_page_for_people_is_read_as_robots_txt_allows(far_end: FarEnd) -> None:
    far_end.serve("/robots.txt", b"User-agent: *\nDisallow: /")
    far_end.serve("/", page())
    far_end.serve("/gbfs.json", lambda request: as_json({"data": {"feeds": [{"name": "x", "url": "http://a.be/x"}]}}))

    found = probed(far_end.url + "/")

    assert "/" not in [request.path for request in far_end.requests]
    assert found["kinds"][0]["kind"] == "gbfs"


# -- what ends in a sentence


@pytest.mark.usefixtures("region")
def test_address_of_nothing_says_what_to_do(far_end: FarEnd) -> None:
    far_end.serve("/", page())

    found = probed(far_end.url + "/")

    assert (found["kind"], found["kinds"], found["sample"]) == (None, [], [])
    assert "inventory" in found["error"]["en"]
    assert set(found["error"]) == set(LANGUAGES)
    assert len(far_end.requests) <= engine.MOST_REQUESTS + 2


@pytest.mark.usefixtures("region")
def test_page_that_answers_everything_is_no_catalogue(far_end: FarEnd) -> None:
    far_end.serve("*", page())

    assert probed(far_end.url + "/")["kinds"] == []


@pytest.mark.usefixtures("region")
def test_private_address_is_not_called() -> None:
    found = probed("http://169.254.169.254/latest/")

    assert found["kinds"] == []
    assert "169.254.169.254" in found["error"]["en"]


@pytest.mark.usefixtures("region")
def test_host_that_asks_for_peace_is_asked_nothing_more(far_end: FarEnd) -> None:
    far_end.serve("*", Answer(status=429, headers={"Retry-After": "120"}))

    found = probed(far_end.url + "/data.json")

    assert found["error"]
    assert [request.path for request in far_end.requests] == ["/data.json"]


@pytest.mark.usefixtures("region")
def test_kind_that_is_named_is_not_looked_for(far_end: FarEnd) -> None:
    far_end.serve("*", page())

    found = probed(far_end.url + "/", kind="opendatasoft")

    assert [each["kind"] for each in found["kinds"]] == ["opendatasoft"]
    assert "web page" in found["error"]["en"]


@pytest.mark.parametrize("facts", [{"url": "data.namur.be"}, {"kind": "ftp"}, {"organization": "atlantis"}])
def test_probe_that_makes_no_sense_is_refused_by_field(region: Any, facts: dict[str, Any]) -> None:
    with pytest.raises(tk.ValidationError) as caught:
        probed(**{"url": "https://data.namur.be", **facts})
    assert list(caught.value.error_dict) == list(facts)


def test_officer_probes_for_her_organisation_alone(region: Any, far_end: FarEnd) -> None:
    context = {"user": "officer", "ignore_auth": False}
    assert call_action("smartregion_source_probe", context, url=far_end.url + "/", organization="liege")["error"]
    with pytest.raises(tk.NotAuthorized):
        call_action("smartregion_source_probe", context, url=far_end.url + "/", organization="namur")
    with pytest.raises(tk.NotAuthorized):
        call_action("smartregion_source_probe", {"user": "citizen", "ignore_auth": False}, url=far_end.url + "/")


# -- the sample


@pytest.mark.usefixtures("region")
def test_sample_stops_at_twenty_and_saves_nothing(far_end: FarEnd) -> None:
    remote = Remote("opendatasoft", far_end)
    remote.fill(250)

    found = probed(far_end.url + "/api/explore/v2.1/catalog/datasets?limit=1&offset=0")

    assert (len(found["sample"]), found["seen"], found["total"]) == (20, 100, 250)
    assert len(far_end.requests) == 2
    assert {step["act"] for step in found["sample"]} == {"create"}
    assert call_action("smartregion_source_list") == []
    assert call_action("package_search", include_drafts=True)["count"] == 0


@pytest.mark.usefixtures("region")
def test_broken_records_of_the_sample_are_told_and_lower_the_score(far_end: FarEnd) -> None:
    remote = Remote("opendatasoft", far_end)
    remote.fill(4)
    whole = probed(remote.source.url)["score"]["total"]
    remote.broken = {"item-0001", "item-0002"}

    found = probed(remote.source.url)

    assert [step["act"] for step in found["sample"]].count("fail") == 2
    assert found["score"]["broken"] == 2
    assert found["score"]["total"] < whole


@pytest.mark.usefixtures("region")
def test_findings_of_the_sample_are_counted(remote_portal: Any) -> None:
    found = probed(remote_portal.url)

    assert found["findings"] == {"licence-unread": 3}


@pytest.fixture
def remote_portal(far_end: FarEnd) -> Any:
    """A portal whose three datasets name a licence that is none."""
    from tests.harvest.conftest import RemotePortal

    portal = RemotePortal(far_end)
    for name in ("un", "deux", "trois"):
        portal.put(name, license="licence")
    return portal


# -- the rules by themselves


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        ("dcat/*.rdf", "dcat"),
        ("dcat/*.xml", "dcat"),
        ("dcat/*.ttl", "dcat"),
        ("dcat/*.jsonld", "dcat"),
        ("dcat-us/*.json", "dcat_us"),
        ("gbfs/*gbfs.json", "gbfs"),
        ("gtfs/*.zip", "gtfs"),
        ("csw/*page*.xml", "csw"),
        ("ocpi/ndw*.json", "ocpi"),
        ("ocpi/transport*.json", "ocpi"),
        ("imio/json_*.json", "plone"),
        ("ods/*export.rdf", "dcat"),
    ],
)
def test_real_samples_are_recognised(shared: Path, pattern: str, kind: str) -> None:
    files = sorted((shared / "samples").glob(pattern))
    found = {file.name: probing.recognised(file.read_bytes(), f"https://a.be/{file.name}") for file in files}

    assert files
    assert {name: guess.kind if guess else None for name, guess in found.items()} == dict.fromkeys(found, kind)


@pytest.mark.parametrize(
    ("body", "url", "found"),
    [
        (b"", "https://a.be/", None),
        (b"[]", "https://a.be/", None),
        (b'{"a": 1}', "https://a.be/x.json", None),
        (b"a;b\n1;2", "https://a.be/x.csv", None),
        (b"<rss/>", "https://a.be/x.xml", None),
        (b"PK\x03\x04nothing", "https://a.be/x.zip", None),
        (b"<ExceptionReport/>", "https://a.be/wfs", None),
        (
            b"<ExceptionReport/>",
            "https://a.be/srv/fre/csw?service=CSW&request=x&map=m",
            "https://a.be/srv/fre/csw?map=m",
        ),
        (b'{"success": true, "result": []}', "https://a.be/data/api/3/action/package_list", "https://a.be/data"),
    ],
)
def test_content_decides(body: bytes, url: str, found: str | None) -> None:
    guess = probing.recognised(body, url)

    assert (guess.url if guess else None) == found


def test_counted_pages_are_an_option_of_the_source() -> None:
    body = b"@prefix dcat: <http://www.w3.org/ns/dcat#> . <https://a.be/1> a dcat:Dataset ."

    guess = probing.recognised(body, "https://a.be/catalog.ttl?page=1")
    assert guess is not None
    assert (guess.kind, guess.options) == ("dcat", {"paging": "pages"})
    alone = probing.recognised(body, "https://a.be/catalog.ttl")
    assert alone is not None
    assert alone.options == {}


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://opendata.tec-wl.be/Current%20GTFS/TEC-GTFS.zip", "gtfs"),
        ("https://a.be/data.json", "dcat_us"),
        ("https://a.be/catalog.jsonld?x=1", "dcat"),
        ("https://a.be/video.mp4", None),
    ],
)
def test_what_is_too_large_is_told_by_its_address(url: str, kind: str | None) -> None:
    guess = probing.recognised_by_address(url)

    assert (guess.kind if guess else None) == kind


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://data.namur.be/explore", "namur"),
        ("https://www.odwb.be", "odwb"),
        ("https://tournai.opendatasoft.com", "tournai-opendatasoft"),
        ("http://127.0.0.1:8000/", "source"),
        ("http://[::1]/", "source"),
    ],
)
def test_name_is_suggested_from_the_host(url: str, name: str) -> None:
    assert probing.suggested_name(url) == name


def test_geonetwork_is_asked_where_its_pages_stand() -> None:
    told = probing.clues(page(), "https://metawal.wallonie.be/geonetwork/srv/fre/catalog.search")

    (first, *_) = probing.places("https://metawal.wallonie.be/geonetwork/srv/fre/catalog.search", told)
    assert first.url.startswith("https://metawal.wallonie.be/geonetwork/srv/fre/csw?")


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b"<" * 1_000_000, b"<!--" * 200_000, b"PK\x03\x04" + b"\0" * 1_000_000, b"a b" * 100_000]
)
@pytest.mark.timeout(20)
def test_hostile_content_is_looked_at_quickly(body: bytes) -> None:
    assert probing.recognised(body, "https://a.be/") is None
    probing.clues(body, "https://a.be/")


def test_every_kind_has_a_sign() -> None:
    assert {sign["kind"] for sign in probing.RULES["signs"]} == set(KINDS) == set(FAR_ENDS)
