"""Files of every kind of flaw, and what both paths of an examination make of them.

A file is made from a number and nothing else, so that a difference is found again by that number.
"""

import contextlib
import csv
import datetime as dt
import io
import json
import random
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from ckanext.smartregion.quality.examination.examine import Examination
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.own_rules import OwnRules
from ckanext.smartregion.schemas.table_contracts import table_contracts

from .spellings import CELLS, FORMATTED, TEXTS

ENCODINGS = ("utf-8",) * 8 + ("utf-8-sig", "cp1252", "utf-16", "utf-32")
DELIMITERS = (",", ",", ",", ";", "\t", "|")
LINE_ENDS = ("\n", "\n", "\n", "\r\n", "\r\n", "\r")
SPACES = ("", " ", "  ", "\t", "\u00a0", "\u2003", "\x1c", "\x85", "\u200b")
POINT = '{"type": "Point", "coordinates": [4.86, 50.46]}'


class Contract:
    """What an examination needs of a contract."""

    def __init__(self, name, schema, policy):
        self.name, self.schema, self.policy = name, schema, policy
        self.rules, self.example = [], None


def _texts(name):
    return {language: f"{name} {language}" for language in ("fr", "nl", "de", "en")}


def every_type(random):
    """A contract of columns of every type, format and constraint, in any order and with any key."""
    fields = [
        {"name": "id", "type": "string", "constraints": {"required": True, "unique": True}},
        {"name": "n", "type": "integer", "constraints": {"minimum": 0, "maximum": 10**12}},
        {"name": "m", "type": "integer", "constraints": {"required": True}},
        {"name": "f", "type": "number", "constraints": {"minimum": -2.25, "maximum": 100}},
        {"name": "g", "type": "number", "decimalChar": ","},
        {"name": "h", "type": "number", "bareNumber": False},
        {"name": "i", "type": "integer", "bareNumber": False},
        {"name": "b", "type": "boolean"},
        {"name": "c", "type": "boolean", "trueValues": ["oui", "1"], "falseValues": ["non", "1"]},
        {"name": "d", "type": "date", "constraints": {"minimum": "1900-01-01", "maximum": "2026-01-15"}},
        {"name": "t", "type": "datetime"},
        {"name": "u", "type": "time"},
        {"name": "y", "type": "year", "constraints": {"minimum": 1990}},
        {"name": "ym", "type": "yearmonth"},
        {"name": "p", "type": "geopoint"},
        {"name": "geo", "type": "geojson"},
        {"name": "o", "type": "object"},
        {"name": "a", "type": "array"},
        {"name": "uri", "type": "string", "format": "uri"},
        {"name": "email", "type": "string", "format": "email"},
        {"name": "uuid", "type": "string", "format": "uuid"},
        {"name": "s", "type": "string", "constraints": {"minLength": 2, "maxLength": 10}},
        {"name": "r", "type": "string", "constraints": {"pattern": r"[A-Z]?\d{1,5}"}},
        {"name": "q", "type": "string", "constraints": {"pattern": r"(?:a|\w+)[^x\n]*", "required": True}},
        {"name": "e", "type": "string", "constraints": {"enum": ["public", "type2", "Liège", "5000", ""]}},
        {"name": "z", "type": "integer", "constraints": {"enum": [1, 7, 42]}},
        {"name": "v", "type": "string", "missingValues": ["-", "0"], "constraints": {"required": True}},
        {"name": "w", "type": "number", "missingValues": ["NaN", ""], "constraints": {"required": True}},
    ]  # fmt: skip
    fields = random.sample(fields, random.choice([1, 2, 3, 4, 6, 10]))
    for field in fields:
        if random.random() < 0.1 and field["type"] in ("integer", "number", "string", "year", "date", "datetime"):
            field["constraints"] = {**field.get("constraints", {}), "unique": True}
    schema = {"fields": [{**field, "title": _texts(field["name"])} for field in fields]}
    if random.random() < 0.8:
        schema["missingValues"] = random.choice([[""], ["", "NC"], ["", "-", "NULL", "nan", "0"], ["NC"]])
    keys = [field["name"] for field in fields if field["type"] in ("string", "integer", "date", "number", "boolean")]
    if keys and random.random() < 0.6:
        schema["primaryKey"] = random.sample(keys, min(len(keys), random.choice([1, 1, 2, 3])))
    return Contract("every-type", schema, {})


def installed():
    """The contracts of schemas/tables, with the rows of their valid examples."""
    found = []
    for contract in table_contracts():
        with contract.example_valid.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        one = Contract(contract.name, contract.schema, contract.policy)
        one.rules = [rule.to_dict() for rule in contract.rules]
        one.example = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
        found.append(one)
    return found


