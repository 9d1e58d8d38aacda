"""Data services: the interfaces through which the data of a dataset can be read by a program."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ckanext.smartregion.feeds.description.codes import addresses, coded, coded_list, iri_of, licence
from ckanext.smartregion.feeds.description.iris import absolute, part_iri
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.feeds.description.values import as_list, clean, texts

NAME_OF_API = {"fr": "API : {}", "nl": "API: {}", "de": "API: {}", "en": "API: {}"}

# Services of the OGC by file type: what they keep follows from it, and where they describe themselves.
OGC_STANDARDS = "http://www.opengis.net/def/serviceType/ogc/"
OGC = {iri_of("file-type", f"{each.upper()}_SRVC"): each for each in ("wms", "wfs", "wcs", "wmts")}

Service = dict[str, Any]


def of_resource(resource: dict[str, Any], dataset: Service, distribution: Service, portal: Portal) -> list[Service]:
    """The services of a resource: those its metadata names, and our own where the data can be read through it.

    A high-value dataset must reach a service: where its file is no table of ours, that is the catalogue's own.
    """
    stated = [item for item in as_list(resource.get("access_services")) if isinstance(item, dict)]
    named = [_named(item, number, dataset, distribution, portal) for number, item in enumerate(stated, start=1)]
    usable = [service for service in named if service["endpoint_url"]]
    if resource.get("datastore_active"):
        return [*usable, _own("datastore", f"datastore_search?resource_id={resource['id']}", dataset, portal)]
    if not usable and dataset["hvd_category"]:
        return [_own("catalogue", f"package_show?id={quote(dataset['id'])}", dataset, portal)]
    return usable


def _own(name: str, endpoint: str, dataset: Service, portal: Portal) -> Service:
    action = endpoint.partition("?")[0]
    return {
        **_shared(dataset),
        # The catalogue's interface gives the description, which is under the catalogue's own licence.
        "license": dataset["license"] or (portal.licence if name == "catalogue" else None),
        "uri": part_iri(dataset["home"], f"service-{name}"),
        "title": _api_of(dataset["title_translated"]),
        "description": _description(name, portal) or dataset["title_translated"],
        "endpoint_url": [f"{portal.base}/api/3/action/{endpoint}"],
        "endpoint_description": f"{portal.base}/api/3/action/help_show?name={action}",
        "documentation": [portal.documentation],
        "conforms_to": [portal.documentation],  # CKAN's interface is what its guide says
        "identifier": part_iri(dataset["home"], f"service-{name}"),
    }


def _description(name: str, portal: Portal) -> dict[str, str]:
    """What an interface of the portal is for, as the catalogue says it."""
    return next((about["description"] for about in portal.services if about["name"] == name), {})


def _named(item: Service, number: int, dataset: Service, distribution: Service, portal: Portal) -> Service:
    title = texts(item.get("title_translated"), portal.language) or texts(item.get("title"), portal.language)
    title = title or _api_of(dataset["title_translated"])
    description = texts(item.get("description_translated") or item.get("description"), portal.language)
    uri = absolute(item.get("uri")) or part_iri(distribution["home"], f"service-{number}")
    endpoints = addresses(item.get("endpoint_url"))
    standard = OGC.get(distribution["format"] or "")
    return {
        **_shared(dataset),
        **_stated(item, portal.language),
        "uri": uri,
        "title": title,
        "description": description or title,  # as data.gov.be would have it
        "endpoint_url": endpoints,
        "endpoint_description": absolute(item.get("endpoint_description")) or _capabilities(endpoints, standard),
        "conforms_to": addresses(item.get("conforms_to")) or ([OGC_STANDARDS + standard] if standard else []),
        "documentation": _pages(item) or [dataset["url"]],
        "identifier": clean(item.get("identifier")) or uri,
    }


def _stated(item: Service, language: str) -> Service:
    """What a service says itself of the things it would else take over."""
    stated = {
        "theme": coded_list("data-theme", item.get("theme")),
        "hvd_category": coded_list("hvd-category", item.get("hvd_category")),
        "license": licence(item.get("license")),
        "access_rights": coded("access-right", item.get("access_rights")),
        "language": coded_list("language", item.get("language")),
        "keyword": {language: words} if (words := list(filter(None, map(clean, as_list(item.get("keyword")))))) else {},
    }
    return {key: value for key, value in stated.items() if value}


def _capabilities(endpoints: list[str], standard: str | None) -> str | None:
    """Where a service of the OGC describes itself."""
    if not endpoints or not standard:
        return None
    bare, _, query = endpoints[0].partition("?")
    kept = [each for each in query.split("&") if each and each.partition("=")[0].lower() not in ("service", "request")]
    return f"{bare}?{'&'.join([*kept, f'SERVICE={standard.upper()}', 'REQUEST=GetCapabilities'])}"


def _pages(item: Service) -> list[str]:
    return addresses(item.get("documentation")) or addresses(item.get("landing_page"))


def _shared(dataset: Service) -> Service:
    """What a service takes over from the dataset it serves."""
    return {
        "serves_dataset": [dataset["uri"]],
        "contact": dataset["contact"][0],
        "publisher": dataset["publisher"][0],
        "theme": dataset["theme"],
        "keyword": dataset["tags_translated"],
        "applicable_legislation": dataset["applicable_legislation"],
        "hvd_category": dataset["hvd_category"],
        "license": dataset["license"],
        "access_rights": dataset["access_rights"],
    }


def _api_of(title: dict[str, str]) -> dict[str, str]:
    return {tag: NAME_OF_API.get(tag, "API: {}").format(text) for tag, text in title.items()}
