"""`plone`: plone.restapi as iMio's sites speak it, one dataset per section or per object; only what is published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from far_end import Answer, FarEnd, Request
from listing import records

from ckanext.smartregion.fetch import Client, FetchError
from ckanext.smartregion.harvest.records import ListingError, Record, Source
from ckanext.smartregion.harvest.walking import Remembered, Walk, place
from ckanext.smartregion.harvesters import harvester
from ckanext.smartregion.schemas import LANGUAGES

EU = "http://publications.europa.eu/resource/authority"
OURS = "urn:smartregion:vocabulary"
PLONE = harvester("plone")


class Site:
    """A small site of institutions with publications."""

    def __init__(self, far_end: FarEnd) -> None:
        self.far_end, self.sections, self.texts = far_end, {}, {}
        far_end.serve("*", self.answer)

    def put(self, name: str, title: str, texts: dict[str, str]) -> None:
        """An institution and its publications: UID to the moment of their last change."""
        self.sections[name] = {**self.item(name, "Institution", name), "title": title}
        self.texts[name] = [self.item(f"{name}/{uid}", "Publication", uid, modified=day) for uid, day in texts.items()]

    def item(self, path: str, kind: str, uid: str, **facts: Any) -> dict[str, Any]:
        """What a search says of an object."""
        known = {"@id": f"{self.far_end.url}/{path}", "@type": kind, "UID": uid, "title": f"Texte {uid}"}
        return {**known, "description": f"Résumé {uid}", "review_state": "published", **facts}

    def answer(self, request: Request) -> Answer:
        """A search anywhere in the site."""
        section = request.path.removesuffix("/@search").strip("/")
        if request.query["portal_type"] == "Institution":
            items = list(self.sections.values())
        else:
            items = sorted(self.texts[section], key=lambda item: item["modified"], reverse=True)
        start, size = int(request.query["b_start"]), int(request.query["b_size"])
        found = {"items": items[start : start + size], "items_total": len(items)}
        return Answer(json.dumps(found).encode())


@pytest.fixture
def site(far_end: FarEnd) -> Site:
    """Liège, a welfare centre and a place that nobody knows."""
    site = Site(far_end)
    site.put("liege", "Liège", {"a": "2026-01-01T10:00:00+00:00", "b": "2026-02-01T10:00:00+00:00"})
    site.put("cpas-namur", "CPAS de Namur", {"c": "2026-03-01T10:00:00+00:00"})
    site.put("belle-ville", "Belle Ville", {"d": "2026-04-01T10:00:00+00:00"})
    return site


def source(url: str, **options: Any) -> Source:
    """A source of this kind."""
    return Source("test", "plone", url, options)


def mapped(found: list[Record], where: Source) -> dict[str, dict[str, Any]]:
    """The datasets by remote identifier."""
    assert [record.problem for record in found] == [None] * len(found)
    return {record.remote_id: PLONE.map(record, where).dataset for record in found}


# -- by section


def test_each_institution_is_one_dataset_with_its_publications(site: Site, client: Client) -> None:
    where = source(site.far_end.url, license="CC0")
    found = mapped(records(where, client), where)
    liege = found["liege"]
    assert set(found) == {"liege", "cpas-namur", "belle-ville"}
    assert liege["title_translated"]["fr"] == "Règlements et ordonnances publiés : Liège"
    assert liege["title_translated"].keys() == liege["notes_translated"].keys() == set(LANGUAGES)
    assert [each["format"] for each in liege["resources"]] == ["JSON", "HTML", "HTML"]
    assert [each["url"] for each in liege["resources"][1:]] == [f"{site.far_end.url}/liege/{uid}" for uid in "ba"]
    assert liege["modified"] == "2026-02-01T10:00:00+00:00"
    assert liege["license_id"] == f"{EU}/licence/CC0"
    assert PLONE.map(records(where, client)[2], where).publishers == ("Liège",)


def test_governance_contract_is_filled_where_the_body_is_known(site: Site, client: Client) -> None:
    where = source(site.far_end.url)
    found = mapped(records(where, client), where)
    assert {name: dataset["type"] for name, dataset in found.items()} == {
        "liege": "governance",
        "cpas-namur": "governance",
        "belle-ville": "dataset",
    }
    assert found["liege"]["governing_body"] == f"{OURS}:governing-body:MUNICIPAL_COUNCIL"
    assert found["cpas-namur"]["governing_body"] == f"{OURS}:governing-body:CPAS_COUNCIL"
    assert found["liege"]["kind_of_act"] == [f"{OURS}:kind-of-act:REGULATION", f"{OURS}:kind-of-act:POLICE_ORDER"]
    assert found["liege"]["publicity_rule"] == f"{OURS}:publicity-rule:LEGAL_NOTICE"
    assert not {"governing_body", "kind_of_act", "publicity_rule"} & found["belle-ville"].keys()


def test_first_run_asks_twice_per_section_and_an_unchanged_one_once(site: Site, client: Client) -> None:
    where = source(site.far_end.url)
    first = list(Walk(PLONE, where, client).pages())
    assert len(site.far_end.requests) == 1 + 2 * 3
    memory = {place(page.cursor): Remembered(page.keys, page.next, page.total, page.said) for page in first}
    site.far_end.requests.clear()

    second = list(Walk(PLONE, where, client, memory).pages())

    assert all(page.unchanged for page in second)
    assert len(site.far_end.requests) == 1 + 3


def test_new_text_changes_its_institution_only(site: Site, client: Client) -> None:
    where = source(site.far_end.url)
    first = list(Walk(PLONE, where, client).pages())
    memory = {place(page.cursor): Remembered(page.keys, page.next, page.total, page.said) for page in first}
    site.put("liege", "Liège", {"a": "2026-01-01T10:00:00+00:00"})
    second = list(Walk(PLONE, where, client, memory).pages())
    assert [record.remote_id for page in second for record in page.fresh] == ["liege"]
    assert {key for page in second for key in page.keys} == {"liege", "cpas-namur", "belle-ville"}


def test_new_institution_is_found_though_the_others_are_unchanged(site: Site, client: Client) -> None:
    where = source(site.far_end.url)
    first = list(Walk(PLONE, where, client).pages())
    memory = {place(page.cursor): Remembered(page.keys, page.next, page.total, page.said) for page in first}
    site.put("huy", "Huy", {"e": "2026-01-01T10:00:00+00:00"})
    assert {key for page in Walk(PLONE, where, client, memory).pages() for key in page.keys} == {
        "liege",
        "cpas-namur",
        "belle-ville",
        "huy",
    }


def test_institution_without_texts_is_no_dataset(site: Site, client: Client) -> None:
    site.put("cpas-namur", "CPAS de Namur", {})
    assert [record.remote_id for record in records(source(site.far_end.url), client)] == ["belle-ville", "liege"]


def test_lost_institution_breaks_the_listing_off(site: Site, client: Client) -> None:
    whole = site.answer
    site.far_end.serve("*", lambda request: Answer(status=500) if "liege" in request.path else whole(request))
    with pytest.raises(FetchError, match="status 500"):
        records(source(site.far_end.url), client)


def test_institution_that_can_not_be_read_is_a_problem_of_its_own(site: Site, client: Client) -> None:
    site.sections["liege"]["title"] = ""
    found = records(source(site.far_end.url), client)
    assert {record.remote_id for record in found if record.problem} == {"liege"}
    assert {record.remote_id for record in found if not record.problem} == {"cpas-namur", "belle-ville"}


def test_grouping_by_section_needs_its_type(far_end: FarEnd, client: Client) -> None:
    with pytest.raises(ListingError, match="section_type"):
        records(source(far_end.url, portal_type="Document", group_by="section"), client)


# -- by object


def serve(far_end: FarEnd, *items: Any, **more: Any) -> Source:
    """A search with these items on one page; gives the source."""
    url = far_end.serve("/@search", json.dumps({"items": items, "items_total": len(items), **more}))
    return source(url + "?portal_type=Document", group_by="object")


def item(far_end: FarEnd, name: str, **facts: Any) -> dict[str, Any]:
    """An object in a search."""
    return {"@id": f"{far_end.url}/{name}", "UID": name, "title": name, "description": "Un texte.", **facts}


def test_only_published_objects_are_listed(far_end: FarEnd, client: Client) -> None:
    states = ("published", "private", "pending", "closed", None)
    items = (item(far_end, str(state), review_state=state) for state in states)
    assert [record.remote_id for record in records(serve(far_end, *items), client)] == ["published", "None"]


def test_text_and_files_come_from_a_second_call_where_the_search_lacks_them(far_end: FarEnd, client: Client) -> None:
    where = serve(far_end, item(far_end, "a", description=""), item(far_end, "b"))
    file = {"download": f"{far_end.url}/a/plan/@@download/file", "content-type": "application/pdf", "filename": "plan"}
    inside = [
        {"@id": "x", "@type": "File", "title": "Plan", "file": file},
        {"@id": "y", "@type": "File", "title": "Secret", "file": file | {"filename": "secret"}, "confidential": True},
        {"@id": "z", "@type": "File", "title": "Noms", "file": file | {"filename": "noms"}, "publishable": False},
        {"@id": "w", "@type": "File", "title": "Projet", "file": file, "review_state": "private"},
    ]
    far_end.serve("/a", json.dumps({"@id": "a", "text": {"data": "<p>Le <b>texte</b>.</p>"}, "items": inside}))
    found = mapped(records(where, client), where)
    assert [request.path for request in far_end.requests] == ["/@search", "/a"]
    assert found["a"]["notes_translated"] == {"fr": "Le texte."}
    assert [(each["format"], each["name_translated"]["fr"]) for each in found["a"]["resources"]] == [("PDF", "plan")]
    assert found["a"]["url"] == f"{far_end.url}/a"


@pytest.mark.parametrize("status", [401, 404])
def test_object_that_is_nobodys_to_read_keeps_what_the_search_said(
    far_end: FarEnd, client: Client, status: int
) -> None:
    where = serve(far_end, item(far_end, "a", description=""))
    far_end.serve("/a", Answer(status=status))
    assert "notes_translated" not in mapped(records(where, client), where)["a"]


def test_no_other_host_is_asked(far_end: FarEnd, client: Client) -> None:
    where = serve(far_end, item(far_end, "a", description="") | {"@id": "https://elsewhere.example/a"})
    far_end.serve("/a", json.dumps({"text": "Ici."}))
    dataset = mapped(records(where, client), where)["a"]
    assert dataset["notes_translated"] == {"fr": "Ici."}
    assert dataset["resources"][0]["url"] == "https://elsewhere.example/a"


def test_fewer_than_announced_breaks_the_listing_off(far_end: FarEnd, client: Client) -> None:
    where = serve(far_end, item(far_end, "a"))
    far_end.serve(
        "/@search",
        lambda request: Answer(
            json.dumps({"items": [item(far_end, "a")] * (request.query["b_start"] == "0"), "items_total": 9}).encode()
        ),
    )
    with pytest.raises(ListingError, match="announces 9 datasets and delivered 1"):
        records(where, client)


@pytest.mark.parametrize("broken", ["text", None, {"UID": "x"}, {"@id": "nowhere"}])
def test_broken_object_is_a_record_with_a_problem(far_end: FarEnd, client: Client, broken: Any) -> None:
    found = records(serve(far_end, item(far_end, "a"), broken, item(far_end, "b")), client)
    assert [record.problem is None for record in found] == [True, False, True]
    assert "has no “@id”" in found[1].problem["en"]


@pytest.mark.parametrize("body", [b"[]", b'{"message": "Unauthorized"}', b"<html></html>", b"", b'{"items": {}}'])
def test_answer_that_is_no_search_is_refused(far_end: FarEnd, client: Client, body: bytes) -> None:
    far_end.serve("/@search", body)
    with pytest.raises(ListingError):
        records(source(far_end.url, group_by="object"), client)


def test_text_with_its_media_type_is_read_as_text(far_end: FarEnd, client: Client) -> None:
    rich, empty = ({"content-type": "text/html", "data": data} for data in ("<p>Un <i>texte</i>.</p>", ""))
    where = serve(far_end, item(far_end, "a", description=rich), item(far_end, "b", description=empty))
    assert mapped(records(where, client), where)["a"]["notes_translated"] == {"fr": "Un texte."}
    assert [request.path for request in far_end.requests] == ["/@search", "/b"]


def test_dates_that_mean_none_are_left_out(far_end: FarEnd, client: Client) -> None:
    where = serve(far_end, item(far_end, "a", effective="1969-12-30T23:00:00+00:00", created="2026-01-02T00:00:00"))
    assert mapped(records(where, client), where)["a"]["issued"] == "2026-01-02T00:00:00"


# -- real payloads


def replay(far_end: FarEnd, file: Path) -> dict[str, Any]:
    """Serve a real answer from this far end, whatever is asked; what lies beyond its end is empty."""
    found = json.loads(file.read_text("utf-8"))

    def answer(request: Request) -> Answer:
        shown = found if request.query.get("b_start") == "0" else {"items": [], "items_total": found["items_total"]}
        return Answer(json.dumps(shown).encode()) if request.path.endswith("/@search") else Answer(status=404)

    far_end.serve("*", answer)
    return found


def test_every_sample_is_read(far_end: FarEnd, client: Client, shared: Path) -> None:
    files = sorted((shared / "samples/imio").glob("*.json"))
    assert len(files) == 5
    for file in files:
        found = replay(far_end, file)
        where = source(far_end.url, group_by="object")
        published = [item for item in found["items"] if item.get("review_state") in (None, "published")]
        datasets = mapped(records(where, client), where)
        assert len(datasets) == len({item.get("UID") or item["@id"] for item in published}), file.name
        for dataset in datasets.values():
            assert dataset["title_translated"]
            assert dataset["resources"][0]["url"].startswith("https://")
            assert dataset["resources"][0]["format"] == "HTML"


def test_real_news_are_mapped(far_end: FarEnd, client: Client, shared: Path) -> None:
    replay(far_end, shared / "samples/imio/json_rest_news.json")
    where = source(far_end.url, portal_type="imio.news.NewsItem", group_by="object")
    dataset = mapped(records(where, client), where)["a02e0afe2cbe4209970992d5d7323373"]
    assert dataset["title_translated"] == {"fr": "Ceci est une deuxième actualité"}
    assert dataset["publisher"] == [{"name": "belleville"}]
    assert dataset["issued"] == "2021-05-11T13:31:00"
    assert "Presse" in dataset["tags_translated"]["fr"]


def test_real_meeting_that_is_not_published_is_left_out(far_end: FarEnd, client: Client, shared: Path) -> None:
    replay(far_end, shared / "samples/imio/meeting_mock.json")
    assert records(source(far_end.url, portal_type="Meeting", group_by="object"), client) == []


def test_real_institutions_and_publications_become_datasets(far_end: FarEnd, client: Client, shared: Path) -> None:
    institutions, publications = (
        json.loads((shared / f"samples/imio/json_iadeliberations_{name}.json").read_text("utf-8"))
        for name in ("institutions", "publications")
    )

    def answer(request: Request) -> Answer:
        if request.query["portal_type"] == "Institution":
            shown = institutions if request.query["b_start"] == "0" else {"items": [], "items_total": 5}
            return Answer(json.dumps(shown).encode())
        section = request.path.removesuffix("@search")
        own = [each for each in publications["items"] if section in each["@id"]]
        return Answer(json.dumps({"items": own, "items_total": len(own)}).encode())

    far_end.serve("*", answer)
    where = source(far_end.url)
    (dataset,) = mapped(records(where, client), where).values()
    assert dataset["title_translated"]["de"] == "Bekannt gemachte Verordnungen: Liège"
    assert dataset["type"] == "governance"
    own = [each["@id"] for each in publications["items"] if "/liege/" in each["@id"]]
    assert sorted(each["url"] for each in dataset["resources"][1:]) == sorted(own)
