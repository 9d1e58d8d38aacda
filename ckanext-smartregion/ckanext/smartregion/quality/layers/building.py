"""Build a layer: gather its parts, consolidate them, publish the table through the gate, load it into the datastore.

Nothing is written before everything is made, and then all in one write of the dataset: whatever breaks before leaves
the former layer whole. What a layer is made of has a fingerprint; where it is the same nothing is done.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion import loading
from ckanext.smartregion.quality import bounds, engine, files, gate, tables
from ckanext.smartregion.quality.layers import gathering, records
from ckanext.smartregion.quality.layers.licensing import agree
from ckanext.smartregion.quality.layers.parts import Part, Tally, fingerprint
from ckanext.smartregion.quality.store import Stored
from ckanext.smartregion.schemas import LANGUAGES, TableContract, table_contract, vocabulary
from ckanext.smartregion.schemas.layers import LayerRules, layer_contract, layer_rules, layer_texts
from ckanext.smartregion.territory.organizations import REGION

if TYPE_CHECKING:
    from ckanext.smartregion.quality.layers.consolidating import Consolidated

WRITTEN, UNCHANGED, EMPTY = "written", "unchanged", "empty"


@dataclass(frozen=True)
class _Made:
    """A layer that is made and not yet published: its licence, what it holds, and its table in two forms."""

    licence: str
    content: Consolidated
    tallies: list[Tally]
    csv: Path
    parquet: Path


def build(name: str) -> str:
    """Build the layer of a table contract anew where its parts have changed: `WRITTEN`, `UNCHANGED` or `EMPTY`.

    An empty layer is no longer shown. Raises ContractNotFound, and ValidationError with the gate's sentence where the
    layer does not pass; then the former one stays online.
    """
    contract = table_contract(name)
    rules = layer_rules(contract.name, tuple(contract.key))
    with _alone(contract.name):
        parts, left = gathering.gather(contract)
        everything = [*parts, *(one.part for one in left)]
        mark = fingerprint(contract, rules, everything, engine.name(bounds.limits()))
        before = records.stored(contract.name)
        if before and before.is_whole and before.record and before.record["fingerprint"] == mark:
            return UNCHANGED
        with tempfile.TemporaryDirectory(prefix="smartregion-layer-") as folder:
            made = _make(contract, rules, parts, left, Path(folder))
            if made is None:
                return _withdraw(before)
            _publish(contract, rules, made, mark, before)
    return WRITTEN


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One build of a layer at a time; PostgreSQL lets go when the process ends."""
    key = int.from_bytes(hashlib.sha256(f"layer {name}".encode()).digest()[:8], "big", signed=True)
    with ckan_model.meta.engine.connect() as connection:  # type: ignore[union-attr]
        connection.execute(sa.select(sa.func.pg_advisory_lock(key)))
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))


def _make(
    contract: TableContract, rules: LayerRules, parts: list[Part], left: list[Tally], folder: Path
) -> _Made | None:
    """The layer of these parts in files of this folder; None where no row is left."""
    # Only who builds needs what computes: every other process of the portal starts without it, and is smaller.
    from ckanext.smartregion.quality.examination.typed import write_parquet
    from ckanext.smartregion.quality.layers.consolidating import consolidate

    licence, admitted, refused = agree(parts, rules.admissions)
    left = [*left, *(Tally(part).without("licence") for part in refused)]
    versions, copies = gathering.versions_of(contract, admitted), gathering.Copies(contract.name)
    read = {part: copies.of(part, versions[part.contract]) for part in admitted}
    left += [Tally(part).without("not-read") for part, path in read.items() if path is None]
    usable = {part: path for part, path in read.items() if path is not None}
    if licence is None or not usable:
        return None
    csv, parquet = folder / "layer.csv", folder / "layer.parquet"
    content = consolidate(usable, contract, versions, rules, csv)
    copies.forget_others()
    if not content.rows:
        return None
    write_parquet(layer_contract(contract).fields, csv, parquet)
    return _Made(licence, content, [*content.tallies, *left], csv, parquet)


def _withdraw(before: records.Stored | None) -> str:
    """Nothing is left to show: the dataset is kept, and hidden."""
    if before and before.public:
        tk.get_action("package_patch")(loading.site_context(), {"id": before.package_id, "private": True})
    return EMPTY


