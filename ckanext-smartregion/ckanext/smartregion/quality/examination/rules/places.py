"""The rule on points that lie in a municipality, measured on its simplified boundary."""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import polars as pl

from ckanext.smartregion import territory
from ckanext.smartregion.quality.examination.positions import coordinates
from ckanext.smartregion.quality.examination.rules.surroundings import Judged, Surroundings

if TYPE_CHECKING:
    import numpy as np
    from shapely.geometry.base import BaseGeometry

METRES_PER_DEGREE = 111_195.0


class Points(NamedTuple):
    """What lies where, by row: whether there is something, what touches a boundary, and the geometries themselves.

    Points are made of coordinates only for the few rows that need a distance.
    """

    there: "np.ndarray"
    touching: "Callable[[BaseGeometry, np.ndarray], np.ndarray]"
    geometries: "Callable[[np.ndarray], np.ndarray]"


def inside_municipality(frame: pl.DataFrame, said: Mapping[str, Any], around: Surroundings) -> Judged:
    """Rows whose point lies further outside the boundary than the tolerance; unknown codes are not judged here."""
    import numpy as np
    import shapely

    points = _points(frame, said["columns"])
    codes = frame[said["municipality"]].cast(pl.String)
    broken = np.zeros(frame.height, dtype=bool)
    for code in codes.drop_nulls().unique():
        if boundary := around.boundaries.get(code):
            shapely.prepare(boundary)
            rows = np.flatnonzero((codes == code).fill_null(value=False).to_numpy() & points.there)
            outside = rows[~points.touching(boundary, rows)]
            broken[outside] = ~_near(points.geometries(outside), boundary, said["tolerance_m"])
    return Judged(pl.Series("broken", broken, dtype=pl.Boolean))


def _near(points: "np.ndarray", boundary: "BaseGeometry", metres: float) -> "np.ndarray":
    """Whether geometries come as near to a boundary; around one municipality the earth is flat enough."""
    import shapely

    scale = (math.cos(math.radians(boundary.centroid.y)) * METRES_PER_DEGREE, METRES_PER_DEGREE)
    flat = shapely.transform(boundary, lambda positions: positions * scale)
    shapely.prepare(flat)
    return shapely.dwithin(flat, shapely.transform(points, lambda positions: positions * scale), metres)


def _points(frame: pl.DataFrame, columns: list[str]) -> Points:
    """The points of longitudes and latitudes, of geometries in GeoJSON, or of texts such as 4.86,50.47."""
    if len(columns) == 2:
        return _of_coordinates(frame.select(pl.col(columns).cast(pl.Float64)))
    texts = frame[columns[0]]
    pair = coordinates(texts)
    others = texts.filter(pair["lon"].is_null() | pair["lat"].is_null())
    return _of_geojson(texts) if others.str.starts_with("{").any() else _of_coordinates(pair)


def _of_coordinates(pair: pl.DataFrame) -> Points:
    import numpy as np
    import shapely

    lon, lat = (column.to_numpy() for column in pair)
    return Points(
        there=~(np.isnan(lon) | np.isnan(lat)),
        touching=lambda boundary, rows: shapely.intersects_xy(boundary, lon[rows], lat[rows]),
        geometries=lambda rows: cast("np.ndarray", shapely.points(lon[rows], lat[rows])),
    )


def _of_geojson(texts: pl.Series) -> Points:
    import shapely

    read = shapely.from_geojson(texts.to_numpy(), on_invalid="ignore")
    return Points(
        there=~(shapely.is_missing(read) | shapely.is_empty(read)),
        touching=lambda boundary, rows: shapely.intersects(boundary, read[rows]),
        geometries=lambda rows: read[rows],
    )


def boundaries_of(codes: set[str], today: dt.date) -> "dict[str, BaseGeometry]":
    """The boundaries of municipalities by NIS code; a former code has that of its successor."""
    meant = {code: territory.by_nis(code, today) for code in codes}
    known = territory.boundaries()
    return {code: known[one.nis] for code, one in meant.items() if one and one.nis in known}
