"""From what a GBFS feed says of its service to a draft: one resource per file, vehicles as themes and modes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ckanext.smartregion.harvest.mapping.extent import Extent
from ckanext.smartregion.harvest.mapping.mobility import (
    TEXTS,
    Texts,
    concept,
    concepts,
    counted,
    keywords,
    numbers,
    paragraph,
    standard,
    tell,
)
from ckanext.smartregion.harvest.reading.gbfs_files import LIVE_STATIONS, LIVE_VEHICLES
from ckanext.smartregion.harvest.records import Draft, Finding
from ckanext.smartregion.harvest.rules.addresses import is_web
from ckanext.smartregion.schemas import LANGUAGES

State = dict[str, Any]


class Vehicle(NamedTuple):
    """What a form of vehicle is called in the title, as a mode, and as a theme at rest and right now."""

    word: str
    mode: str
    places: str
    availability: str


BICYCLE = Vehicle("bicycle", "bike-sharing", "bike-sharing-locations-and-stations", "bike-sharing-availability")
SCOOTER = Vehicle("scooter", "e-scooter", "e-scooter-sharing-locations-and-stations", "e-scooter-sharing-availability")
CAR = Vehicle("car", "car-sharing", "car-sharing-locations-and-stations", "car-sharing-availability")
MOPED = Vehicle("vehicles", "motorcycle", "sharing-and-hiring-services", "sharing-and-hiring-services")
OTHER = Vehicle("vehicles", "other", "sharing-and-hiring-services", "sharing-and-hiring-services")
VEHICLES = {
    "bicycle": BICYCLE,
    "cargo_bicycle": BICYCLE,
    "scooter": SCOOTER,
    "scooter_standing": SCOOTER,
    "scooter_seated": SCOOTER,
    "car": CAR,
    "moped": MOPED,
}


def draft(state: State, url: str) -> Draft:
    """The fields of the dataset, as the feed states them."""
    service = state["service"]
    vehicles = _vehicles(state)
    live = bool({LIVE_STATIONS, *LIVE_VEHICLES} & set(state["files"]))
    themes = [each.places for each in vehicles] + [each.availability for each in vehicles if live]
    services = ["location-search", *(["dynamic-availability-check"] if live else [])]
    words = {each.word for each in vehicles}
    return {
        "identifier": service.get("system_id"),
        "title_translated": tell(
            "gbfs", f"title-{words.pop() if len(words) == 1 else 'vehicles'}", name=_name(service)
        ),
        "notes_translated": _notes(state, service),
        "tags_translated": keywords("gbfs"),
        "language": service.get("languages"),
        "url": service["url"] if is_web(service.get("url")) else "",
        "frequency": concept("frequency", "UPDATE_CONT") if live else "",
        "publisher": _publisher(service),
        "contact": _contact(service),
        "temporal_coverage": [{"start": service["start_date"]}] if service.get("start_date") else [],
        "spatial_coverage": Extent.of((state.get("stations") or {}).get("extent") or {}).coverage(),
        "mobility_theme": concepts("mobility-theme", themes),
        "transport_mode": concepts("transport-mode", sorted(each.mode for each in vehicles)),
        "network_coverage": [concept("network-coverage", "urban-and-local-roads")],
        "nap_type": [concept("nap-type", "MMTIS")],
        "intended_information_service": concepts("intended-information-service", services),
        "resources": list(_resources(state, url)),
    }


def findings(state: State) -> Iterator[Finding]:
    """What a data officer should know of the feed."""
    for name in state["broken"]:
        yield Finding("gbfs-file-broken", "resources", name)
    if nowhere := ((state.get("stations") or {}).get("extent") or {}).get("nowhere"):
        yield Finding("points-nowhere", "spatial_coverage", nowhere)


def _vehicles(state: State) -> list[Vehicle]:
    """The forms of vehicles; a service that tells none has bicycles, says the standard."""
    forms = state.get("forms") or ["bicycle"]
    return sorted({VEHICLES.get(form, OTHER) for form in forms})


def _spoken(texts: dict[str, str], otherwise: str = "") -> Texts:
    """A name in every language: the first that it has where it lacks one."""
    spare = next((texts[language] for language in (*LANGUAGES, *sorted(texts)) if texts.get(language)), otherwise)
    return {language: texts.get(language) or spare for language in LANGUAGES}


def _name(service: State) -> Texts:
    return _spoken(service.get("name") or service.get("short_name") or {}, service.get("system_id", ""))


def _notes(state: State, service: State) -> Texts:
    stations = state.get("stations") or {}
    number, capacity = stations.get("number", 0), stations.get("capacity", 0)
    operator = service.get("operator")
    facts = {"stations": counted("stations", number), "capacity": numbers(capacity)}
    return paragraph(
        tell("gbfs", "content", name=_name(service), version=state["version"]),
        tell("gbfs", "operator", operator=_spoken(operator)) if operator else None,
        tell("gbfs", "capacity" if capacity else "stations", **facts) if number else None,
        TEXTS["gbfs"]["live-stations"] if LIVE_STATIONS in state["files"] else None,
        TEXTS["gbfs"]["live-vehicles"] if set(LIVE_VEHICLES) & set(state["files"]) else None,
    )


def _publisher(service: State) -> list[Draft]:
    texts = service.get("operator") or service.get("attribution_organization_name") or service.get("name") or {}
    name = _spoken(texts)["fr"]
    return [{"name": name} | ({"url": service["url"]} if is_web(service.get("url")) else {})] if name else []


def _contact(service: State) -> list[Draft]:
    email = service.get("feed_contact_email") or service.get("email") or ""
    name = _spoken(service.get("operator") or service.get("name") or {})["fr"]
    return [{"name": name, "email": email}] if email else []


def _resources(state: State, url: str) -> Iterator[Draft]:
    """The list of files first, then each file; what the standard names comes in its order, what else there is after."""
    known = list(TEXTS["gbfs-resources"])
    files = {"gbfs": url} | {name: address for name, address in state["files"].items() if name != "gbfs"}
    for name in sorted(files, key=lambda name: (known.index(name) if name in known else len(known), name)):
        yield {
            "name_translated": TEXTS["gbfs-resources"].get(name) or dict.fromkeys(LANGUAGES, name),
            "url": files[name],
            "download_url": files[name],
            "format": "JSON",
            "mimetype": "application/json",
            "character_encoding": "UTF-8",
            **standard("gbfs", state["version"]),
        }