def _publish(contract: TableContract, rules: LayerRules, made: _Made, mark: str, before: records.Stored | None) -> None:
    """Put the files in the store and write the dataset once, through the gate; then load its table."""
    kept = {"csv": _store(made.csv), "parquet": _store(made.parquet)}
    kept["json"] = _store_record(contract, made, mark, kept["csv"])
    action = "package_patch" if before else "package_create"
    identity = {"id": before.package_id} if before else _description(contract, rules)
    dataset = {
        **identity,
        "state": "active",
        "private": False,
        "license_id": _licence(made.licence).uri,
        "provenance": _provenance(made),
        "resources": _resources(contract, kept, before),
    }
    trusted: Any = {**loading.site_context(), gate.TRUSTED_KEY: True}
    written = tk.get_action(action)(trusted, dataset)
    if written["state"] != "active":
        report = tk.url_for("smartregion_quality.report", id=written["name"], _external=True)
        sentence = tk._("The layer is held, read what is wrong with it: %(report)s") % {"report": report}
        raise tk.ValidationError({"verdict": [sentence]})
    if p.plugin_loaded("datastore"):
        tables.load(next(one["id"] for one in written["resources"] if one.get("schema")))


def _store(path: Path) -> Stored:
    return files.store().put_written(lambda target: shutil.copyfile(path, target))


def _store_record(contract: TableContract, made: _Made, mark: str, csv: Stored) -> Stored:
    said = {
        "layer": contract.name,
        "contract": contract.id,
        "fingerprint": mark,
        "built": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "rows": made.content.rows,
        "licence": made.licence,
        "csv": csv.sha256,
        "municipalities": made.content.municipalities,
        "parts": [records.plain(one) for one in made.tallies],
    }
    return files.store().put_written(lambda path: path.write_text(json.dumps(said, ensure_ascii=False), "utf-8"))


def _description(contract: TableContract, rules: LayerRules) -> dict[str, Any]:
    """What a new dataset says of itself; what a steward changes of it later stays."""
    described = layer_contract(contract)
    return {
        "name": records.dataset_name(contract.name),
        "type": rules.type,
        "owner_org": REGION,
        "title_translated": described.title,
        "notes_translated": described.description,
        "tags_translated": layer_texts("tags"),
        "frequency": "IRREG",
        **rules.describes,
    }


def _resources(contract: TableContract, kept: dict[str, Stored], before: records.Stored | None) -> list[dict[str, Any]]:
    """The layer's files, each with the identifier that it had, and behind them what a steward has added."""
    shown = _shown(before.package_id)["resources"] if before else []
    present = {one["id"]: one for one in shown}
    ours: list[dict[str, Any]] = []
    for form, stored in kept.items():
        known = before.files.get(form) if before else None
        was = present.pop(known.id, {}) if known else {}
        same = was.get("hash") == stored.sha256
        schema = {"schema": layer_contract(contract).name} if form == "csv" else {}
        said = {"name_translated": layer_texts("files")[form], "format": form.upper(), **schema}
        served = {} if same else files.served_as(stored, records.file_name(contract.name, form))
        ours.append({**said, **was, **served, "url": records.file_name(contract.name, form)})
    return [*ours, *present.values()]


def _shown(package_id: str) -> dict[str, Any]:
    return tk.get_action("package_show")({**loading.site_context(), "use_cache": False}, {"id": package_id})


def _licence(code: str) -> Any:
    return vocabulary("licence").by_code(code)


def _provenance(made: _Made) -> dict[str, str]:
    """The files that rows come from, with those who are to be named."""
    return {tag: "\n".join([layer_texts("provenance")[tag], "", *_sources(made, tag)]) for tag in LANGUAGES}


def _sources(made: _Made, language: str) -> Iterator[str]:
    for one in made.content.tallies:
        if one.kept:
            address = tk.url_for("dataset.read", id=one.part.dataset, _external=True, locale="default")
            told = f"[{_unmarked(one.part.dataset_title)}]({address}), {_licence(one.part.licence).label(language)}"
            yield f"- {_unmarked(one.part.organization_title)}, {told}"


def _unmarked(text: str) -> str:
    """A title that says nothing to Markdown."""
    return "".join(" " if sign in "[]()<>*_`\\\n" else sign for sign in text)
