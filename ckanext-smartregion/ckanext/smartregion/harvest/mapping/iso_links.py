"""The online resources of an ISO record by what opens them: files, services, pages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.harvest.rules.addresses import is_web

Sheet = dict[str, Any]
Link = dict[str, Any]

# The protocol names a service as OGC:WMS, OGC:WMS-1.3.0-http-get-map, ESRI:REST, http://www.opengis.net/def/…/wfs.
SERVICES = (
    (re.compile(r"\bWMTS\b", re.IGNORECASE), "WMTS_SRVC"),
    (re.compile(r"\bWMS\b", re.IGNORECASE), "WMS_SRVC"),
    (re.compile(r"\bWFS\b", re.IGNORECASE), "WFS_SRVC"),
    (re.compile(r"\bWCS\b", re.IGNORECASE), "WCS_SRVC"),
    (re.compile(r"\b(?:ESRI|ARCGIS)\b.*|\bOGC.?API|\bOGC:OAF|\bSOS\b|\bREST\b", re.IGNORECASE), "REST"),
)
ATOM = re.compile(r"\batom\b", re.IGNORECASE)
DOWNLOAD = re.compile(r"download|^FILE\b|^FTP", re.IGNORECASE)
FILE = re.compile(
    r"\.(?:zip|csv|json|geojson|gpkg|gml|kml|kmz|shp|xlsx?|ods|pdf|tiff?|dxf|dwg|laz|las|7z|xml|txt)$", re.I
)
# Links to the record itself, as XML or as a page of its catalogue.
VIEW = re.compile(r"request=getrecordbyid|catalog\.search#|/srv/api/records/", re.IGNORECASE)
# Parameters that belong to one question and not to the address of a service.
QUESTION = {"request", "service", "version"}


def resources(sheet: Sheet) -> list[Draft]:
    """What can be opened: files and services, each address once."""
    found = {}
    for link in sheet["online"]:
        if is_web(link["url"]) and (resource := _resource(link, sheet)):
            found.setdefault(resource["url"], resource)
    for point in sheet["service"].get("points", []):
        known = {bare(url) for url in found}
        if is_web(point) and bare(point) not in known:
            link = {"url": point, "protocol": sheet["service"]["type"], "name": sheet["title"], "description": {}}
            found[point] = _service(link, _protocol(link) or "REST", sheet)
    return list(found.values())


def pages(sheet: Sheet) -> list[str]:
    """The links that are pages to read."""
    links = (link["url"] for link in sheet["online"] if is_web(link["url"]) and not _resource(link, sheet))
    return list(dict.fromkeys(links))


def _resource(link: Link, sheet: Sheet) -> Draft | None:
    if VIEW.search(link["url"]):
        return None
    if form := _protocol(link):
        return _service(link, form, sheet)
    if ATOM.search(link["protocol"]) or ATOM.search(link["profile"]):
        return _file(link, "ATOM")
    if DOWNLOAD.search(link["protocol"]) or link["function"] == "download" or is_file(link["url"]):
        return _file(link, link["profile"] or _form(link, sheet))
    return None


def _protocol(link: Link) -> str:
    """Which service a link opens: by its protocol, else by the question that it asks."""
    asked = dict(parse_qsl(urlsplit(link["url"]).query.lower())).get("service", "")
    return service_form(link["protocol"]) or service_form(asked)


def service_form(protocol: str) -> str:
    """The file type of the service that a protocol means; empty for none."""
    return next((form for pattern, form in SERVICES if pattern.search(protocol)), "")


def is_file(url: str) -> bool:
    """Whether an address ends as files do."""
    return bool(FILE.search(urlsplit(url).path))


def _service(link: Link, form: str, sheet: Sheet) -> Draft:
    served = [address for address in sheet["service"].get("serves", []) if is_web(address)]
    asks = "getcapabilities" in link["url"].lower()
    name = next(iter(link["name"].values()), "") or next(iter(sheet["title"].values()), "")
    service = {
        "title": name,
        "endpoint_url": [bare(link["url"])],
        "endpoint_description": link["url"] if asks else "",
        "serves_dataset": served,
    }
    return _kept(
        name_translated=link["name"],
        description_translated=link["description"],
        url=link["url"],
        access_url=link["url"],
        format=form,
        access_services=[_kept(**service)],
    )


def _file(link: Link, form: str) -> Draft:
    return _kept(
        name_translated=link["name"],
        description_translated=link["description"],
        url=link["url"],
        access_url=link["url"],
        download_url="" if form == "ATOM" else link["url"],
        format=form,
    )


def _form(link: Link, sheet: Sheet) -> str:
    """The format of a file that does not say it: that of the record, where the record has only one."""
    ending = FILE.search(urlsplit(link["url"]).path)
    if ending and ending[0].lower() not in (".zip", ".7z"):
        return ending[0][1:]
    return next(iter(forms(sheet)), "") if len(set(forms(sheet))) == 1 else ""


def forms(sheet: Sheet) -> Iterator[str]:
    """The formats that the record names: "ESRI Shapefile (.shp)" by what stands in its brackets."""
    for each in sheet["formats"]:
        inside = re.search(r"\(\.?(\w+)\)", each["text"])
        yield (inside[1] if inside else each["text"]).strip()


def bare(url: str) -> str:
    """The address of a service without the question that was put to it."""
    parts = urlsplit(url)
    query = [
        (key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key.lower() not in QUESTION
    ]
    return urlunsplit(parts._replace(query=urlencode(query), fragment=""))


def _kept(**facts: Any) -> Draft:
    return {name: fact for name, fact in facts.items() if fact}
