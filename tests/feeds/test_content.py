"""What the feed says: addresses, languages, publishers, services, records."""

import json
from xml.etree import ElementTree

import pytest
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SKOS

from tests.feeds.examples import BASE, CBE, EU, HVD_LAW, MOBILITY, ORGANISATION, TABLE, TYPES, datasets_in, parsed

WALLONIA = "https://sws.geonames.org/3337387/"
VCARD_NAME = URIRef("http://www.w3.org/2006/vcard/ns#fn")
APPLICABLE_LEGISLATION = URIRef("http://data.europa.eu/r5r/applicableLegislation")


def node(dataset, part=""):
    return URIRef(f"{BASE}/dataset/{dataset['id']}{part}")


def test_publisher_is_the_organisation_with_its_cbe_number(minimal, graph_of):
    dataset = minimal()
    graph = graph_of(dataset)
    publisher = URIRef(CBE + "0207362739")

    assert list(graph.objects(node(dataset), DCTERMS.publisher)) == [publisher]
    assert set(graph.objects(publisher, FOAF.name)) == {Literal("Namur", "fr"), Literal("Namen", "nl")}
    assert graph.value(publisher, DCTERMS.type) == URIRef("http://purl.org/adms/publishertype/LocalAuthority")


def test_publisher_without_number_has_an_address_of_ours(minimal, graph_of):
    dataset = minimal(organization={**ORGANISATION, "cbe_uri": ""})

    assert graph_of(dataset).value(node(dataset), DCTERMS.publisher) == URIRef(
        f"{BASE}/organization/{ORGANISATION['id']}"
    )


def test_named_publisher_that_is_not_the_organisation_becomes_the_creator(minimal, graph_of):
    dataset = minimal(publisher=[{"name": "IGN", "uri": CBE + "0999999999"}])

    assert graph_of(dataset).value(node(dataset), DCTERMS.creator) == URIRef(CBE + "0999999999")


def test_publisher_named_without_an_address_is_taken_for_the_organisation(minimal, graph_of):
    dataset = minimal(publisher=[{"name": "Ville de Namur"}])

    assert list(graph_of(dataset).objects(node(dataset), DCTERMS.creator)) == []


def test_dataset_that_brings_its_address_keeps_it_but_its_record_is_ours(minimal, graph_of):
    dataset = minimal(uri="https://data.namur.be/dataset/velos")
    graph = graph_of(dataset)

    assert graph.value(node(dataset, "#record"), FOAF.primaryTopic) == URIRef("https://data.namur.be/dataset/velos")


def test_stored_copy_is_what_is_downloaded(minimal, graph_of):
    file = {
        "id": "r1",
        "url": BASE + "/copy.csv",
        "url_type": "upload",
        "download_url": "https://elsewhere.example/x.csv",
    }
    dataset = minimal(resources=[file])

    assert graph_of(dataset).value(node(dataset, "/resource/r1"), DCAT.downloadURL) == URIRef(BASE + "/copy.csv")


@pytest.mark.parametrize("kind", TYPES)
def test_loaded_table_is_offered_as_parquet_besides(kind, full, graph_of):
    dataset = full(kind)
    graph, file = graph_of(dataset), node(dataset, "/resource/r1")
    parquet, address = URIRef(f"{file}#parquet"), URIRef(f"{file}/table.parquet")

    assert {file, parquet} < set(graph.objects(node(dataset), DCAT.distribution))
    assert {address} == {graph.value(parquet, each) for each in (DCAT.accessURL, DCAT.downloadURL)}
    assert graph.value(parquet, DCTERMS["format"]) == URIRef(EU + "file-type/PARQUET")
    assert str(graph.value(parquet, DCAT.mediaType)).endswith("/application/vnd.apache.parquet")
    assert graph.value(parquet, DCTERMS.license) == graph.value(file, DCTERMS.license)
    assert graph.value(parquet, DCAT.byteSize) is None
    assert Literal("Tableau (Parquet)", "fr") in graph.objects(parquet, DCTERMS.title)


@pytest.mark.parametrize("lacking", ["schema", "datastore_active"])
def test_file_that_is_no_loaded_table_has_no_other_form(lacking, full, graph_of):
    dataset = full()
    dataset["resources"] = [{key: value for key, value in TABLE["dataset"].items() if key != lacking}]

    assert len(set(graph_of(dataset).objects(node(dataset), DCAT.distribution))) == 1


@pytest.mark.parametrize("kind", TYPES)
def test_every_text_has_a_language(kind, full, graph_of):
    graph = graph_of(full(kind))
    texts = (DCTERMS.title, DCTERMS.description, DCAT.keyword, FOAF.name, VCARD_NAME, RDFS.label, SKOS.prefLabel)

    assert [text for predicate in texts for text in graph.objects(None, predicate) if not text.language] == []


