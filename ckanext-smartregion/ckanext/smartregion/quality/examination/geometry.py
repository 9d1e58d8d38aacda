"""Whether a value is a geometry of GeoJSON, seen from its structure: the common case that needs no JSON Schema."""

from typing import Any

# How many lists stand around a position, and how many items the innermost of them holds at least.
SHAPES = {
    "Point": (0, 0),
    "MultiPoint": (1, 0),
    "LineString": (1, 2),
    "MultiLineString": (2, 2),
    "Polygon": (2, 4),
    "MultiPolygon": (3, 4),
}
NUMBERS = (int, float)


def is_plain_geometry(value: Any) -> bool:
    """True only for what the schema of GeoJSON accepts: a geometry of two-dimensional positions and nothing beside."""
    if type(value) is not dict or len(value) != 2:
        return False
    kind = value.get("type")
    shape = SHAPES.get(kind) if type(kind) is str else None
    return shape is not None and "coordinates" in value and _is_nested(value["coordinates"], *shape)


def _is_nested(value: Any, depth: int, least: int) -> bool:
    if type(value) is not list:
        return False
    if depth == 0:
        return len(value) == 2 and type(value[0]) in NUMBERS and type(value[1]) in NUMBERS
    return (depth > 1 or len(value) >= least) and all(_is_nested(part, depth - 1, least) for part in value)
