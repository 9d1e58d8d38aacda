"""Lint of rules.yaml: a rule that means nothing for its table is refused with a sentence."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.smartregion.schemas.pattern_lint import pattern_faults
from ckanext.smartregion.schemas.rules.kinds import DAYS, REFERENCE_LISTS, Kind, Parameter, columns_in, family, kinds
from ckanext.smartregion.schemas.rules.rule import OWN_KEYS
from ckanext.smartregion.schemas.table_policy import CELL_RULES
from ckanext.smartregion.schemas.vocabulary import LANGUAGES, vocabularies

KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
COMPARABLE_WITH_LISTED = frozenset({"string", "boolean", "integer", "year"})
NOT_FILLED = "has no value"
Fields = Mapping[str, Mapping[str, Any]]


def rule_faults(entries: Any, fields: list[dict[str, Any]]) -> Iterator[str]:
    """Sentences that say why these entries can't be the rules of a table with these fields; none when they can."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        yield "rules.yaml is a list of rules, each beginning with '- rule:'."
        return
    named = {field["name"]: field for field in fields}
    ids = Counter(str(entry["id"]) for entry in entries if entry.get("id"))
    yield from (f"Two rules have the id '{name}'; give each its own." for name, count in ids.items() if count > 1)
    for at, entry in enumerate(entries, start=1):
        place = f"Rule '{entry['id']}'" if entry.get("id") else f"Rule {at}"
        yield from (f"{place}: {fault}" for fault in _faults(entry, named))


def _faults(entry: dict[str, Any], fields: Fields) -> Iterator[str]:
    kind = kinds().get(str(entry.get("rule")))
    if kind is None:
        yield f"there is no rule '{entry.get('rule')}'; there are {', '.join(kinds())}."
        return
    yield from _own_key_faults(entry, kind, fields)
    for unknown in sorted(map(str, set(entry) - OWN_KEYS - set(kind.parameters))):
        yield f"'{unknown}' is no parameter of '{kind.name}', which takes {', '.join(kind.parameters)}."
    for parameter in kind.parameters.values():
        if parameter.name in entry:
            yield from (f"{parameter.name} {fault}" for fault in value_faults(parameter, entry[parameter.name], fields))
        elif parameter.needed:
            yield f"'{parameter.name}' is missing: {parameter.means}."
    if kind.one_of and sum(name in entry for name in kind.one_of) != 1:
        yield f"give one of {', '.join(kind.one_of)}."
    yield from _family_faults(entry, kind, fields)
    yield from _shape_faults(entry, fields)


def _own_key_faults(entry: dict[str, Any], kind: Kind, fields: Fields) -> Iterator[str]:
    name = entry.get("id")
    if not isinstance(name, str) or not KEBAB.fullmatch(name):
        yield "it needs an 'id' of small letters, digits and hyphens, such as end-after-start."
    elif name in {*kinds(), *CELL_RULES} - {kind.name}:
        yield f"its id is the name of another rule, '{name}'."
    if "when" in entry:
        yield from (f"when {fault}" for fault in _condition_faults(entry["when"], fields))
    elif kind.needs_when:
        yield "'when' is missing: the rows in which it holds."
    if "message" in entry:
        yield from _message_faults(entry["message"])


def _message_faults(message: Any) -> Iterator[str]:
    if not isinstance(message, dict) or not all(isinstance(message.get(code), str) for code in LANGUAGES):
        yield f"message stands in {', '.join(LANGUAGES)}."
    elif any(sign in text for text in message.values() for sign in "{}"):
        yield "message is plain text, without { and }."


def value_faults(parameter: Parameter, value: Any, fields: Fields) -> Iterator[str]:
    """Sentences, to be read after the parameter's name, on a value that the parameter can't take."""
    if value is None:
        yield f"{NOT_FILLED}."
        return
    check = CHECKS.get(parameter.takes)
    if check:
        yield from check(parameter, value, fields)
    if parameter.takes.startswith("column"):
        yield from _column_faults(parameter, value, fields)


def _column_faults(parameter: Parameter, value: Any, fields: Fields) -> Iterator[str]:
    if _is_number(value) and parameter.takes == "column-or-number":
        yield from _number_faults(parameter, value, fields)
        return
    names = columns_in(parameter.takes, value)
    if not names and value != "today":
        yield f"must name {'columns in a list' if parameter.takes == 'columns' else 'a column'}."
    if parameter.takes == "columns" and names and not parameter.least <= len(names) <= (parameter.most or len(names)):
        yield f"must name {_how_many(parameter)} columns."
    for name in names:
        if not _is_field(name, fields):
            yield f"names '{name}', which is no field of the contract."
        elif parameter.types and fields[name]["type"] not in parameter.types:
            yield f"names '{name}', a {fields[name]['type']}; it takes {', '.join(parameter.types)}."
    yield from (f"names '{name}' twice." for name, count in Counter(map(str, names)).items() if count > 1)


def _how_many(parameter: Parameter) -> str:
    if parameter.most is None:
        return f"at least {parameter.least}"
    return str(parameter.least) if parameter.least == parameter.most else f"{parameter.least} to {parameter.most}"


