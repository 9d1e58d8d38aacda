"""What is read from XLSX and ODS: the right sheet, the text of every cell, and what a spreadsheet did to it."""

import datetime as dt
import random
from pathlib import Path

import openpyxl
import pytest
from workbooks import MAIN, ods, ods_row, row, xlsx

from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.quality.examination import archives, parts, pieces
from ckanext.smartregion.quality.examination.cells import has_lost_zeros, written_out
from ckanext.smartregion.quality.examination.sheets import AT_ONCE, quick_text
from ckanext.smartregion.quality.examination.workbook import Grid

from .conftest import HEADER, ROW

NAMES, VALUES = HEADER.split(","), ROW.split(",")


def sheet(*rows):
    return "".join(row(number, *cells) for number, cells in enumerate((NAMES, *rows), start=1))


def values(**changed):
    return [changed.get(name, value) for name, value in zip(NAMES, VALUES, strict=True)]


def told(outcome):
    return {one["rule"]: one for one in outcome["findings"] if one["rule"] != "missing-optional-column"}


def test_table_in_a_workbook_has_no_finding(found):
    assert found(xlsx(("Data", sheet(VALUES)))) == []
    assert found(ods(("Data", ods_row(*NAMES) + ods_row(*VALUES)))) == []


@pytest.mark.parametrize(
    ("cell", "column", "rule"),
    [
        (53053, "ins_code", "number-in-text"),
        (1, "station_id", "number-in-text"),
        (True, "station_name", "boolean-in-text"),
        (('t="d"', "<v>2026-05-03</v>"), "address", "date-in-text"),
        (46037, "updated_at", "number-as-date"),
        (("", "<f>A1</f>"), "station_name", "formula-empty"),
        (("", "<f>A1</f><v></v>"), "station_name", "formula-empty"),
        (('s="1" t="n"', '<f t="shared" si="0"/><v/>'), "station_name", "formula-empty"),
        ((' t="e"', "<v>#N/A</v>"), "station_name", "formula-error"),
        ((' t="e"', "<f>1/0</f><v>#DIV/0!</v>"), "station_name", "formula-error"),
    ],
)
def test_what_a_spreadsheet_did_to_a_value_is_told(examine, cell, column, rule):
    cell = (f" {cell[0].strip()}", cell[1]) if isinstance(cell, tuple) else cell

    finding = told(examine(xlsx(("Data", sheet(values(**{column: cell}))))))[rule]

    assert (finding["column"], finding["count"]) == (column, 1)
    assert finding["samples"][0]["cell"] == f"{chr(65 + NAMES.index(column))}2"
    assert finding["samples"][0]["key"] == VALUES[0]


def test_text_of_a_computed_formula_that_is_empty_is_no_finding(found):
    empty = (' t="str"', "<f>IF(A1=1,2,&quot;&quot;)</f><v></v>")

    assert found(xlsx(("Data", sheet(values(station_name=empty))))) == [("required", "station_name")]


def test_error_of_a_formula_is_shown_as_the_spreadsheet_shows_it(examine):
    outcome = examine(xlsx(("Data", sheet(values(hours=(' t="e"', "<v>#REF!</v>"))))))

    assert told(outcome)["formula-error"]["samples"][0]["value"] == "#REF!"


@pytest.mark.parametrize(
    ("attributes", "rule"),
    [
        ('table:formula="of:=1+1"', "formula-empty"),
        ('table:formula="of:=NA()" office:value-type="string" calcext:value-type="error"', "formula-error"),
    ],
)
def test_formula_that_gives_nothing_is_told_in_an_open_document(examine, attributes, rule):
    rows = ods_row(*NAMES) + ods_row(*VALUES[:11], (attributes, "#N/A"), VALUES[12])

    finding = told(examine(ods(("Data", rows))))[rule]

    assert (finding["column"], finding["samples"][0]["cell"]) == ("hours", "L2")


