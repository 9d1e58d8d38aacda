"""From the sum of OCPI locations to a draft: counts in sentences, powers, operators; no status of the moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from ckanext.smartregion.harvest.mapping.extent import Extent
from ckanext.smartregion.harvest.mapping.mobility import (
    TEXTS,
    Texts,
    concept,
    concepts,
    counted,
    enumerated,
    keywords,
    paragraph,
    shares,
    standard,
    tell,
)
from ckanext.smartregion.harvest.records import Change, Draft, Finding
from ckanext.smartregion.harvest.rules.addresses import is_web
from ckanext.smartregion.schemas import LANGUAGES

Sum = dict[str, Any]

PLACES = "location-and-conditions-of-charging-points"
AVAILABILITY = "availability-of-charging-points-for-electric-vehicles"
MOST_IN_TITLE = 2
# Enough of the digest to tell two sets of charging points apart, short enough to be shown.
SHOWN = 12


def draft(total: Sum, payload: dict[str, Any], url: str) -> Draft:
    """The fields of the dataset; `version` names the set of charging points and changes only with them."""
    services = ["location-search", *(["dynamic-availability-check"] if total["live"] else [])]
    operators = total["operators"]
    alone = next(iter(operators.items())) if len(operators) == 1 else ("", "")
    agent = {"name": alone[0]} | ({"url": alone[1]} if is_web(alone[1]) else {})
    return {
        "identifier": f"{url}#{payload['key']}" if payload["key"] else url,
        "title_translated": tell("ocpi", "title", name=_name(total, payload, url)),
        "notes_translated": _notes(total),
        "tags_translated": keywords("ocpi"),
        "version": total["digest"][:SHOWN],
        "modified": total["modified"],
        "publisher": [agent] if alone[0] else [],
        "contact": [agent] if "url" in agent else [],
        "spatial_coverage": Extent.of(total["extent"]).coverage(),
        "mobility_theme": concepts("mobility-theme", [PLACES, *([AVAILABILITY] if total["live"] else [])]),
        "transport_mode": [concept("transport-mode", "car")],
        "nap_type": [concept("nap-type", "RTTI")],
        "intended_information_service": concepts("intended-information-service", services),
        "resources": [_resource(payload)],
    }


def changes(payload: dict[str, Any]) -> Iterator[Change]:
    """What was left out of the list: nobody's business, or delivered twice."""
    if left := payload["left"]:
        yield Change("ocpi-left-out", "", left, None)
    if twins := payload["twins"]:
        yield Change("ocpi-twice", "", twins, None)


def findings(total: Sum, payload: dict[str, Any]) -> Iterator[Finding]:
    """What a data officer should know of the list."""
    if broken := payload["broken"]:
        yield Finding("ocpi-broken", "", broken)
    if nowhere := total["extent"]["nowhere"]:
        yield Finding("points-nowhere", "spatial_coverage", nowhere)


def _name(total: Sum, payload: dict[str, Any], url: str) -> Texts:
    operators = list(total["operators"])
    if 0 < len(operators) <= MOST_IN_TITLE:
        return dict.fromkeys(LANGUAGES, enumerated(operators))
    if operators:
        return counted("operators", len(operators))
    if payload["split"] == "operator":
        return TEXTS["ocpi"]["nobody"]
    return dict.fromkeys(LANGUAGES, enumerated(filter(None, total["parties"])) or urlsplit(url).hostname or url)


def _notes(total: Sum) -> Texts:
    operators, connectors = total["operators"], sum(total["standards"].values())
    facts = {
        "locations": counted("locations", total["locations"]),
        "evses": counted("evses", total["evses"]),
        "connectors": counted("connectors", connectors),
    }
    return paragraph(
        tell("ocpi", "content", **facts),
        tell("ocpi", "standards", kinds=shares(total["standards"], TEXTS["ocpi-standards"])) if connectors else None,
        tell("ocpi", "powers", kinds=shares(total["powers"], TEXTS["ocpi-powers"])) if total["evses"] else None,
        tell("ocpi", "operators", names=enumerated(operators)) if len(operators) > 1 else None,
        TEXTS["ocpi"]["left-out"],
    )


def _resource(payload: dict[str, Any]) -> Draft:
    """The list itself; OCPI has no filter by operator, so a dataset of one says how to find its part."""
    split, key = payload["split"], payload["key"]
    alone = key.rpartition("*")[2] if split == "party" else key
    notes = {"data_format_notes": tell("ocpi", f"only-{split}", value=alone)} if key and split != "all" else {}
    return {
        "name_translated": TEXTS["ocpi"]["resource"],
        "url": payload["address"],
        "download_url": payload["address"],
        "format": "JSON",
        "mimetype": "application/json",
        "character_encoding": "UTF-8",
        **standard("ocpi", payload["version"]),
        **notes,
    }
