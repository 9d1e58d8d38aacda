"""The rule on points that lie in a municipality, measured on its simplified boundary."""

import datetime as dt
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from ckanext.smartregion import territory
from ckanext.smartregion.quality.examination.rules.surroundings import Judged, Surroundings

if TYPE_CHECKING:
    import numpy as np
    from shapely.geometry.base import BaseGeometry

METRES_PER_DEGREE = 111_195.0


def inside_municipality(frame: pl.DataFrame, said: Mapping[str, Any], around: Surroundings) -> Judged:
    """Rows whose point lies further outside the boundary than the tolerance; unknown codes are not judged here."""
    import numpy as np
    import shapely

    points = _points(frame, said["columns"])
    codes = frame[said["municipality"]].cast(pl.String)
    broken = np.zeros(frame.height, dtype=bool)
    for code in codes.drop_nulls().unique():
        if boundary := around.boundaries.get(code):
            rows = (codes == code).fill_null(value=False).to_numpy() & ~shapely.is_missing(points)
            broken[rows] = ~_near(points[rows], boundary, said["tolerance_m"])
    return Judged(pl.Series("broken", broken, dtype=pl.Boolean))


def _near(points: "np.ndarray", boundary: "BaseGeometry", metres: float) -> "np.ndarray":
    """Whether geometries touch a boundary or come as near; around one municipality the earth is flat enough."""
    import shapely

    shrink = math.cos(math.radians(boundary.centroid.y))
    scale = (shrink * METRES_PER_DEGREE, METRES_PER_DEGREE)
    flat = shapely.transform(boundary, lambda positions: positions * scale)
    shapely.prepare(flat)
    return shapely.dwithin(flat, shapely.transform(points, lambda positions: positions * scale), metres)


def _points(frame: pl.DataFrame, columns: list[str]) -> "np.ndarray":
    """One geometry per row; None where there is none or where it can't be read."""
    import numpy as np
    import shapely

    if len(columns) == 2:
        lon, lat = (frame[name].cast(pl.Float64).to_numpy() for name in columns)
        points = shapely.points(lon, lat)
        return np.where(np.isnan(lon) | np.isnan(lat), None, points)
    texts = frame[columns[0]]
    if texts.str.starts_with("{").any():
        read = shapely.from_geojson(texts.to_numpy(), on_invalid="ignore")
        return np.where(shapely.is_empty(read), None, read)
    pair = frame.select(pl.col(columns[0]).str.split_exact(",", 1).struct.unnest()).cast(pl.Float64, strict=False)
    return _points(pair, pair.columns)


def boundaries_of(codes: set[str], today: dt.date) -> "dict[str, BaseGeometry]":
    """The boundaries of municipalities by NIS code; a former code has that of its successor."""
    meant = {code: territory.by_nis(code, today) for code in codes}
    known = territory.boundaries()
    return {code: known[one.nis] for code, one in meant.items() if one and one.nis in known}
