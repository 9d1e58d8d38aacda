"""Personal data in tables: what is found, what is not, and that no report ever shows it."""

import csv
import dataclasses
import datetime as dt
import io
import json

import polars as pl
import pytest
from workbooks import row as sheet_row
from workbooks import xlsx

from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.quality.examination.examine import Examination
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.own_rules import OwnRules
from ckanext.smartregion.quality.examination.personal.detecting import kinds
from ckanext.smartregion.quality.examination.personal.masking import hidden, masked, redacted
from ckanext.smartregion.quality.examination.personal.numbers import is_national_number
from ckanext.smartregion.quality.examination.rules.numbers import check_digits
from ckanext.smartregion.quality.examination.rules.surroundings import Surroundings
from ckanext.smartregion.quality.report import compose
from ckanext.smartregion.quality.terminal import render
from ckanext.smartregion.schemas.rules.rule import Rule
from ckanext.smartregion.schemas.table_contracts import ContractFaulty, load_table_contract, table_contracts

from .conftest import HEADER, ROW

TODAY = dt.date(2026, 11, 26)


def national(nine, century=1900):
    """A national number made from its first nine digits; nobody's."""
    return f"{nine}{97 - (int(nine) + (2 * 10**9 if century == 2000 else 0)) % 97:02}"


def spelled(digits, form):
    """Digits put into the places of a form."""
    signs = iter(digits)
    return "".join(next(signs) if sign == "9" else sign for sign in form)