@pytest.mark.parametrize("kind", TYPES)
def test_nothing_is_nameless(kind, full, graph_of):
    assert [term for triple in graph_of(full(kind)) for term in triple if isinstance(term, BNode)] == []


def test_same_dataset_reads_the_same_twice(full, graph_of):
    assert set(graph_of(full("mobility"))) == set(graph_of(full("mobility")))


@pytest.mark.parametrize("extension", ["xml", "jsonld"])
def test_every_serialisation_says_the_same(extension, full, graph_of):
    assert set(graph_of(full("mobility"), extension)) == set(graph_of(full("mobility"), "ttl"))


def test_addresses_are_absolute_and_escaped(full, graph_of):
    dataset = full()

    assert graph_of(dataset).value(node(dataset, "/resource/r1"), DCAT.downloadURL) == URIRef(
        f"{BASE}/dataset/x/resource/r1/download/vélos%202026.csv"
    )


def test_resource_without_a_usable_address_points_at_its_page(minimal, graph_of):
    dataset = minimal(resources=[{"id": "r1", "url": "no address"}])
    page = URIRef(f"{BASE}/dataset/{dataset['name']}/resource/r1")

    assert graph_of(dataset).value(node(dataset, "/resource/r1"), DCAT.accessURL) == page


def test_place_of_our_list_is_outlined_as_in_the_list_whatever_a_dataset_says(minimal, graph_of):
    told = minimal(spatial_coverage=[{"uri": WALLONIA, "bbox": "POLYGON((3 49, 6 49, 6 51, 3 51, 3 49))"}])
    place = URIRef(WALLONIA)

    assert set(graph_of(told).triples((place, None, None))) == set(graph_of(minimal()).triples((place, None, None)))


@pytest.mark.parametrize(("kind", "theme"), [("mobility", "TRAN"), ("energy", "ENER"), ("governance", "GOVE")])
def test_theme_that_the_contract_assumes_is_said_where_none_is_stored(kind, theme, minimal, graph_of):
    dataset = minimal(kind, theme="no theme")

    assert list(graph_of(dataset).objects(node(dataset), DCAT.theme)) == [URIRef(f"{EU}data-theme/{theme}")]


def test_languages_nobody_stated_are_those_of_the_title_and_files_have_those_of_the_dataset(minimal, graph_of):
    dataset = minimal(title_translated={"fr": "Vélos", "nl": "Fietsen"})
    graph = graph_of(dataset)
    expected = {URIRef(f"{EU}language/{code}") for code in ("FRA", "NLD")}

    for subject in (node(dataset), node(dataset, "/resource/r0")):
        assert set(graph.objects(subject, DCTERMS.language)) == expected


def test_thing_that_is_named_by_the_address_it_leads_to_is_told_from_it(minimal, graph_of):
    page, file = "https://data.namur.be/velos", "https://data.namur.be/velos.csv"
    dataset = minimal(uri=page, url=page, resources=[{"id": "r1", "uri": file, "url": file}])
    graph = graph_of(dataset)

    assert graph.value(URIRef(page), DCAT.landingPage) == URIRef(f"{BASE}/dataset/{dataset['name']}")
    assert graph.value(URIRef(page), DCAT.distribution) == node(dataset, "/resource/r1")
    assert graph.value(node(dataset, "/resource/r1"), DCAT.accessURL) == URIRef(file)


def test_licence_is_of_its_own_kind_and_not_unknown(minimal, graph_of):
    dataset = minimal(license_id="cc-by")
    graph = graph_of(dataset)
    licence = URIRef(EU + "licence/CC_BY_4_0")

    assert graph.value(node(dataset, "/resource/r0"), DCTERMS.license) == licence
    assert list(graph.objects(licence, DCTERMS.type)) == [URIRef("http://purl.org/adms/licencetype/Attribution")]
    assert (licence, RDF.type, DCTERMS.LicenseDocument) in graph


def test_file_type_is_found_by_the_ending_of_the_address(minimal, graph_of):
    dataset = minimal()

    assert graph_of(dataset).value(node(dataset, "/resource/r0"), DCTERMS["format"]) == URIRef(EU + "file-type/CSV")


