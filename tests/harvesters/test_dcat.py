"""`dcat`: catalogues in every serialisation, paged in every way, broken in every way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from far_end import Answer, FarEnd, Request
from listing import records

from ckanext.smartregion.fetch import Client, FetchError
from ckanext.smartregion.harvest.records import Candidate, ListingError, Record, Source
from ckanext.smartregion.harvesters import harvester

EU = "http://publications.europa.eu/resource/authority"
DCAT = harvester("dcat")
HEAD = "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#" '
    'xmlns:dct="http://purl.org/dc/terms/">%s</rdf:RDF>'
)


def turtle(*names: str, more: str = "") -> str:
    """A page of Turtle with these datasets."""
    return HEAD + more + "\n".join(f'<https://a.be/{name}> a dcat:Dataset ; dct:title "{name}"@fr .' for name in names)


def listed(url: str, client: Client, **options: Any) -> list[Record]:
    """Every record of a source, or the error that breaks the list off."""
    return records(Source("test", "dcat", url, options), client)


def titles(records: list[Record]) -> list[str]:
    """The last part of each identifier."""
    return [record.remote_id.rsplit("/", 1)[-1] for record in records]


@pytest.fixture
def sample(far_end: FarEnd, client: Client, shared: Path) -> Any:
    """Serve a real payload and give its candidates by the last part of their identifier."""

    def sample(name: str, **options: Any) -> dict[str, Candidate]:
        url = far_end.serve("/catalog", (shared / "samples" / name).read_bytes())
        source = Source("test", "dcat", url, options)
        found = records(source, client)
        assert [record.problem for record in found] == [None] * len(found)
        return {record.remote_id.rstrip("/").rsplit("/", 1)[-1]: DCAT.map(record, source) for record in found}

    return sample


def rules(candidate: Candidate) -> set[str]:
    """The names of the rules that were applied."""
    return {change.rule for change in candidate.changes}


def test_liege_real_export(sample: Any) -> None:
    candidate = sample("ods/liege-v2-catalog-export.rdf")["parkings-taxis"]
    dataset = candidate.dataset
    assert candidate.publishers == ("Ville de Liège",)
    assert dataset["title_translated"] == {"fr": "Parkings taxis"}
    assert "<" not in dataset["notes_translated"]["fr"]
    assert dataset["language"] == [f"{EU}/language/FRA"]
    assert dataset["theme"] == [f"{EU}/data-theme/TRAN"]
    assert dataset["license_id"] == f"{EU}/licence/CC_BY_4_0"
    assert dataset["tags_translated"] == {"fr": ["déplacement", "mobilité", "taxi"]}
    assert [each["format"] for each in dataset["resources"]] == ["CSV", "GEOJSON", "JSON", "SHP"]
    assert {each["license"] for each in dataset["resources"]} == {f"{EU}/licence/CC_BY_4_0"}
    assert {"language-property", "language-code", "markup-removed", "theme-code", "licence-code"} <= rules(candidate)


def test_rennes_real_export(sample: Any) -> None:
    candidate = sample("ods/rennes-explore-v2-dcat-export.rdf")["principaux-etablissements-denseignement-superieur"]
    dataset = candidate.dataset
    assert dataset["frequency"] == f"{EU}/frequency/CONT"
    assert dataset["identifier"] == "principaux-etablissements-denseignement-superieur"
    assert dataset["modified"] == "2018-04-25T08:16:43+00:00"
    assert dataset["license_id"] == f"{EU}/licence/ETALAB_2_0"
    assert dataset["theme"] == [f"{EU}/data-theme/EDUC"]
    assert dataset["spatial_coverage"] == [{"text": "France entière et hors territoire"}]
    assert dataset["contact"] == [{"email": "dataesr@recherche.gouv.fr"}]
    assert [each["format"] for each in dataset["resources"]] == ["JSON", "SHP"]
    assert "rights" not in dataset["resources"][0]
    assert candidate.publishers[0].startswith("Ministère de l'Enseignement supérieur, de la Recherche")


def test_federal_catalogue_with_datasets_piled_up_in_one_property(sample: Any) -> None:
    candidates = sample("dcat/be-favv.rdf")
    assert sorted(candidates) == ["codelist", "operators", "smileys"]
    dataset = candidates["smileys"].dataset
    assert set(dataset["title_translated"]) == {"fr", "nl"}
    assert dataset["frequency"] == f"{EU}/frequency/WEEKLY"
    assert dataset["access_rights"] == f"{EU}/access-right/PUBLIC"
    assert dataset["url"] == "https://favv-afsca.be/fr/open-data"
    assert candidates["smileys"].publishers == ("AFSCA", "https://org.belgif.be/id/CbeRegisteredEntity/0267387230")
    assert len(candidates["codelist"].dataset["resources"]) == 2
    assert "nodes-parted" in rules(candidates["smileys"])


def test_federal_catalogue_of_justice(sample: Any) -> None:
    dataset = sample("dcat/be-fpsjustice.xml")["munabbrev"].dataset
    assert dataset["theme"] == [f"{EU}/data-theme/GOVE", f"{EU}/data-theme/JUST"]
    assert dataset["license_id"] == f"{EU}/licence/CC_BY_4_0"
    assert dataset["resources"][0]["format"] == "XLSX"
    assert dataset["spatial_coverage"][0]["bbox"].startswith('{"type":"Polygon"')
    assert set(dataset["tags_translated"]) == {"en", "fr", "nl"}


def test_federal_addresses_in_two_languages(sample: Any) -> None:
    dataset = sample("dcat/be-multilang.rdf")["best"].dataset
    assert dataset["title_translated"] == {"fr": "Adresses BeSt", "nl": "BeSt adressen"}
    assert len(dataset["resources"][0]["language"]) == 3


def test_multilingual_turtle_keeps_the_languages_that_the_portal_shows(sample: Any) -> None:
    dataset = next(iter(sample("dcat/ckan-dataset-multilingual.ttl").values())).dataset
    assert dataset["title_translated"] == {"en": "Test DCAT dataset"}
    assert {contact["email"] for contact in dataset["contact"]} == {"contact1@example.org", "contact2@example.org"}
    assert dataset["provenance"] == {"en": "Statement about provenance"}


def test_udata_catalogue_in_xml(sample: Any) -> None:
    candidates = sample("dcat/udata-catalog.xml")
    assert sorted(candidates) == ["1", "2", "3", "4"]
    first, third = candidates["1"].dataset, candidates["3"].dataset
    assert first["notes_translated"] == {"en": "h1 title\n\nh2 title\n\nand bold text"}
    assert first["contact"] == [{"uri": "http://data.test.org/contacts/1", "name": "Organization contact",
                                 "email": "hello@its.me", "url": "https://data.support.com"}]  # fmt: skip
    assert first["temporal_coverage"] == [{"start": "2016-01-01T00:00:00", "end": "2016-12-05T00:00:00"}]
    assert "frequency" not in first
    assert third["frequency"] == f"{EU}/frequency/DAILY"
    assert third["license_id"] == f"{EU}/licence/ETALAB_2_0"
    assert third["resources"][0]["url"] == "http://data.test.org/datasets/3/resources/1/file.json"
    assert first["resources"][-1]["access_services"][0]["endpoint_url"] == [
        "http://data.test.org/datasets/1/resources/4/services"
    ]


@pytest.mark.parametrize("name", ["udata-flat.jsonld", "udata-nested.jsonld"])
def test_udata_catalogue_in_json(sample: Any, name: str) -> None:
    candidates = sample(f"dcat/{name}")
    assert candidates["1"].dataset["title_translated"] == {"en": "Dataset 1"}
    assert candidates["1"].publishers[0] == "An Organization"


def test_udata_export_of_an_opendatasoft_portal(sample: Any) -> None:
    candidates = sample("dcat/udata-udata.xml")
    dataset = candidates["bureau-de-vote-vanves"].dataset
    assert {each["format"] for each in dataset["resources"]} == {"CSV", "GEOJSON", "JSON", "SHP"}
    assert dataset["theme"] == [f"{EU}/data-theme/GOVE"]


def test_geonetwork_record_with_text_behind_its_identifier(sample: Any) -> None:
    candidates = sample("dcat/udata-geonetwork.xml")
    assert list(candidates) == ["0c456d2d-9548-4a2a-94ef-231d9d890ce2"]
    dataset = candidates["0c456d2d-9548-4a2a-94ef-231d9d890ce2"].dataset
    assert dataset["identifier"] == "0c456d2d-9548-4a2a-94ef-231d9d890ce2"
    assert dataset["temporal_coverage"] == [{"start": "2004-11-03", "end": "2005-03-30"}]
    assert dataset["spatial_coverage"][0]["geom"].startswith('{"type":"Polygon"')
    assert "license_id" not in dataset


def test_ckan_catalogue(sample: Any) -> None:
    candidates = sample("dcat/ckan-catalog.rdf")
    assert {each.get("format") for each in candidates["1"].dataset["resources"]} == {"CSV", "PDF", None}
    assert candidates["1"].publishers == ("Publishing Organization for dataset 1",)


def test_hydra_pages_of_a_real_payload_are_followed(far_end: FarEnd, client: Client, shared: Path) -> None:
    def page(request: Request) -> Answer:
        name = f"partial-collection-{request.query.get('page', '1')}.jsonld"
        body = (
            (shared / "samples/dcat" / f"udata-{name}")
            .read_text()
            .replace("http://data.test.org/catalog", far_end.url + "/catalog")
        )
        return Answer(body.encode())

    assert titles(listed(far_end.serve("/catalog.jsonld", page), client)) == ["1", "2", "3", "4"]


@pytest.mark.parametrize("predicate", ["next", "nextPage"])
def test_both_hydra_vocabularies_are_followed(far_end: FarEnd, client: Client, predicate: str) -> None:
    link = f"<x> <http://www.w3.org/ns/hydra/core#{predicate}> </two.ttl> .\n"
    far_end.serve("/two.ttl", turtle("b"))
    assert titles(listed(far_end.serve("/one.ttl", turtle("a", more=link)), client)) == ["a", "b"]


def test_counted_pages_end_with_an_empty_one(far_end: FarEnd, client: Client) -> None:
    pages = {"1": turtle("a", "b"), "2": turtle("c")}
    url = far_end.serve("/c.ttl", lambda request: Answer(pages.get(request.query["page"], HEAD).encode()))
    assert titles(listed(url, client, paging="pages")) == ["a", "b", "c"]
    assert len(far_end.requests) == 3


def test_last_page_repeated_for_ever_ends(far_end: FarEnd, client: Client) -> None:
    url = far_end.serve("/c.ttl", turtle("a"))
    assert titles(listed(url, client, paging="pages")) == ["a"]
    assert len(far_end.requests) == 2


def test_hydra_links_in_a_circle_break_the_listing_off(far_end: FarEnd, client: Client) -> None:
    link = "<x> <http://www.w3.org/ns/hydra/core#next> </one.ttl> .\n"
    url = far_end.serve("/one.ttl", turtle("a", more=link))
    with pytest.raises(ListingError, match="circle"):
        listed(url, client)


def test_endless_pages_with_ever_new_addresses_break_the_listing_off(far_end: FarEnd, client: Client) -> None:
    def page(request: Request) -> Answer:
        number = int(request.query.get("n", "0")) + 1
        return Answer(turtle("a", more=f"<x> <http://www.w3.org/ns/hydra/core#next> </c.ttl?n={number}> .\n").encode())

    with pytest.raises(ListingError, match="circle"):
        listed(far_end.serve("/c.ttl", page), client)
    assert len(far_end.requests) == 2


def test_missing_second_page_breaks_the_listing_off(far_end: FarEnd, client: Client) -> None:
    link = "<x> <http://www.w3.org/ns/hydra/core#next> </two.ttl> .\n"
    url = far_end.serve("/one.ttl", turtle("a", more=link))
    with pytest.raises(FetchError, match="status 404"):
        listed(url, client)
    assert far_end.requests[-1].path == "/two.ttl"


def test_fewer_datasets_than_announced_break_the_listing_off(far_end: FarEnd, client: Client) -> None:
    url = far_end.serve("/c.ttl", turtle("a", more="<x> <http://www.w3.org/ns/hydra/core#totalItems> 3 .\n"))
    with pytest.raises(ListingError, match="announces 3 datasets and delivered 1"):
        listed(url, client)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"<!DOCTYPE html><html><body>Maintenance</body></html>", "web page"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "web page"),
        (b"", "without any content"),
        (b"   \n", "without any content"),
        (b"this is no RDF at all", "can't be read"),
        (b'{"@graph": [', "can't be read"),
        (b"[" * 100_000, "can't be read"),
        (b'{"@context": "http://127.0.0.1:1/context.jsonld", "@id": "http://a.be"}', "from the network"),
        (b'{"@context": "file:///etc/passwd", "@id": "http://a.be"}', "from the network"),
    ],
)
def test_answer_that_is_no_catalogue_is_refused(far_end: FarEnd, client: Client, body: bytes, sentence: str) -> None:
    with pytest.raises(ListingError, match=sentence):
        listed(far_end.serve("/c", body), client)


def test_valid_catalogue_without_datasets_is_an_empty_list(far_end: FarEnd, client: Client) -> None:
    assert listed(far_end.serve("/c.ttl", HEAD + "<> a dcat:Catalog ."), client) == []


def test_entity_bomb_is_refused(far_end: FarEnd, client: Client) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(12))
    body = (
        f"<?xml version='1.0'?><!DOCTYPE rdf:RDF [{entities}]>"
        + XML % "<dcat:Dataset><dct:title>&e11;</dct:title></dcat:Dataset>"
    )
    with pytest.raises(ListingError):
        listed(far_end.serve("/c.xml", body), client)


def test_external_entity_is_not_read(far_end: FarEnd, client: Client) -> None:
    head = '<?xml version="1.0"?><!DOCTYPE rdf:RDF [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    dataset = '<dcat:Dataset rdf:about="https://a.be/1"><dct:title>T&x;</dct:title></dcat:Dataset>'
    found = listed(far_end.serve("/c.xml", head + XML % dataset), client)
    assert "root:" not in str([record.payload for record in found])


def test_bare_ampersands_are_mended(far_end: FarEnd, client: Client) -> None:
    dataset = '<dcat:Dataset rdf:about="https://a.be/1?a=1&b=2"><dct:title>R&D</dct:title></dcat:Dataset>'
    url = far_end.serve("/c.xml", XML % dataset)
    record = listed(url, client)[0]
    candidate = DCAT.map(record, Source("test", "dcat", url))
    assert candidate.dataset["title_translated"] == {"fr": "R&D"}
    assert "ampersand-escaped" in rules(candidate)


def test_one_badly_formed_record_does_not_cost_the_others(far_end: FarEnd, client: Client) -> None:
    good = '<dcat:Dataset rdf:about="https://a.be/%s"><dct:title>Bon</dct:title></dcat:Dataset>'
    bad = '<dcat:Dataset rdf:about="https://a.be/bad"><dct:title>Mauvais</dct:titel></dcat:Dataset>'
    found = listed(far_end.serve("/c.xml", XML % (good % 1 + bad + good % 2)), client)
    assert {record.remote_id: record.problem is None for record in found} == {
        "https://a.be/1": True,
        "https://a.be/2": True,
        "https://a.be/bad": False,
    }


def test_windows_alphabet_that_calls_itself_utf8_is_read(far_end: FarEnd, client: Client) -> None:
    body = turtle("a").replace('"a"@fr', '"Forêt"@fr').encode("cp1252")
    url = far_end.serve("/c.ttl", body)
    candidate = DCAT.map(listed(url, client)[0], Source("test", "dcat", url))
    assert candidate.dataset["title_translated"] == {"fr": "Forêt"}
    assert "encoding-guessed" in rules(candidate)


def test_same_content_in_another_order_has_the_same_hash(far_end: FarEnd, client: Client) -> None:
    lines = [
        '<https://a.be/1> a dcat:Dataset ; dct:title "Un"@fr ; dcat:keyword "b"@fr, "a"@fr ;',
        ' dcat:contactPoint [ dct:title "X" ], [ dct:title "Y" ] ;',
        " dcat:distribution <https://a.be/1/b>, <https://a.be/1/a> .",
        "<https://a.be/1/a> dcat:accessURL <https://a.be/a.csv> .",
        "<https://a.be/1/b> dcat:accessURL <https://a.be/b.csv> .",
    ]
    turned = [lines[4], lines[3], *[line.replace('"b"@fr, "a"@fr', '"a"@fr, "b"@fr') for line in lines[:3]]]
    source = Source("test", "dcat", far_end.url)
    hashes = set()
    for body in (lines, turned):
        url = far_end.serve("/c.ttl", HEAD + "\n".join(body))
        hashes.add(DCAT.map(listed(url, client)[0], source).hash)
    assert len(hashes) == 1


def test_dataset_known_only_on_its_authors_machine_is_recognised_by_its_identifier(
    far_end: FarEnd, client: Client
) -> None:
    body = HEAD + '<http://localhost:8080/geonetwork/7> a dcat:Dataset ; dct:title "Un"@fr ; dct:identifier "abc-7" .'
    record = listed(far_end.serve("/c.ttl", body), client)[0]
    assert record.remote_id == "abc-7"


# -- flaws that sources really have; those of real payloads that are stored stand above, and in test_csw.py


@pytest.fixture
def one(far_end: FarEnd, client: Client) -> Any:
    """The candidate of a dataset in Turtle with these properties."""

    def one(properties: str, more: str = "", **options: Any) -> Candidate:
        prefixes = HEAD + "".join(f"@prefix {name}: <{address}> . " for name, address in PREFIXES.items())
        dataset = f'<https://a.be/un> a dcat:Dataset ; dct:title "Un"@fr ; {properties} .'
        source = Source("test", "dcat", far_end.serve("/c.ttl", prefixes + dataset + more), options)
        record = next(each for each in records(source, client) if each.remote_id == "https://a.be/un")
        return DCAT.map(record, source)

    return one


PREFIXES = {
    "dcatap": "http://data.europa.eu/r5r/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}


@pytest.mark.parametrize(
    "licence",
    [
        f"[ a dct:LicenseDocument ; dct:type <{EU}/licence/CC_BY_4_0> ]",
        f"<https://a.be/licence/1> . <https://a.be/licence/1> dct:type <{EU}/licence/CC_BY_4_0>",
        '"CC BY 4.0"',
        '"Licence : https://creativecommons.org/licenses/by/4.0/deed.fr."',
    ],
)
def test_licence_is_found_where_it_hides(one: Any, licence: str) -> None:
    """transportdata.be hides it in the type of a node, Liège writes words, GeoNetwork a sentence."""
    assert one(f"dct:license {licence}").dataset["license_id"] == f"{EU}/licence/CC_BY_4_0"


def test_service_that_serves_a_dataset_is_a_way_to_it(one: Any) -> None:
    service = (
        '<https://a.be/wms> a dcat:DataService ; dct:title "Carte"@fr ; dcat:servesDataset <https://a.be/un> ; '
        "dcat:endpointURL <https://maps.be/ows> ; "
        "dcat:endpointDescription <https://maps.be/ows?request=GetCapabilities> ."
    )
    resource = one("dct:identifier 'un'", service).dataset["resources"][0]
    assert (resource["url"], resource["name_translated"]) == ("https://maps.be/ows", {"fr": "Carte"})
    assert resource["access_services"] == [
        {
            "uri": "https://a.be/wms",
            "title": "Carte",
            "endpoint_url": ["https://maps.be/ows"],
            "endpoint_description": "https://maps.be/ows?request=GetCapabilities",
            "serves_dataset": ["https://a.be/un"],
        }
    ]


def test_service_of_a_portal_is_given_to_the_files_that_it_serves(sample: Any) -> None:
    candidates = sample("ods/rennes-explore-v2-dcat-export.rdf")
    assert list(candidates) == ["principaux-etablissements-denseignement-superieur"]
    for resource in candidates["principaux-etablissements-denseignement-superieur"].dataset["resources"]:
        assert [each["title"] for each in resource["access_services"]] == ["Explore API v2"]


@pytest.mark.parametrize(("services", "expected"), [("keep", ["api", "un"]), ("leave", ["un"])])
def test_service_that_serves_nothing_here_is_a_dataset_unless_left_out(
    far_end: FarEnd, client: Client, services: str, expected: list[str]
) -> None:
    service = '<https://a.be/api> a dcat:DataService ; dct:title "API" ; dcat:endpointURL <https://a.be/api/v1> .\n'
    url = far_end.serve("/c.ttl", turtle("un", more=service))
    found = listed(url, client, services=services)
    assert sorted(titles(found)) == expected
    if services == "keep":
        api = next(record for record in found if record.remote_id.endswith("api"))
        dataset = DCAT.map(api, Source("test", "dcat", url)).dataset
        assert dataset["resources"][0]["access_services"][0]["endpoint_url"] == ["https://a.be/api/v1"]


def test_service_inside_a_distribution_is_no_record(one: Any, far_end: FarEnd, client: Client) -> None:
    inside = (
        "dcat:distribution [ dcat:accessURL <https://a.be/x.csv> ; dcat:accessService <https://a.be/api> ] . "
        '<https://a.be/api> a dcat:DataService ; dct:title "API" ; dcat:endpointURL <https://a.be/v1>'
    )
    assert one(inside).dataset["resources"][0]["access_services"][0]["title"] == "API"
    assert len(listed(far_end.url + "/c.ttl", client)) == 1


def test_series_is_a_dataset_of_its_own(far_end: FarEnd, client: Client) -> None:
    series = (
        '<https://a.be/serie> a dcat:DatasetSeries ; dct:title "Série"@fr . <https://a.be/a> dcat:inSeries '
        "<https://a.be/serie> .\n"
    )
    found = listed(far_end.serve("/c.ttl", turtle("a", more=series)), client)
    assert sorted(titles(found)) == ["a", "serie"]


def test_description_without_a_type_is_found_by_the_record_about_it(far_end: FarEnd, client: Client) -> None:
    more = (
        "<https://a.be/record> a dcat:CatalogRecord ; <http://xmlns.com/foaf/0.1/primaryTopic> <https://a.be/b> . "
        '<https://a.be/b> dct:title "B" .\n'
    )
    assert titles(listed(far_end.serve("/c.ttl", turtle("a", more=more)), client)) == ["a", "b"]


def test_protocol_that_is_glued_to_a_truth_is_no_address_of_a_service(one: Any) -> None:
    glued = (
        "dcat:distribution [ dcat:accessURL <https://a.be/x> ; dcat:accessService <trueESRI:REST> ] . "
        '<trueESRI:REST> dct:title "REST" ; dcat:endpointURL <https://a.be/rest>'
    )
    service = one(glued).dataset["resources"][0]["access_services"][0]
    assert service == {"title": "REST", "endpoint_url": ["https://a.be/rest"]}


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (f'"{EU}/file-type/CSV"', "CSV"),
        (f"<{EU.replace('http:', 'https:')}/file-type/CSV>", "CSV"),
        (f"<{EU}/file-type/XSLX>", "XLSX"),
        (f"<{EU}/file-type/GeoTIFF>", "GEOTIFF"),
        ("<https://www.iana.org/assignments/media-types/text/csv>", "CSV"),
    ],
)
def test_format_whose_address_is_slightly_wrong_is_known(one: Any, form: str, expected: str) -> None:
    found = one(f"dcat:distribution [ dcat:accessURL <https://a.be/x> ; dct:format {form} ]")
    assert found.dataset["resources"][0]["format"] == expected


def test_mail_address_with_its_scheme_twice_is_one(one: Any) -> None:
    """WalStat."""
    found = one('dcat:contactPoint [ vcard:fn "IWEPS" ; vcard:hasEmail <mailto:mailto:info@iweps.be> ]')
    assert found.dataset["contact"] == [{"name": "IWEPS", "email": "info@iweps.be"}]


def test_landing_page_that_is_the_file_is_none(one: Any) -> None:
    """WalStat."""
    found = one("dcat:landingPage <https://a.be/x.csv> ; dcat:distribution [ dcat:accessURL <https://a.be/x.csv> ]")
    assert "url" not in found.dataset
    assert "landing-page" in rules(found)


def test_identifier_with_text_behind_it(one: Any) -> None:
    """Metawal."""
    found = one('dct:identifier "c2a08d91-aaf3-4b4b-b63a-9041a7a3a745 DGATLPE__PAT_MND_UNESCO__BIENS"')
    assert found.dataset["identifier"] == "c2a08d91-aaf3-4b4b-b63a-9041a7a3a745"


def test_picture_is_no_page_of_documentation(one: Any) -> None:
    """Metawal."""
    found = one("foaf:page <https://a.be/icon.png>, <https://a.be/manuel>")
    assert found.dataset["documentation"] == ["https://a.be/manuel"]
    assert "page-icon" in rules(found)


def test_high_value_category_brings_its_law(one: Any) -> None:
    """Metawal."""
    found = one("dcatap:hvdCategory <http://data.europa.eu/bna/c_ac64a52d>")
    assert found.dataset["applicable_legislation"] == ["http://data.europa.eu/eli/reg_impl/2023/138/oj"]
    assert "hvd-legislation" in rules(found)


def test_agent_known_only_on_its_authors_machine_has_no_address(one: Any) -> None:
    """Metawal: 3,400 of them in 200 records."""
    agent = (
        '<http://localhost:8080/o/spw> . <http://localhost:8080/o/spw> foaf:name "SPW" ; foaf:mbox <mailto:a@spw.be>'
    )
    found = one(f"dct:publisher {agent}")
    assert found.publishers == ("SPW",)
    assert found.dataset["contact"] == [{"name": "SPW", "email": "a@spw.be"}]
    assert "localhost" not in str(found.dataset)


@pytest.mark.parametrize("frequency", ["<En continu>", '"En continu"', "<En%20continu>", f"<{EU}/frequency/CONT>"])
def test_frequency_in_words_or_as_an_address_made_of_words(one: Any, frequency: str) -> None:
    """Opendatasoft's exports."""
    assert one(f"dct:accrualPeriodicity {frequency}").dataset.get("frequency", "").endswith("CONT")


def test_publisher_given_as_a_search_of_the_portal(one: Any) -> None:
    """Opendatasoft's exports."""
    found = one("dct:publisher <https://www.odwb.be/explore/?refine.publisher=Ville+de+Li%C3%A8ge>")
    assert found.publishers == ("Ville de Liège",)


def test_relation_that_is_no_address_does_not_cost_the_record(one: Any) -> None:
    """Opendatasoft's exports."""
    assert one("dct:relation <jeu de données lié>, <http://>").dataset["title_translated"] == {"fr": "Un"}


def test_language_by_the_library_of_congress_and_by_old_codes(one: Any) -> None:
    for language in ("<http://id.loc.gov/vocabulary/iso639-1/fr>", '"fre"', '"FRE"', f"<{EU}/language/FRA>"):
        assert one(f"dct:language {language}").dataset["language"] == [f"{EU}/language/FRA"]
