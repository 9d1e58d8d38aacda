"""`csw`: what a record says, in real answers of every output and fact by fact."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from far_end import FarEnd
from listing import records

from ckanext.smartregion.fetch import Client
from ckanext.smartregion.harvest.records import Candidate, Source

from tests.harvesters.csw_catalogue import CSW, envelope, iso, listed, text

EU = "http://publications.europa.eu/resource/authority"
RECORD_NAME = re.compile(rb"(/records/)[0-9a-f-]{36}(?=\">\s*<foaf:primaryTopic)")


@pytest.fixture
def candidates(far_end: FarEnd, client: Client) -> Callable[..., dict[str, Candidate]]:
    """Serve an answer and give its candidates by record; nothing may be broken."""

    def candidates(body: bytes, **options: Any) -> dict[str, Candidate]:
        source = Source("test", "csw", far_end.serve("/csw", body), {"output": "iso19139", **options})
        found = records(source, client)
        assert [record.problem for record in found] == [None] * len(found)
        return {record.remote_id: CSW.map(record, source) for record in found}

    return candidates


@pytest.fixture
def one(candidates: Callable[..., dict[str, Candidate]]) -> Callable[[str], dict[str, Any]]:
    """The dataset that a single record in ISO 19139 becomes."""
    return lambda record: next(iter(candidates(envelope(record, 1)).values())).dataset


def rules(candidate: Candidate) -> set[str]:
    """The names of the rules that were applied."""
    return {change.rule for change in candidate.changes}


# -- real answers


def sample(shared: Path, name: str) -> bytes:
    """A stored answer as the last of its pages; a record by itself in the envelope in which it came."""
    body = (shared / "samples/csw" / name).read_bytes()
    if b"Response" not in body[:600]:
        body = envelope(body[body.index(b"?>") + 2 :].decode(), 1)
    alone = re.sub(rb'nextRecord="\d+"', b'nextRecord="0"', body)
    return re.sub(rb'numberOfRecordsMatched="\d+"', b'numberOfRecordsMatched="1"', alone)


def test_metawal_series_in_iso_19115_3(candidates: Any, shared: Path) -> None:
    candidate = candidates(sample(shared, "metawal-catchments.iso19115-3.xml"))["74f81503-8d39-4ec8-a49a-c76e0cd74946"]
    dataset = candidate.dataset
    assert dataset["title_translated"] == {"fr": "Protection des captages - Série"}
    assert dataset["notes_translated"]["fr"].startswith("Cette collection de données comprend")
    assert dataset["language"] == [f"{EU}/language/FRA"]
    assert dataset["theme"] == [f"{EU}/data-theme/ENVI"]
    assert dataset["uri"] == "http://geodata.wallonie.be/id/74f81503-8d39-4ec8-a49a-c76e0cd74946"
    assert dataset["alternate_identifier"] == ["PROTECT_CAPT", dataset["uri"]]
    assert dataset["url"].startswith("https://metawal.wallonie.be/geonetwork/srv/api/records/")
    assert (dataset["issued"], dataset["modified"]) == ("2022-11-08", "2023-07-31")
    assert dataset["contact"][0]["email"] == "helpdesk.carto@spw.wallonie.be"
    assert dataset["spatial_coverage"][0]["bbox"].startswith('{"type":"Polygon"')
    assert dataset["conforms_to"] == ["http://www.opengis.net/def/crs/EPSG/0/31370"]
    assert dataset["provenance"]["fr"].startswith("Pour les zones arrêtées")
    assert candidate.publishers == ("Service public de Wallonie (SPW)",)
    # Keywords that steer the region's own catalogue ("PanierTelechargementGeoportail") say nothing of the data.
    assert "captage" in dataset["tags_translated"]["fr"]
    assert not {"WalOnMap", "Extraction_DIG", "Reporting INSPIRENO"} & set(dataset["tags_translated"]["fr"])
    # Services are opened, applications and pages are read.
    assert [each["format"] for each in dataset["resources"]] == ["REST", "WMS_SRVC"]
    assert dataset["resources"][1]["access_services"] == [
        {
            "title": "Service de visualisation WMS",
            "endpoint_url": ["https://geoservices.wallonie.be/arcgis/services/EAU/PROTECT_CAPT/MapServer/WMSServer"],
            "endpoint_description": dataset["resources"][1]["url"],
        }
    ]
    assert len(dataset["documentation"]) == 3
    assert "DataSPW-CGU.pdf" in dataset["resources"][0]["rights"]["fr"]
    assert "license_id" not in dataset


def test_metawal_service_in_iso_19115_3(candidates: Any, shared: Path) -> None:
    dataset = candidates(sample(shared, "metawal-service.iso19115-3.xml"))[
        "1714cd1e-6685-4dea-a6f4-b51612a15ed0"
    ].dataset
    assert dataset["theme"] == [f"{EU}/data-theme/HEAL"]
    assert dataset["access_rights"] == f"{EU}/access-right/PUBLIC"
    resource = dataset["resources"][0]
    assert resource["format"] == "WMS_SRVC"
    service = resource["access_services"][0]
    assert service["endpoint_url"] == ["https://geoservices.test.wallonie.be/geoserver/inspire_hh/ows"]
    assert len(service["serves_dataset"]) == 11
    assert service["serves_dataset"][0].endswith("/173e4f86-a4c0-4ee1-aee1-6b0b2e477f97")


def test_service_is_left_out_where_the_source_says_so(far_end: FarEnd, client: Client, shared: Path) -> None:
    body = sample(shared, "metawal-service.iso19115-3.xml")
    assert listed(far_end.serve("/csw", body), client, output="iso19115-3", services="leave") == []


@pytest.mark.parametrize(("page", "count"), [("1", 2), ("3", 2)])
def test_geonetwork_pages_in_iso_19139(candidates: Any, shared: Path, page: str, count: int) -> None:
    found = candidates(sample(shared, f"geonetwork-iso19139-page-{page}.xml"))
    assert len(found) == count
    for name, candidate in found.items():
        assert candidate.dataset["identifier"] == name
        assert candidate.dataset["theme"] == [f"{EU}/data-theme/REGI"]
        assert candidate.dataset["resources"]
        assert candidate.publishers
        # West and east were exchanged at the source.
        assert "[[[1." in candidate.dataset["spatial_coverage"][0]["bbox"]


def test_geonetwork_record_with_a_licence_inside_a_sentence(candidates: Any, shared: Path) -> None:
    found = candidates(sample(shared, "geonetwork-iso19139-page-3.xml"))
    dataset = found["fr-120066022-jdd-585c9cd3-d542-407a-b6a5-885f062b0024"].dataset
    assert dataset["license_id"] == f"{EU}/licence/ETALAB_2_0"
    assert {each["format"] for each in dataset["resources"]} == {"SHP"}
    assert not [each for each in dataset["resources"] if "GetRecordById" in each["url"]]


def test_british_record_in_ascii(candidates: Any, shared: Path) -> None:
    dataset = candidates(sample(shared, "iso19139-dataset.xml"))["test-dataset-1"].dataset
    assert dataset["title_translated"] == {"en": "Country Parks (Scotland)"}
    assert dataset["frequency"] == f"{EU}/frequency/IRREG"
    assert dataset["temporal_coverage"] == [{"start": "1998", "end": "2010"}]
    assert dataset["spatial_resolution_in_meters"] == "5"
    assert dataset["conforms_to"] == ["http://www.opengis.net/def/crs/EPSG/0/27700"]


def test_metawal_answer_in_dcat(candidates: Any, shared: Path) -> None:
    found = candidates(sample(shared, "metawal-getrecords-dcat-25-wellformed.xml"), output="dcat")
    # Two records share the identifier of their data: as records of the catalogue they are two.
    assert len(found) == 25
    assert len({candidate.dataset["identifier"] for candidate in found.values()}) == 24
    for candidate in found.values():
        dataset = candidate.dataset
        assert "localhost" not in str(dataset)
        assert "license" not in str([each.get("rights") for each in dataset["resources"]]).split("'")
        assert dataset["notes_translated"]
        assert dataset["contact"][0]["email"].endswith(".be")
        # Of the three that each record names one stays, by a rule of all kinds.
        assert len(candidate.publishers) == 1
        assert {"abstract-as-description", "contact-of-publisher"} <= rules(candidate)
        assert all(each["access_services"] for each in dataset["resources"])
        assert "Reporting INSPIRENO" not in dataset["tags_translated"]["fr"]
    assert {rule for candidate in found.values() for rule in rules(candidate)} >= {
        "link-as-page",
        "updated-as-modified",
    }


def test_metawal_record_that_is_not_well_formed_is_mended(candidates: Any, shared: Path) -> None:
    candidate = candidates(sample(shared, "metawal-record1.dcat.rdf"), output="dcat")[
        "c2a08d91-aaf3-4b4b-b63a-9041a7a3a745"
    ]
    dataset = candidate.dataset
    # What stands behind the identifier is no part of it.
    assert dataset["identifier"] == "c2a08d91-aaf3-4b4b-b63a-9041a7a3a745"
    assert dataset["frequency"] == f"{EU}/frequency/IRREG"
    assert dataset["language"] == [f"{EU}/language/FRA"]
    assert [each["format"] for each in dataset["resources"]] == ["REST", "WMS_SRVC"]
    assert dataset["spatial_coverage"][0]["geom"].startswith('{"type":"Polygon"')
    assert {"ampersand-escaped", "identifier-trimmed", "link-as-page"} <= rules(candidate)


def test_metawal_service_without_a_type_is_found_by_the_record_about_it(candidates: Any, shared: Path) -> None:
    found = candidates(sample(shared, "metawal-record3.dcat.rdf"), output="dcat")
    dataset = found["918d6704-fcfc-45d8-afe5-3278150de0ff"].dataset
    assert dataset["resources"][0]["format"] == "WMS_SRVC"


def test_geonetwork_answer_in_dcat(candidates: Any, shared: Path) -> None:
    found = candidates(sample(shared, "geonetwork-dcat-page-3.xml"), output="dcat")
    dataset = found["0ac1d658-b8ce-4815-975b-1dd401ce01ed"].dataset
    assert set(dataset["theme"]) >= {f"{EU}/data-theme/AGRI", f"{EU}/data-theme/ENVI", f"{EU}/data-theme/REGI"}
    assert dataset["resources"][0]["format"] == "WMS_SRVC"
    assert found["093789e0-af10-4861-b661-febdaf543c5c"].dataset["license_id"] == f"{EU}/licence/ETALAB_2_0"


def test_every_sample_of_the_folder_is_read_here(shared: Path) -> None:
    here = Path(__file__).read_text(encoding="utf-8").replace("page-{page}", "page-1.xml geonetwork-iso19139-page-3")
    names = [path.name for path in (shared / "samples/csw").iterdir() if path.suffix != ".md"]
    assert [name for name in names if name.removesuffix(".xml") not in here] == []


def test_71_of_200_records_that_are_not_well_formed_cost_at_most_themselves(
    far_end: FarEnd, client: Client, shared: Path
) -> None:
    body = (shared / "samples/csw/metawal-getrecords-dcat-25-wellformed.xml").read_bytes()
    blocks = re.findall(rb"<rdf:RDF.*?</rdf:RDF>", body, re.DOTALL)
    many = []
    for number in range(200):
        block = RECORD_NAME.sub(rb"\g<1>%d" % number, blocks[number % 25])
        if number < 71:
            flaw = b"<dct:title>R&D " if number < 70 else b"<dct:wrong><dct:title>"
            block = block.replace(b"<dct:title>", flaw, 1)
        many.append(block)
    answer = envelope("%s", 200).replace(b"%s", b"".join(many))
    found = listed(far_end.serve("/csw", answer), client, output="dcat")
    assert len(found) == 200
    assert [record.remote_id for record in found if record.problem] == ["70"]
    assert sum("ampersand-escaped" in {change.rule for change in record.changes} for record in found) == 70


# -- what a record says


def test_answer_in_another_alphabet_is_read(candidates: Any) -> None:
    body = envelope(iso("a", title="Forêt"), 1).decode().replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")
    assert candidates(body)["a"].dataset["title_translated"] == {"fr": "Forêt"}


def test_texts_in_several_languages(one: Any) -> None:
    locales = "".join(
        f"<gmd:locale><gmd:PT_Locale id='{name}'><gmd:languageCode><gmd:LanguageCode codeListValue='{code}'/>"
        "</gmd:languageCode></gmd:PT_Locale></gmd:locale>"
        for name, code in (("NL", "dut"), ("DE", "ger"))
    )
    abstract = (
        "<gmd:abstract><gco:CharacterString>L'eau</gco:CharacterString><gmd:PT_FreeText><gmd:textGroup>"
        "<gmd:LocalisedCharacterString locale='#NL'>Het water</gmd:LocalisedCharacterString></gmd:textGroup>"
        "<gmd:textGroup>"
        "<gmd:LocalisedCharacterString locale='#DE'>Das Wasser</gmd:LocalisedCharacterString></gmd:textGroup>"
        "</gmd:PT_FreeText></gmd:abstract>"
    )
    dataset = one(iso("a", abstract, locales))
    assert dataset["notes_translated"] == {"fr": "L'eau", "nl": "Het water", "de": "Das Wasser"}


def test_roles_of_those_who_are_named(one: Any) -> None:
    def party(role: str, name: str, mail: str) -> str:
        return (
            f"<gmd:pointOfContact><gmd:CI_ResponsibleParty>{text('organisationName', name)}"
            "<gmd:contactInfo><gmd:CI_Contact>"
            f"<gmd:address><gmd:CI_Address>{text('electronicMailAddress', mail)}</gmd:CI_Address></gmd:address>"
            f"</gmd:CI_Contact></gmd:contactInfo><gmd:role><gmd:CI_RoleCode codeListValue='{role}'/></gmd:role>"
            "</gmd:CI_ResponsibleParty></gmd:pointOfContact>"
        )

    dataset = one(
        iso(
            "a",
            party("pointOfContact", "Guichet", "g@a.be")
            + party("owner", "SPW", "s@a.be")
            + party("author", "A", "a@a.be"),
        )
    )
    assert [each["name"] for each in dataset["publisher"]] == ["SPW"]
    assert [each["name"] for each in dataset["creator"]] == ["A"]
    assert dataset["contact"] == [{"name": "Guichet", "email": "g@a.be"}]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("continual", "CONT"),
        ("daily", "DAILY"),
        ("weekly", "WEEKLY"),
        ("fortnightly", "BIWEEKLY"),
        ("monthly", "MONTHLY"),
        ("quarterly", "QUARTERLY"),
        ("biannually", "ANNUAL_2"),
        ("annually", "ANNUAL"),
        ("asNeeded", "IRREG"),
        ("irregular", "IRREG"),
        ("notPlanned", "NEVER"),
        ("unknown", "UNKNOWN"),
    ],
)
def test_frequency_of_iso_is_one_of_the_eu(one: Any, code: str, expected: str) -> None:
    about = (
        "<gmd:resourceMaintenance><gmd:MD_MaintenanceInformation><gmd:maintenanceAndUpdateFrequency>"
        f"<gmd:MD_MaintenanceFrequencyCode codeListValue='{code}'/></gmd:maintenanceAndUpdateFrequency>"
        "</gmd:MD_MaintenanceInformation></gmd:resourceMaintenance>"
    )
    assert one(iso("a", about))["frequency"] == f"{EU}/frequency/{expected}"


@pytest.mark.parametrize(
    ("value", "unit", "expected"), [("2", "m", "2"), ("1.5", "km", "1500"), ("10", "urn:ogc:def:uom:EPSG::9001", "10")]
)
def test_resolution_in_metres(one: Any, value: str, unit: str, expected: str) -> None:
    about = (
        "<gmd:spatialResolution><gmd:MD_Resolution><gmd:distance>"
        f"<gco:Distance uom='{unit}'>{value}</gco:Distance></gmd:distance></gmd:MD_Resolution></gmd:spatialResolution>"
    )
    assert one(iso("a", about))["spatial_resolution_in_meters"] == expected


def online(url: str, protocol: str = "", function: str = "") -> str:
    """A link of the distribution."""
    return (
        f"<gmd:onLine><gmd:CI_OnlineResource><gmd:linkage><gmd:URL>{url}</gmd:URL></gmd:linkage>"
        f"{text('protocol', protocol)}"
        f"<gmd:function><gmd:CI_OnLineFunctionCode codeListValue='{function}'/></gmd:function></gmd:CI_OnlineResource>"
        "</gmd:onLine>"
    )


@pytest.mark.parametrize(
    ("url", "protocol", "function", "expected"),
    [
        ("https://a.be/wms?service=WMS", "OGC:WMS-1.3.0-http-get-map", "", "WMS_SRVC"),
        ("https://a.be/ows?service=WFS&amp;request=GetCapabilities", "", "", "WFS_SRVC"),
        ("https://a.be/wmts", "OGC:WMTS", "", "WMTS_SRVC"),
        ("https://a.be/rest/MapServer", "ESRI:REST", "", "REST"),
        ("https://a.be/feed.xml", "INSPIRE Atom", "", "ATOM"),
        ("https://a.be/data.gpkg", "WWW:LINK", "", "GPKG"),
        ("https://a.be/get?id=1", "WWW:DOWNLOAD-1.0-http--download", "", None),
        ("https://a.be/get?id=1", "", "download", None),
    ],
)
def test_link_becomes_what_its_protocol_says(
    one: Any, url: str, protocol: str, function: str, expected: str | None
) -> None:
    way = (
        "<gmd:distributionInfo><gmd:MD_Distribution><gmd:transferOptions><gmd:MD_DigitalTransferOptions>"
        f"{online(url, protocol, function)}</gmd:MD_DigitalTransferOptions></gmd:transferOptions></gmd:MD_Distribution>"
        "</gmd:distributionInfo>"
    )
    resources = one(iso("a", more=way))["resources"]
    assert [each.get("format") for each in resources] == [expected]
    is_service = expected in ("WMS_SRVC", "WFS_SRVC", "WMTS_SRVC", "REST")
    assert ("access_services" in resources[0]) == is_service


@pytest.mark.parametrize(
    ("url", "protocol"),
    [
        ("https://a.be/page.html", "WWW:LINK"),
        ("https://a.be/geonetwork/srv/fre/catalog.search#/metadata/1", "WWW:DOWNLOAD"),
    ],
)
def test_link_to_read_becomes_documentation(one: Any, url: str, protocol: str) -> None:
    way = (
        "<gmd:distributionInfo><gmd:MD_Distribution><gmd:transferOptions><gmd:MD_DigitalTransferOptions>"
        f"{online(url, protocol)}</gmd:MD_DigitalTransferOptions></gmd:transferOptions></gmd:MD_Distribution>"
        "</gmd:distributionInfo>"
    )
    dataset = one(iso("a", more=way))
    assert dataset["documentation"] == [url]
    assert "resources" not in dataset


def test_conformity_names_what_was_passed(one: Any) -> None:
    def result(title: str, passed: str) -> str:
        return (
            "<gmd:report><gmd:DQ_DomainConsistency><gmd:result><gmd:DQ_ConformanceResult>"
            "<gmd:specification><gmd:CI_Citation>"
            f"{text('title', title)}</gmd:CI_Citation></gmd:specification><gmd:pass><gco:Boolean>{passed}</gco:Boolean>"
            "</gmd:pass></gmd:DQ_ConformanceResult></gmd:result></gmd:DQ_DomainConsistency></gmd:report>"
        )

    results = result("INSPIRE", "true") + result("Autre", "false")
    quality = f"<gmd:dataQualityInfo><gmd:DQ_DataQuality>{results}</gmd:DQ_DataQuality></gmd:dataQualityInfo>"
    assert one(iso("a", more=quality))["conforms_to"] == ["INSPIRE"]


def test_service_says_where_it_answers_and_what_it_serves(one: Any) -> None:
    record = (
        f"<gmd:MD_Metadata>{text('fileIdentifier', 's')}<gmd:hierarchyLevel><gmd:MD_ScopeCode codeListValue='service'/>"
        "</gmd:hierarchyLevel><gmd:identificationInfo><srv:SV_ServiceIdentification><gmd:citation><gmd:CI_Citation>"
        f"{text('title', 'Cartes')}</gmd:CI_Citation></gmd:citation>"
        "<srv:serviceType><gco:LocalName>OGC:WMS</gco:LocalName>"
        "</srv:serviceType><srv:containsOperations><srv:SV_OperationMetadata><srv:connectPoint><gmd:CI_OnlineResource>"
        "<gmd:linkage><gmd:URL>https://a.be/wms</gmd:URL></gmd:linkage></gmd:CI_OnlineResource></srv:connectPoint>"
        "</srv:SV_OperationMetadata></srv:containsOperations>"
        "<srv:operatesOn uuidref='d' xlink:href='https://a.be/id/d'/>"
        "</srv:SV_ServiceIdentification></gmd:identificationInfo></gmd:MD_Metadata>"
    )
    resource = one(record)["resources"][0]
    assert (resource["url"], resource["format"]) == ("https://a.be/wms", "WMS_SRVC")
    assert resource["access_services"][0]["serves_dataset"] == ["https://a.be/id/d"]
