"""JSON objects against the fields of a standard."""

from collections.abc import Hashable, Iterable
from typing import Any

from ckanext.smartregion.quality.formats.fields import Field, is_number
from ckanext.smartregion.quality.formats.found import Found, place


def judge(
    found: Found, one: Any, fields: Iterable[Field], where: str, at: str, *, key: Any = "", record: Hashable = None
) -> bool:
    """Tell what is wrong with the fields of one object; False where it is no object at all."""
    if not isinstance(one, dict):
        found.fault("wrong-value", Field(where.rpartition(".")[2], "object"), where, place(at, one, key=key), record)
        return False
    for field in fields:
        if fault := field.fault(one.get(field.name)):
            told = place(f"{at}/{field.name}", one.get(field.name), key=key)
            found.fault(fault, field, f"{where}.{field.name}", told, record)
    return True


def listed(found: Found, holder: dict[str, Any], name: str, where: str, at: str, record: Hashable = None) -> list[Any]:
    """The list of this name in an object, which must be there."""
    value = holder.get(name)
    if isinstance(value, list):
        return value
    fault = "missing-part" if value is None else "wrong-value"
    found.fault(fault, Field(name, "list", required=True), f"{where}.{name}", place(f"{at}/{name}", value), record)
    return []


def judge_place(
    found: Found, longitude: Any, latitude: Any, where: str, at: str, *, key: Any = "", record: Hashable = None
) -> None:
    """Tell where a place lies outside the box; what are no numbers is told elsewhere."""
    if not is_number(longitude) or not is_number(latitude):
        return
    mistake = found.outside(longitude, latitude)
    if mistake is not None:
        told = place(at, f"{longitude}, {latitude}", key=key, hint=mistake or None)
        found.add("outside-region", where, told, record, **found.settings["box"])


def judge_double(found: Found, seen: set[Any], identifier: Any, where: str, at: str, record: Hashable = None) -> None:
    """Tell an identifier that was seen before."""
    if not isinstance(identifier, str | int) or identifier == "":
        return
    if identifier in seen:
        found.add("duplicate-id", where, place(at, identifier, key=identifier), record)
    seen.add(identifier)
