"""A dataset dictionary made ready for RDF: stored values as IRIs, language maps and valid dates.

Pure: a dictionary and the facts of the portal in, a dictionary in the field names of ckanext-dcat out, with an IRI for
everything that will be a node. What a list does not know, or what is no address or date, is left out here: a feed
never carries a value its reader must repair.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from ckanext.smartregion.feeds.description import agents, mobility, relations, services
from ckanext.smartregion.feeds.description.catalogue import shelf_of
from ckanext.smartregion.feeds.description.codes import addresses, coded, coded_list, iri_of, licence
from ckanext.smartregion.feeds.description.distribution import (
    duration,
    metres,
    prepare_distribution,
    with_one_statement_of_rights,
    with_parquet,
)
from ckanext.smartregion.feeds.description.iris import absolute, addresses_apart, dataset_iri, home, part_iri
from ckanext.smartregion.feeds.description.places import place
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.feeds.description.record import record_of
from ckanext.smartregion.feeds.description.series import series_of
from ckanext.smartregion.feeds.description.values import as_list, clean, from_json, natural_number, texts, valid_date
from ckanext.smartregion.schemas import dataset_contracts

Dataset = dict[str, Any]

HVD_LAW = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
# The lists that DCAT-AP prescribes; `frequency` and the like hold one code, the others several.
ONE_CODE = {"frequency": "frequency", "access_rights": "access-right"}
MANY_CODES = {
    "theme": "data-theme",
    "language": "language",
    "hvd_category": "hvd-category",
    "unit_of_measure": "unit",
}
ADDRESSES = (
    "conforms_to",
    "documentation",
    "related_resource",
    "has_version",
    "is_version_of",
    "previous_version",
    "source",
    "is_referenced_by",
)


def prepare(stored: Dataset, portal: Portal) -> Dataset:
    """The dataset as the profile writes it."""
    dataset = with_extras(stored)
    dataset["uri"] = dataset_iri(dataset, portal.base)
    dataset["resources"] = with_parquet(dataset.get("resources", []), dataset, portal)
    prepared = {
        "id": dataset["id"],
        "name": dataset.get("name"),
        "type": dataset.get("type", "dataset"),
        "uri": dataset["uri"],
        "home": home(dataset, portal.base),
        **_texts(dataset, portal),
        **_codes(dataset),
        **_dates(dataset),
        **_agents(dataset, portal),
        **_coverage(dataset, portal),
        **_relations(dataset, portal),
        "identifier": clean(dataset.get("identifier")) or dataset["uri"],
        "other_identifiers": _identifiers(dataset, portal),
        "version": clean(dataset.get("version")),
        "url": _landing_page(dataset, portal),
        "number_of_series": natural_number(dataset.get("number_of_series")),
        "legal_basis": addresses(dataset.get("legal_basis")),
        "license": licence(dataset.get("license_id")) or absolute(dataset.get("license_url")),
    }
    prepared["record"] = record_of(prepared, portal)
    # Nobody stated the languages of the data: those of its title are what data.gov.be would guess.
    prepared["language"] = prepared["language"] or prepared["record"]["language"]
    prepared["theme"] = prepared["theme"] or _assumed_themes(prepared["type"])
    prepared["shelf"] = shelf_of(prepared, dataset.get("organization"), portal)
    prepared["applicable_legislation"] = _legislation(dataset, prepared)
    prepared["in_series"] = series_of(dataset, prepared, portal)
    prepared["resources"] = [_distribution(resource, dataset, prepared, portal) for resource in dataset["resources"]]
    if mobility.is_mobility(prepared):
        prepared = mobility.with_mobility(prepared, dataset, portal.language)
    prepared["resources"] = list(map(with_one_statement_of_rights, prepared["resources"]))
    return prepared


def is_high_value(dataset: Dataset) -> bool:
    """Whether the regulation on high-value datasets applies to a dataset, stored or prepared."""
    laws, categories = addresses(dataset.get("applicable_legislation")), dataset.get("hvd_category")
    return HVD_LAW in laws or bool(coded_list("hvd-category", categories))


def with_extras(stored: Dataset) -> Dataset:
    """Free extras count as fields; a field of the contract wins."""
    extras = {extra["key"]: extra["value"] for extra in stored.get("extras", [])}
    return {**extras, **{key: value for key, value in stored.items() if key != "extras"}}


def _landing_page(dataset: Dataset, portal: Portal) -> str:
    """The stated page, else ours; a dataset that is named by the address of its page can't be that page as well."""
    stated = absolute(dataset.get("url"))
    ours = f"{portal.base}/dataset/{dataset.get('name') or dataset['id']}"
    return stated if stated and stated != dataset["uri"] else ours


def _texts(dataset: Dataset, portal: Portal) -> Dataset:
    title = _text(dataset, "title", portal) or texts(dataset.get("name") or dataset["id"], portal.language)
    return {
        "title_translated": title,
        # DCAT-AP demands a description; data.gov.be would put the title there, so we do.
        "notes_translated": _text(dataset, "notes", portal) or title,
        "tags_translated": _keywords(dataset, portal),
        "version_notes": texts(dataset.get("version_notes"), portal.language),
        **addresses_apart("provenance", texts(dataset.get("provenance"), portal.language)),
    }