@pytest.mark.parametrize(
    ("text", "pattern", "shortest", "lost"),
    [
        ("5000", r"\d{5}", 0, True),
        ("5000", r"\d{4}", 0, False),
        ("403170701", r"0\d{9}|1\d{9}", 0, True),
        ("12", "", 3, True),
        ("12", "", 0, False),
        ("A12", r"\d{5}", 0, False),
        ("123456", r"\d{5}", 0, False),
    ],
)
def test_zeros_are_said_lost_where_the_contract_shows_it(text, pattern, shortest, lost):
    assert has_lost_zeros(text, pattern, shortest) is lost


def test_code_that_lost_its_zeros_is_told_and_does_not_fit(found):
    rules = found(xlsx(("Data", sheet(values(ins_code=5305)))))

    assert rules == [("zeros-lost", "ins_code"), ("pattern", "ins_code")]


def test_code_of_more_digits_than_a_spreadsheet_keeps_is_refused(found):
    assert ("digits-lost", "station_id") in found(xlsx(("Data", sheet(values(station_id=541449200000000123)))))


@pytest.mark.parametrize(
    ("value", "field", "text"),
    [
        (22.0, {"type": "integer"}, "22"),
        (3.95, {"type": "number"}, "3.95"),
        (1e-7, {"type": "number"}, "0.0000001"),
        (1e16, {"type": "number"}, "10000000000000000"),
        (True, {"type": "boolean"}, "true"),
        (False, {"type": "boolean", "falseValues": ["non"]}, "non"),
        (dt.date(2026, 1, 5), {"type": "date"}, "2026-01-05"),
        (dt.datetime(2026, 1, 5), {"type": "date"}, "2026-01-05"),
        (dt.datetime(2026, 1, 5, 10, 30), {"type": "date"}, "2026-01-05T10:30:00"),
        (dt.date(2026, 1, 5), {"type": "datetime"}, "2026-01-05T00:00:00"),
        (dt.datetime(2026, 1, 5, 10, 29, 59, 999_999), {"type": "datetime"}, "2026-01-05T10:30:00"),
        (dt.time(10, 30), {"type": "time"}, "10:30:00"),
        (None, {"type": "string"}, ""),
    ],
)
def test_cell_becomes_the_text_of_its_column(value, field, text):
    assert written_out(value, field) == (text, None)


def test_moment_in_a_column_of_dates_is_a_wrong_value(found):
    moment = (' t="d"', "<v>2026-01-15T13:00:00</v>")

    assert found(xlsx(("Data", sheet(values(updated_at=moment))))) == [("type", "updated_at")]


def test_dates_and_times_of_a_real_workbook_are_read(found, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(NAMES)
    book.active.append(values(updated_at=dt.datetime(2026, 1, 15), lon=3.95, lat=50.45, power_kw=22))
    book.save(tmp_path / "real.xlsx")

    assert found(tmp_path / "real.xlsx") == []


def test_best_sheet_is_read_and_the_report_says_which(examine):
    outcome = examine(xlsx(("Lisez-moi", row(1, "Titre")), ("Data", sheet(VALUES)), ("Vieux", row(1, *NAMES[:5]))))

    assert outcome["file"]["sheet"] == "Data"
    assert told(outcome)["several-sheets"]["values"] == {"sheet": "Data", "others": "Lisez-moi, Vieux"}
    assert told(outcome)["several-sheets"]["severity"] == "note"


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheet_is_not_read_but_warned_of(examine, state):
    outcome = examine(xlsx(("Data", sheet(VALUES)), ("Agents", sheet(VALUES, VALUES), state)))

    assert (outcome["file"]["sheet"], outcome["counts"]["rows"]) == ("Data", 1)
    assert told(outcome)["hidden-sheets"]["values"]["others"] == "Agents"


def test_workbook_of_hidden_sheets_is_refused(found):
    assert found(xlsx(("Data", sheet(VALUES), "hidden"))) == [("no-visible-sheet", None)]


def test_rows_and_columns_before_the_table_keep_their_addresses(examine):
    table = "".join(row(number, None, *cells) for number, cells in ((3, NAMES), (4, VALUES), (7, values(access="no"))))

    outcome = examine(xlsx(("Data", table)))

    assert told(outcome)["enum"]["samples"][0]["cell"] == "L7"
    assert told(outcome)["blank-row"]["count"] == 2


def test_sheet_written_without_addresses_or_with_others_first_is_read(found):
    plain = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in cells) + "</row>"
        for cells in (NAMES, VALUES)
    )
    turned = sheet(VALUES).replace('<c r="', '<c s="0" r="')

    assert found(xlsx(("Data", plain))) == found(xlsx(("Data", turned))) == []