BORN_1985, BORN_2005 = national("850730997"), national("050730996", 2000)
NATIONAL = [
    BORN_1985,
    BORN_2005,
    spelled(BORN_1985, "99.99.99-999.99"),
    spelled(BORN_1985, "99.99.99-999-99"),
    spelled(BORN_1985, "99 99 99 999 99"),
    spelled(BORN_1985, "999999-999-99"),
    spelled(BORN_1985, "999999 999 99"),
    spelled(BORN_1985, "99/99/99-999.99"),
    spelled(BORN_1985, "99.99.99 - 999.99"),
    f"NN: {BORN_1985}, dossier 12",
    national("854730997"),  # without a registered address
    national("850000997"),  # month and day unknown
    national("000229997", 2000),
]
NOT_NATIONAL = [
    BORN_1985[:-2] + f"{(int(BORN_1985[-2:]) + 1) % 97:02}",
    national("851330997"),  # month 13
    national("850231997"),  # 31 February
    national("261231997", 2000),  # not born yet
    national("850730000"),  # no serial number
    f"4.{BORN_1985}",
    f"1{BORN_1985}",
    f"{BORN_1985}7",
    "541499000000001012",
    "2026-01-15 12:30:45",
]
EMAIL = [
    "jean.exemple@gmail.com",
    "Contact: a.b-c+d@sub.example.be.",
    "zoé@example.org",
    "<x@example.org>",
    "info@commune.example",
]
NOT_EMAIL = ["@commune", "a@b", "https://example.org/@50.46,4.86,15z", "prix @ 5 EUR", ""]
# An enterprise may have a number that looks like that of a mobile telephone.
ENTERPRISE = f"0470.123.5{97 - 4701235 % 97:02}"
PHONE = [
    "0470 12 34 56",
    "0470/12.34.56",
    "0470/123456",
    "0470123457",
    "+32 470 12 34 56",
    "+32470123456",
    "0032 470 12 34 56",
    "+32 (0)470 12 34 56",
    "081 12 34 56",
    "081/12.34.56",
    "081/123456",
    "(081) 12 34 56",
    "02 123 45 67",
    "02/123.45.67",
    "04/123 45 67",
    "+32 81 12 34 56",
    "+32 2 123 45 67",
    "Tél. 081 12 34 56 (bureau)",
    "02 123 45 67/68",
    "010-12 34 56",
]
NOT_PHONE = [
    "0207362739",
    "0123456749",
    ENTERPRISE,
    "02/12/2025",
    "01-02-2026 9",
    "421/140-02",
    "763/332-02",
    "081123456",
    "0800 12 345",
    "20240315001234",
    "92094-117",
    "50.0212345678",
    "BE*EXA*E000001",
    "1 000 000 000",
    "0x470123456",
    "a0470123457",
    "7753128",
]
IBAN = [
    "BE68539007547034",
    "BE68 5390 0754 7034",
    "be68 5390 0754 7034",
    "BE68-5390-0754-7034",
    "Compte BE68 5390 0754 7034 (don)",
    "FR7630006000011234567890189",
    "DE89 3704 0044 0532 0130 00",
    "NL91ABNA0417164300",
]
NOT_IBAN = [
    "BE69539007547034",
    "BE6853900754703",
    "BE685390075470341",
    "FR40303265045",
    "XX68539007547034",
    "Le 2026 15",
]
NAME = [
    "M. Dupont",
    "Mme Exemple",
    "Madame Martine Exemple",
    "Monsieur de Exemple",
    "Dhr. Janssens",
    "De heer Peeters",
    "Mevr. Van den Voorbeeld",
    "Mevrouw Peeters",
    "Frau Muster",
    "Herr Muster",
    "Vu avec Mme Exemple le 12",
    "Jean Dupont",
    "Marie-Claire Exemple",
    "Jan Van den Voorbeeld",
    "DUPONT JEAN",
    "Anne-Marie D'Exemple",
    "M. J. Dupont",
]
NOT_NAME = [
    "Rue Jean Jaurès",
    "Place Madame Curie",
    "Jean Jaurèsstraat",
    "Jean",
    "Jean et Marie",
    "École Marie Curie",
    "Ville de Namur",
    "Les Amis de Jean Exemple",
    "Jean Exemple SA",
    "Garage Martin Exemple",
    "Saint Joseph",
    "Marcel Exemple et fils",
    "Monsieur le Bourgmestre",
    "Madame la Présidente",
    "Pierre Bleue",
    "Charleroi Sud",
    "100 M. de câble",
    "jean dupont",
    "Parking Jean Exemple",
    "H.M. Exemple",
    "Louis 14",
    "Marie Exemple, 12 rue Haute",
]
CASES = {
    "national-number": (NATIONAL, NOT_NATIONAL),
    "email": (EMAIL, NOT_EMAIL),
    "phone": (PHONE, NOT_PHONE),
    "iban": (IBAN, NOT_IBAN),
    "name": (NAME, NOT_NAME),
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, (true, _) in CASES.items() for text in true])
def test_personal_data_are_found_in_their_usual_spellings(kind, text):
    assert kinds(TODAY)[kind].is_in(text)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, (_, false) in CASES.items() for text in false])
def test_what_only_looks_like_personal_data_is_let_alone(kind, text):
    assert not kinds(TODAY)[kind].is_in(text)


EXTRA = [(kind, text) for kind, (true, _) in CASES.items() for text in true]


@pytest.fixture
def judged(charging, write):
    """The outcome and the report of rows of charging points with one more column."""

    def both(*cells, label="remarque", compiled=None, policy=None):
        header = "\t".join([*HEADER.split(","), label])
        rows = ["\t".join([*_cells(at), cell]) for at, cell in enumerate(cells)]
        contract = dataclasses.replace(charging, policy=policy or charging.policy)
        return in_process(write("\n".join([header, *rows]) + "\n"), contract, compiled=compiled)

    return both


def in_process(path, contract, *, compiled=None):
    own = OwnRules(
        rules=[rule.to_dict() for rule in contract.rules], today=TODAY.isoformat(), personal=contract.personal
    )
    outcome = Examination(path, contract.schema, contract.policy, Limits(), own=own, compiled=compiled).run()
    return outcome, compose(outcome, contract, "an engine", "a hash", 1)


