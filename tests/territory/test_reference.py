"""The reference data hold the figures that are publicly known."""

import csv
import json
from collections import Counter
from itertools import chain

import pytest
from shapely import unary_union
from shapely.geometry import Point, box

from ckanext.smartregion import territory
from ckanext.smartregion.territory.reading import REFERENCE, read

TABLES = sorted(path.name for path in REFERENCE.glob("*.csv"))
KINDS = {"municipality", "province", "agency", "region", "operator", "research"}


def test_wallonia_has_261_municipalities_and_13_former_codes():
    assert (len(territory.municipalities()), len(territory.former_municipalities())) == (261, 13)


def test_each_province_has_its_known_number_of_municipalities():
    counted = Counter(municipality.province for municipality in territory.municipalities())

    by_name = {province.names["fr"]: counted[province.nis] for province in territory.provinces()}
    assert by_name == {"Liège": 84, "Hainaut": 69, "Luxembourg": 43, "Namur": 38, "Brabant wallon": 27}


def test_the_population_adds_up_to_that_of_wallonia():
    assert sum(municipality.population for municipality in territory.municipalities()) == 3_645_243


def test_605_postal_codes_lie_in_one_municipality_each():
    codes = Counter(chain.from_iterable(municipality.postal_codes for municipality in territory.municipalities()))

    assert len(codes) == 605
    assert set(codes.values()) == {1}


def test_twenty_arrondissements_are_in_force_and_hold_every_municipality():
    today = {each.nis: each.province for each in territory.arrondissements() if not each.valid_to}

    assert len(today) == 20
    for municipality in territory.municipalities():
        assert today[municipality.arrondissement] == municipality.province


def test_nine_municipalities_are_german_speaking_and_bear_a_german_name():
    german = [each for each in territory.municipalities() if each.languages[0] == "de"]

    assert len(german) == 9
    assert all(each.languages == ("de", "fr") and each.titles["de"] and each.nuts3 == "BE336" for each in german)


def test_language_facilities_are_those_of_the_law():
    facilities = {each.slug: each.languages[1] for each in territory.municipalities() if len(each.languages) == 2}

    french = {slug: language for slug, language in facilities.items() if language != "fr"}
    assert french == {
        "flobecq": "nl",
        "enghien": "nl",
        "mouscron": "nl",
        "comines-warneton": "nl",
        "malmedy": "de",
        "waimes": "de",
    }


def test_every_nuts_code_lies_in_the_one_of_its_province():
    nuts = {province.nis: province.nuts2 for province in territory.provinces()}

    assert all(each.nuts3.startswith(nuts[each.province]) for each in territory.municipalities())


def test_every_former_code_leads_to_a_municipality_in_force_from_the_day_it_ended():
    today = {each.nis: each for each in territory.municipalities()}

    for former in territory.former_municipalities():
        assert former.valid_from < former.valid_to == today[former.successor].valid_from


def test_a_merger_keeps_the_people_and_the_postal_codes():
    bastogne = territory.by_nis("82039")
    before = [each for each in territory.former_municipalities() if each.successor == "82039"]

    assert [each.slug for each in before] == ["bastogne", "bertogne"]
    assert sum(each.population for each in before) == bastogne.population
    assert set(chain.from_iterable(each.postal_codes for each in before)) == set(bastogne.postal_codes)


def test_boundaries_are_valid_and_there_is_one_for_each_municipality():
    assert set(territory.boundaries()) == {each.nis for each in territory.municipalities()}
    assert all(boundary.is_valid and not boundary.is_empty for boundary in territory.boundaries().values())


def test_boundaries_do_not_overlap():
    every = list(territory.boundaries().values())

    assert unary_union(every).area == pytest.approx(sum(boundary.area for boundary in every), rel=1e-4)


def test_centre_and_box_belong_to_the_boundary():
    for municipality in territory.municipalities():
        boundary, centre = territory.boundaries()[municipality.nis], Point(municipality.centre)

        assert box(*municipality.bbox).buffer(0.001).covers(boundary), municipality.slug
        assert box(*municipality.bbox).covers(centre), municipality.slug
        assert boundary.distance(centre) < 0.01, municipality.slug


