"""What nobody has to write: what a contract assumes, what the organisation answers, what a rule implies."""

import json
from typing import Any

from ckanext.smartregion import territory
from ckanext.smartregion.schemas import vocabulary
from ckanext.smartregion.translations import localised

Data = dict[str, Any]


def complete_dataset(contract: Data, data: Data, organization: Data | None) -> Data:
    """The dataset with its empty fields filled as far as anything is known; what was written stays."""
    known = answers(organization) if organization else {}
    completed = _fill(data, known | _assumptions(contract["dataset_fields"], known))
    if isinstance(completed.get("resources"), list):
        assumed = _assumptions(contract["resource_fields"], {})
        completed["resources"] = [_fill(resource, assumed) for resource in completed["resources"]]
    return _with_legislation(completed) if listed(completed.get("hvd_category")) else completed


def answers(organization: Data) -> Data:
    """What an organisation says about each of its datasets: whom to ask, in which language, about which territory."""
    return {
        field: value
        for field, value in {
            "contact": _correspondent(organization),
            "language": _languages(organization),
            "spatial_coverage": _territory(organization),
        }.items()
        if value
    }


def listed(value: Any) -> list[Any]:
    """A list from a list, from its JSON, or from a single value."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return [value]
    return value if isinstance(value, list) else [value] if value else []


def _fill(data: Data, known: Data) -> Data:
    return data | {field: value for field, value in known.items() if _empty(data, field)}


def _empty(data: Data, field: str) -> bool:
    """Whether a field holds nothing; a form sends a repeated field as `field-0-part`."""
    if data.get(field) not in (None, "", [], {}):
        return False
    return not any(key.startswith(f"{field}-") and value for key, value in data.items())


def _assumptions(fields: list[Data], known: Data) -> Data:
    return {
        field["field_name"]: field["assume"]
        for field in fields
        if field.get("assume") and field["field_name"] not in known
    }


def _correspondent(organization: Data) -> list[Data]:
    email = organization.get("correspondent_email")
    name = organization.get("correspondent_name") or organization.get("title")
    return [{"name": name, "email": email}] if email else []


def _languages(organization: Data) -> list[str]:
    """The first language of the organisation; a second one is a facility, not the language of its files."""
    concepts = (vocabulary("language").find(tag) for tag in listed(organization.get("language"))[:1])
    return [concept.uri for concept in concepts if concept]


def _territory(organization: Data) -> list[Data]:
    """The municipality itself; for all others Wallonia, which is coarse but never wrong here."""
    municipality = territory.by_nis(organization.get("nis_code"))
    if municipality and municipality.bbox:
        box = " ".join(str(number) for number in municipality.bbox)
        return [{"text": localised(municipality.titles, "fr"), "bbox": _polygon(box)}]
    place = vocabulary("place").by_code("WALLONIA") if organization.get("kind") else None
    return [{"uri": place.uri, "text": place.label("fr"), "bbox": _polygon(place.extra["bbox"])}] if place else []


def _polygon(box: str) -> str:
    west, south, east, north = (float(number) for number in box.split())
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return json.dumps({"type": "Polygon", "coordinates": [corners]})


def _with_legislation(data: Data) -> Data:
    """High-value data stand under the European regulation: so do their files and the services that give them."""
    completed = _under_regulation(data)
    if isinstance(data.get("resources"), list):
        completed["resources"] = [_file_of_high_value(resource, data) for resource in data["resources"]]
    return completed


def _file_of_high_value(resource: Data, dataset: Data) -> Data:
    completed = _under_regulation(resource)
    services = resource.get("access_services")
    if isinstance(services, list):
        category = {"hvd_category": listed(dataset["hvd_category"])}
        completed["access_services"] = [_under_regulation(_fill(service, category)) for service in services]
    return completed


def _under_regulation(data: Data) -> Data:
    regulation = vocabulary("legislation").by_code("HVD")
    named = listed(data.get("applicable_legislation"))
    if regulation is None or regulation.uri in named or regulation.code in named:
        return data
    return data | {"applicable_legislation": [*named, regulation.uri]}