def test_formatted_emptiness_costs_nothing_and_is_no_finding(examine):
    styled = (f'<row r="{n}"><c r="A{n}" s="1"/><c r="XFD{n}" s="1"/></row>'.encode() for n in range(3, 20_000))

    outcome = examine(xlsx(("Data", [sheet(VALUES).encode(), *styled])))

    assert (outcome["counts"]["rows"], outcome["file"]["columns"], set(told(outcome))) == (1, 13, set())


def test_emptiness_that_an_open_document_repeats_is_no_finding(examine):
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'

    assert examine(ods(("Data", ods_row(*NAMES) + ods_row(*VALUES) + empty)))["counts"]["rows"] == 1


@pytest.mark.parametrize("kind", ["number", "integer", "year", "date", "boolean", "string", "datetime"])
@pytest.mark.parametrize(
    "value",
    [0, 7, -3, 10**17, 0.0, -0.0, 1.0, -2.5, 0.1, 1e-7, 1e14, 1e15, 1.5e15, 1e16, 1e22, 123456789.123456, float("nan"),
     float("inf"), True, False, dt.date(2026, 1, 5), dt.date(999, 1, 5), dt.datetime(2026, 1, 5, 19, 30)],
    ids=repr,
)  # fmt: skip
def test_usual_values_are_written_the_same_the_quick_way(kind, value):
    write = quick_text({"name": "x", "type": kind}).get(type(value), lambda _: None)

    assert write(value) in (None, written_out(value, {"name": "x", "type": kind})[0])


def of_one_kind(kind):
    chance = random.Random(5)
    if kind is float:
        numbers = [chance.uniform(0.1, 1) * 10 ** chance.randint(-3, 15) for _ in range(5_000)]
        numbers += [round(chance.uniform(-1e6, 1e6), chance.randint(0, 6)) for _ in range(5_000)]
        return [*numbers, 0.0, -0.0, 1e-4, -7.0, 999_999_999_999_999.0]
    if kind is bool:
        return [True, False]
    days = [dt.date(999, 1, 5), dt.date.max, *(dt.date.fromordinal(chance.randrange(1, 3_600_000)) for _ in range(999))]
    return (
        days if kind is dt.date else [dt.datetime.combine(day, dt.time(number % 24)) for number, day in enumerate(days)]
    )


@pytest.mark.parametrize(
    ("kind", "column"), [(float, "number"), (bool, "boolean"), (dt.date, "date"), (dt.datetime, "datetime")]
)
def test_values_of_one_kind_are_written_at_once_as_one_by_one(kind, column):
    values = of_one_kind(kind)

    assert AT_ONCE[kind](values).to_list() == [written_out(value, {"type": column})[0] for value in values]


@pytest.mark.parametrize(
    "odd", [1e-5, 1e15, -1e300, float("nan"), float("inf"), dt.datetime(2026, 1, 5, 9, 59, 59, 999_999)]
)
def test_values_among_which_one_is_written_otherwise_are_not_written_at_once(odd):
    usual = dt.datetime(2026, 1, 5) if isinstance(odd, dt.datetime) else 1.5

    assert AT_ONCE[type(odd)]([usual, odd]) is None


def rows_of_every_kind():
    """A header and rows of which some are blank, short, too wide, or hold a formula that gives nothing."""
    numbers = [3, 4, 5, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 20]
    odd = {
        8: values(station_name=("", "<f>A1</f>")),
        10: [*VALUES, None, "beyond"],
        12: VALUES[:9],
        16: values(power_kw="much"),
        17: values(station_id=None, ins_code=53053, power_kw=22.5),
    }
    return row(2, *NAMES) + "".join(row(number, *odd.get(number, VALUES)) for number in numbers)