def test_high_value_dataset_reaches_its_service_by_an_iri(full, graph_of):
    dataset = full()
    graph = graph_of(dataset)
    service = node(dataset, "#service-datastore")

    assert (node(dataset, "/resource/r1"), DCAT.accessService, service) in graph
    assert (service, DCAT.servesDataset, node(dataset)) in graph
    assert (service, APPLICABLE_LEGISLATION, HVD_LAW) in graph
    assert URIRef("http://data.europa.eu/bna/c_4b74ea13") in graph.objects(
        service, URIRef("http://data.europa.eu/r5r/hvdCategory")
    )


def test_dataset_that_is_not_high_value_and_no_table_has_no_service(minimal, graph_of):
    assert list(graph_of(minimal()).subjects(RDF.type, DCAT.DataService)) == []


def test_record_tells_when_the_description_was_made_and_changed(minimal, graph_of):
    dataset = minimal()
    graph = graph_of(dataset)
    record = node(dataset, "#record")

    assert graph.value(record, FOAF.primaryTopic) == node(dataset)
    assert str(graph.value(record, DCTERMS.created)).startswith("2026-01-01T10:00:00")
    assert str(graph.value(record, DCTERMS.modified)).startswith("2026-02-01T10:00:00")
    assert graph.value(record, DCTERMS.language) == URIRef(EU + "language/FRA")


def test_mobility_file_says_its_standard_and_its_conditions(full, graph_of):
    dataset = full("mobility")
    graph = graph_of(dataset)
    file = node(dataset, "/resource/r1")
    lists = "https://w3id.org/mobilitydcat-ap/"

    assert graph.value(file, MOBILITY.mobilityDataStandard) == URIRef(lists + "mobility-data-standard/netex")
    assert graph.value(graph.value(file, DCTERMS.rights), DCTERMS.type) == URIRef(
        lists + "conditions-for-access-and-usage/royalty-free"
    )


def test_version_of_a_mobility_standard_is_a_standard_that_the_file_keeps(full, graph_of):
    dataset = full("mobility")
    standard = node(dataset, "/resource/r1#data-standard")
    graph = graph_of(dataset, profile="mobilitydcat-ap")

    assert standard in graph.objects(node(dataset, "/resource/r1"), DCTERMS.conformsTo)
    assert (standard, RDF.type, MOBILITY.MobilityDataStandard) in graph
    assert str(graph.value(standard, OWL.versionInfo)) == "1.2"
    assert graph.value(standard, DCTERMS.isVersionOf) == graph.value(
        node(dataset, "/resource/r1"), MOBILITY.mobilityDataStandard
    )


def test_relation_to_another_dataset_has_its_role(full, graph_of):
    dataset = full()
    graph = graph_of(dataset)
    relation = graph.value(node(dataset), PROV.qualifiedInfluence)
    role = graph.value(relation, DCAT.hadRole)

    assert relation == node(dataset, "#relation-1")
    assert graph.value(relation, PROV.entity) == URIRef("https://example.be/stations")
    assert role == URIRef("http://www.iana.org/assignments/relation/describedby")
    assert Literal("décrit par", lang="fr") in set(graph.objects(role, SKOS.prefLabel))


def test_relation_without_a_role_and_activity_without_a_name_say_nothing(minimal, graph_of):
    dataset = minimal(
        qualified_relation=[{"relation": "https://example.be/a"}, {"role": "via"}],
        provenance_activity=[{"startedAtTime": "2026"}],
    )
    graph = graph_of(dataset)

    assert not list(graph.subjects(RDF.type, PROV.EntityInfluence))
    assert not list(graph.subjects(RDF.type, PROV.Activity))


def test_activity_that_made_a_dataset_says_when_and_by_whom(full, graph_of):
    dataset = full()
    graph = graph_of(dataset)
    activity = graph.value(node(dataset), PROV.wasGeneratedBy)
    actor = graph.value(activity, PROV.wasAssociatedWith)

    assert graph.value(activity, RDFS.label) == Literal("Comptage de mai", lang="fr")
    assert str(graph.value(activity, PROV.startedAtTime)) == "2026-05-04T00:00:00"
    assert actor == node(dataset, "#actor-1-1")
    assert graph.value(actor, FOAF.name) == Literal("Bureau d'étude", lang="fr")


def test_file_says_one_thing_of_rights_which_leads_to_what_is_said_elsewhere(minimal, graph_of):
    terms = ["https://data.namur.be/conditions", "https://data.namur.be/voorwaarden"]
    rights = {"fr": terms[0], "nl": terms[1]}
    for kind, stated in (("dataset", rights), ("mobility", {"fr": terms[0]}), ("dataset", {**rights, "de": "Frei."})):
        dataset = minimal(kind, resources=[{"id": "r1", "url": "https://www.example.be/a.csv", "rights": stated}])
        graph, statement = graph_of(dataset), node(dataset, "/resource/r1#rights")

        assert list(graph.objects(node(dataset, "/resource/r1"), DCTERMS.rights)) == [statement]
        assert URIRef(terms[0]) in graph.objects(statement, RDFS.seeAlso)


