"""Our navl is CKAN's: the same values, the same errors, the same refusals, whatever the data and the schema."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ckan.plugins.toolkit as tk
from ckan.lib.navl import dictization_functions as theirs
from ckan.lib.navl.validators import default, empty, ignore, ignore_empty, ignore_missing, not_empty, not_missing

from ckanext.smartregion import navl

NAMES = ("a", "b", "c", "list", "extras", "__extras", "__junk")


def shout(value: Any) -> Any:
    if not isinstance(value, str):
        raise tk.Invalid("not a text")
    return value.upper()


def with_context(value: Any, context: Any) -> Any:
    return [value, context["who"], sorted(context["schema_keys"])]


def neighbours(key: Any, data: Any, errors: Any, context: Any) -> None:
    seen = sorted((repr(each), repr(data.get(each))) for each in data if each[:-1] == key[:-1] and each != key)
    data[key] = [data.get(key), seen, "a" in data, (*key[:-1], "a") in errors]


def complaint(key: Any, data: Any, errors: Any, context: Any) -> None:
    errors[key].append("never")
    raise tk.StopOnError


VALIDATORS = (
    ignore_missing,
    ignore_empty,
    not_missing,
    not_empty,
    empty,
    ignore,
    default("d"),
    shout,
    with_context,
    neighbours,
    complaint,
)
texts = st.sampled_from(["", "x", "y z"])
plain = st.one_of(st.none(), texts, st.integers(0, 2), st.lists(texts, max_size=2), st.just({"k": "v"}))
fields = st.lists(st.sampled_from(VALIDATORS), max_size=3)
specials = st.dictionaries(
    st.sampled_from(["__before", "__after", "__extras", "__junk"]),
    st.lists(st.sampled_from([ignore, empty, neighbours]), max_size=1),
    max_size=2,
)


def joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return one | other


def level(inner: Any) -> Any:
    return st.builds(joined, st.dictionaries(st.sampled_from(["a", "b", "c", "list"]), inner, max_size=4), specials)


schemas = level(fields | level(fields | level(fields)))
data = st.recursive(
    st.dictionaries(st.sampled_from(NAMES), plain, max_size=5),
    lambda inner: st.dictionaries(st.sampled_from(NAMES), plain | st.lists(inner, max_size=3), max_size=5),
    max_leaves=6,
)


def outcome(module: Any, given: dict[str, Any], schema: dict[str, Any]) -> Any:
    """Values and errors, or the name of what was raised."""
    try:
        return module.validate(copy.deepcopy(given), schema, {"who": "me"})
    except Exception as error:
        return type(error).__name__


@settings(max_examples=600, deadline=None)
@given(data, schemas)
def test_any_data_against_any_schema_come_to_the_same(given: dict[str, Any], schema: dict[str, Any]) -> None:
    assert outcome(navl, given, schema) == outcome(theirs, given, schema)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abc")) | st.tuples(st.sampled_from("de"), st.integers(0, 4), st.sampled_from("fg")),
        plain,
    )
)
def test_flat_data_are_nested_alike(flat: dict[Any, Any]) -> None:
    assert navl.unflatten(flat) == theirs.unflatten(flat)
    assert navl.in_order(flat) == sorted(flat, key=theirs.flattened_order_key)


def test_gaps_in_a_list_are_closed() -> None:
    assert navl.unflatten({("list", 3, "a"): 1, ("list", 1, "a"): 0}) == {"list": [{"a": 0}, {"a": 1}]}


def test_only_lists_of_dictionaries_stand_where_the_schema_has_fields_of_its_own() -> None:
    with pytest.raises(theirs.DataError, match="Only lists of dicts"):
        navl.validate({"list": "x"}, {"list": {"a": [ignore_missing]}}, {})
