"""CKAN's validation of nested data, navl: the same outcome for a third of the work.

For each validation CKAN builds the flat schema twice, sorts it five times, looks each key that it does not know up
among all fields, and asks a validator about each field that is not there. A dataset with three files has some 300 such
fields, and it is validated whenever it is written, shown or indexed. `ckan.lib.navl` remains the truth: a test compares
both.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any, cast

from ckan.lib.navl import dictization_functions as navl
from ckan.lib.navl.validators import ignore_empty, ignore_missing
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey, Schema

Data = dict[str, Any]
Fields = dict[FlattenKey, list[Callable[..., Any]]]
LEAVE_OUT = (ignore_missing, ignore_empty)


def validate(data: Data, schema: Schema, context: Context) -> tuple[Data, Data]:
    """The converted data and the errors by field, as `ckan.lib.navl.dictization_functions.validate` gives them.

    Raises DataError where a subschema stands against anything but a list of dictionaries.
    """
    flat = navl.flatten_dict(data, schema=schema)
    fields = _fields(flat, schema)
    converted = _augmented(flat, schema, fields)
    errors: FlattenErrorDict = {key: [] for key in fields}
    _run(fields, converted, errors, Context(context, schema_keys=list(schema)))
    valid = unflatten(converted)
    # An empty list gets lost on the way; what is emptied differs from what is not given.
    valid |= {key: [] for key, value in data.items() if value == [] and key not in valid}
    return valid, _nested(errors) if any(errors.values()) else {}


def in_order(keys: Iterable[FlattenKey]) -> list[FlattenKey]:
    """By length, then by name, as CKAN's `flattened_order_key` has them."""
    return sorted(sorted(keys), key=len)


def unflatten(flat: FlattenDataDict) -> Data:
    """Nested data from flat ones; gaps in the numbering of a list's entries are closed."""
    nested: Data = {}
    places: dict[FlattenKey, Any] = {(): nested}
    with_gaps: dict[int, list[Any]] = {}
    for key in in_order(flat):
        place = key[:-1]
        if place not in places:
            places[place] = _opened(nested, place, with_gaps)
        places[place][key[-1]] = flat[key]
    for entries in with_gaps.values():
        entries[:] = [entry for entry in entries if entry]
    return nested


def _opened(nested: Data, place: FlattenKey, with_gaps: dict[int, list[Any]]) -> Any:
    """What stands at a place, made where there is nothing yet."""
    here: Any = nested
    for part in place:
        if isinstance(here, dict):
            here = here.setdefault(part, [])
            continue
        if part > len(here):
            with_gaps[id(here)] = here
        here.extend({} for _ in range(part + 1 - len(here)))
        here = here[part]
    return here


def _fields(flat: FlattenDataDict, schema: Schema) -> Fields:
    """The validators of each field that the data have or could have."""
    nested = _nested_schemas(schema)
    places = {()}
    # Those above come first: an entry counts where the one that holds it does.
    for place in sorted({key[:-1] for key in flat}, key=len):
        if place[::2] in nested and place[:-2] in places:
            places.add(place)
    return {
        (*place, name): validators
        for place in places
        for name, validators in nested[place[::2]].items()
        if isinstance(validators, list)
    }


def _nested_schemas(schema: Schema, place: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], Data]:
    """The schema and those in it that have fields of their own, by their place."""
    has_fields = not place or any(not isinstance(each, dict) for each in schema.values())
    found = {place: cast(Data, schema)} if has_fields else {}
    for name, each in schema.items():
        if isinstance(each, dict):
            found |= _nested_schemas(each, (*place, name))
    return found


def _augmented(flat: FlattenDataDict, schema: Schema, fields: Fields) -> FlattenDataDict:
    """The data with what is missing said to be so, and with what no field knows set aside as extras or junk."""
    augmented = {key: value for key, value in flat.items() if key in fields}
    if len(augmented) < len(flat):
        augmented |= _set_aside({key: value for key, value in flat.items() if key not in fields}, schema, fields)
    for key in fields:
        if key not in augmented and not key[-1].startswith("__"):
            augmented[key] = navl.missing
    return augmented


def _set_aside(unknown: FlattenDataDict, schema: Schema, fields: Fields) -> FlattenDataDict:
    known = {key[:length] for key in navl.flatten_schema(schema) for length in range(1, len(key) + 1)}
    places = {(), *(key[:-1] for key in fields)}
    aside: FlattenDataDict = {}
    for key, value in unknown.items():
        if key[::2] in known and value != []:
            raise navl.DataError(f"Only lists of dicts can be placed against subschema {key}, not {type(value)}")
        if key[:-1] in places:
            aside.setdefault((*key[:-1], "__extras"), {})[key[-1]] = value
        else:
            aside.setdefault(("__junk",), {})[key] = value
    # What is given under the names that CKAN sets things aside under is dropped.
    return {key: value for key, value in aside.items() if key not in unknown}


def _run(fields: Fields, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Call the validators, field by field, those of the whole before and after the others."""
    order = in_order(fields)
    special = [key for key in order if key[-1].startswith("__")]
    _call((key for key in special if key[-1] == "__before"), fields, data, errors, context)
    _call((key for key in order if not key[-1].startswith("__")), fields, data, errors, context)
    _call((key for key in special if key[-1] == "__extras"), fields, data, errors, context)
    last = (key for key in reversed(special) if key[-1] == "__after")
    _call(chain(last, [("__junk",)] if ("__junk",) in fields else []), fields, data, errors, context)


def _call(
    keys: Iterable[FlattenKey], fields: Fields, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    for key in keys:
        validators, value = fields[key], data.get(key)
        if (value is navl.missing or value is None) and validators and validators[0] in LEAVE_OUT:
            data.pop(key, None)
            continue
        for validator in validators:
            try:
                navl.convert(validator, key, data, errors, context)
            except navl.StopOnError:
                break


def _nested(errors: FlattenErrorDict) -> Data:
    """The errors as the data are nested, without the fields that have none."""
    nested = unflatten(cast(FlattenDataDict, errors))
    waiting = [nested]
    while waiting:
        here = waiting.pop()
        for key, value in copy.copy(here).items():
            if not value:
                here.pop(key)
            elif isinstance(value[0], dict):
                waiting.extend(value)
    return navl._remove_blank_keys(nested)
