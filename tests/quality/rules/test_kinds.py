"""One readable example of every kind of rule: a table, the lines that break it, and what people are told."""

import datetime as dt
from pathlib import Path

import pytest
import yaml

from ckanext.smartregion.quality.examination.examine import Examination
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.own_rules import OwnRules
from ckanext.smartregion.quality.report import compose
from ckanext.smartregion.schemas.rules.kinds import kinds
from ckanext.smartregion.schemas.rules.rule import Rule
from ckanext.smartregion.schemas.table_contracts import TableContract
from ckanext.smartregion.schemas.vocabulary import LANGUAGES

TODAY = dt.date(2026, 11, 26)


def field(name, kind, *titles, **more):
    titles = titles if len(titles) == 4 else titles * 4
    return {"name": name, "type": kind, "title": dict(zip(LANGUAGES, titles, strict=True)), "description": {}, **more}


OPEN = {"fr": "Ouvert", "nl": "Open", "de": "Offen", "en": "Open"}
FIELDS = {
    one["name"]: one
    for one in (
        field("start", "date", "Début", "Begin", "Beginn", "Start"),
        field("end", "date", "Fin", "Einde", "Ende", "End"),
        field("moment", "datetime", "Instant", "Tijdstip", "Zeitpunkt", "Moment"),
        field("capacity", "integer", "Capacité", "Capaciteit", "Kapazität", "Capacity"),
        field("available", "integer", "Libres", "Vrij", "Frei", "Available"),
        field("kwh", "number", "kWh"),
        field("area", "number", "Surface", "Oppervlakte", "Fläche", "Area"),
        field("amount", "number", "Montant", "Bedrag", "Betrag", "Amount"),
        field("lon", "number", "Longitude", "Lengtegraad", "Länge", "Longitude"),
        field("lat", "number", "Latitude", "Breedtegraad", "Breite", "Latitude"),
        field("status", "string", "Statut", "Status", "Status", "Status", labels={"open": OPEN}),
        field("details", "string", "Détails", "Details", "Einzelheiten", "Details"),
        field("flow", "string", "Sens", "Richting", "Richtung", "Flow"),
        field("code", "string", "Code"),
    )
}

EXAMPLES = yaml.safe_load((Path(__file__).parent / "examples.yaml").read_text(encoding="utf-8"))


def report_on(path, rule):
    """The report on a table by a contract that has the fields above and one rule."""
    schema = {"fields": list(FIELDS.values())}
    contract = TableContract("example", "1.0.0", {}, {}, schema, {}, "1", [], path, path, [Rule.from_dict(rule)])
    own = OwnRules("example", [rule], TODAY.isoformat())
    outcome = Examination(path, schema, {}, Limits(), own=own).run()
    return compose(outcome, contract, "", "", 0)


def plain(text):
    """A French text without the blanks that do not break, which nobody sees in a test."""
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["rule"]["rule"])
def test_kind_of_rule_finds_what_its_example_breaks_and_says_so_in_four_languages(example, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(example["table"], encoding="utf-8")

    [finding] = [one for one in report_on(path, {"id": "own", **example["rule"]}).findings if one.rule == "own"]

    assert [sample.line for sample in finding.samples] == example["breaks"]
    assert finding.kind == example["rule"]["rule"]
    assert {language: plain(finding.message[language]) for language in LANGUAGES} == {
        language: example[language] for language in LANGUAGES
    }
    assert (
        finding.samples[0].hint is None if "said" not in example else finding.samples[0].hint["en"] == example["said"]
    )
    for text in (finding.label, finding.expected, finding.fix):
        assert all(text[language] and "{" not in text[language] for language in LANGUAGES)


def test_every_kind_has_its_example():
    assert {example["rule"]["rule"] for example in EXAMPLES} == set(kinds())
