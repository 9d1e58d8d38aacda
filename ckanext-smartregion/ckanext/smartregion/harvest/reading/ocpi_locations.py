"""OCPI locations summed up: counts, extent, operators, and a digest of what does not change by the minute. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.smartregion.harvest.mapping.extent import Extent
from ckanext.smartregion.harvest.mapping.mobility import clean

Location = dict[str, Any]

# What changes while a car charges; all else describes the charging point.
VOLATILE = frozenset({"status", "status_schedule", "last_updated"})
GONE = frozenset({"REMOVED", "PLANNED"})
# A driveway is where the standard puts the charger of a house; the other words are found in real lists.
HOME = frozenset({"on_driveway", "home", "home_charger", "private", "private_home", "residential"})
HOME_FIELDS = ("parking_type", "type", "location_type", "evse_type", "usage_type")
PHASES = {"AC_1_PHASE": 1, "AC_2_PHASE": 2, "AC_2_PHASE_SPLIT": 2, "AC_3_PHASE": 3, "DC": 1}
NORMAL, FAST = 22_000, 150_000
MOST_OPERATORS = 50
DIGEST = 2**128
STANDARD = re.compile(r"\w{1,40}", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass
class Total:
    """The sum of some locations; sums can be added up, in any order."""

    locations: int = 0
    evses: int = 0
    standards: Counter[str] = field(default_factory=Counter)
    powers: Counter[str] = field(default_factory=Counter)
    extent: Extent = field(default_factory=Extent)
    operators: dict[str, str] = field(default_factory=dict)
    parties: set[str] = field(default_factory=set)
    digest: int = 0
    modified: str = ""
    live: bool = False

    def add(self, location: Location) -> None:
        """Take in one location; raises ValueError, TypeError or AttributeError where it is not in shape."""
        evses = _evses(location)
        connectors = [each for evse in evses for each in _dicts(evse.get("connectors"))]
        stated = location.get("coordinates")
        place: dict[str, Any] = stated if isinstance(stated, dict) else {}
        self.digest = (self.digest + _digest(location | {"evses": evses})) % DIGEST
        self.locations += 1
        self.evses += len(evses)
        self.standards.update(_standard(each) for each in connectors)
        self.powers.update(_power(evse) for evse in evses)
        self.extent.add(place.get("longitude"), place.get("latitude"))
        self._add_names(location)
        days = [day[0] for each in connectors if (day := DAY.match(clean(each.get("last_updated"))))]
        self.modified = max([self.modified, *days])
        self.live = self.live or any("status" in evse for evse in evses)

    def _add_names(self, location: Location) -> None:
        self.parties.add(party(location))
        name, website = operator(location), clean((location.get("operator") or {}).get("website"))
        if name and (name in self.operators or len(self.operators) < MOST_OPERATORS):
            self.operators[name] = min(filter(None, (self.operators.get(name), website)), default="")

    def take(self, other: Total) -> Total:
        """This sum with another one added."""
        operators = {
            name: min(filter(None, (self.operators.get(name), other.operators.get(name))), default="")
            for name in sorted(self.operators.keys() | other.operators.keys())[:MOST_OPERATORS]
        }
        return Total(
            self.locations + other.locations,
            self.evses + other.evses,
            self.standards + other.standards,
            self.powers + other.powers,
            self.extent.take(other.extent),
            operators,
            self.parties | other.parties,
            (self.digest + other.digest) % DIGEST,
            max(self.modified, other.modified),
            self.live or other.live,
        )

    def as_dict(self) -> dict[str, Any]:
        """As a cursor and a payload keep it."""
        return {
            "locations": self.locations,
            "evses": self.evses,
            "standards": dict(sorted(self.standards.items())),
            "powers": dict(sorted(self.powers.items())),
            "extent": self.extent.as_dict(),
            "operators": dict(sorted(self.operators.items())),
            "parties": sorted(self.parties),
            "digest": f"{self.digest:032x}",
            "modified": self.modified,
            "live": self.live,
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Total:
        """The sum that `as_dict` wrote down."""
        return cls(
            kept["locations"],
            kept["evses"],
            Counter(kept["standards"]),
            Counter(kept["powers"]),
            Extent.of(kept["extent"]),
            dict(kept["operators"]),
            set(kept["parties"]),
            int(kept["digest"], 16),
            kept["modified"],
            kept["live"],
        )


def hidden(location: Location) -> str:
    """Why a location is not for everybody; empty where it is."""
    if location.get("publish") is False:
        return "unpublished"
    if location.get("publish_allowed_to"):
        return "restricted"
    evses = _dicts(location.get("evses"))
    if _home(location) or (evses and all(map(_home, evses))):
        return "home"
    return ""


def party(location: Location) -> str:
    """Who runs the charging points, by country and party: BE*BEC."""
    return f"{clean(location.get('country_code'))}*{clean(location.get('party_id'))}".strip("*")


def operator(location: Location) -> str:
    """The operator by name."""
    stated = location.get("operator")
    return clean(stated.get("name")) if isinstance(stated, dict) else ""


def _home(part: Location) -> bool:
    return any(clean(part.get(name)).casefold() in HOME for name in HOME_FIELDS)


def _evses(location: Location) -> list[dict[str, Any]]:
    """The charging points that are there and stand in no home."""
    found = _dicts(location.get("evses"))
    return [evse for evse in found if clean(evse.get("status")).upper() not in GONE and not _home(evse)]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _standard(connector: dict[str, Any]) -> str:
    name = clean(connector.get("standard"))
    return name if STANDARD.fullmatch(name) else "UNKNOWN"


def _power(evse: dict[str, Any]) -> str:
    """The class of a charging point by the strongest of its connectors."""
    watts = max((_watts(each) for each in _dicts(evse.get("connectors"))), default=0)
    if watts <= 0:
        return "unknown"
    return "22" if watts <= NORMAL * 1.02 else "150" if watts < FAST else "more"


def _watts(connector: dict[str, Any]) -> float:
    """What is stated, else volts times amperes times phases."""
    try:
        stated = float(connector.get("max_electric_power") or 0)
        volts = float(connector.get("max_voltage") or connector.get("voltage") or 0)
        amperes = float(connector.get("max_amperage") or connector.get("amperage") or 0)
    except (TypeError, ValueError):
        return 0
    return stated or volts * amperes * PHASES.get(clean(connector.get("power_type")), 1)


def _digest(location: Location) -> int:
    text = json.dumps(_lasting(location), sort_keys=True, ensure_ascii=False)
    return int.from_bytes(hashlib.sha256(text.encode(errors="replace")).digest()[:16])


def _lasting(value: Any) -> Any:
    """A value without what changes by the minute and without what is not stated; lists in an order of their own."""
    if isinstance(value, dict):
        kept = {name: _lasting(each) for name, each in value.items() if name not in VOLATILE}
        return {name: each for name, each in kept.items() if each not in (None, "", [], {})}
    if isinstance(value, list):
        return sorted((_lasting(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
    return value


def key(location: Location, split: str) -> str:
    """Which dataset a location belongs to where a list is split by `party` or `operator`; empty for the only one."""
    return {"party": party, "operator": operator}.get(split, lambda _: "")(location)
