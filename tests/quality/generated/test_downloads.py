"""What is taken away of a contract: on the command line and from its page, in four languages."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import flask
import jinja2
import openpyxl
import pytest
from click.testing import CliRunner

from ckanext.smartregion.quality import cli, helpers
from ckanext.smartregion.quality.generated.downloads import DOWNLOADS
from ckanext.smartregion.quality.generated.explained import explained
from ckanext.smartregion.quality.generated.legend import kind
from ckanext.smartregion.quality.views import gate
from ckanext.smartregion.schemas import LANGUAGES, table_contract

TEMPLATES = Path(gate.__file__).parents[1] / "templates"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(cli.quality, ["template", *words])


def test_command_writes_a_workbook_of_its_own_name(run):
    done = run("bicycle-parking", "--lang", "nl")

    assert (done.exit_code, done.output) == (0, "Written: bicycle-parking-nl.xlsx\n")
    assert openpyxl.load_workbook("bicycle-parking-nl.xlsx").sheetnames == ["Gegevens", "Kolommen uitgelegd", "Keuzes"]


def test_command_writes_a_header_or_a_schema_where_it_is_told(run):
    assert run("markets", "--format", "csv", "--output", "empty.csv").exit_code == 0
    assert run("markets", "--format", "schema", "--lang", "de", "--output", "row.json").exit_code == 0

    assert Path("empty.csv").read_text().strip().split(",") == table_contract("markets").field_names
    assert json.loads(Path("row.json").read_text())["title"] == "Märkte"


@pytest.mark.parametrize(
    "words, said",
    [(("no-such",), "There is no table contract 'no-such'"), (("markets", "--output", "a/b"), "a/b can't")],
)
def test_command_says_why_it_can_not_write(run, words, said):
    done = run(*words)

    assert done.exit_code == 1
    assert said in done.output


@pytest.fixture
def app():
    """The gate's addresses alone, without a catalogue."""
    app = flask.Flask(__name__)
    app.register_blueprint(gate.smartregion_quality)
    return app


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", DOWNLOADS)
def test_download_has_its_kind_and_its_name(app, monkeypatch, form, language):
    monkeypatch.setattr(gate, "language", lambda: language)
    contract = table_contract("markets")

    answer = app.test_client().get(f"/quality/contract/markets/{form}")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == DOWNLOADS[form].media_type
    assert answer.headers["Content-Disposition"] == f"attachment; filename={DOWNLOADS[form].name(contract, language)}"
    if form != "xlsx":  # a workbook carries the moment at which it was made
        assert answer.data == DOWNLOADS[form].make(contract, language)


def page(contract, language, monkeypatch):
    """The page of a contract inside an empty frame, its texts in English, those of the contract in a language."""
    monkeypatch.setattr(helpers, "language", lambda: language)
    frame = jinja2.DictLoader({"page.html": "{% block primary_content %}{% endblock %}"})
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([frame, jinja2.FileSystemLoader(TEMPLATES)]),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(lambda text: text, lambda one, many, n: many, newstyle=True)
    environment.globals["h"] = Helpers()
    return environment.get_template("quality/contract.html").render(
        contract=contract, rules=list(explained(contract)), kind=kind
    )


class Helpers:
    """The helpers that the page asks for."""

    smartregion_quality_text = staticmethod(lambda texts: helpers.smartregion_quality_text(texts))
    smartregion_quality_day = staticmethod(lambda text: helpers.smartregion_quality_day(text))
    smartregion_severity_label = staticmethod(lambda severity: severity)
    url_for = staticmethod(lambda endpoint, name, form: f"/quality/contract/{name}/{form}")


class Text(HTMLParser):
    """The text of a page."""

    def __init__(self, html):
        super().__init__()
        self.parts = []
        self.feed(html)
        self.all = re.sub(r"\s+", " ", " ".join(self.parts))

    def handle_data(self, data):
        self.parts.append(data)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_shows_columns_choices_rules_versions_and_downloads(contract, language, monkeypatch):
    html = page(contract, language, monkeypatch)
    text = Text(html).all

    for field in contract.fields:
        for said in (field["name"], *(each[language] for each in (field["title"], field["description"], kind(field)))):
            assert " ".join(said.split()) in text
        for label in field.get("labels", {}).values():
            assert " ".join(label[language].split()) in text
    for rule in explained(contract):
        assert " ".join(rule.expected[language].split()) in text
    assert " ".join(contract.changelog[0].changes[language].split()) in text
    for form in DOWNLOADS:
        assert f'href="/quality/contract/{contract.name}/{form}"' in html


def test_rule_is_explained_with_its_condition_and_what_follows():
    rules = {rule.id: rule for rule in explained(table_contract("building-energy"))}

    assert rules["kwh-is-quantity"].expected["en"] == "“Energy (kWh)”: equal to “Quantity”."
    assert rules["kwh-is-quantity"].condition["en"] == "“Unit” is Kilowatt-hours"
    assert rules["no-kwh-of-water"].condition is None, "the sentence says it already"
    assert (rules["kwh-is-quantity"].severity, rules["water-in-volume"].severity) == ("block", "warn")