class Made:
    """One file: its contract, its bytes, and the limits it is examined under."""

    def __init__(self, number, contracts):
        self.random = random.Random(number)
        self.contract = self.random.choice(contracts) if self.random.random() < 0.6 else every_type(self.random)
        self.fields = {field["name"]: field for field in self.contract.schema["fields"]}
        self.limits = Limits(
            samples=self.random.choice([1, 5]), cell_chars=self.random.choice([200, 65_536, 65_536, 65_536])
        )
        self.rules = self.contract.rules if self.random.random() < 0.3 else []
        self.wrong = self.random.choice([0.0, 0.02, 0.1, 0.5])
        self.content = self._content()

    def _content(self):
        names = self._header()
        rows = [[self._cell(name, number) for name in names] for number in range(self.random.randint(0, 11))]
        if rows and self.random.random() < 0.4:
            rows = [self._spoiled(row, rows) for row in rows]
        return self._workbook([names, *rows]) if self.random.random() < 0.05 else self._written([names, *rows])

    def _header(self):
        names = list(self.fields)
        if self.contract.example and self.random.random() < 0.9:
            some = set(self.random.sample(names, min(len(names), 5)))
            names = [name for name in names if name in some or self.fields[name].get("constraints", {}).get("unique")]
        chance = self.random.random()
        if chance < 0.15:
            self.random.shuffle(names)
        if chance < 0.1 and len(names) > 1:
            names.remove(self.random.choice(names))
        if chance > 0.85:
            names.insert(
                self.random.randint(0, len(names)), self.random.choice(["colour", "", names[0], names[-1].upper()])
            )
        return names

    def _cell(self, name, number):
        field = self.fields.get(name)
        if field is None:
            return self.random.choice(TEXTS)
        if self.random.random() >= self.wrong:
            return self._right(field, number)
        chance = self.random.random()
        if chance < 0.15:
            return self.random.choice(["", "NC", "-", "NULL", *SPACES])
        if chance < 0.3:
            return self.random.choice(SPACES) + self._right(field, number) + self.random.choice(SPACES)
        return self.random.choice(self._odd(field))

    def _odd(self, field):
        return CELLS.get(field["type"]) or FORMATTED.get(field.get("format", "")) or TEXTS

    def _right(self, field, number):
        key = self.contract.schema.get("primaryKey", [])
        unique = field.get("constraints", {}).get("unique") or field["name"] in key
        if self.contract.example:
            value = self.random.choice(self.contract.example).get(field["name"], "")
            return f"{value}{number}" if unique and field["type"] == "string" else value
        if unique and self.random.random() < 0.9:
            own = {"string": f"k{number}", "integer": str(number), "number": f"{number}.5"}
            return own.get(field["type"]) or self._any(field)
        return self._any(field)

    def _any(self, field):
        return self.random.choice(self._odd(field)[:3])

    def _spoiled(self, row, rows):
        chance = self.random.random()
        if chance < 0.06:
            return row[: self.random.randint(0, len(row))]
        if chance < 0.1:
            return row + self.random.choice([[""], ["more"], ["", "x"], ["a,b", "c"]])
        if chance < 0.16:
            return self.random.choice(
                [[], [""] * len(row), [" "] * len(row), ["NC"] * len(row), ["NC", "", " "], [""] * (len(row) + 1)]
            )
        if chance < 0.26:
            return list(self.random.choice(rows))
        return row

    def _workbook(self, rows):
        """The same as XLSX, some cells as the numbers, truth values and dates that a spreadsheet makes of them."""
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append([self._value(ILLEGAL_CHARACTERS_RE.sub("", cell)) for cell in row])
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()

    def _value(self, cell):
        if self.random.random() < 0.5:
            return cell[:30_000]
        for kind in (int, float, {"true": True, "false": False}.__getitem__, dt.date.fromisoformat):
            with contextlib.suppress(ValueError, KeyError):
                return kind(cell) if len(cell) < 16 else cell
        return cell[:30_000]

    def _written(self, rows):
        end, delimiter = self.random.choice(LINE_ENDS), self.random.choice(DELIMITERS)
        quoting = self.random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
        target = io.StringIO(newline="")
        writer = csv.writer(target, delimiter=delimiter, lineterminator=end, quoting=quoting)
        for row in rows:
            writer.writerow(row) if row else target.write(end)
        text = target.getvalue()
        if self.random.random() < 0.05:
            text = text.rstrip("\r\n")
        if self.random.random() < 0.08 and text:
            at = self.random.randrange(len(text))
            text = (
                text[:at] + self.random.choice(['"', '""', "\r", "\n", delimiter, "\u2028", "\x0b", "\x0c"]) + text[at:]
            )
        if self.random.random() < 0.05:
            text = self.random.choice(["\n", "\r\n\r\n", delimiter * 3 + "\n", " \n"]) + text
        encoding = self.random.choice(ENCODINGS)
        return text.encode(encoding, errors="replace" if encoding == "cp1252" else "strict")


def examined(made, path: Path, folder: Path, *, compiled):
    """The outcome, everything that was told of rows in its order, the typed copy, and whether Polars was enough."""
    told, typed = [], folder / "typed.csv"
    typed.unlink(missing_ok=True)  # to write another is quicker than to empty it
    examination = Examination(
        path, made.contract.schema, made.contract.policy, made.limits,
        own=OwnRules(made.contract.name, made.rules, "2026-11-26"),
        compiled=compiled, witness=lambda *one: told.append(one),
    )  # fmt: skip
    try:
        outcome = json.dumps(examination.run(typed))
    except Exception as error:  # what the plain path can't judge, the compiled one must not either
        return {"raised": type(error).__name__, "way": examination.way}
    return {
        "outcome": outcome,
        "told": told,
        "typed": typed.read_text("utf-8") if typed.exists() else "",
        "way": examination.way,
    }


def difference(number, contracts, folder: Path):
    """What the paths make of one file differently, or nothing; and which way the compiled one went."""
    made = Made(number, contracts)
    path = folder / "table.csv"
    path.unlink(missing_ok=True)
    path.write_bytes(made.content)
    plain = examined(made, path, folder, compiled=False)
    quick = examined(made, path, folder, compiled=True)
    way = quick.pop("way")
    plain.pop("way")
    found = [] if plain == quick else [key for key in sorted({*plain, *quick}) if plain.get(key) != quick.get(key)]
    return found, way, plain, quick, made
