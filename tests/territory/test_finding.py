"""Whom a messy name means: one owner, several that it could mean, or nobody."""

import csv
import json
import re
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.smartregion.territory import by_cbe, find, municipalities, owners, provinces

SHARED = Path(__file__).resolve().parents[2] / "../shared"

# Names by which data.gov.be files data of third parties under an owner; nobody is called so.
NO_NAMES = {
    "Eco-Visio",
    "Eco-Compteur",
    "SIRS",
    "Opendatasoft",
    "TBC",
    "Huwise",
    "BiomMap",
    "Arlon Centre-Ville asbl",
    "Code Postal.be",
    "meteo-nasa",
    "ins",
}


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Liège", "liege"),
        ("Ville de Liège", "liege"),
        ("Ville de Liège ", "liege"),
        ("VILLE  DE\t LIEGE", "liege"),
        ("Ville+de+Li%C3%A8ge", "liege"),
        ("Ville%20de%20Li%C3%A8ge", "liege"),
        ("Ville%2Bde%2BLi%25C3%25A8ge", "liege"),
        ("Ville de LiÃ¨ge", "liege"),
        ("Ville de Li&egrave;ge", "liege"),
        ("Ville de Lie\u0300ge", "liege"),
        ("la Ville de Liège", "liege"),
        ("Liège (Ville de)", "liege"),
        ("Liège, Ville de", "liege"),
        ("City of Liège", "liege"),
        ("Stad Luik", "liege"),
        ("Stadt Lüttich", "liege"),
        ("Luettich", "liege"),
        ("CPAS de Liège", "liege"),
        ("OCMW Luik", "liege"),
        ("Administration communale de la Ville de Liège", "liege"),
        ("Administration communale de Braine-l'Alleud", "braine-l-alleud"),
        ("Commune+de+Braine-l%27Alleud", "braine-l-alleud"),
        ("Commune de Braine-l’Alleud", "braine-l-alleud"),
        ("Braine l Alleud", "braine-l-alleud"),
        ("Ville d'Andenne", "andenne"),
        ("Ville d&#39;Andenne", "andenne"),
        ("Commune du Roeulx", "le-roeulx"),
        ("Le Rœulx", "le-roeulx"),
        ("Belœil", "beloeil"),
        ("Commune des Bons Villers", "les-bons-villers"),
        ("Ville de La Louvière", "la-louviere"),
        ("Commune d'Écaussinnes", "ecaussinnes"),
        ("Chapelle-lès-Herlaimont", "chapelle-lez-herlaimont"),
        ("St-Ghislain", "saint-ghislain"),
        ("St. Vith", "saint-vith"),
        ("Gemeinde Büllingen", "bullange"),
        ("Gemeinde Buellingen", "bullange"),
        ("Kelmis", "la-calamine"),
        ("Amel", "ambleve"),
        ("Gemeentebestuur van Komen-Waasten", "comines-warneton"),
        ("Luik", "liege"),
        ("Namen", "namur"),
        ("Bergen", "mons"),
        ("Doornik", "tournai"),
        ("Bastenaken", "bastogne"),
        ("Arel", "arlon"),
        ("Aarlen", "arlon"),
        ("'s-Gravenbrakel", "braine-le-comte"),
        ("Bertogne", "bastogne"),
        ("Commune de Bertogne", "bastogne"),
        ("Louvain-la-Neuve", "ottignies-louvain-la-neuve"),
        ("Saint-Nicolas (Liège)", "saint-nicolas"),
        ("Commune de Saint-Léger (Virton)", "saint-leger"),
        ("Ville de Namur - Mobilité", "namur"),
        ("Ville de Namur - Annuaire - www.namur.be", "namur"),
        ("Stad Luik / Ville de Liège", "liege"),
    ],
)
def test_a_messy_name_finds_its_municipality(text, slug):
    found = find(text)

    assert (found.status, found.owner.kind, found.owner.slug) == ("found", "municipality", slug)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Province de Liège", "province-de-liege"),
        ("Liège (province)", "province-de-liege"),
        ("Provincie Luik", "province-de-liege"),
        ("Provinz Lüttich", "province-de-liege"),
        ("Province de Namur", "province-de-namur"),
        ("Province du Luxembourg", "province-de-luxembourg"),
        ("Luxembourg", "province-de-luxembourg"),
        ("Hainaut", "province-de-hainaut"),
        ("Province+de+Hainaut", "province-de-hainaut"),
        ("Henegouwen", "province-de-hainaut"),
        ("Collège provincial du Brabant wallon", "province-du-brabant-wallon"),
        ("Waals-Brabant", "province-du-brabant-wallon"),
    ],
)
def test_a_province_is_told_from_the_town_it_is_named_after(text, slug):
    assert find(text).owner.slug == slug


