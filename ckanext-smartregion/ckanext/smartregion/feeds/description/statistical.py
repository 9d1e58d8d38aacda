"""StatDCAT-AP: which datasets are statistical tables, and what it says of their columns."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ckanext.smartregion.feeds.description import tables
from ckanext.smartregion.feeds.description.codes import coded, coded_list, iri_of, within
from ckanext.smartregion.feeds.description.geographic import OUTLINED, with_outlines
from ckanext.smartregion.feeds.description.iris import part_iri
from ckanext.smartregion.feeds.description.writing import Field, Part, Thing, link, links, texts, typed
from ckanext.smartregion.feeds.terms import QB, RDFS, SDMX, STAT, XSD
from ckanext.smartregion.schemas import StatisticalTable, statistical_table

Record = dict[str, Any]
STATISTICS = "http://data.europa.eu/bna/c_e1da4e07"
TYPE = "STATISTICAL"
ROLES = {"dimension": QB.DimensionProperty, "measure": QB.MeasureProperty, "attribute": QB.AttributeProperty}
COLUMN = (
    Field("title", RDFS.label, texts),
    Field("description", RDFS.comment, texts),
    Field("means", RDFS.subPropertyOf, link),
)
COMPONENT = Thing((QB.ComponentSpecification,), tuple(Field(role, QB[role], link) for role in ROLES))
STRUCTURE = Thing(
    (QB.DataStructureDefinition,),
    (Field("title", RDFS.label, texts), Part("components", QB.component, COMPONENT)),
)
DATASET = tables.DATASET.with_fields(
    *(Part(role, STAT[role], Thing((kind,), COLUMN)) for role, kind in ROLES.items()),
    Part("structure", STAT.dataStructureDefinition, STRUCTURE),
    Field("unit_of_measure", STAT.statUnitMeasure, links),
    Field("number_of_series", STAT.numSeries, typed(XSD.nonNegativeInteger)),
    OUTLINED,
)


def is_statistical(dataset: Record) -> bool:
    """Whether a dataset, stored or prepared, is one of statistics: by type, HVD category, contract or an SDMX file."""
    return (
        coded("dataset-type", dataset.get("dcat_type")) == iri_of("dataset-type", TYPE)
        or within("hvd-category", coded_list("hvd-category", dataset.get("hvd_category")), STATISTICS)
        or any(_is_statistical(one) for one in dataset.get("resources", []))
    )


def _is_statistical(resource: Record) -> bool:
    sdmx = coded("file-type", resource.get("format")) == iri_of("file-type", "SDMX")
    return sdmx or statistical_table(resource.get("schema") or "") is not None


def narrowed(prepared: Record) -> Record:
    """A prepared dataset with the columns of its tables that are statistics by their contracts, and their units.

    A dataset has one structure at most, so several tables have none.
    """
    base = prepared["home"].removesuffix(f"/dataset/{prepared['id']}")
    named = dict.fromkeys(one["schema"] for one in prepared["resources"] if one["schema"])
    found = [described for name in named if (described := _described(name.partition("@")[0], base))]
    units = [unit for each in found for unit in each["unit_of_measure"]]
    return {
        **with_outlines(prepared),
        "dcat_type": prepared["dcat_type"] or iri_of("dataset-type", TYPE),
        **{role: [column for each in found for column in each[role]] for role in ROLES},
        "structure": found[0]["structure"] if len(found) == 1 else None,
        "unit_of_measure": list(dict.fromkeys([*prepared["unit_of_measure"], *units])),
    }


@lru_cache(maxsize=1_000)
def _described(name: str, base: str) -> Record | None:
    """What is said of a table contract, the same for all datasets: its columns by their roles, structure and units.

    They are named below the contract's page, so the tables of all bodies share their columns.
    """
    table = statistical_table(name)
    if table is None:
        return None
    page = f"{base}/quality/contract/{table.contract.name}"
    columns = {role: [_column(table, role, name, page) for name in names] for role, names in _names(table).items()}
    components = [
        {"uri": part_iri(page, f"component-{column['name']}"), role: column["uri"]}
        for role, listed in columns.items()
        for column in listed
    ]
    structure = {"uri": part_iri(page, "structure"), "title": table.contract.title, "components": components}
    units = [iri_of("unit", code) for code in table.measures.values() if code]
    return {**columns, "structure": structure, "unit_of_measure": units}


def _names(table: StatisticalTable) -> dict[str, list[str]]:
    return {"dimension": table.dimensions, "measure": list(table.measures), "attribute": table.attributes}


def _column(table: StatisticalTable, role: str, name: str, page: str) -> Record:
    field = next(field for field in table.contract.fields if field["name"] == name)
    means = table.means.get(name)
    return {
        "uri": part_iri(page, f"column-{name}"),
        "name": name,
        "title": field["title"],
        "description": field["description"],
        "means": SDMX[role][means] if means else None,
    }
