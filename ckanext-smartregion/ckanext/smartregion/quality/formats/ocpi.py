"""OCPI 2.2.1, module Locations: charging points. A list of locations, alone or in the answer of an OCPI server."""

from pathlib import Path
from typing import Any

from ckanext.smartregion.quality.examination.refusal import Refused
from ckanext.smartregion.quality.formats import objects, reading
from ckanext.smartregion.quality.formats.fields import Field, fields_of, is_number, moment_of
from ckanext.smartregion.quality.formats.found import Found, place
from ckanext.smartregion.quality.formats.people import People

Part = dict[str, Any]


def validate(path: Path, found: Found, people: People) -> None:
    """Tell `found` what breaks the rules of OCPI's locations; Refused where the file holds none."""
    document = reading.lone_document(path, found.limits, not_ocpi)
    found.encoding = "utf-8"
    for name, times in document.doubles.items():
        found.add_many("duplicate-member", name, times, [place(name)])
    listed, at = _locations(document.value)
    _Locations(found, people).judge(listed, at)


def _locations(top: Any) -> tuple[list[Any], str]:
    """The locations of a document and where they stand in it."""
    if isinstance(top, dict) and "data" in top:
        data = top["data"]
        if isinstance(data, dict) and _is_location(data):
            return [data], "/data"
        top, at = data, "/data"
    else:
        at = ""
    if isinstance(top, dict) and _is_location(top):
        return [top], at
    if isinstance(top, list) and (not top or any(isinstance(one, dict) and _is_location(one) for one in top)):
        return top, at
    raise not_ocpi()


def _is_location(one: Part) -> bool:
    return "evses" in one or "coordinates" in one


def not_ocpi() -> Refused:
    """The refusal of what is no list of locations."""
    return Refused("not-this-format", format="OCPI Locations", form="[ { id, coordinates, evses } ]")


class _Locations:
    """The locations of one file, and the identifiers seen."""

    def __init__(self, found: Found, people: People) -> None:
        self.found, self.people = found, people
        files: dict[str, dict[str, str]] = found.settings["files"]
        self.fields: dict[str, list[Field]] = {name: fields_of(said) for name, said in files.items()}
        self.homes = frozenset(found.settings["homes"])
        self.seen: set[Any] = set()
        self.evses: set[Any] = set()
        self.record = 0
        self.key: Any = ""

    def judge(self, listed: list[Any], at: str) -> None:
        """Every location, its charging points and their connectors."""
        self.found.records = len(listed)
        for self.record, location in enumerate(listed):
            self._location(location, f"{at}/{self.record}")

    def _location(self, location: Any, at: str) -> None:
        self.key = location.get("id") if isinstance(location, dict) else ""
        self.people.walk(location, "location", at, key=self.key, record=self.record)
        if not self._judge(location, "location", at):
            return
        operator = (location.get("country_code"), location.get("party_id"), self.key)
        if isinstance(self.key, str) and all(isinstance(part, str | None) for part in operator):
            if operator in self.seen:
                self._add("duplicate-id", "location.id", f"{at}/id", self.key)
            self.seen.add(operator)
        self._published(location, at)
        self._coordinates(location, "location.coordinates", at)
        self._moment(location, "location", at)
        for number, evse in enumerate(self._list(location, "evses", "location", at)):
            self._evse(evse, f"{at}/evses/{number}")

    def _judge(self, one: Any, name: str, at: str) -> bool:
        return objects.judge(self.found, one, self.fields[name], name, at, key=self.key, record=self.record)

    def _add(self, rule: str, where: str, at: str, value: Any = "", **values: Any) -> None:
        self.found.add(rule, where, place(at, value, key=self.key), self.record, **values)

    def _list(self, holder: Part, name: str, where: str, at: str) -> list[Any]:
        """A list that may be absent; what is no list is told."""
        value = holder.get(name)
        if value is not None and not isinstance(value, list):
            self.found.fault(
                "wrong-value", Field(name, "list"), f"{where}.{name}", place(f"{at}/{name}", value), self.record
            )
        return value if isinstance(value, list) else []

    def _published(self, location: Part, at: str) -> None:
        """What its operator does not publish, or stands at somebody's home, is not ours to show."""
        if location.get("publish") is False or location.get("publish_allowed_to"):
            self._add("ocpi-unpublished", "location.publish", f"{at}/publish", location.get("publish"))
        said = [location.get("parking_type"), location.get("location_type"), location.get("type")]
        home = next((one for one in said if isinstance(one, str) and one.casefold() in self.homes), None)
        if home:
            self._add("ocpi-home", "location.parking_type", f"{at}/parking_type", home)

    def _coordinates(self, holder: Part, where: str, at: str) -> None:
        said = holder.get("coordinates")
        if not isinstance(said, dict) or not self._judge(said, "coordinates", f"{at}/coordinates"):
            return
        longitude, latitude = _degrees(said.get("longitude")), _degrees(said.get("latitude"))
        objects.judge_place(
            self.found, longitude, latitude, where, f"{at}/coordinates", key=self.key, record=self.record
        )

    def _moment(self, holder: Part, where: str, at: str) -> None:
        moment = moment_of(holder.get("last_updated"))
        if moment and (moment.date() - self.found.today).days > 1:
            self._add("in-future", f"{where}.last_updated", f"{at}/last_updated", holder["last_updated"])
            self.found.judge_again_on(moment.date())

    def _evse(self, evse: Any, at: str) -> None:
        if not self._judge(evse, "evse", at):
            return
        identifier = evse.get("evse_id")
        gone = evse.get("status") == "REMOVED"
        if not gone:
            objects.judge_double(self.found, self.evses, identifier, "evse.evse_id", f"{at}/evse_id", self.record)
        self._coordinates(evse, "evse.coordinates", at)
        self._moment(evse, "evse", at)
        connectors = self._list(evse, "connectors", "evse", at)
        if not connectors and not gone:
            self.found.fault(
                "missing-part",
                Field("connectors", "list"),
                "evse.connectors",
                place(f"{at}/connectors", key=self.key),
                self.record,
            )
        for number, connector in enumerate(connectors):
            self._connector(connector, f"{at}/connectors/{number}")

    def _connector(self, connector: Any, at: str) -> None:
        if not self._judge(connector, "connector", at):
            return
        power, volts, amperes = (connector.get(name) for name in ("max_electric_power", "max_voltage", "max_amperage"))
        if is_number(power) and is_number(volts) and is_number(amperes) and 0 < power < 1000 <= volts * amperes:
            self._add("ocpi-power-unit", "connector.max_electric_power", f"{at}/max_electric_power", power)


def _degrees(text: Any) -> float | None:
    """The degrees of a text or number; None where there are none."""
    try:
        value = float(text) if isinstance(text, str | int | float) else None
    except ValueError:
        return None
    return value if value is not None and abs(value) < 1e9 else None