@pytest.mark.parametrize(
    ("text", "slug", "kind"),
    [
        ("in BW", "in-bw", "agency"),
        ("INBW", "in-bw", "agency"),
        ("BEP - PNVH", "bep", "agency"),
        ("Bureau économique de la Province de Namur", "bep", "agency"),
        ("SPI", "spi", "agency"),
        ("iMio", "imio", "agency"),
        ("Wallonie", "wallonie", "region"),
        ("Région wallonne", "wallonie", "region"),
        ("Waals Gewest", "wallonie", "region"),
        ("Service Public de Wallonie (SPW)", "service-public-de-wallonie", "region"),
        (" SPW ", "service-public-de-wallonie", "region"),
        ("SPW Mobilité", "spw-mobilite-infrastructures", "region"),
        ("Agence+du+Num%C3%A9rique", "agence-du-numerique", "region"),
        ("OTW/TEC", "otw-tec", "operator"),
        ("TEC", "otw-tec", "operator"),
        ("NMBS-SNCB", "sncb", "operator"),
        ("ORES", "ores", "operator"),
        ("IWEPS WalStat", "iweps", "research"),
        ("NGI", "institut-geographique-national", "research"),
    ],
)
def test_regional_bodies_and_agencies_are_found_by_their_usual_names(text, slug, kind):
    owner = find(text).owner

    assert (owner.slug, owner.kind) == (slug, kind)


@pytest.mark.parametrize(
    "address",
    [
        "https://opendata.liege.be/explore/?refine.publisher=Ville+de+Li%C3%A8ge",
        "https://www.odwb.be/explore/?sort=title&refine.publisher=Ville+de+Li%C3%A8ge&q=",
        "https://www.odwb.be/explore/?refine.publisher=Ville%2Bde%2BLi%25C3%25A8ge",
        "?publisher=Ville%20de%20Li%C3%A8ge",
    ],
)
def test_a_publisher_search_address_finds_the_publisher(address):
    assert find(address).owner.slug == "liege"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("52011.0", "charleroi"),
        (52011.0, "charleroi"),
        ("82005", "bastogne"),
        ("B-4020", "liege"),
        ("60000", "province-de-liege"),
        ("https://org.belgif.be/id/CbeRegisteredEntity/0316381138", "service-public-de-wallonie"),
        ("0207.343.933", "liege"),
    ],
)
def test_a_code_finds_its_owner(text, slug):
    assert find(text).owner.slug == slug


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("Wallonie picarde", {"ideta", "ieg"}),
        ("Braine", {"braine-l-alleud", "braine-le-chateau", "braine-le-comte"}),
        ("Commune de Villers", {"villers-la-ville", "villers-le-bouillet"}),
        ("Ville de Liège et Ville de Namur", {"liege", "namur", "province-de-liege", "province-de-namur"}),
        ("Ville de Liège / Ville de Namur", {"liege", "namur"}),
        ("Ville de Liège, Province de Liège", {"liege", "province-de-liege"}),
        ("Arrondissement de Liège", {"liege", "province-de-liege"}),
        ("Musée de la Vie wallonne de Liège", {"liege", "province-de-liege"}),
        ("Arlon Centre-Ville asbl", {"arlon"}),
        ("Liège - Tourisme", {"liege", "province-de-liege"}),
        ("Province de Tournai", {"tournai"}),
        ("Jemeppe", {"jemeppe-sur-sambre"}),
    ],
)
def test_a_doubtful_name_is_reported_with_all_candidates_and_matched_with_none(text, slugs):
    found = find(text)

    assert (found.status, found.owner) == ("ambiguous", None)
    assert {owner.slug for owner in found.candidates} == slugs


@pytest.mark.parametrize(
    "text", ["", "  ", None, "Commune de X", "Paris", "Ville", "99999", "Stad Gent", "-", "()", "%", "?=&"]
)
def test_a_name_that_means_nobody_finds_nobody(text):
    found = find(text)

    assert (found.status, found.owner, found.candidates) == ("none", None, ())


