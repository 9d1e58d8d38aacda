"""StatDCAT-AP: which datasets are statistical tables."""

from __future__ import annotations

from typing import Any

from ckanext.smartregion.feeds.description.codes import coded, coded_list, iri_of, within

STATISTICS = "http://data.europa.eu/bna/c_e1da4e07"


def is_statistical(dataset: dict[str, Any]) -> bool:
    """Whether a dataset, stored or prepared, is one of statistics: by its type, its HVD category or an SDMX file."""
    return (
        coded("dataset-type", dataset.get("dcat_type")) == iri_of("dataset-type", "STATISTICAL")
        or within("hvd-category", coded_list("hvd-category", dataset.get("hvd_category")), STATISTICS)
        or any(
            coded("file-type", one.get("format")) == iri_of("file-type", "SDMX") for one in dataset.get("resources", [])
        )
    )
