"""GeoJSON (RFC 7946): structure, positions, rings, identifiers, and the box that catches other coordinate systems."""

import itertools
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

from ckanext.smartregion.quality.examination.personal.masking import hidden
from ckanext.smartregion.quality.examination.refusal import Refused
from ckanext.smartregion.quality.formats import reading
from ckanext.smartregion.quality.formats.fields import is_number
from ckanext.smartregion.quality.formats.found import Found, place
from ckanext.smartregion.quality.formats.people import People

# How deep positions lie in the coordinates of each type, and how many make one line or ring.
DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
FEWEST = {"LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}
AREAS = ("Polygon", "MultiPolygon")
COLLECTION = "GeometryCollection"
GEOMETRIES = (*DEPTHS, COLLECTION)
MOST_COLLECTIONS = 4
# The coordinate reference system of the standard, as older software names it.
CRS84 = ("urn:ogc:def:crs:ogc:1.3:crs84", "urn:ogc:def:crs:ogc::crs84", "ogc:crs84")
# Members that hold no texts of their own.
STRUCTURE = frozenset({"type", "features", "geometry", "bbox", "coordinates", "geometries", "crs"})
Position = list[Any]


def validate(path: Path, found: Found, people: People) -> None:
    """Tell `found` what breaks the rules of GeoJSON in a file; Refused where it is none."""
    document = reading.lone_document(path, found.limits, not_geojson)
    found.encoding = "utf-8"
    for name, times in document.doubles.items():
        found.add_many("duplicate-member", name, times, [place(name)])
    top = document.value
    if not isinstance(top, dict) or top.get("type") not in ("FeatureCollection", "Feature", *GEOMETRIES):
        raise not_geojson()
    _Features(found, people).judge(top)


def not_geojson() -> Refused:
    """The refusal of what is no GeoJSON at all."""
    return Refused("not-this-format", format="GeoJSON", form="{ type: FeatureCollection }")


class _Features:
    """The features of one document, and the identifiers seen."""

    def __init__(self, found: Found, people: People) -> None:
        self.found, self.people = found, people
        self.seen: set[Hashable] = set()
        self.record: Hashable = None
        self.key: Any = ""

    def judge(self, top: dict[str, Any]) -> None:
        self._crs(top.get("crs"))
        if top["type"] in GEOMETRIES:
            self.found.records = 1
            self.record = 0
            self._geometry(top, "")
            return
        features = [top] if top["type"] == "Feature" else top.get("features")
        if not isinstance(features, list):
            self._add("geojson-member", "features", "/features", features)
            return
        self.found.records = len(features)
        self._box(top, "")
        if top["type"] == "FeatureCollection":
            self._texts(top, "")
        for number, feature in enumerate(features):
            self.record = number
            self._feature(feature, f"/features/{number}" if top["type"] == "FeatureCollection" else "")

    def _add(self, rule: str, where: str, at: str, value: Any = "", hint: str | None = None, **values: Any) -> None:
        told = place(at or "/", value, key=self.key, hint=hint)
        self.found.add(rule, where, told, self.record, **values)

    def _crs(self, crs: Any) -> None:
        """The standard has no such member: nothing but CRS84 may be meant."""
        if crs is None:
            return
        properties = crs.get("properties") if isinstance(crs, dict) else None
        name = str(properties.get("name")) if isinstance(properties, dict) else str(crs)
        rule = "geojson-crs-needless" if name.casefold() in CRS84 else "geojson-crs"
        self.found.add(rule, "crs", place("/crs", name))

    def _feature(self, feature: Any, at: str) -> None:
        self.key = ""
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            self._add(
                "geojson-type",
                "feature",
                f"{at}/type",
                feature if not isinstance(feature, dict) else feature.get("type"),
                values="Feature",
            )
            return
        self._identifier(feature, at)
        self._texts(feature, at)
        for member in ("geometry", "properties"):
            if member not in feature or not isinstance(feature[member], dict | None):
                self._add("geojson-member", member, f"{at}/{member}", feature.get(member))
        if "geometry" in feature and feature["geometry"] is None:
            self._add("geojson-no-place", "geometry", f"{at}/geometry")
        elif isinstance(feature.get("geometry"), dict):
            self._geometry(feature["geometry"], f"{at}/geometry")
        self._box(feature, at)

    def _texts(self, holder: dict[str, Any], at: str) -> None:
        """All that is neither a place nor another feature: properties, and members that others have added."""
        for name, value in holder.items():
            if name not in STRUCTURE:
                label = hidden(name)
                self.people.walk(value, label, f"{at}/{label}", key=self.key, record=self.record)

    def _identifier(self, feature: dict[str, Any], at: str) -> None:
        identifier = feature.get("id")
        if identifier is None:
            return
        self.key = identifier
        if not isinstance(identifier, str) and not is_number(identifier):
            self._add("geojson-id", "id", f"{at}/id", identifier)
        elif (type(identifier) is str, identifier) in self.seen:
            self._add("duplicate-id", "id", f"{at}/id", identifier)
        else:
            self.seen.add((type(identifier) is str, identifier))

    def _box(self, holder: dict[str, Any], at: str) -> None:
        box = holder.get("bbox")
        if box is None:
            return
        if not isinstance(box, list) or len(box) not in (4, 6) or not all(map(is_number, box)):
            self._add("geojson-bbox", "bbox", f"{at}/bbox", box)
            return
        south, north = box[1], box[len(box) // 2 + 1]
        if south > north:
            self._add("geojson-bbox", "bbox", f"{at}/bbox", ", ".join(map(str, box)))

    def _geometry(self, geometry: dict[str, Any], at: str, depth: int = 0) -> None:
        kind = geometry.get("type")
        if kind == COLLECTION:
            self._collection(geometry, at, depth)
        elif not isinstance(kind, str) or kind not in DEPTHS:
            self._add("geojson-type", "geometry.type", f"{at}/type", kind, values=", ".join(GEOMETRIES))
        elif not isinstance(geometry.get("coordinates"), list):
            self._add("geojson-member", "geometry.coordinates", f"{at}/coordinates", geometry.get("coordinates"))
        else:
            self._coordinates(kind, geometry["coordinates"], f"{at}/coordinates")

    def _collection(self, geometry: dict[str, Any], at: str, depth: int) -> None:
        if depth >= MOST_COLLECTIONS:
            raise Refused("too-nested", limit=MOST_COLLECTIONS)
        if depth:
            self._add("geojson-nested-collection", "geometry", at)
        parts = geometry.get("geometries")
        if not isinstance(parts, list):
            self._add("geojson-member", "geometry.geometries", f"{at}/geometries", parts)
            return
        for number, part in enumerate(parts):
            if isinstance(part, dict):
                self._geometry(part, f"{at}/geometries/{number}", depth + 1)
            else:
                self._add("geojson-member", "geometry.geometries", f"{at}/geometries/{number}", part)

    def _coordinates(self, kind: str, coordinates: list[Any], at: str) -> None:
        """Every position, then every line and ring; at most one finding of a rule and geometry, the first place."""
        told: set[str] = set()
        for line, where in _lines(coordinates, DEPTHS[kind], at):
            if line is None:
                self._add("geojson-position", "geometry.coordinates", where, "[…]")
                return
            for number, position in enumerate(line):
                if not self._position(position, where if kind == "Point" else f"{where}/{number}", told):
                    return
            if kind in FEWEST:
                self._line(kind, line, where, told)

    def _position(self, position: Any, at: str, told: set[str]) -> bool:
        if not isinstance(position, list) or len(position) < 2 or not all(map(is_number, position)):
            self._add(
                "geojson-position",
                "geometry.coordinates",
                at,
                position if not isinstance(position, list) else str(position[:4]),
            )
            return False
        shown = f"{position[0]}, {position[1]}"
        if len(position) > 3 and "more" not in told:
            told.add("more")
            self._add("geojson-more-numbers", "geometry.coordinates", at, str(position[:6]))
        mistake = self.found.outside(position[0], position[1])
        if mistake is not None and "outside" not in told:
            told.add("outside")
            self._add(
                "outside-region", "geometry.coordinates", at, shown, hint=mistake or None, **self.found.settings["box"]
            )
        return True

    def _line(self, kind: str, line: list[Position], at: str, told: set[str]) -> None:
        if len(line) < FEWEST[kind]:
            self._add("geojson-too-few", "geometry.coordinates", at, len(line), values=FEWEST[kind])
        elif kind in AREAS and line[0] != line[-1]:
            self._add("geojson-ring-open", "geometry.coordinates", at, f"{line[0]} … {line[-1]}")
        elif kind in AREAS and "order" not in told and _is_clockwise(line) == at.endswith("/0"):
            told.add("order")
            self._add("geojson-ring-order", "geometry.coordinates", at)


def _lines(coordinates: list[Any], depth: int, at: str) -> Iterator[tuple[list[Position] | None, str]]:
    """The lists of positions in coordinates, each with its address; None where there is something else."""
    if depth == 0:
        yield [coordinates], at
    elif depth == 1:
        yield coordinates, at
    else:
        for number, part in enumerate(coordinates):
            if isinstance(part, list):
                yield from _lines(part, depth - 1, f"{at}/{number}")
            else:
                yield None, f"{at}/{number}"


def _is_clockwise(ring: list[Position]) -> bool:
    """Whether a closed ring runs clockwise: twice its area is then negative."""
    pairs = itertools.pairwise(ring)
    return sum(one[0] * two[1] - two[0] * one[1] for one, two in pairs) < 0
