"""What a text may mean in a column: every rule by itself, and what it leaves alone."""

import pytest

from ckanext.smartregion.quality.examination.mending.cells import CHOICES, READERS
from ckanext.smartregion.quality.examination.mending.headings import mended_labels
from ckanext.smartregion.quality.examination.mending.reading import Evidence, folded, tidied

SHEET, MONTH_FIRST, DECIMAL_COMMA, TICKED = (
    Evidence(**{name: True}) for name in ("serials", "month_first", "decimal_comma", "ticked")
)
POWER = {"title": {"fr": "Puissance (kW ou kWc)", "de": "Leistung (kW)"}}
PRICE = {"title": {"fr": "Prix (EUR)"}}
ACCESS = {
    "constraints": {"enum": ["public", "on_request", "A", "A++"]},
    "labels": {"on_request": {"fr": "Sur demande", "nl": "Op aanvraag", "de": "Auf Anfrage", "en": "On request"}},
}


def meant(kind, text, evidence=None, **field):
    """The readings of a text in a column of a type, as text and kinds."""
    whole = {"name": "column", "type": kind, **field}
    readers = CHOICES if "constraints" in field else READERS[kind]
    return [(one.text, *one.kinds) for read in readers for one in read(text, whole, evidence or Evidence())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12,5", [("12.5", "decimal-comma")]),
        ("1 234,50", [("1234.50", "thousands", "decimal-comma")]),
        ("1.234,5", [("1234.5", "thousands", "decimal-comma")]),
        ("1,234.5", [("1234.5", "thousands")]),
        ("1'234'567", [("1234567", "thousands")]),
        ("1.234.567", [("1234567", "thousands")]),
        ("1,234,567", [("1234567", "thousands")]),
        ("-3,5", [("-3.5", "decimal-comma")]),
        ("1 23", []),
        ("12,5,3", []),
        ("12.5.3", []),
        ("env. 12", []),
    ],
)
def test_number_is_read_as_belgians_write_it(text, expected):
    assert meant("number", text) == expected


def test_comma_before_three_digits_has_two_readings_unless_the_column_shows_what_commas_mean():
    assert meant("number", "4,862") == [("4862", "thousands"), ("4.862", "decimal-comma")]
    assert meant("number", "4,862", DECIMAL_COMMA) == [("4.862", "decimal-comma")]


@pytest.mark.parametrize(("text", "kind"), [("22 kW", "unit"), ("22kwc", "unit")])
def test_unit_is_taken_away_where_the_title_names_it(text, kind):
    assert meant("number", text, **POWER) == [("22", kind)]
    assert meant("number", text) == []
    assert meant("number", "22 MW", **POWER) == []


@pytest.mark.parametrize("text", ["€ 12,50", "12,50 €", "12,50 EUR", "12,50 euros"])
def test_sign_of_the_euro_is_taken_away_from_amounts_in_euro_only(text):
    assert meant("number", text, **PRICE) == [("12.50", "currency", "decimal-comma")]
    assert meant("number", text) == []
    assert meant("number", "$ 12.50", **PRICE) == []


def test_whole_number_loses_one_or_two_zeros_behind_its_point_and_never_three():
    assert ("12", "decimal-comma", "idle-decimals") in meant("integer", "12,0")
    assert [text for text, *_ in meant("integer", "12.000")] == ["12.000"], "it may be twelve thousand"
    assert meant("integer", "1.234") == [("1.234",)], "one point alone does not part thousands for certain"


def test_number_is_written_with_the_decimal_sign_of_the_column():
    assert meant("number", "1.234,5", decimalChar=",") == [("1234,5", "thousands", "decimal-comma")]


def test_code_that_a_spreadsheet_took_for_a_number_loses_its_decimals():
    assert meant("string", "5000.0") == [("5000", "idle-decimals")]
    assert meant("string", "5000.5") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("01/02/2024", [("2024-02-01", "day-first")]),
        ("1-2-2024", [("2024-02-01", "day-first")]),
        ("31.12.2024", [("2024-12-31", "day-first")]),
        ("2024/12/31", [("2024-12-31", "date-writing")]),
        ("1er février 2024", [("2024-02-01", "date-in-words")]),
        ("1 maart 2024", [("2024-03-01", "date-in-words")]),
        ("31. Dezember 2024", [("2024-12-31", "date-in-words")]),
        ("2024-12-31T00:00:00", [("2024-12-31", "midnight")]),
        ("31/12/2024 00:00", [("2024-12-31", "day-first", "midnight")]),
        ("31/12/2024 10:00", []),
        ("31/02/2024", []),
        ("12/31/2024", []),
        ("31/12/24", []),
        ("1/2-2024", []),
        ("45292", []),
    ],
)
def test_date_is_read_day_first(text, expected):
    assert meant("date", text) == expected


def test_no_date_is_read_where_the_column_writes_the_month_first():
    assert meant("date", "01/02/2024", MONTH_FIRST) == []


def test_number_is_a_day_in_a_spreadsheet_only_and_never_where_it_may_be_a_year():
    assert meant("date", "45292", SHEET) == [("2024-01-01", "serial")]
    assert meant("date", "2024", SHEET) == []
    assert meant("datetime", "45292.5", SHEET) == [("2024-01-01T12:00:00+01:00", "serial", "time-zone")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20/01/2024 19:30", [("2024-01-20T19:30:00+01:00", "day-first", "time-zone")]),
        ("20/07/2024 19h30", [("2024-07-20T19:30:00+02:00", "day-first", "time-zone")]),
        ("2024-01-20 19:30", [("2024-01-20T19:30:00+01:00", "clock", "time-zone")]),
        ("20/01/2024 19:30:00 +0000", [("2024-01-20T19:30:00+00:00", "day-first")]),
        ("20/01/2024", []),
        ("20/01/2024 25:00", []),
        ("31/03/2024 02:30", []),
        ("27/10/2024 02:30", []),
    ],
)
def test_moment_is_read_in_brussels_time_unless_that_hour_is_skipped_or_comes_twice(text, expected):
    assert meant("datetime", text) == expected


