"""BRegDCAT-AP: public registers, with the public service that keeps each."""

from __future__ import annotations

from typing import Any

from ckanext.smartregion.feeds.description import tables
from ckanext.smartregion.feeds.description.iris import part_iri
from ckanext.smartregion.feeds.description.writing import Field, Part, Thing, link, links, one_text, plain, texts
from ckanext.smartregion.feeds.terms import CPSV, DCAT, DCT, ELI, M8G, SKOS

AUTHORITY = Thing(
    (M8G.PublicOrganisation,),
    (
        *tables.AGENT.fields,
        Field("name_translated", DCT.title, one_text),
        Field("name_translated", SKOS.prefLabel, texts),
        Part("spatial_coverage", DCT.spatial, tables.PLACE),
    ),
)
REGISTRY = Thing(
    (CPSV.PublicService, DCAT.Resource),
    (
        Field("title_translated", DCT.title, texts),
        Field("notes_translated", DCT.description, texts),
        Field("identifier", DCT.identifier, plain),
        Field("produces", CPSV.produces, link),
        Field("legal_basis", M8G.hasLegalResource, links, ELI.LegalResource),
        Part("authority", M8G.hasCompetentAuthority, AUTHORITY),
    ),
)
DATASET = tables.DATASET.with_fields(Part("registry", DCT.isReferencedBy, REGISTRY))


def is_register(dataset: dict[str, Any]) -> bool:
    """Whether a dataset, stored or prepared, tells what a public body decides, spends or keeps."""
    return dataset.get("type") == "governance"


def narrowed(prepared: dict[str, Any]) -> dict[str, Any]:
    """A prepared dataset with the public service that keeps the register: called as the register, and for its area."""
    publisher, area = prepared["publisher"][0], prepared["spatial_coverage"]
    uri = part_iri(prepared["home"], "registry")
    registry = {
        **{field: prepared[field] for field in ("title_translated", "notes_translated", "legal_basis")},
        "uri": uri,
        "identifier": uri,
        "produces": prepared["uri"],
        "authority": {**publisher, "identifier": publisher["uri"], "spatial_coverage": area},
    }
    return {**prepared, "registry": registry}