def _cells(at):
    cells = ROW.split(",")
    return [f"BE*EXA*E{at:06}", *cells[1:]]


def personal(findings):
    return {(one["rule"], one["count"]) for one in findings if one["rule"].startswith("personal-")}


@pytest.mark.parametrize("compiled", [False, True])
def test_both_paths_find_every_spelling_in_a_column_outside_the_contract(judged, compiled):
    outcome, _ = judged(*(text for _, text in EXTRA), compiled=compiled)

    assert personal(outcome["findings"]) >= {(f"personal-{kind}", len(true)) for kind, (true, _) in CASES.items()}


def test_both_paths_tell_the_same(judged):
    cells = [text for true, false in CASES.values() for text in (*true, *false)]

    assert judged(*cells, compiled=True)[0] == judged(*cells, compiled=False)[0]


@pytest.mark.parametrize(("kind", "text"), EXTRA)
def test_value_never_occurs_in_the_report(judged, kind, text):
    _, report = judged(text)

    told = json.dumps(report.to_dict(), ensure_ascii=False) + "".join(render(report, code) for code in ("fr", "en"))
    [finding] = [one for one in report.findings if one.rule == f"personal-{kind}"]
    assert (report.verdict, finding.severity, finding.count) == ("hold", "block", 1)
    assert text not in told
    assert finding.samples[0].value == masked(text)
    assert (finding.samples[0].cell, finding.samples[0].line) == ("N2", 2)
    assert report.counts["invalid_rows"] == 1


def test_extra_column_is_named_by_its_label(judged):
    _, report = judged(BORN_1985, label="numéro")

    [finding] = [one for one in report.findings if one.rule == "personal-national-number"]
    assert "“numéro”" in finding.message["en"]
    assert "«\N{NO-BREAK SPACE}numéro\N{NO-BREAK SPACE}»" in finding.message["fr"]
    assert finding.column is None


@pytest.mark.parametrize(
    ("label", "cell", "rule"),
    [
        ("NISS", BORN_2005.lstrip("0"), "personal-national-number"),
        ("tel", "081123456", "personal-phone"),
        ("Téléphone", "81123456", "personal-phone"),
        ("Prénom", "Aliénor", "personal-name"),
        ("voornaam", "Aliénor", "personal-name"),
    ],
)
def test_label_of_an_extra_column_is_believed(judged, label, cell, rule):
    assert rule in {one.rule for one in judged(cell, label=label)[1].findings}
    assert rule not in {one.rule for one in judged(cell)[1].findings}


def test_file_is_held_by_the_door_as_well(charging, write, caplog):
    report = check(write(f"{HEADER},remarque\n{ROW},{BORN_1985}\n"), charging, today=TODAY)

    assert (report.verdict, report.error) == ("hold", None)
    assert "personal-national-number" in {one.rule for one in report.findings}
    assert BORN_1985 not in json.dumps(report.to_dict()) + caplog.text


def row(**cells):
    return ",".join((dict(zip(HEADER.split(","), ROW.split(","), strict=True)) | cells).values())


@pytest.mark.parametrize(
    ("column", "cell"),
    [("evse_id", BORN_1985), ("ins_code", BORN_1985), ("power_kw", "x@example.org"), ("access", "x@example.org")],
)
def test_other_findings_do_not_show_personal_data_either(charging, write, column, cell):
    _, report = in_process(write("\n".join([HEADER, row(**{column: cell}), row(**{column: cell})]) + "\n"), charging)

    assert report.verdict == "hold"
    assert cell not in json.dumps(report.to_dict(), ensure_ascii=False)
    assert masked(cell) in {sample.value for one in report.findings for sample in one.samples}


def test_label_that_is_personal_is_masked(charging, write):
    _, report = in_process(write(f"{HEADER},jean@example.org\n{ROW},1\n"), charging)

    assert "jean@example.org" not in json.dumps(report.to_dict())


