"""Template helpers of the core."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from babel.numbers import format_decimal
from flask import current_app, g

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.smartregion import dataset_facts, facets, home, region_map, schemas, territory
from ckanext.smartregion.interface import language

LANGUAGE_NAMES = {"fr": "Français", "nl": "Nederlands", "de": "Deutsch", "en": "English"}
SIZES = ("", "k", "M", "G")
MOST_OF_MINE = 200
NOTATIONS = {"ttl": "Turtle", "xml": "RDF/XML", "jsonld": "JSON-LD", "nt": "N-Triples"}


def smartregion_text(texts: dict[str, str] | None) -> str:
    """A text of many languages in the language of the page, else in French."""
    return facets.text(texts if isinstance(texts, dict) else None, language())


def smartregion_translated(thing: dict[str, Any], field: str) -> str:
    """A field of a dataset, resource or organisation in the language of the page, French as the fallback."""
    return smartregion_text(thing.get(f"{field}_translated")) or thing.get(field) or ""


def smartregion_lang(thing: dict[str, Any], field: str) -> str:
    """The language that a field is shown in where the page has another; screen readers change their voice by it."""
    texts = {code: text for code, text in (thing.get(f"{field}_translated") or {}).items() if text}
    shown = next((code for code in (language(), "fr", *texts) if code in texts), language())
    return "" if shown == language() else shown


def smartregion_languages() -> list[dict[str, Any]]:
    """The same page in each language; French, the default, stands at the plain address."""
    here = tk.h.current_url()
    return [
        {
            "code": code,
            "name": name,
            "url": tk.h.url_for(here, locale="default" if code == tk.config["ckan.locale_default"] else code),
            "current": code == language(),
        }
        for code, name in LANGUAGE_NAMES.items()
    ]


def smartregion_has_page(endpoint: str) -> bool:
    """Whether a page exists; it does not when its feature is switched off."""
    return endpoint in current_app.view_functions


def smartregion_feeds(dataset: str | None = None) -> list[dict[str, str]]:
    """The catalogue, or one dataset, in the notations that machines read; none when the feeds are switched off."""
    if not p.plugin_loaded("dcat"):
        return []
    stem = f"/dataset/{dataset}" if dataset else "/catalog"
    return [
        {"name": name, "url": tk.h.url_for(f"{stem}.{ending}", locale="default")} for ending, name in NOTATIONS.items()
    ]


def smartregion_home() -> dict[str, Any]:
    """What the home page shows of the catalogue."""
    return home.catalogue()


def smartregion_gate_state() -> dict[str, int] | None:
    """How many datasets are published, held and waiting."""
    return home.gate_state()


def smartregion_themes(counts: dict[str, int]) -> list[dict[str, Any]]:
    """The three themes as cards, with their number of datasets."""
    said = {
        "mobility": tk._("Bicycle parking, charging points, traffic, public transport."),
        "energy": tk._("Consumption, production, networks, renovation."),
        "governance": tk._("Council decisions, budgets, public bodies, subsidies."),
    }
    return [
        {"name": name, "title": facets.theme(name), "text": said[name], "count": counts.get(name, 0)}
        for name in home.THEMES
    ]


def smartregion_my_datasets() -> dict[str, Any]:
    """The datasets of the organisations for which the reader writes: how many, and the first of them: drafts, then
    those changed last.
    """
    context: Context = {"user": tk.current_user.name}
    ours = tk.get_action("organization_list_for_user")(context, {"permission": "create_dataset"})
    if not ours:
        return {"count": 0, "results": []}
    asked = {
        "fq": f"owner_org:({' OR '.join(one['id'] for one in ours)})",
        "include_drafts": True,
        "include_private": True,
        "sort": "state desc, metadata_modified desc",
        "rows": MOST_OF_MINE,
    }
    return tk.get_action("package_search")(context, asked)


def smartregion_forget_assets() -> None:
    """Let a page tell its styles and scripts though another, which broke off and which it replaces, has told them."""
    g.pop("_webassets", None)


def smartregion_theme(name: str) -> str:
    """The name of a theme."""
    return facets.theme(name) or name


def smartregion_dataset_types() -> list[str]:
    """The types of dataset that one may add: the themes and the general one, where the contracts are on."""
    return [*home.THEMES, "dataset"] if p.plugin_loaded("smartregion_contracts") else ["dataset"]


def smartregion_owner(slug: str, otherwise: str = "") -> str:
    """The name of an organisation in the language of the page."""
    return facets.organization(slug, language()) or otherwise or slug


def smartregion_organization_pages() -> Callable[[str], str]:
    """What gives the address of the page of each organisation, for the many of a list or a map.

    CKAN builds every address anew, which takes as long as all else that a name needs.
    """
    before, after = tk.h.url_for("organization.read", id="NAME").split("NAME")
    return lambda name: f"{before}{name}{after}"


def smartregion_map(counts: dict[str, int]) -> dict[str, Any]:
    """The map of the municipalities, each with its number of datasets."""
    shapes = region_map.shapes(counts)
    by_province = {
        smartregion_text(province.titles): [shape for shape in shapes if shape.province == province.nis]
        for province in territory.provinces()
    }
    return {"view_box": region_map.view_box(), "shapes": shapes, "provinces": by_province}


def smartregion_locator(nis: str | None) -> dict[str, str] | None:
    """The outline of the region and that of one municipality in it."""
    path = region_map.outline(nis) if nis else None
    return {"view_box": region_map.view_box(), "path": path} if path else None


def smartregion_organization_facts(organization: dict[str, Any]) -> list[tuple[str, str]]:
    """What the page of an organisation says of it, in words; what is not known is left out."""
    place = territory.by_nis(organization.get("nis_code") or "") if organization.get("nis_code") else None
    province = next((one for one in territory.provinces() if place and one.nis == place.province), None)
    population = organization.get("population")
    helped = getattr(territory.owners().get(organization["name"]), "members", ())
    facts = [
        (tk._("Kind"), _concept("organisation-kind", organization.get("kind"))),
        (tk._("NIS code"), organization.get("nis_code")),
        (tk._("Province"), smartregion_text(province.names) if province else ""),
        (tk._("Population"), tk.h.localised_number(int(population)) if population else ""),
        (tk._("Postal codes"), ", ".join(organization.get("postal_codes") or [])),
        (tk._("Municipalities it helps"), str(len(helped)) if helped else ""),
        (tk._("Languages"), ", ".join(_concept("language", one) for one in organization.get("language") or [])),
    ]
    return [(label, value) for label, value in facts if value]


def _concept(vocabulary: str, value: str | None) -> str:
    concept = schemas.vocabulary(vocabulary).find(value) if value else None
    return concept.label(language()) if concept else ""


def smartregion_licence(dataset: dict[str, Any]) -> str:
    """The licence of a dataset in the language of the page."""
    return _concept("licence", dataset.get("license_id")) or dataset.get("license_title") or ""


def smartregion_referents(organization: dict[str, Any]) -> list[dict[str, str]]:
    """The agencies that may act for an organisation."""
    slugs = organization.get("referent_agency") or []
    slugs = [slugs] if isinstance(slugs, str) else slugs
    return [{"name": slug, "title": smartregion_owner(slug)} for slug in slugs]


def smartregion_table_contract(name: str) -> str:
    """The title of a table contract, else its name."""
    return facets.table_contract(name.split("@")[0], language()) or name


def smartregion_dataset_facts(dataset: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The fields of a dataset that hold something, under plain headings; none without the contracts."""
    if not p.plugin_loaded("smartregion_contracts"):
        return []
    contract = tk.h.scheming_get_dataset_schema(dataset["type"])
    base = tk.h.scheming_get_dataset_schema("dataset")
    if not contract:
        return []
    own = {field["field_name"] for field in contract["dataset_fields"]} - {
        field["field_name"] for field in base["dataset_fields"]
    }
    groups = dataset_facts.grouped(contract, own, dataset)
    return [(dataset_facts.heading(name), fields) for name, fields in groups]


