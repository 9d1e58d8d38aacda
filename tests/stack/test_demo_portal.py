"""The demonstration's remote portal behaves like the real sources it stands for."""

import csv
import io
import json
import threading
from collections import Counter
from pathlib import Path

import pytest
import rdflib
import requests
import yaml
from listing import records

from ckanext.smartregion import territory
from ckanext.smartregion.fetch import Client, Policy
from ckanext.smartregion.harvest.records import Source
from ckanext.smartregion.harvesters import harvester
from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.schemas import table_contract

from stack.demo.examples import EXAMPLES, portals
from stack.demo.server import DemoServer

ROOT = Path(__file__).resolve().parents[2]
SOURCES = yaml.safe_load((ROOT / "config/sources.yaml").read_text(encoding="utf-8"))["sources"]
BROKEN = json.loads((EXAMPLES / "gembloux/gembloux-zones-bleues/record.json").read_text(encoding="utf-8"))["metas"]
FAULTY = EXAMPLES / "gembloux/gembloux-stationnements-velos/data.csv"
CATALOG = "/villes/api/explore/v2.1/catalog"
DECISIONS = f"{CATALOG}/datasets/namur-decisions-conseil"
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")


def promises():
    """Which example file promises which table contract, as config/sources.yaml says it; the faulty one apart."""
    options = [option for source in SOURCES for option in source.get("options", {}).items()]
    for option, contract in options:
        files = EXAMPLES.glob(f"*/{option.removeprefix('contract.')}/*.csv")
        yield from ((path, contract) for path in files if path != FAULTY)


PROMISES = sorted(promises())
BICYCLES = [path for path, contract in PROMISES if contract == "bicycle-parking"]


@pytest.fixture
def portal(tmp_path):
    server = DemoServer(0, tmp_path)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def get(server, path, **headers):
    return requests.get(server.address + path, headers=headers, timeout=10)


def get_json(server, path):
    return get(server, path).json()


def modified(server):
    return get_json(server, DECISIONS)["metas"]["default"]["modified"]


def harvest(server):
    """What a harvester does: list, then take the tables."""
    get_json(server, f"{CATALOG}/datasets?limit=100&offset=0")
    get(server, f"{DECISIONS}/exports/csv")


def test_catalogue_pages_cover_every_dataset_once(portal):
    first = get_json(portal, f"{CATALOG}/datasets?limit=5&offset=0")
    second = get_json(portal, f"{CATALOG}/datasets?limit=5&offset=5")

    ids = [record["dataset_id"] for record in first["results"] + second["results"]]

    assert first["total_count"] == len(ids) == len(set(ids))


def test_page_of_more_than_a_hundred_is_refused_like_the_real_one(portal):
    refusal = get(portal, f"{CATALOG}/datasets?limit=101")

    assert refusal.status_code == 400
    assert "limit" in refusal.json()["message"]


def test_table_is_exported_with_semicolons_and_byte_order_mark(portal):
    body = get(portal, f"{DECISIONS}/exports/csv").content

    assert body.startswith(b"\xef\xbb\xbfdecision_id;body_bce;")


def test_export_holds_the_rows_of_the_example(portal):
    text = get(portal, f"{DECISIONS}/exports/csv").content.decode("utf-8-sig")
    example = (EXAMPLES / "villes/namur-decisions-conseil/data.csv").read_text(encoding="utf-8")

    assert list(csv.reader(io.StringIO(text), delimiter=";")) == list(csv.reader(io.StringIO(example)))


def test_second_harvest_finds_one_changed_dataset(portal):
    before = get_json(portal, f"{CATALOG}/datasets?limit=100")["results"]
    harvest(portal)
    after = get_json(portal, f"{CATALOG}/datasets?limit=100")["results"]

    changed = [new["dataset_id"] for old, new in zip(before, after, strict=True) if old != new]
    assert changed == ["namur-decisions-conseil"]


def test_preview_that_only_lists_does_not_use_up_the_change(portal):
    first = modified(portal)
    for _ in range(3):
        get_json(portal, f"{CATALOG}/datasets?limit=100&offset=0")

    assert modified(portal) == first


def test_change_survives_a_restart(portal, tmp_path):
    harvest(portal)
    harvest(portal)
    changed = modified(portal)
    restarted = DemoServer(0, tmp_path)

    assert restarted.visits.is_later("villes")
    assert changed.startswith("2026-06")
    restarted.server_close()


