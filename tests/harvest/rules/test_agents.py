"""Rules for publishers and contacts."""

from __future__ import annotations

import pytest
from drafts import SOURCE, TITLE, clean

from ckanext.smartregion.harvest.rules import normalise
from ckanext.smartregion.harvest.rules.agents import owner_of


@pytest.mark.rule("mail-address")
@pytest.mark.parametrize("written", ["mailto:a@b.be", "mailto:mailto:a@b.be", "mailto: a@b.be", " a@b.be "])
def test_mail_address_stands_without_mailto(written: str) -> None:
    assert clean("contact", [{"name": "A", "email": written}]) == [{"name": "A", "email": "a@b.be"}]


@pytest.mark.rule("publisher-search")
def test_publisher_given_as_a_search_of_the_portal_gets_its_name() -> None:
    uri = "https://www.odwb.be/explore/?refine.publisher=Ville+de+Li%C3%A8ge"
    assert clean("publisher", [{"uri": uri}]) == [{"name": "Ville de Liège"}]
    assert normalise({**TITLE, "publisher": [{"uri": uri}]}, SOURCE).publishers == ("Ville de Liège",)


@pytest.mark.rule("mail-address")
def test_same_contact_twice_stands_once() -> None:
    twice = [{"email": "mailto:a@b.be"}, {"email": "mailto:mailto:a@b.be"}]
    assert clean("contact", twice) == [{"email": "a@b.be"}]


@pytest.mark.rule("publisher-search")
@pytest.mark.parametrize(
    "uri",
    [
        "https://www.odwb.be/explore/?refine.publisher=Ville+de+Li%C3%A8ge",
        "https://www.odwb.be/explore/?sort=title&refine=publisher%3A%22Ville%20de%20Li%C3%A8ge%22",
        "http://localhost:8080/geonetwork/srv/resources/organizations/Ville%20de%20Li%C3%A8ge",
    ],
)
def test_publisher_named_only_in_an_address_gets_its_name(uri: str) -> None:
    assert clean("publisher", [{"uri": uri}]) == [{"name": "Ville de Liège"}]


@pytest.mark.rule("publisher-spelling")
@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Ville+de+Li%C3%A8ge", "Ville de Liège"),
        ("Ville de Liège ", "Ville de Liège"),
        ("Ville\n  de Liège", "Ville de Liège"),
        ("52011.0", "52011"),
        ("R&D + innovation 100%", "R&D + innovation 100%"),
    ],
)
def test_name_of_a_publisher_is_written_plainly(written: str, name: str) -> None:
    assert clean("publisher", [{"name": written}]) == [{"name": name}]


@pytest.mark.rule("publisher-spelling")
@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("Ville de Liège ", "liege"),
        ("Ville+de+Li%C3%A8ge", "liege"),
        ("Administration communale de Braine-l'Alleud", "braine-l-alleud"),
        ("BEP", "bep"),
        ("52011.0", "charleroi"),
        ("55022", "la-louviere"),
        ("82003", "bastogne"),
    ],
)
def test_publisher_of_every_fashion_is_found_in_the_territory(written: str, slug: str) -> None:
    publishers = normalise({**TITLE, "publisher": [{"name": written}]}, SOURCE).publishers
    owner = owner_of(publishers[0])
    assert owner is not None
    assert owner.slug == slug


@pytest.mark.rule("publisher-one")
def test_of_several_publishers_the_first_known_one_stays() -> None:
    several = [{"name": "Helpdesk"}, {"name": "Ville de Namur"}, {"name": "Ville de Liège"}]
    assert clean("publisher", several) == [{"name": "Ville de Namur"}]
    assert clean("publisher", [{"name": "Helpdesk"}, {"name": "Bureau"}]) == [{"name": "Helpdesk"}]
