"""Where something is, read from the canonical text of a cell: 4.86,50.47 or a geometry."""

import polars as pl

from ckanext.smartregion.quality.examination.evaluating import evaluated

POINT, POSITION = '{"type":"Point","coordinates":[', r'"coordinates":\[*-?[0-9.]+,-?[0-9.]+'


def positions(places: pl.Series) -> pl.DataFrame:
    """Longitude (`lon`) and latitude (`lat`) of each place; of a geometry the first position stands for all."""
    bare = _without_point(places)
    pair = _pair(bare)
    if pair["lon"].null_count() > bare.null_count():
        others = pair["lon"].is_null() & bare.is_not_null()
        found = bare.filter(others).str.extract(POSITION, 0).str.split(":").list.last().str.strip_chars_start("[")
        pair = pl.concat([pair, _pair(found)])
    return pair


def coordinates(places: pl.Series) -> pl.DataFrame:
    """Longitude (`lon`) and latitude (`lat`) of each place that is a point; null where it is something else."""
    return _pair(_without_point(places))


def _without_point(places: pl.Series) -> pl.Series:
    # A look whether there is any geometry costs a tenth of taking them apart.
    place = pl.col(places.name)
    is_geometry = places.to_frame().select(place.str.starts_with("{").any()).item()
    return (
        places.to_frame().select(place.str.strip_prefix(POINT).str.strip_suffix("]}")).to_series()
        if is_geometry
        else places
    )


def _pair(texts: pl.Series) -> pl.DataFrame:
    text, comma = pl.col(texts.name), pl.col(texts.name).str.find(",", literal=True)
    parts = {"lon": text.str.slice(0, comma), "lat": text.str.slice(comma + 1)}
    wanted = [part.cast(pl.Float64, strict=False).alias(name) for name, part in parts.items()]
    return evaluated(texts.to_frame(), wanted)