def test_unchanged_answer_is_304_for_who_has_it_already(portal):
    etag = get(portal, f"{DECISIONS}/exports/csv").headers["ETag"]

    answer = get(portal, f"{DECISIONS}/exports/csv", **{"If-None-Match": etag})

    assert answer.status_code == 304
    assert answer.content == b""


def test_dcat_export_lists_the_datasets_of_the_catalogue(portal):
    graph = rdflib.Graph().parse(data=get(portal, f"{CATALOG}/exports/dcat").content, format="xml")

    listed = get_json(portal, f"{CATALOG}/datasets?limit=100")["total_count"]
    assert len(list(graph.subjects(rdflib.RDF.type, DCAT.Dataset))) == listed


def test_every_link_of_the_dcat_file_answers(portal):
    graph = rdflib.Graph().parse(data=get(portal, "/territoires/catalog.ttl").content, format="turtle")
    links = list(graph.objects(None, DCAT.downloadURL))

    assert len(links) == 8
    assert all(get(portal, str(link).removeprefix(portal.address)).status_code == 200 for link in links)


def test_broken_record_is_listed_as_it_stands(portal):
    records = get_json(portal, "/gembloux/api/explore/v2.1/catalog/datasets?limit=100")["results"]

    assert [record["dataset_id"] for record in records if not isinstance(record["metas"], dict)] == [
        "gembloux-zones-bleues"
    ]


@pytest.mark.parametrize("path", ["/nowhere", "/villes/api/v2/catalog", "/territoires"])
def test_unknown_address_is_not_found(portal, path):
    assert get(portal, path).status_code == 404


def test_path_out_of_the_examples_leads_nowhere(portal):
    assert portal.answer("/territoires/../../../pyproject.toml", {}) is None


def test_server_listens_on_loopback_only(portal):
    assert portal.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize(("path", "contract"), PROMISES, ids=lambda value: getattr(value, "parent", Path(value)).name)
def test_example_table_keeps_its_promise(path, contract):
    report = check(path, table_contract(contract))

    assert report.verdict == "publish"
    assert report.counts["valid_rows"] == report.counts["rows"] > 0


def test_faulty_table_breaks_seven_rules_in_seven_rows():
    report = check(FAULTY, table_contract("bicycle-parking"))

    assert report.verdict == "hold"
    assert len({(one.column, one.rule) for one in report.findings if one.severity == "block"}) == 7
    assert report.counts["invalid_rows"] == 7


@pytest.mark.parametrize("path", BICYCLES, ids=lambda path: path.parent.name)
def test_bicycle_parking_lies_in_its_municipality(path):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    places = [json.loads(row["coordinates"])["coordinates"] for row in rows]

    assert [territory.by_point(*place).nis for place in places] == [row["ins_code"] for row in rows]


def test_every_publisher_of_the_examples_is_found():
    records = [dataset.record(later=False) for portal in portals().values() for dataset in portal.datasets]
    names = {record["metas"]["default"]["publisher"] for record in records if isinstance(record["metas"], dict)}

    assert [name for name in names if not territory.find(name).owner] == []


def test_examples_name_no_machine():
    texts = [path.read_text(encoding="utf-8") for path in Path(EXAMPLES).rglob("*") if path.suffix in {".json", ".ttl"}]

    assert not any("127.0.0.1" in text or "localhost" in text for text in texts)


@pytest.mark.parametrize(
    ("name", "themes", "tables"),
    [
        ("demo-villes", {"mobility": 6, "energy": 2, "governance": 2}, 10),
        ("demo-territoires", {"mobility": 5, "energy": 2, "governance": 1}, 5),
        ("demo-gembloux", {"mobility": 1, "energy": 1, "governance": 1}, 3),
    ],
)
def test_sources_give_candidates_of_three_themes_with_their_tables(portal, name, themes, tables):
    row = next(source for source in SOURCES if source["name"] == name)
    address = portal.address.removeprefix("http://")
    source = Source(name, row["kind"], row["url"].replace("{demo}", address), row["options"])
    kind = harvester(row["kind"])

    listed = records(source, Client(policy=Policy(allow_private=(address,))))
    drafts = [kind.map(record, source).dataset for record in listed if record.payload.get("metas") != BROKEN]

    promised = [resource for draft in drafts for resource in draft["resources"] if resource.get("schema")]
    assert dict(Counter(draft["type"] for draft in drafts)) == themes
    assert len(promised) == tables