def test_column_holds_what_its_contract_promises(charging, write):
    header, with_phone = f"{HEADER},support_phone", f"{ROW},+3281000000"
    _, report = in_process(write(f"{header}\n{with_phone}\n"), charging)
    _, elsewhere = in_process(write(f"{HEADER}\n{row(station_name='+3281000000')}\n"), charging)

    assert not [one for one in report.findings if one.rule.startswith("personal-")]
    assert "personal-phone" in {one.rule for one in elsewhere.findings}


def test_number_of_another_scheme_is_no_national_number(charging, write):
    rules = [{"rule": "check-digits", "id": "ean", "column": "station_id", "scheme": "ean"}]
    path = write(f"{HEADER}\n{row(station_id=BORN_1985)}\n")

    def found(rules):
        own = OwnRules(rules=rules, today=TODAY.isoformat())
        examination = Examination(path, charging.schema, charging.policy, Limits(), own=own)
        return {one["rule"] for one in examination.run()["findings"]}

    assert "personal-national-number" in found([])
    assert "personal-national-number" not in found(rules)


def test_column_of_the_format_of_addresses_promises_them(write):
    fields = [{"name": "id", "type": "string"}, {"name": "office", "type": "string", "format": "email"}]
    path = write("id,office\n1,info@commune.example\n2@example.org,info@commune.example\n")
    outcome = Examination(path, {"fields": fields}, {}, Limits()).run()

    [finding] = [one for one in outcome["findings"] if one["rule"].startswith("personal-")]
    assert (finding["rule"], finding["column"], finding["count"]) == ("personal-email", "id", 1)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    "cell",
    [
        '{"type": "Feature", "geometry": null, "properties": {"demandeur": "850730-997.34"}}',
        '{"type": "Point", "coordinates": [4.86, 50.46], "note": "voir 850730-997.34"}',
        '{"type": "Point", "coordinates": [4.86, 50.46], "850730-997.34": 1}',
    ],
)
def test_texts_beside_the_places_of_a_geometry_are_searched(bicycles, write, cell, compiled):
    report = with_place(bicycles, write, cell, compiled)

    assert [one.count for one in report.findings if one.rule == "personal-national-number"] == [1]
    assert "850730-997.34" not in json.dumps(report.to_dict())


@pytest.mark.parametrize("compiled", [False, True])
def test_places_themselves_are_no_numbers_of_people(bicycles, write, compiled):
    latitude = "50.461200141"
    assert is_national_number(latitude.replace(".", ""), TODAY)

    report = with_place(bicycles, write, f'{{"type": "Point", "coordinates": [4.8612, {latitude}]}}', compiled)

    assert not [one.rule for one in report.findings if one.rule.startswith("personal-")]


def with_place(contract, write, cell, compiled):
    """The report on the valid example with another geometry in its first row."""
    with contract.example_valid.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["coordinates"] = cell
    target = io.StringIO()
    table = csv.DictWriter(target, contract.field_names)
    table.writeheader()
    table.writerows(rows)
    return in_process(write(target.getvalue()), contract, compiled=compiled)[1]


CODES = [f"1234567{n:04}" for n in range(60)]
BARE = "85073099734"


def test_number_that_passes_by_chance_among_many_codes_is_let_alone(judged):
    _, report = judged(*CODES, BARE)

    assert "personal-national-number" not in {one.rule for one in report.findings}


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("values", [[*CODES, "85.07.30-997.34"], [*CODES[:10], BARE], [*CODES, *[BARE] * 4]])
def test_numbers_among_codes_are_found_where_they_are_written_as_such_or_are_more_than_chance(judged, values, compiled):
    _, report = judged(*values, compiled=compiled)

    assert "personal-national-number" in {one.rule for one in report.findings}


def test_column_of_codes_is_promised_by_its_contract(charging, write):
    contract = dataclasses.replace(charging, personal={"station_name": ["codes"]})
    _, report = in_process(write(f"{HEADER}\n{row(station_name=BARE)}\n"), contract)

    assert not [one.rule for one in report.findings if one.rule.startswith("personal-")]


