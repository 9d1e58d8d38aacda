"""Rules for addresses."""

from __future__ import annotations

import pytest
from drafts import clean, resource

from ckanext.smartregion.harvest.records import Source
from ckanext.smartregion.harvest.rules.addresses import is_web


@pytest.mark.rule("local-address")
@pytest.mark.parametrize("address", ["http://localhost:8080/geonetwork/1", "http://127.0.0.1/x", "file:///base/data/1"])
def test_address_of_somebody_elses_own_machine_goes(address: str) -> None:
    assert clean("url", address) is None


@pytest.mark.rule("local-address")
def test_address_on_the_sources_own_machine_stays() -> None:
    local = Source("demo", "dcat", "http://127.0.0.1:5001/catalog.ttl")
    assert clean("url", "http://127.0.0.1:5001/a", local) == "http://127.0.0.1:5001/a"


@pytest.mark.rule("address-encoded")
def test_broken_percent_signs_and_blanks_in_an_address_are_mended() -> None:
    assert clean("url", "https://a.be/100% vélo?x=%20") == "https://a.be/100%25%20v%C3%A9lo?x=%20"


@pytest.mark.rule("relation-address")
@pytest.mark.parametrize(
    "written",
    [
        "Liste des rues, voir le site",
        "https://data.example.be/Liste des rues, voir le site",
        "https://data.example.be/Liste%20des%20rues",
    ],
)
@pytest.mark.parametrize("field", ["documentation", "is_referenced_by", "has_version"])
def test_words_in_place_of_a_relation_go(written: str, field: str) -> None:
    assert clean(field, [written, "https://a.be/x"]) == ["https://a.be/x"]


@pytest.mark.rule("relation-address")
def test_document_with_blanks_in_its_name_stays() -> None:
    assert clean("documentation", ["https://a.be/Mode d'emploi 2.pdf"]) == ["https://a.be/Mode%20d'emploi%202.pdf"]


@pytest.mark.rule("page-icon")
def test_icon_given_as_a_page_goes() -> None:
    pages = ["https://metawal.example.be/images/logo.png?v=2", "https://metawal.example.be/fiche/1"]
    assert clean("documentation", pages) == ["https://metawal.example.be/fiche/1"]


@pytest.mark.rule("service-address")
def test_access_service_that_is_no_address_goes() -> None:
    good = {"title": "WMS", "endpoint_url": ["https://geo.example.be/wms"]}
    found = resource(access_services=[{"uri": "trueESRI:REST", "endpoint_url": ["trueESRI:REST"]}, good])
    assert found["access_services"] == [good]
    assert "access_services" not in resource(access_services=[{"title": "trueESRI"}])


@pytest.mark.rule("address-encoded")
def test_address_that_was_never_closed_is_no_web_address() -> None:
    assert not is_web("http://[::1")
    assert not is_web("trueESRI:REST")
    assert is_web("https://user@a.be:8443/x")
