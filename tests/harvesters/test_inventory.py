"""`inventory`: lists as municipalities keep them, in CSV of any dialect and in XLSX, and what is wrong with them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from far_end import FarEnd
from listing import records

from ckanext.smartregion.fetch import Client
from ckanext.smartregion.harvest.cli import source
from ckanext.smartregion.harvest.mapping import inventory_template
from ckanext.smartregion.harvest.mapping.inventory_columns import columns, read_header
from ckanext.smartregion.harvest.records import Candidate, ListingError, Record, Source
from ckanext.smartregion.harvesters import harvester
from ckanext.smartregion.schemas import LANGUAGES

EU = "http://publications.europa.eu/resource/authority"
INVENTORY = harvester("inventory")
FULL = {
    "Titre": "Stationnements vélo",
    "Description": "Arceaux de la commune.",
    "Mots-clés": "vélo; stationnement",
    "Thème": "Transports",
    "Licence": "CC BY 4.0 : citer la source",
    "Fréquence": "annuel",
    "Adresse des fichiers": "https://a.be/velos.csv; https://a.be/velos.geojson https://a.be/un%20plan.pdf",
    "Format": "CSV; GeoJSON; PDF",
    "Page web": "https://a.be/velos",
    "Contact": "Service Mobilité <velo@a.be>",
    "Période": "2024-2025",
    "Lieu": "Namur",
    "Langue": "français",
    "Dernière modification": "24/03/2026",
    "Éditeur": "Ville de Namur",
    "Identifiant": "velos",
}


def as_csv(*rows: dict[str, str], delimiter: str = ";") -> str:
    """Rows under the names of the first one."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_xlsx(*rows: list[Any], title: str = "Inventaire") -> bytes:
    """A workbook with one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def read(far_end: FarEnd, client: Client) -> Any:
    """Serve a list and give its records."""

    def read(body: bytes | str) -> list[Record]:
        return records(Source("test", "inventory", far_end.serve("/liste", body)), client)

    return read


def mapped(record: Record, **options: str) -> Candidate:
    """The candidate of a row."""
    assert record.problem is None
    return INVENTORY.map(record, Source("test", "inventory", "https://a.be/liste", options))


def test_every_column_arrives_in_its_field(read: Any) -> None:
    candidate = mapped(read(as_csv(FULL))[0])
    dataset = candidate.dataset
    assert candidate.publishers == ("Ville de Namur",)
    assert dataset["title_translated"] == {"fr": "Stationnements vélo"}
    assert dataset["notes_translated"] == {"fr": "Arceaux de la commune."}
    assert dataset["tags_translated"] == {"fr": ["vélo", "stationnement"]}
    assert dataset["theme"] == [f"{EU}/data-theme/TRAN"]
    assert dataset["license_id"] == f"{EU}/licence/CC_BY_4_0"
    assert dataset["frequency"] == f"{EU}/frequency/ANNUAL"
    assert [(each["url"], each["format"]) for each in dataset["resources"]] == [
        ("https://a.be/velos.csv", "CSV"),
        ("https://a.be/velos.geojson", "GEOJSON"),
        ("https://a.be/un%20plan.pdf", "PDF"),
    ]
    assert dataset["url"] == "https://a.be/velos"
    assert dataset["contact"] == [{"name": "Service Mobilité", "email": "velo@a.be"}]
    assert dataset["temporal_coverage"] == [{"start": "2024", "end": "2025"}]
    assert dataset["spatial_coverage"] == [{"text": "Namur"}]
    assert dataset["language"] == [f"{EU}/language/FRA"]
    assert dataset["modified"] == "2026-03-24"
    assert dataset["identifier"] == "velos"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_any_dialect_of_csv_is_read(read: Any, encoding: str, delimiter: str) -> None:
    row = {"Titre": "Écoles, crèches; et plus", "Adresse": "https://a.be/écoles.csv", "Thème": "Santé"}
    found = read(as_csv(row, delimiter=delimiter).encode(encoding))
    assert [mapped(record).dataset["title_translated"] for record in found] == [{"fr": "Écoles, crèches; et plus"}]


def test_guessed_encoding_is_told(read: Any) -> None:
    found = read("Titre;Adresse\nÉcoles;https://a.be/1".encode("cp1252"))
    assert [change.rule for change in found[0].changes] == ["encoding-guessed"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_are_known_in_every_language(language: str) -> None:
    labels = [column.label[language] for column in columns()]
    header = read_header([label.upper() for label in labels])
    assert header.columns.keys() == {column.name for column in columns()}
    assert header.language == language


def test_no_name_means_two_columns() -> None:
    for column in columns():
        for name in column.names:
            assert read_header([name]).columns.keys() == {column.name}, name


def test_german_list_is_read_as_german(read: Any) -> None:
    row = {"Titel": "Schulen", "Beschreibung": "Alle Schulen.", "Adresse der Datei": "https://a.be/schulen.csv"}
    assert mapped(read(as_csv(row))[0]).dataset["title_translated"] == {"de": "Schulen"}


def test_columns_of_translations(read: Any) -> None:
    row = {"Titre (fr)": "Écoles", "Titel_DE": "Schulen", "Description NL": "Alle scholen", "Adresse": "https://a.be/1"}
    dataset = mapped(read(as_csv(row))[0]).dataset
    assert dataset["title_translated"] == {"fr": "Écoles", "de": "Schulen"}
    assert dataset["notes_translated"] == {"nl": "Alle scholen"}


def test_workbook_is_read_with_its_dates_and_numbers(read: Any) -> None:
    import datetime as dt

    body = as_xlsx(
        ["Inventaire de la commune"],
        [],
        ["Identifiant", "Titre", "Adresse", "Modifié le", None],
        [12.0, "Écoles", "https://a.be/ecoles.csv", dt.datetime(2026, 3, 24)],
        [None, None, None, None, None],
        [13, "Crèches", "https://a.be/creches.csv", "2026-01"],
    )
    first, second = read(body)
    assert (first.remote_id, mapped(first).dataset["modified"]) == ("12", "2026-03-24")
    assert (second.remote_id, mapped(second).dataset["modified"]) == ("13", "2026-01")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_template_is_read_back_without_its_example(read: Any, language: str, kind: str) -> None:
    body = getattr(inventory_template, f"as_{kind}")(language)
    assert read(body) == []


def test_template_that_was_filled_in_gives_datasets(read: Any) -> None:
    book = openpyxl.load_workbook(io.BytesIO(inventory_template.as_xlsx("nl")))
    sheet = book.active
    for number, text in enumerate(
        ["Scholen", "Alle scholen.", "school", "Vervoer", "CC0: zonder voorwaarden"], start=1
    ):
        sheet.cell(3, number, text)
    sheet.cell(3, 7, "https://a.be/scholen.csv")
    stream = io.BytesIO()
    book.save(stream)
    (record,) = read(stream.getvalue())
    dataset = mapped(record).dataset
    assert dataset["title_translated"] == {"nl": "Scholen"}
    assert (dataset["theme"], dataset["license_id"]) == ([f"{EU}/data-theme/TRAN"], f"{EU}/licence/CC0")


def test_template_offers_choices_and_notes() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(inventory_template.as_xlsx("fr"))).active
    offered = {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation}
    assert set(offered) == {"D2:D1000", "E2:E1000", "F2:F1000"}
    assert all(sheet.cell(1, number).comment.text for number in range(1, len(columns()) + 1))


def test_every_choice_of_the_template_is_understood(read: Any) -> None:
    for column in columns():
        for language in LANGUAGES:
            for choice in column.choices(language):
                row = FULL | {"Thème": "", "Licence": "", "Fréquence": ""} | {column.label["fr"]: choice}
                (record,) = [Record("x", row)]
                field = {"theme": "theme", "licence": "license_id", "frequency": "frequency"}[column.name]
                assert mapped(record).dataset.get(field), choice


def test_example_of_every_language_is_a_whole_dataset() -> None:
    for language in LANGUAGES:
        row = {column.label[language]: column.example[language] for column in columns()}
        dataset = mapped(Record("x", row)).dataset
        wanted = {"title_translated", "theme", "license_id", "frequency", "contact", "temporal_coverage", "modified"}
        assert wanted <= dataset.keys()
        assert [each["format"] for each in dataset["resources"]] == ["CSV", "GEOJSON"]


# -- identity


def test_identity_is_the_identifier_then_the_address_then_the_title(read: Any) -> None:
    body = "Identifiant;Titre;Adresse\na1;Un;https://a.be/1\n;Deux;https://a.be/2 https://a.be/3\n;Trois;\n"
    assert [record.remote_id for record in read(body)] == ["a1", "https://a.be/2", "Trois"]


def test_renamed_title_with_the_same_address_stays_the_same(read: Any) -> None:
    before, after = (read(f"Titre;Adresse\n{title};https://a.be/1")[0] for title in ("Un", "Un, revu"))
    assert before.remote_id == after.remote_id
    assert mapped(before).hash != mapped(after).hash


def test_moved_row_and_new_column_change_nothing(read: Any) -> None:
    before = {
        record.remote_id: mapped(record).hash
        for record in read("Titre;Adresse\nUn;https://a.be/1\nDeux;https://a.be/2")
    }
    after = read("Adresse;Remarque interne;Titre\nhttps://a.be/2;vu;Deux\n\nhttps://a.be/1;;Un\n")
    assert {record.remote_id: mapped(record).hash for record in after} == before


# -- what is wrong with a row


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (";https://a.be/2;", "Ligne 3, colonne « Titre » : la cellule est vide. Remplissez-la."),
        (
            "Deux;fichiers/2.csv;",
            "Ligne 3, colonne « Adresse » : « fichiers/2.csv » n’est pas une adresse web complète.",
        ),
        ("Deux;https://a.be/2; b.csv;", "Ligne 3, colonne « Modifié le » : « b.csv » n’est pas une date."),
        ("Deux;https://a.be/2;bientôt", "Ligne 3, colonne « Modifié le » : « bientôt » n’est pas une date."),
        ("Deux;https://a.be/2;2026;etc", "La ligne 3 a 4 cellules pour 3 colonnes ; la première en trop est « etc »."),
    ],
)
def test_row_that_needs_mending_is_a_problem_of_its_own(read: Any, row: str, sentence: str) -> None:
    first, broken, last = read(f"Titre;Adresse;Modifié le\nUn;https://a.be/1;\n{row}\nTrois;https://a.be/3;")
    assert (first.problem, last.problem) == (None, None)
    assert broken.problem.keys() == set(LANGUAGES)
    assert broken.problem["fr"].startswith(sentence)


def test_value_that_is_in_no_list_is_kept_and_no_problem(read: Any) -> None:
    (record,) = read("Titre;Adresse;Licence;Thème\nUn;https://a.be/1;à discuter;Divers")
    dataset = mapped(record).dataset
    assert "license_id" not in dataset
    assert dataset["resources"][0]["rights"] == {"fr": "à discuter"}
    assert dataset["tags_translated"] == {"fr": ["Divers"]}


# -- what is no list


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("Nom du fichier;Adresse\na;b", "no column “Title”"),
        ("Titre;Remarque\na;b", "no column “Address of the files”"),
        ("un texte\nsans tableau", "no column “Title”"),
        ("", "without any content"),
        ("<html>Connectez-vous</html>", "web page"),
        ('Titre;Adresse\n"Un;https://a.be/1\nDeux;https://a.be/2', "from line 2 on"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "neither a readable CSV"),
        (b"PK\x03\x04 nothing", "can't be read"),
        (b"Titre;Adresse\n\0\0", "neither a readable CSV"),
    ],
)
def test_what_is_no_list_breaks_the_listing_off(read: Any, body: bytes | str, sentence: str) -> None:
    with pytest.raises(ListingError, match=sentence):
        read(body)


def test_empty_list_with_its_header_is_empty(read: Any) -> None:
    assert read("Titre;Adresse\n") == []


def test_archive_that_swells_is_refused_before_it_is_unpacked(read: Any) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(b" " * 1024 * 1024)
    with pytest.raises(ListingError, match="swollen archive"):
        read(stream.getvalue())


def test_sheet_that_claims_a_million_rows_and_columns_is_read_to_its_last(read: Any) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Titre", "Adresse"], ["Un", "https://a.be/1"]):
        sheet.append(row)
    sheet.cell(200_000, 3).font = openpyxl.styles.Font(bold=True)
    sheet.cell(3, 16_000).font = openpyxl.styles.Font(bold=True)
    stream = io.BytesIO()
    book.save(stream)
    assert [record.remote_id for record in read(stream.getvalue())] == ["https://a.be/1"]


def test_list_of_too_many_rows_is_refused(read: Any) -> None:
    with pytest.raises(ListingError, match="shows only 20000"):
        read("Titre;Adresse\n" + "Un;https://a.be/1\n" * 20_001)


# -- the command


def test_command_writes_the_template(tmp_path: Path) -> None:
    for name in ("liste.xlsx", "liste.csv"):
        done = CliRunner().invoke(source, ["template", "inventory", "--lang", "de", "--output", str(tmp_path / name)])
        assert (done.exit_code, name in done.output) == (0, True)
    assert (tmp_path / "liste.csv").read_text("utf-8-sig").startswith("Titel;Beschreibung;")
    assert openpyxl.load_workbook(tmp_path / "liste.xlsx").sheetnames == ["Verzeichnis", "Listen"]


@pytest.mark.parametrize("name", ["liste.ods", "missing/liste.csv"])
def test_command_says_why_it_can_not_write(tmp_path: Path, name: str) -> None:
    done = CliRunner().invoke(source, ["template", "inventory", "--output", str(tmp_path / name)])
    assert done.exit_code == 1
    assert re.search(r"names no format|could not be written", done.output)