def test_policy_may_say_that_an_address_only_warns(judged):
    _, report = judged("info@commune.example", policy={"personal-email": "warn"})

    assert report.verdict == "publish with warnings"
    assert "info@commune.example" not in json.dumps(report.to_dict())


@pytest.mark.parametrize("contract", table_contracts(), ids=lambda contract: contract.name)
def test_examples_of_contracts_hold_no_personal_data(contract):
    outcome, _ = in_process(contract.example_valid, contract)

    assert not personal(outcome["findings"])


def test_mask_keeps_the_first_and_the_last_sign_at_most():
    assert masked(" Jean Dupont ") == "J•••t"
    assert masked("ab") == "•••"
    assert hidden("rien de personnel") == "rien de personnel"


def test_log_is_told_without_the_values():
    assert redacted(f"KeyError: '{BORN_1985}' of jean@example.org") == "KeyError: '•••' of •••"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("{nowhere: [email]}", "no field of the contract"),
        ("{station_name: [national-number]}", "a list of email, phone, name, iban"),
        ("{station_name: email}", "a list of email, phone, name, iban"),
    ],
)
def test_promise_that_makes_no_sense_is_refused(tmp_path, charging, said, why):
    for file in charging.example_valid.parent.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    policy = (tmp_path / "policy.yaml").read_text().partition("\npersonal:")[0]
    (tmp_path / "policy.yaml").write_text(f"{policy}\npersonal: {said}\n")

    with pytest.raises(ContractFaulty, match=why):
        load_table_contract(tmp_path)


def test_number_that_a_spreadsheet_keeps_as_a_number_is_found(charging, write):
    header, cells = [*HEADER.split(","), "NISS"], [*ROW.split(","), int(BORN_2005)]
    _, report = in_process(write(xlsx(("Data", sheet_row(1, *header) + sheet_row(2, *cells))), "table.xlsx"), charging)

    [finding] = [one for one in report.findings if one.rule == "personal-national-number"]
    assert (report.verdict, finding.samples[0].cell) == ("hold", "N2")
    assert BORN_2005.lstrip("0") not in json.dumps(report.to_dict())


def test_item_of_a_list_is_not_told_where_it_is_personal(charging, write):
    rule = {"rule": "list-items", "id": "known", "column": "station_name", "separator": ";", "items": ["Gare"]}
    contract = dataclasses.replace(charging, rules=[Rule.from_dict(rule)])
    _, report = in_process(write(f"{HEADER}\n{row(station_name='Gare;x@example.org')}\n"), contract)

    [finding] = [one for one in report.findings if one.rule == "known"]
    assert finding.samples[0].hint
    assert "x@example.org" not in json.dumps(report.to_dict())


@pytest.mark.parametrize("scheme", ["iban", "national-number"])
def test_check_digits_are_those_of_the_rules_of_contracts(scheme):
    """What is found has the check digits that the rule `check-digits` asks for."""
    texts = IBAN[:4] if scheme == "iban" else [text for text in NATIONAL if "NN" not in text]
    said = {"column": "text", "scheme": scheme, "separator": None}

    assert not check_digits(pl.DataFrame({"text": texts}), said, Surroundings(TODAY)).broken.any()


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize(
    "piece", ["a", "a@", "0 ", "0470 ", "BE68 5 ", "85.07.30-", "Mme A", "Jean Dupont ", "-jean", "'"]
)
@pytest.mark.timeout(10)  # whoever tries everything would need minutes
def test_very_long_cell_is_searched_in_no_time_and_judged_as_a_shorter_one(kind, piece):
    short, long = ("M. Jean" + piece * (length // len(piece)) for length in (500, 100_000))

    assert kinds(TODAY)[kind].is_in(long) == kinds(TODAY)[kind].is_in(short)