def smartregion_resource_facts(dataset: dict[str, Any], resource: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a file that hold something; none without the contracts."""
    contract = p.plugin_loaded("smartregion_contracts") and tk.h.scheming_get_dataset_schema(dataset["type"])
    return dataset_facts.of_file(contract, resource) if contract else []


def smartregion_tags(dataset: dict[str, Any]) -> list[str]:
    """The keywords of a dataset in the language of the page, else in French, else all."""
    tags = dataset.get("tags_translated") or {}
    return tags.get(language()) or tags.get("fr") or [tag["name"] for tag in dataset.get("tags") or []]


def smartregion_parts(field: dict[str, Any], dataset: dict[str, Any]) -> list[list[tuple[str, str]]]:
    """What people read of a field made of parts, such as a contact."""
    return dataset_facts.parts(field, dataset)


def smartregion_size(size: int | str) -> str:
    """The size of a file in words: 1.2 kB."""
    number, power = float(size), 0
    while number >= 1000 and power < len(SIZES) - 1:
        number, power = number / 1000, power + 1
    return f"{format_decimal(round(number, 1), locale=language())} {SIZES[power]}{'o' if language() == 'fr' else 'B'}"


def smartregion_publishing(shapes: list[region_map.Shape], limit: int = 8) -> list[region_map.Shape]:
    """The municipalities that publish the most."""
    return sorted((shape for shape in shapes if shape.count), key=lambda shape: -shape.count)[:limit]


@tk.chained_helper
def humanize_entity_type(next_helper: Any, entity_type: str, object_type: str, purpose: str) -> str | None:
    """Call a dataset a dataset in CKAN's own texts, whatever its theme."""
    return next_helper(entity_type, "dataset" if entity_type == "package" else object_type, purpose)


def _in_portal_time(moment: Any) -> Any:
    """CKAN brings only moments without a time zone into the portal's; those with one are left as they are."""
    if isinstance(moment, str):
        with contextlib.suppress(ValueError):
            return _in_portal_time(datetime.fromisoformat(moment))
    if isinstance(moment, datetime) and moment.tzinfo:
        return moment.astimezone(tk.h.get_display_timezone())
    return moment


@tk.chained_helper
def render_datetime(
    next_helper: Any,
    datetime_: Any,
    date_format: str | None = None,
    with_hours: bool = False,
    with_seconds: bool = False,
) -> str:
    """A moment as people write it; CKAN's own French puts the month before the day as soon as there are hours."""
    datetime_ = _in_portal_time(datetime_)
    if date_format or not with_hours:
        return next_helper(datetime_, date_format)
    day, hour = next_helper(datetime_), next_helper(datetime_, "%H:%M:%S" if with_seconds else "%H:%M")
    return f"{day}, {hour}" if day else ""