def _text(dataset: Dataset, field: str, portal: Portal) -> dict[str, str]:
    return texts(dataset.get(f"{field}_translated"), portal.language) or texts(dataset.get(field), portal.language)


def _keywords(dataset: Dataset, portal: Portal) -> dict[str, list[str]]:
    translated = from_json(dataset.get("tags_translated"))
    if not isinstance(translated, dict) or not any(translated.values()):
        translated = {portal.language: [tag.get("display_name") or tag["name"] for tag in dataset.get("tags", [])]}
    return {tag: [word for word in map(clean, as_list(words)) if word] for tag, words in translated.items()}


def _codes(dataset: Dataset) -> Dataset:
    one = {field: coded(name, dataset.get(field)) for field, name in ONE_CODE.items()}
    # Whoever reads a feed sees what everybody sees; data.gov.be would write the same where it is lacking.
    one["access_rights"] = one["access_rights"] or iri_of("access-right", "PUBLIC")
    many = {field: coded_list(name, dataset.get(field)) for field, name in MANY_CODES.items()}
    lists = {field: addresses(dataset.get(field)) for field in ADDRESSES}
    return {**one, **many, **lists, "dcat_type": coded("dataset-type", dataset.get("dcat_type"))}


@cache
def _assumed_themes(kind: str) -> list[str]:
    """The themes that the contract of a type assumes: a dataset of mobility is one of transport in any case."""
    contract = dataset_contracts().get(kind, {})
    fields = (field for field in contract.get("dataset_fields", ()) if field["field_name"] == "theme")
    return [theme for field in fields for theme in field.get("assume", ())]


def _dates(dataset: Dataset) -> Dataset:
    return {
        "issued": valid_date(dataset.get("issued")) or valid_date(dataset.get("metadata_created")),
        "modified": valid_date(dataset.get("modified")) or valid_date(dataset.get("metadata_modified")),
        "metadata_created": valid_date(dataset.get("metadata_created")),
        "metadata_modified": valid_date(dataset.get("metadata_modified")),
        "temporal_resolution": duration(dataset.get("temporal_resolution")),
    }


def _agents(dataset: Dataset, portal: Portal) -> Dataset:
    return {
        "publisher": _named([agents.publisher(dataset, portal)], "publisher", dataset, portal),
        "creator": _named(agents.creators(dataset, portal), "creator", dataset, portal),
        "contact": _named(agents.contacts(dataset, portal), "contact", dataset, portal),
    }


def _named(parts: list[Dataset], kind: str, dataset: Dataset, portal: Portal) -> list[Dataset]:
    """The parts of a dataset, those without an IRI under one of ours."""
    if not parts:
        return []
    whole = home(dataset, portal.base)
    return [
        {**part, "uri": part.get("uri") or part_iri(whole, f"{kind}-{number}")}
        for number, part in enumerate(parts, start=1)
    ]


def _relations(dataset: Dataset, portal: Portal) -> Dataset:
    activities = _named(relations.activities(dataset, portal), "activity", dataset, portal)
    return {
        "qualified_relation": _named(relations.relations(dataset), "relation", dataset, portal),
        "provenance_activity": [
            {**each, "wasAssociatedWith": _named(each["wasAssociatedWith"], f"actor-{number}", dataset, portal)}
            for number, each in enumerate(activities, start=1)
        ],
    }


def _identifiers(dataset: Dataset, portal: Portal) -> list[Dataset]:
    others = filter(None, map(clean, as_list(dataset.get("alternate_identifier"))))
    return _named([{"notation": other} for other in others], "identifier", dataset, portal)


def _coverage(dataset: Dataset, portal: Portal) -> Dataset:
    places = [place(item, portal) for item in as_list(dataset.get("spatial_coverage")) if isinstance(item, dict)]
    periods = [_period(item) for item in as_list(dataset.get("temporal_coverage")) if isinstance(item, dict)]
    return {
        "spatial_coverage": _named(
            list(filter(None, places)) or [place({"uri": portal.spatial}, portal)], "place", dataset, portal
        ),
        "temporal_coverage": _named([period for period in periods if any(period.values())], "period", dataset, portal),
        "spatial_resolution_in_meters": metres(dataset.get("spatial_resolution_in_meters")),
    }


def _period(item: Dataset) -> Dataset:
    return {end: valid_date(item.get(end)) for end in ("start", "end")}


def _legislation(dataset: Dataset, prepared: Dataset) -> list[str]:
    stated = addresses(dataset.get("applicable_legislation"))
    # A high-value category without the law that makes it one would leave the dataset out of the HVD report.
    return stated if HVD_LAW in stated or not prepared["hvd_category"] else [*stated, HVD_LAW]


def _distribution(resource: Dataset, dataset: Dataset, prepared: Dataset, portal: Portal) -> Dataset:
    distribution = prepare_distribution(resource, dataset, portal)
    for field in ("license", "language"):
        distribution[field] = distribution[field] or prepared[field]
    distribution["description_translated"] = distribution["description_translated"] or prepared["title_translated"]
    laws = prepared["applicable_legislation"]
    if HVD_LAW in laws and HVD_LAW not in distribution["applicable_legislation"]:
        distribution["applicable_legislation"].append(HVD_LAW)
    distribution["access_services"] = services.of_resource(resource, prepared, distribution, portal)
    return distribution