def test_law_that_mobilitydcat_ap_can_not_describe_becomes_a_relation_there(minimal, graph_of):
    law = URIRef("http://data.europa.eu/eli/dir/2007/2/2019-06-26")
    dataset = minimal("mobility", applicable_legislation=[str(law)])

    assert (node(dataset), APPLICABLE_LEGISLATION, law) in graph_of(dataset)
    narrowed = graph_of(dataset, profile="mobilitydcat-ap")
    assert list(narrowed.predicates(node(dataset), law)) == [DCTERMS.relation]


def test_mobilitydcat_ap_is_told_in_the_languages_of_the_union(minimal, graph_of):
    texts = {"fr": "Parking", "ca": "Aparcament", "de-AT": "Parkplatz"}
    dataset = minimal("mobility", title_translated=texts, notes_translated={"ca": "Aparcament"})

    def tags(profile, predicate):
        return {text.language for text in graph_of(dataset, profile=profile).objects(node(dataset), predicate)}

    assert tags("dcat-ap", DCTERMS.title) == {"fr", "ca", "de-AT"}
    assert tags("mobilitydcat-ap", DCTERMS.title) == {"fr", "de-AT"}
    assert tags("mobilitydcat-ap", DCTERMS.description) == {"ca"}, "some text is better than none"


def test_kind_of_access_point_names_its_regulation(full, graph_of):
    dataset = full("mobility")

    laws = set(graph_of(dataset).objects(node(dataset), APPLICABLE_LEGISLATION))

    assert URIRef("http://data.europa.eu/eli/reg_del/2017/1926/oj") in laws


def test_sha256_is_given_except_where_the_profile_forbids_it(full, graph_of):
    checksum, dataset = URIRef("http://spdx.org/rdf/terms#checksum"), full("mobility")
    file = node(dataset, "/resource/r1")

    assert list(graph_of(dataset).objects(file, checksum)) != []
    assert list(graph_of(dataset, profile="mobilitydcat-ap").objects(file, checksum)) == []


def test_sha1_has_the_address_that_mobilitydcat_ap_asks_for_and_the_one_that_dcat_ap_asks_for(minimal, graph_of):
    file = {"id": "r1", "url": "https://www.example.be/a.csv", "hash": "0f" * 20}
    dataset, address = minimal("mobility", resources=[file]), "://spdx.org/rdf/terms#checksumAlgorithm_sha1"
    algorithm = URIRef("http://spdx.org/rdf/terms#algorithm")

    for profile, scheme in (("dcat-ap", "https"), ("mobilitydcat-ap", "http")):
        found = graph_of(dataset, profile=profile).value(node(dataset, "/resource/r1#checksum"), algorithm)
        assert found == URIRef(scheme + address)


def test_catalogue_names_the_region_in_four_languages(page_text, minimal):
    graph = parsed(page_text([minimal()]), "ttl")
    catalogue = URIRef(BASE)

    assert graph.value(catalogue, DCTERMS.publisher) == URIRef(CBE + "0316381138")
    assert {title.language for title in graph.objects(catalogue, DCTERMS.title)} == {"fr", "nl", "de", "en"}
    assert URIRef(EU + "language/FRA") in graph.objects(catalogue, DCTERMS.language)
    assert graph.value(catalogue, DCAT.themeTaxonomy) == URIRef(EU + "data-theme")


def test_catalogue_lists_every_service_and_every_record(page_text, full):
    graph = parsed(page_text([full()]), "ttl")
    catalogue = URIRef(BASE)

    assert set(graph.objects(catalogue, DCAT.service)) == set(graph.subjects(RDF.type, DCAT.DataService))
    assert set(graph.objects(catalogue, DCAT.record)) == set(graph.subjects(RDF.type, DCAT.CatalogRecord))
    assert URIRef(BASE + "/service/catalogue") in graph.objects(catalogue, DCAT.service)


def test_page_beyond_the_last_ends_the_walk_of_data_gov_be(page_text):
    text = page_text([], "xml", number=9, count=3)

    assert "dcat:Dataset" not in text
    assert "dcat:DataService" not in text
    assert ElementTree.fromstring(text) is not None


def test_page_with_datasets_uses_the_prefix_that_data_gov_be_looks_for(page_text, minimal):
    assert "<dcat:Dataset" in page_text([minimal()], "xml")


def test_json_ld_begins_with_a_brace(page_text, minimal):
    assert set(json.loads(page_text([minimal()], "jsonld"))) == {"@context", "@graph"}