def _family_faults(entry: dict[str, Any], kind: Kind, fields: Fields) -> Iterator[str]:
    """A date can't be compared with a number, nor with a moment."""
    alike = [one for one in kind.parameters.values() if one.alike and one.name in entry]
    named = [name for one in alike for name in columns_in(one.takes, entry[one.name])]
    names = [name for name in named if _is_field(name, fields)]
    found = {family(fields[name]["type"]) for name in names}
    numbers = [one.name for one in alike if one.takes == "column-or-number" and _is_number(entry[one.name])]
    numbers += ["factor"] if "factor" in entry and entry["factor"] != 1 else []
    if len(found) > 1 and not (found <= DAYS and all(one.alike == "by-day" for one in alike)):
        yield f"{', '.join(names)} can't be compared with each other: {', '.join(sorted(found))}."
    elif found and found != {"number"} and numbers:
        yield f"{numbers[0]} is a number, but '{names[0]}' holds a {found.pop()}."


def _shape_faults(entry: dict[str, Any], fields: Fields) -> Iterator[str]:
    """What two parameters must have in common, and what a point is made of."""
    columns = entry.get("columns")
    if not isinstance(columns, list):
        return
    if entry["rule"] == "foreign-key" and isinstance(entry.get("to"), list) and len(entry["to"]) != len(columns):
        yield "columns and to must name as many columns."
    if entry["rule"] == "inside-municipality" and all(_is_field(name, fields) for name in columns):
        types = [fields[name]["type"] for name in columns]
        if types != ["number", "number"] and types not in (["geojson"], ["geopoint"]):
            yield "columns must be two numbers, longitude first, or one column with a point."


def _condition_faults(value: Any, fields: Fields) -> Iterator[str]:
    shape = "is written {column: name, in: [values]} or {column: name, filled: true}."
    if not isinstance(value, dict) or set(value) not in ({"column", "in"}, {"column", "filled"}):
        yield shape
        return
    if not _is_field(value["column"], fields):
        yield f"names '{value['column']}', which is no field of the contract."
    elif "in" in value:
        yield from _listed_faults(value["in"], fields[value["column"]])
    elif not isinstance(value["filled"], bool):
        yield shape


def _listed_faults(values: Any, field: Mapping[str, Any]) -> Iterator[str]:
    """Values that the column can never hold would make a rule that never speaks."""
    kind, name = field["type"], field["name"]
    if not isinstance(values, list) or not values:
        yield f"gives no list of values for '{name}'."
        return
    if kind not in COMPARABLE_WITH_LISTED:
        yield f"lists values of '{name}', a {kind}; it takes {', '.join(sorted(COMPARABLE_WITH_LISTED))}."
        return
    fit = {"string": str, "boolean": bool}.get(kind, int)
    enum = field.get("constraints", {}).get("enum")
    for one in values:
        if not isinstance(one, fit) or (fit is int and isinstance(one, bool)):
            yield f"lists {one!r}, which is no {kind}; write texts between quotation marks."
        elif enum and one not in enum:
            yield f"lists '{one}', which '{name}' never holds."


def _sign_faults(_parameter: Parameter, value: Any, fields: Fields) -> Iterator[str]:
    if not isinstance(value, dict) or set(value) != {"column", "plus", "minus"}:
        yield "is written {column: name, plus: [values], minus: [values]}."
    elif not _is_field(value["column"], fields):
        yield f"names '{value['column']}', which is no field of the contract."
    else:
        for side in ("plus", "minus"):
            yield from _listed_faults(value[side], fields[value["column"]])
        plus, minus = value["plus"], value["minus"]
        if isinstance(plus, list) and isinstance(minus, list) and any(one in minus for one in plus):
            yield "has a value on both sides."


def _number_faults(parameter: Parameter, value: Any, _fields: Fields) -> Iterator[str]:
    if not _is_number(value) or value != value or abs(value) == float("inf"):
        yield "must be a number."
    elif parameter.low is not None and value < parameter.low:
        yield f"must be at least {parameter.low}."
    elif parameter.whole and not isinstance(value, int):
        yield "must be a whole number."


def _pair_faults(_parameter: Parameter, value: Any, _fields: Fields) -> Iterator[str]:
    pair = isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))
    if not pair or value[0] > value[1]:
        yield "must be two numbers, the lower first."


def _list_faults(_parameter: Parameter, value: Any, _fields: Fields) -> Iterator[str]:
    known = [*REFERENCE_LISTS, *sorted(vocabularies())]
    if value not in known:
        yield f"names '{value}'; there are the lists {', '.join(known)}."


def _contract_faults(_parameter: Parameter, value: Any, _fields: Fields) -> Iterator[str]:
    if not isinstance(value, str) or not KEBAB.fullmatch(value):
        yield f"must be the name of a table contract of this house, never an address or a path: '{value}'."


def _texts_faults(_parameter: Parameter, value: Any, _fields: Fields) -> Iterator[str]:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and one for one in value):
        yield "must be a list of texts; write numbers between quotation marks."
    elif len(set(value)) < len(value):
        yield "names one of them twice."


def _is_field(name: Any, fields: Fields) -> bool:
    return isinstance(name, str) and name in fields


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


CHECKS = {
    "number": _number_faults,
    "pair": _pair_faults,
    "list": _list_faults,
    "contract": _contract_faults,
    "codes": _texts_faults,
    "elsewhere": _texts_faults,
    "sign": _sign_faults,
    "condition": lambda _parameter, value, fields: _condition_faults(value, fields),
    "flag": lambda _parameter, value, _fields: [] if isinstance(value, bool) else ["must be true or false."],
    "choice": lambda one, value, _fields: [] if value in one.of else [f"must be one of {', '.join(one.of)}."],
    "text": lambda _parameter, value, _fields: [] if isinstance(value, str) and value else ["must be a text."],
    "pattern": lambda _parameter, value, _fields: pattern_faults(value),
}
