"""Personal data in files that are no tables: found where a standard leaves room for them, never shown, never excused.

Numbers and addresses are made up.
"""

import json

import pytest

from ckanext.smartregion.quality.examination.personal.detecting import kinds
from ckanext.smartregion.quality.examination.personal.numbers import is_national_number
from ckanext.smartregion.schemas.format_contracts import PERSONAL, format_contract, format_contracts

from tests.quality.formats.conftest import TODAY, example

NUMBER, IBAN, EMAIL, PHONE = "85.07.30-997.34", "BE68 5390 0754 7034", "jean.exemple@example.be", "0470 12 34 56"
BARE = "85073099734"
KINDS = [
    ("personal-national-number", NUMBER), ("personal-iban", IBAN), ("personal-email", EMAIL), ("personal-phone", PHONE),
]  # fmt: skip


def feature(properties):
    return {"type": "Feature", "geometry": None, "properties": properties}


def collection(*properties, **more):
    return json.dumps({"type": "FeatureCollection", **more, "features": [feature(each) for each in properties]})


def geojson(text):
    return collection({"remarque": text})


def gtfs(text):
    feed = example("gtfs")
    return feed | {"routes.txt": feed["routes.txt"].replace("Gare - Jambes", f"Gare {text}")}


def gtfs_of_its_own(text, name="remarque"):
    header, *rows = example("gtfs")["trips.txt"].splitlines()
    lines = [f"{header},{name}", *(f"{row},{text}" for row in rows)]
    return example("gtfs") | {"trips.txt": "\n".join(lines) + "\n"}


def gbfs(text):
    files = example("gbfs")
    top = json.loads(files["station_information.json"])
    top["data"]["stations"][0]["address"] = f"Chez {text}"
    return files | {"station_information.json": json.dumps(top)}


def ocpi(text):
    top = json.loads(example("ocpi"))
    top[0]["directions"] = [{"language": "fr", "text": f"Sonner chez {text}"}]
    return json.dumps(top)


def datex2(text):
    said = f"<sit:generalPublicComment><com:comment><com:values><com:value lang='fr'>Appeler {text}</com:value>"
    end = "</com:values></com:comment></sit:generalPublicComment></sit:situationRecord>"
    return example("datex2").replace("</sit:situationRecord>", said + end, 1)


# The format, where the text stands, how such a file is made.
PLACES = [
    ("geojson", "properties.remarque", geojson),
    ("gtfs", "routes.route_long_name", gtfs),
    ("gtfs", "trips.remarque", gtfs_of_its_own),
    ("gbfs", "station_information.stations.address", gbfs),
    ("ocpi", "location.directions.text", ocpi),
    ("datex2", "comment", datex2),
]


@pytest.mark.parametrize(("rule", "value"), KINDS)
@pytest.mark.parametrize(("name", "where", "make"), PLACES, ids=lambda value: value if isinstance(value, str) else "")
def test_personal_data_are_found_in_free_texts_and_never_shown(examined, name, where, make, rule, value):
    outcome = examined(name, make(value))

    finding = next(one for one in outcome["findings"] if (one["rule"], one["column"]) == (rule, where))
    assert finding["severity"] == format_contract(name).policy[rule]
    assert value not in json.dumps(outcome, ensure_ascii=False)


@pytest.mark.parametrize("contract", format_contracts(), ids=lambda contract: contract.name)
def test_every_format_holds_personal_data(contract):
    assert set(PERSONAL) <= set(contract.rule_names)
    assert {contract.policy[rule] for rule in PERSONAL} == {"block"}


@pytest.mark.parametrize("contract", format_contracts(), ids=lambda contract: contract.name)
def test_a_format_promises_kinds_that_there_are_and_no_national_number(contract):
    promised = contract.settings.get("personal", {}).values()

    assert {kind for listed in promised for kind in listed} <= set(kinds()) - {"national-number"}


def test_what_an_operator_says_of_itself_is_public(found):
    feed = example("gtfs")
    feed["agency.txt"] = (
        "agency_id,agency_name,agency_url,agency_timezone,agency_phone,agency_email\n"
        f"EX,Bus,https://bus.example,Europe/Brussels,{PHONE},{EMAIL}\n"
    )

    assert found("gtfs", feed) == []


@pytest.mark.parametrize("label", ["NISS", "registre national"])
@pytest.mark.parametrize("value", [int(BARE), BARE])
def test_label_of_a_property_is_believed(found, label, value):
    assert ("personal-national-number", f"properties.{label}") in found("geojson", collection({label: value}))


def test_number_without_such_a_label_is_a_number(found):
    assert found("geojson", collection({"surface": int(BARE)})) == [("geojson-no-place", "geometry")]


def test_names_are_found_where_a_property_says_so_and_not_in_stops_and_streets(found):
    assert ("personal-name", "properties.prénom") in found("geojson", collection({"prénom": "Dominique"}))
    assert found("geojson", collection({"arrêt": "Paul Janson"})) == [("geojson-no-place", "geometry")]
    assert ("personal-name", "trips.first_name") in found("gtfs", gtfs_of_its_own("Paul", "first_name"))


def test_text_is_found_however_deep_it_lies_and_beside_the_features_too(found):
    told = found("geojson", collection({"a": [{"b": [f"voir {NUMBER}"]}]}, auteur=EMAIL))

    assert ("personal-national-number", "properties.a.b") in told
    assert ("personal-email", "auteur") in told


def test_name_of_a_property_that_is_personal_is_masked(examined):
    outcome = examined("geojson", collection({NUMBER: EMAIL}))

    assert NUMBER not in json.dumps(outcome, ensure_ascii=False)
    assert EMAIL not in json.dumps(outcome)


@pytest.mark.parametrize("name", ["a\0b", "\ud83d", "x" * 5000, "\u202e"])
def test_odd_names_of_properties_are_made_safe(examined, name):
    [finding, _] = examined("geojson", collection({name: EMAIL}))["findings"]

    assert finding["rule"] == "personal-email"
    assert len(finding["column"]) <= 201


def test_column_of_an_operators_own_that_stands_twice_is_named_once(examined):
    feed = gtfs_of_its_own(f"{PHONE},{PHONE}", "remarque,remarque")

    found = [one for one in examined("gtfs", feed)["findings"] if one["rule"] == "personal-phone"]

    assert [one["values"]["found"] for one in found] == ["remarque", "remarque"]


@pytest.mark.parametrize("code", ["node/{}", "{}", "https://exemple.be/objets/{}"])
def test_many_codes_of_which_one_passes_by_chance_are_no_national_numbers(found, code):
    numbers = [f"1234567{n:04}" for n in range(60)]

    assert not [number for number in numbers if is_national_number(number, TODAY)]
    assert found("geojson", collection(*({"code": code.format(each)} for each in [*numbers, BARE]))) == [
        ("geojson-no-place", "geometry"),
    ]


def test_numbers_of_people_among_a_few_codes_are_found(found):
    content = collection(*({"code": number} for number in ("12345670001", "12345670002", BARE)))

    assert ("personal-national-number", "properties.code") in found("geojson", content)


@pytest.mark.parametrize("name", [contract.name for contract in format_contracts()])
def test_examples_hold_no_personal_data(found, name):
    assert not [rule for rule, _ in found(name, example(name)) if rule in PERSONAL]