def dresses(name, municipality):
    """What people make of the name of a municipality."""
    return (
        name,
        name.upper(),
        f"Commune de {name}",
        f"Gemeente {name}",
        f"Gemeinde {name} ",
        quote_plus(f"Ville de {name}"),
        quote(f"Ville de {name}"),
        name.replace("'", "’").replace("-", " "),
        municipality.slug,
        f"{name} ({provinces_by_nis()[municipality.province]})",
    )


def test_every_name_of_a_municipality_finds_it_in_every_dress():
    for municipality in municipalities():
        for dressed in (each for name in municipality.titles.values() for each in dresses(name, municipality)):
            assert find(dressed).owner is municipality, dressed


def test_every_title_of_every_owner_finds_it():
    missed = [
        (owner.slug, name) for owner in owners().values() for name in owner.titles.values() if find(name).owner != owner
    ]

    assert missed == []


def test_a_match_is_plain_data_for_json():
    found = json.loads(json.dumps(find("Ville de Liège").as_dict()))

    assert found["status"] == "found"
    assert found["owner"] == found["candidates"][0]
    assert found["owner"] == {
        "kind": "municipality",
        "slug": "liege",
        "nis_code": "62063",
        "title": "Liège",
        "titles": {"fr": "Liège", "nl": "Luik", "de": "Lüttich"},
        "cbe_uri": "https://org.belgif.be/id/CbeRegisteredEntity/0207343933",
    }
    assert find("Braine").as_dict()["owner"] is None


def test_a_german_speaking_municipality_calls_itself_by_its_german_name():
    assert find("Bullange").owner.title == "Büllingen"


@pytest.mark.skipif(not SHARED.exists(), reason="the shared reference folder does not stand beside the checkout")
def test_every_owner_of_a_known_walloon_source_resolves_to_an_organisation_of_the_portal():
    with (SHARED / "reference/walloon_sources.csv").open(encoding="utf-8", newline="") as lines:
        names = {row["owner"] for row in csv.DictReader(lines)}

    unresolved = [
        name for name in names if find(name).status != "found" or not getattr(find(name).owner, "portal", True)
    ]
    assert len(names) > 15
    assert unresolved == []


@pytest.mark.skipif(not SHARED.exists(), reason="the shared reference folder does not stand beside the checkout")
def test_spellings_that_data_gov_be_had_to_map_by_hand_find_the_same_owner():
    turtle = (SHARED / "vocabularies/belgium/wallonie-data-org.ttl").read_text(encoding="utf-8")
    blocks = re.findall(r"<(https://org\.belgif\.be/id/Cbe\w+/\d+)>(.*?)(?=\n\s*<https|\Z)", turtle, re.S)
    known = [(by_cbe(address), set(re.findall(r'"([^"]*)"', body)) - NO_NAMES) for address, body in blocks]

    wrong = {(name, owner.slug) for owner, names in known if owner for name in names if not _means(name, owner)}
    assert sum(len(names) for owner, names in known if owner) > 150
    assert wrong == set()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=500))
def test_no_text_raises(text):
    assert find(text).status in ("found", "ambiguous", "none")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="%+&=?/:[](),'’-\\ 0123456789.liegevdÃŒß\u0300\x00\ud800", max_size=200))
def test_no_address_like_text_raises(text):
    assert find(text).status in ("found", "ambiguous", "none")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(municipalities()), st.text(max_size=30))
def test_a_certain_match_is_never_somebody_whose_name_is_not_there(municipality, noise):
    found = find(f"{municipality.titles['fr']} {noise}")

    assert found.owner is None or municipality in found.candidates or found.owner.slug.startswith(municipality.slug)


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "text", ["a" * 10**6, "de " * 10**5, "(" * 10**5, "1." * 10**5, "%2B" * 10**5, "ville de " * 10**4]
)
def test_a_very_long_text_costs_no_time(text):
    assert find(text).owner is None


def provinces_by_nis():
    return {province.nis: province.names["fr"] for province in provinces()}


def _means(name, owner):
    """Say whether the name finds the owner; SPW names its general secretariat too, and means the whole."""
    wanted = {owner.slug}
    if owner.slug == "spw-secretariat-general":
        wanted.add("service-public-de-wallonie")
    found = find(name).owner
    return found is not None and found.slug in wanted