def test_eight_agencies_cover_municipalities_that_exist():
    today = {each.nis for each in territory.municipalities()}

    assert [agency.slug for agency in territory.agencies()] == [
        "bep",
        "idea",
        "idelux",
        "ideta",
        "ieg",
        "igretec",
        "in-bw",
        "spi",
    ]
    assert all(agency.members and set(agency.members) <= today for agency in territory.agencies())


@pytest.mark.parametrize(
    ("agency", "province"), [("bep", "90000"), ("spi", "60000"), ("idelux", "80000"), ("in-bw", "20002")]
)
def test_provincial_agencies_cover_their_whole_province(agency, province):
    covered = next(each.members for each in territory.agencies() if each.slug == agency)

    assert set(covered) == {each.nis for each in territory.municipalities() if each.province == province}


def test_agencies_state_how_sure_their_territory_is():
    assert {agency.confidence for agency in territory.agencies()} <= {"high", "medium", "low"}
    assert all(agency.as_of and agency.source and agency.territory for agency in territory.agencies())


def test_every_cbe_number_has_valid_check_digits_and_one_owner():
    numbers = [owner.cbe for owner in territory.owners().values() if owner.cbe]

    assert len(numbers) == len(set(numbers)) > 60
    assert [number for number in numbers if len(number) != 10 or 97 - int(number[:8]) % 97 != int(number[8:])] == []


def test_every_owner_has_a_slug_of_its_own_and_a_known_kind():
    everybody = [*territory.municipalities(), *territory.provinces(), *territory.agencies(), *territory.bodies()]

    assert len(everybody) == len(territory.owners()) == len({owner.slug for owner in everybody})
    assert {owner.kind for owner in everybody} == KINDS
    assert all(owner.slug == territory.slugify(owner.slug) for owner in everybody)


def test_every_owner_has_a_french_name_and_a_name_in_its_own_language():
    for owner in territory.owners().values():
        assert owner.titles["fr"]
        assert owner.title
        assert set(owner.titles) <= {"fr", "nl", "de", "en"}


def test_parents_of_bodies_exist():
    parents = {body.parent for body in territory.bodies() if body.parent}

    assert parents <= set(territory.owners())


def test_aliases_name_owners_that_exist_in_a_language_of_the_house():
    rows = read("aliases.csv")

    assert {row["owner"] for row in rows} <= set(territory.owners())
    assert {row["language"] for row in rows} <= {"fr", "nl", "de", "en"}
    assert {row["kind"] for row in rows} <= {
        "exonym",
        "historic",
        "former",
        "official",
        "short",
        "alternative",
        "territory",
    }


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_rectangular_and_have_no_double_rows(name):
    with (REFERENCE / name).open(encoding="utf-8", newline="") as lines:
        rows = [tuple(row) for row in csv.reader(lines)]

    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("name", [name for name in TABLES if name != "origins.csv"])
def test_every_column_has_one_origin(name):
    described = chain.from_iterable(each["columns"].split() for each in territory.origins() if each["file"] == name)

    assert sorted(described) == sorted(read(name)[0])


def test_every_origin_states_licence_and_attribution():
    assert {each["file"] for each in territory.origins()} == {*TABLES, "boundaries.geojson"} - {"origins.csv"}
    for each in territory.origins():
        assert each["origin"]
        assert each["licence"]
        assert each["attribution"]


def test_the_readme_names_every_file():
    readme = (REFERENCE / "README.md").read_text(encoding="utf-8")

    assert [name for name in (*TABLES, "boundaries.geojson") if f"`{name}`" not in readme] == []


def test_boundaries_are_plain_geojson_of_moderate_size():
    path = REFERENCE / "boundaries.geojson"

    assert path.stat().st_size < 120_000
    assert json.loads(path.read_text(encoding="utf-8"))["type"] == "FeatureCollection"