def test_characters_that_xml_forbids_do_not_lose_the_page(page_text, minimal):
    dataset = minimal(title_translated={"fr": "Vé\x00los\x0b\ud800"}, url="https://example.be/\x01a")

    assert datasets_in(parsed(page_text([dataset], "xml"), "xml")) == [str(node(dataset))]


def test_links_between_pages_are_addresses(page_text, minimal):
    hydra = "http://www.w3.org/ns/hydra/core#"
    graph = parsed(page_text([minimal()], number=2, count=250), "ttl")
    page = URIRef(f"{BASE}/catalog.ttl?page=2")

    assert graph.value(page, URIRef(hydra + "next")) == URIRef(f"{BASE}/catalog.ttl?page=3")
    assert graph.value(page, URIRef(hydra + "last")) == URIRef(f"{BASE}/catalog.ttl?page=3")
    assert graph.value(page, URIRef(hydra + "previous")) == URIRef(f"{BASE}/catalog.ttl?page=1")


def test_page_holds_what_each_dataset_alone_says(page_text, graph_of, full, minimal):
    page = set(parsed(page_text([full(), minimal("mobility")]), "ttl"))

    assert set(graph_of(full())) <= page
    assert set(graph_of(minimal("mobility"))) <= page


def test_catalogue_of_each_organisation_is_part_of_the_whole_and_lists_what_is_its_own(page_text, full, minimal):
    graph = parsed(page_text([full(), minimal()]), "ttl")
    shelf = URIRef(f"{BASE}/organization/{ORGANISATION['id']}#catalogue")

    assert (
        {shelf} == set(graph.objects(URIRef(BASE), DCTERMS.hasPart)) == set(graph.objects(URIRef(BASE), DCAT.catalog))
    )
    assert set(graph.objects(shelf, DCAT.dataset)) == {node(full()), node(minimal())}
    assert set(graph.objects(shelf, DCAT.record)) == {node(full(), "#record"), node(minimal(), "#record")}
    assert graph.value(shelf, DCTERMS.publisher) == URIRef(CBE + "0207362739")
    assert Literal("Les données ouvertes de Namur.", "fr") in graph.objects(shelf, DCTERMS.description)


def test_page_describes_the_catalogue_of_an_organisation_once(page_text, full, minimal):
    assert page_text([full(), minimal()], "xml").count("Les données ouvertes de Namur.") == 1


def test_datasets_of_a_series_name_the_same_described_series(page_text, minimal):
    series = {"in_series": [{"title": "Comptages annuels"}, "an id that nobody describes"]}
    graph = parsed(page_text([minimal(id="a", **series), minimal(id="b", **series)]), "ttl")
    found = set(graph.objects(None, URIRef("http://www.w3.org/ns/dcat#inSeries")))

    assert len(found) == 1
    assert graph.value(found.pop(), DCTERMS.title) == Literal("Comptages annuels", "fr")


def test_record_says_whether_its_description_was_changed_since(minimal, graph_of):
    new = minimal(metadata_modified=minimal()["metadata_created"])
    status, kinds = URIRef("http://www.w3.org/ns/adms#status"), "http://purl.org/adms/changetype/"

    assert graph_of(new).value(node(new, "#record"), status) == URIRef(kinds + "created")
    assert graph_of(minimal()).value(node(minimal(), "#record"), status) == URIRef(kinds + "updated")


def test_outline_in_geojson_is_written_with_its_box_and_its_centre(minimal, graph_of):
    outline = {"type": "LineString", "coordinates": [[4.8, 50.4], [5.0, 50.5]]}
    dataset = minimal(spatial_coverage=[{"text": "Namur", "geom": json.dumps(outline)}])
    graph, place = graph_of(dataset), node(dataset, "#place-1")

    assert str(graph.value(place, DCAT.bbox)) == "POLYGON((4.8 50.4, 5 50.4, 5 50.5, 4.8 50.5, 4.8 50.4))"
    assert str(graph.value(place, DCAT.centroid)) == "POINT(4.9 50.45)"


def test_service_of_the_ogc_says_its_standard_and_where_it_describes_itself(full, graph_of):
    dataset = full()
    graph, service = graph_of(dataset), node(dataset, "/resource/r2#service-1")

    assert graph.value(service, DCTERMS.conformsTo) == URIRef("http://www.opengis.net/def/serviceType/ogc/wfs")
    assert graph.value(service, DCAT.endpointDescription) == URIRef(
        "https://geo.example.be/wfs?SERVICE=WFS&REQUEST=GetCapabilities"
    )
