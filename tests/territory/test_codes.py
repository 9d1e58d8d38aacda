"""Look-ups by NIS code on a date, postal code and Crossroads Bank number."""

from datetime import date

import pytest

from ckanext.smartregion.territory import (
    agencies,
    agency_of,
    by_cbe,
    by_nis,
    by_postal_code,
    former_municipalities,
    municipalities,
)


def slug(municipality):
    return municipality and municipality.slug


@pytest.mark.parametrize("code", ["52011", "52011.0", 52011, 52011.0, " 52011 ", "52011.00"])
def test_nis_code_is_read_however_a_spreadsheet_writes_it(code):
    assert slug(by_nis(code)) == "charleroi"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "   ",
        None,
        "99999",
        "52011.5",
        "5201",
        "520111",
        "52011-",
        "21004",
        "20002",
        "５２０１１",
        5.2011,
        float("nan"),
        [],
        True,
    ],
)
def test_nis_code_that_means_no_walloon_municipality_finds_nobody(code):
    assert by_nis(code) is None


@pytest.mark.parametrize(
    ("code", "on", "nis"),
    [
        ("82003", None, "82039"),
        ("82005", None, "82039"),
        ("82005", date(2024, 12, 1), "82005"),
        ("82005", date(2024, 12, 2), "82039"),
        ("82039", date(2024, 12, 2), "82039"),
        ("82039", date(2024, 12, 1), None),
        ("52063", None, "55085"),
        ("52063", date(2018, 12, 31), "52063"),
        ("52063", date(2019, 1, 1), "55085"),
        ("55085", date(2018, 12, 31), None),
        ("62063", date(1990, 1, 1), "62063"),
        ("62063", date(1970, 1, 1), None),
    ],
)
def test_nis_code_means_what_it_meant_on_the_day(code, on, nis):
    found = by_nis(code, on)

    assert (found and found.nis) == nis


def test_every_code_in_force_finds_itself():
    assert [each for each in municipalities() if by_nis(each.nis) is not each] == []


def test_every_former_code_finds_its_successor_today_and_itself_before():
    for former in former_municipalities():
        assert by_nis(former.nis).nis == former.successor
        assert by_nis(former.nis, on=former.valid_from) is former


@pytest.mark.parametrize("code", ["4020", 4020, "4020.0", 4020.0, " 4020", "B-4020", "BE-4020", "b-4020"])
def test_postal_code_is_read_however_it_is_written(code):
    assert slug(by_postal_code(code)) == "liege"


@pytest.mark.parametrize(
    ("code", "name"), [("6688", "bastogne"), ("1348", "ottignies-louvain-la-neuve"), ("7700", "mouscron")]
)
def test_postal_code_of_a_section_finds_its_municipality(code, name):
    assert slug(by_postal_code(code)) == name


@pytest.mark.parametrize("code", ["1000", "9000", "", None, "402", "40200", "F-4020"])
def test_postal_code_outside_wallonia_finds_nobody(code):
    assert by_postal_code(code) is None


@pytest.mark.parametrize(
    "number",
    [
        "0207343933",
        "0207.343.933",
        "BE 0207.343.933",
        "BE0207343933",
        "https://org.belgif.be/id/CbeRegisteredEntity/0207343933",
        "https://org.belgif.be/id/CbeRegisteredEntity/0207343933/data-contact",
    ],
)
def test_cbe_number_is_read_plain_dotted_or_as_address(number):
    assert by_cbe(number).slug == "liege"


def test_establishment_unit_has_an_address_of_its_own_type():
    found = by_cbe("https://org.belgif.be/id/CbeEstablishmentUnit/2274368601")

    assert found.slug == "spw-mobilite-infrastructures"
    assert found.cbe_uri == "https://org.belgif.be/id/CbeEstablishmentUnit/2274368601"


@pytest.mark.parametrize(
    "number", ["", None, "0000000000", "207343933", "0207-343-933 extra", "https://example.org/0207343933"]
)
def test_cbe_number_that_is_unknown_finds_nobody(number):
    assert by_cbe(number) is None


def test_an_owner_without_known_number_has_no_cbe_address():
    assert by_nis("25005").cbe_uri is None


@pytest.mark.parametrize(
    ("nis", "expected"),
    [
        ("62063", ["spi"]),
        ("57096", ["ieg"]),
        ("52010", ["idea", "igretec"]),
        ("93056", ["bep", "igretec"]),
        ("82005", ["idelux"]),
        ("99999", []),
    ],
)
def test_referents_are_the_agencies_that_cover_the_municipality(nis, expected):
    assert [agency.slug for agency in agency_of(nis)] == expected


def test_every_member_of_an_agency_has_it_as_referent():
    for agency in agencies():
        assert all(agency in agency_of(nis) for nis in agency.members)


def test_every_municipality_has_a_referent():
    assert [each.slug for each in municipalities() if not agency_of(each.nis)] == []