def test_times_years_and_months_are_read():
    assert meant("time", "8h30") == [("08:30:00", "clock")]
    assert meant("time", "20h") == [("20:00:00", "clock")]
    assert meant("year", "2024.0") == [("2024", "idle-decimals")]
    assert meant("yearmonth", "1/2024") == [("2024-01", "date-writing")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Oui", "true"), ("JA", "true"), ("Yes", "true"), ("vrai", "true"), ("Non", "false"), ("neen", "false"),
     ("Nein", "false"), ("faux", "false")],
)  # fmt: skip
def test_truth_is_read_in_four_languages(text, expected):
    assert meant("boolean", text) == [(expected, "truth-value")]
    assert meant("boolean", text, trueValues=["O"], falseValues=["N"]) == [("ON"[expected == "false"], "truth-value")]


def test_cross_is_yes_and_nothing_is_no_where_only_crosses_stand():
    assert meant("boolean", "X", TICKED) == [("true", "ticked")]
    assert meant("boolean", "", TICKED) == [("false", "ticked")]
    assert meant("boolean", "x") == meant("boolean", "") == meant("boolean", "peut-être") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PUBLIC", [("public", "choice-writing")]),
        ("On-Request", [("on_request", "choice-writing")]),
        ("sur  demande", [("on_request", "choice-label")]),
        ("Auf Anfrage", [("on_request", "choice-label")]),
        ("a++", [("A++", "choice-writing")]),
        ("publik", []),
        ("", []),
    ],
)
def test_choice_is_found_by_its_writing_or_its_label_and_never_by_likeness(text, expected):
    assert meant("string", text, **ACCESS) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50,46 ; 4,86", [("4.86, 50.46", "coordinates", "coordinates-order")]),
        ("4,86;50,46", [("4.86, 50.46", "coordinates")]),
        ("(50.46, 4.86)", [("4.86, 50.46", "coordinates", "coordinates-order")]),
        ("48,85 ; 2,35", []),
        ("50,46", []),
    ],
)
def test_pair_is_a_point_where_exactly_one_order_lies_in_belgium(text, expected):
    assert meant("geopoint", text) == expected


def test_geometry_of_a_program_is_written_as_json_and_its_ring_closed():
    assert meant("geojson", "{'type': 'Point', 'coordinates': (4.86, 50.46)}") == [
        ('{"type": "Point", "coordinates": [4.86, 50.46]}', "json-quotes")
    ]
    assert meant("geojson", '{"type": "Polygon", "coordinates": [[[4, 50], [5, 50], [5, 51]]]}') == [
        ('{"type": "Polygon", "coordinates": [[[4, 50], [5, 50], [5, 51], [4, 50]]]}', "ring-closed")
    ]
    assert meant("geojson", "50,46 ; 4,86") == [
        ('{"type": "Point", "coordinates": [4.86, 50.46]}', "coordinates", "coordinates-order")
    ]
    for hostile in ("{" * 60_000, "{'a': __import__('os')}", "{1: 2}", '{"type": ["Polygon"]}', "1.0" + " " * 60_000):
        assert all(text.startswith("{") for text, *_ in meant("geojson", hostile))


@pytest.mark.parametrize(
    ("text", "expected", "kinds"),
    [
        ("plain", "plain", ()),
        (" a ", "a", ("spaces",)),
        ("1\u202f000", "1 000", ("spaces",)),
        ("a\u200bb\x07", "ab", ("control-characters",)),
        ("\ufeff a\u00ad", "a", ("control-characters", "spaces")),
        ("a\tb", "a b", ("spaces",)),
    ],
)
def test_text_is_tidied_of_what_nobody_sees(text, expected, kinds):
    assert (tidied(text).text, tidied(text).kinds) == (expected, kinds)


def test_texts_are_compared_without_accents_and_capitals_but_with_their_signs():
    assert folded(" État_civil ") == folded("etat-civil")
    assert folded("A+") != folded("A")


FIELDS = [
    {"name": "ins_code", "title": {"fr": "Code INS", "nl": "NIS-code", "de": "NIS-Code", "en": "NIS code"}},
    {
        "name": "power_kw",
        "title": {"fr": "Puissance (kW)", "nl": "Vermogen (kW)", "de": "Leistung (kW)", "en": "Power"},
    },
    {"name": "from", "title": {"fr": "Début"}},
    {"name": "start", "title": {"fr": "Début"}},
]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["INS_CODE", " power kw "], ["ins_code", "power_kw"]),
        (["Code INS", "Vermogen"], ["ins_code", "power_kw"]),
        (["Puissance (kW)", "autre"], ["power_kw", "autre"]),
        (["Code INS", "NIS code"], ["Code INS", "NIS code"]),
        (["ins_code", "NIS code"], ["ins_code", "NIS code"]),
        (["Début", None], ["Début", ""]),
    ],
)
def test_column_is_renamed_where_one_label_means_one_column(labels, expected):
    assert mended_labels(labels, FIELDS) == expected
