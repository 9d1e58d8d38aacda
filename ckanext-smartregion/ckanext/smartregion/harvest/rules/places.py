"""Rules for places: outlines, addresses that are words, codes of municipalities and of NUTS."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import unquote

from ckanext.smartregion import territory
from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.harvest.rules.addresses import is_web
from ckanext.smartregion.schemas import vocabulary

NUTS_ADDRESS = "http://data.europa.eu/nuts/code/"
NUTS = re.compile(r"(?:NUTS[ :_-]*)?(BE(?:\d(?:\d[0-9A-F]?)?)?)", re.IGNORECASE)
NIS = re.compile(r"(?:(?:INS|NIS|REFNIS)[ :_-]*)?(\d{5})(?:\.0+)?", re.IGNORECASE)


def geometry(text: str) -> str:
    """A shape as GeoJSON, which the catalogue stores; empty when it is no shape."""
    if text.lstrip().startswith("{"):
        return text.strip()
    from shapely import from_wkt, to_geojson
    from shapely.errors import ShapelyError

    well_known = re.sub(r"^\s*(?:<[^>]*>|SRID=\d+;)?\s*", "", text)
    try:
        return to_geojson(from_wkt(well_known))
    except ShapelyError:
        return ""


def places(value: list[Draft]) -> list[Draft]:
    """Places given as an address that is none ("France entière") become text; known ones get https."""
    return [kept for kept in map(_place, value) if kept]


def _place(place: Draft) -> Draft:
    shapes = {key: geometry(place[key]) for key in ("geom", "bbox", "centroid") if key in place}
    place = {key: value for key, value in (place | shapes).items() if value}
    uri = place.get("uri", "")
    if re.match(r"https?://sws\.geonames\.org/", uri):
        return place | {"uri": re.sub(r"^http:", "https:", uri).rstrip("/") + "/"}
    if uri and (not is_web(uri) or "%20" in uri or " " in uri):
        rest = {key: text for key, text in place.items() if key != "uri"}
        text = unquote(uri.rstrip("/").rsplit("/", 1)[-1] if is_web(uri) else uri).strip()
        return {"text": text, **rest}
    return place


def coded(value: list[Draft]) -> list[Draft]:
    """Places given by a code get a name: NIS codes, also read as numbers (52011.0), and NUTS codes."""
    return [_coded(place) for place in value]


def _coded(place: Draft) -> Draft:
    uri, text = place.get("uri", ""), place.get("text", "").strip()
    code = uri.rstrip("/").rsplit("/", 1)[-1] if "nuts" in uri.casefold() else text
    if match := NUTS.fullmatch(code):
        return _of_nuts(place, match[1].upper())
    match = NIS.fullmatch(text)
    owner = territory.by_nis(match[1]) if match else None
    return place | {"text": owner.title} if owner else place


def _of_nuts(place: Draft, code: str) -> Draft:
    """A country, a region or a province by its NUTS code, under our address or the one that the EU gives it."""
    if place.get("uri", "").startswith(NUTS_ADDRESS):
        return place
    concept = vocabulary("place").by_code({"BE": "BELGIUM", "BE3": "WALLONIA"}.get(code, ""))
    uri, name = (concept.uri, concept.labels["fr"]) if concept else (NUTS_ADDRESS + code, _provinces().get(code, code))
    said = place.get("text", "")
    return place | {"uri": uri, "text": name if NUTS.fullmatch(said.strip()) or not said else said}


@cache
def _provinces() -> dict[str, str]:
    return {province.nuts2: province.title for province in territory.provinces()}