@pytest.mark.parametrize("most", [1, 3, 4, 100])
def test_rows_taken_many_at_once_are_those_taken_one_by_one(examine, monkeypatch, most):
    monkeypatch.setattr("ckanext.smartregion.quality.examination.sheets.ROWS", most)
    book = xlsx(("Data", rows_of_every_kind()))

    at_once = examine(book)
    monkeypatch.setattr(Grid, "many", lambda *_: None)

    assert at_once == examine(book)
    assert (at_once["counts"]["rows"], told(at_once)["blank-row"]["count"]) == (14, 4)


def in_pieces(monkeypatch):
    """Have a small sheet read as a large one is; gives what was read, the small workbooks of pieces or the whole."""
    read = []
    monkeypatch.setattr(parts, "LARGE", 0)
    monkeypatch.setattr(pieces, "LONGER", 0)
    monkeypatch.setattr(pieces, "PIECE", 1)
    monkeypatch.setattr(archives, "CHUNK", 3_000)
    grid = pieces._grid
    monkeypatch.setattr(pieces, "_grid", lambda workbook, sheet: read.append(workbook) or grid(workbook, sheet))
    return read


def test_sheet_in_pieces_is_read_as_a_whole_one(examine, monkeypatch):
    shared = f'<sst xmlns="{MAIN}"><si><t>Gare</t></si><si><t>Place</t></si></sst>'
    later = "".join(row(number, *values(station_name=(' t="s"', f"<v>{number % 2}</v>"))) for number in range(40, 60))
    book = xlsx(("Data", rows_of_every_kind() + later), **{"xl/sharedStrings.xml": shared})

    whole, read = examine(book), in_pieces(monkeypatch)

    assert examine(book) == whole
    assert len(read) > 5
    assert whole["counts"]["rows"] == 34


def test_sheet_that_begins_in_another_column_is_read_as_a_whole_one(examine, monkeypatch):
    rows = "".join(row(number, None, None, *cells) for number, cells in enumerate([NAMES, *[VALUES] * 30], start=5))
    whole, read = examine(xlsx(("Data", rows))), in_pieces(monkeypatch)

    assert examine(xlsx(("Data", rows))) == whole
    assert len(read) > 5
    assert whole["counts"]["rows"] == 30


@pytest.mark.parametrize(
    "odd",
    [
        f"<!-- {row(31, *VALUES)} -->",
        f"<![CDATA[{row(31, *VALUES)}]]>",
        f'<?x {row(31, *VALUES)} ?>',
        row(31, *VALUES).replace(' r="31"', "", 1),
        row(31, *VALUES).replace('<c r="A31"', "<c"),
        row(31, *VALUES).replace("<row", '<row spans="1:20"'),
        row(3, *VALUES),
    ],
)  # fmt: skip
def test_sheet_of_which_rows_can_not_be_told_is_read_as_a_whole(examine, monkeypatch, odd):
    book = xlsx(("Data", sheet(*[VALUES] * 29) + odd + "".join(row(number, *VALUES) for number in range(32, 60))))

    whole, read = examine(book), in_pieces(monkeypatch)

    assert examine(book) == whole
    assert isinstance(read[-1], Path)


def test_sheet_that_is_read_while_it_is_looked_at_tells_its_formulas(examine, monkeypatch):
    monkeypatch.setattr("ckanext.smartregion.quality.examination.parts.LARGE", 0)

    outcome = examine(xlsx(("Data", sheet(VALUES, values(hours=("", "<f>A1</f>"))))))

    assert told(outcome)["formula-empty"]["samples"][0]["cell"] == "L3"


def test_large_sheet_is_refused_for_its_last_corner_before_a_grid_is_made(write, charging):
    filled = "".join(row(number, *VALUES) for number in range(2, 8_000))
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'

    report = check(write(xlsx(("Data", row(1, *NAMES) + filled + corner))), charging)

    assert [finding.rule for finding in report.findings] == ["sheet-too-wide"]
