"""What becomes of the rows of many files in one table: nothing is lost without being told."""

from __future__ import annotations

import csv
import itertools
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from ckanext.smartregion.quality.examination.typed import write_parquet
from ckanext.smartregion.quality.layers.consolidating import Consolidated, consolidate
from ckanext.smartregion.quality.layers.licensing import agree
from ckanext.smartregion.quality.layers.parts import REASONS, LeftOut, Part, fingerprint
from ckanext.smartregion.schemas import table_contract, table_contracts, vocabulary
from ckanext.smartregion.schemas.layers import LayerRules, layer_contract, layer_rules, origin_names
from ckanext.smartregion.schemas.table_plausibility import limit

FIELDS = {"id": "string", "ins_code": "string", "height": "number", "planted": "date"}


def contract(version: str = "2.0.0", fields: dict[str, str] = FIELDS):
    base = table_contract("markets")
    text = {"fr": "Arbres", "nl": "Bomen", "de": "Bäume", "en": "Trees"}
    listed = [{"name": name, "type": kind, "title": text, "description": text} for name, kind in fields.items()]
    schema = {**base.schema, "name": "trees", "fields": listed, "primaryKey": ["id"]}
    return replace(base, name="trees", version=version, schema=schema, key=["id"])


TODAY = contract()
FIRST = contract(
    "1.0.0", {"id": "string", "ins_code": "string", "size": "string", "planted": "string", "shade": "string"}
)
RULES = replace(
    layer_rules("markets", ("id",)), contract="trees", renamed={"size": "height"}, regional_pattern="[0-9]{5}-.+"
)
WHERE = {"namur": ("municipality", "92094"), "gembloux": ("municipality", "92142"), "bep": ("agency", None),
         "province-de-namur": ("province", None), "wallonie": ("region", None)}  # fmt: skip


def part(organization: str, *, dataset: str = "arbres", updated: str = "2026-01-01T00:00:00+00:00", **more) -> Part:
    kind, nis = WHERE[organization]
    said = {"name": "Arbres", "contract": TODAY.id, "sha256": "0" * 64, "licence": "CC_BY_4_0", "nis_code": nis, **more}
    return Part(organization=organization, organization_title=organization.title(), kind=kind, dataset=dataset,
                dataset_title="Arbres", resource=f"{organization}-{dataset}", updated=updated, **said)  # fmt: skip


@pytest.fixture
def layer(tmp_path):
    """Consolidate parts, each with its rows, and give what came of it with the rows of the layer."""
    numbers = itertools.count()

    def made(*parts: tuple[Part, list[list[str]]], rules: LayerRules = RULES) -> tuple[Consolidated, list[dict]]:
        versions = {TODAY.id: TODAY, FIRST.id: FIRST}
        copies = {}
        for one, rows in parts:
            copies[one] = tmp_path / f"{next(numbers)}.csv"
            with copies[one].open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([versions[one.contract].field_names, *rows])
        target = tmp_path / f"layer-{next(numbers)}.csv"
        result = consolidate(copies, TODAY, versions, rules, target)
        return result, read(target)

    return made


def read(path: Path) -> list[dict]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def tree(number: str, nis: str = "92094", height: str = "3.5", planted: str = "2020-03-21") -> list[str]:
    return [f"{nis}-{number}" if number.isdigit() else number, nis, height, planted]


def ids(rows: list[dict]) -> list[tuple[str, str]]:
    return [(row["origin_organization"], row["id"]) for row in rows]


def left_out(result: Consolidated, organization: str) -> tuple[LeftOut, ...]:
    return next(one.left_out for one in result.tallies if one.part.organization == organization)


def test_each_row_says_where_it_comes_from_and_stands_under_the_columns_of_its_contract(layer):
    result, rows = layer(
        (part("namur"), [tree("1"), tree("2")]), (part("gembloux", sha256="a" * 64), [tree("1", "92142")])
    )

    assert list(rows[0]) == [*origin_names(), *TODAY.field_names]
    assert rows[0] == {
        "origin_organization": "gembloux", "origin_nis_code": "92142", "origin_dataset": "arbres",
        "origin_resource": "gembloux-arbres", "origin_row": "2", "origin_hash": "a" * 64,
        "origin_updated": "2026-01-01T00:00:00+00:00", "id": "92142-1", "ins_code": "92142", "height": "3.5",
        "planted": "2020-03-21",
    }  # fmt: skip
    assert [row["origin_row"] for row in rows[1:]] == ["2", "3"]
    assert result.rows == 3
    assert result.municipalities == {"92094": 2, "92142": 1}


@pytest.mark.parametrize(
    ("nearer", "farther"), itertools.combinations(["namur", "bep", "province-de-namur", "wallonie"], 2)
)
def test_the_same_thing_from_two_organisations_is_kept_of_the_nearer_one_and_the_other_is_told(layer, nearer, farther):
    result, rows = layer((part(farther), [tree("1"), tree("2")]), (part(nearer), [tree("1"), tree("3")]))

    assert sorted(ids(rows)) == sorted([(nearer, "92094-1"), (nearer, "92094-3"), (farther, "92094-2")])
    assert left_out(result, farther) == (LeftOut("published-nearer", 1, nearer, ("92094-1",)),)
    assert left_out(result, nearer) == ()


def test_a_layer_may_have_a_precedence_of_its_own(layer):
    upside_down = replace(RULES, precedence=tuple(reversed(RULES.precedence)))

    _, rows = layer((part("namur"), [tree("1")]), (part("wallonie"), [tree("1")]), rules=upside_down)

    assert ids(rows) == [("wallonie", "92094-1")]


def test_between_two_of_the_same_kind_the_newer_file_is_kept(layer):
    newer = part("gembloux", updated="2026-02-01T00:00:00+00:00")

    _, rows = layer((part("namur"), [tree("1")]), (newer, [tree("1")]))

    assert ids(rows) == [("gembloux", "92094-1")]


def test_a_key_that_is_an_organisations_own_may_stand_in_both(layer):
    own = [tree("A7"), tree("B8")]

    result, rows = layer((part("namur"), own), (part("bep"), own))

    assert len(rows) == 4
    assert not any(one.left_out for one in result.tallies)


def test_where_no_key_is_regional_all_rows_are_kept_and_where_every_key_is_each_once(layer):
    own = [tree("A7")]
    nowhere = replace(RULES, regional_column=None, regional_pattern=None)
    everywhere = replace(RULES, regional_column="id", regional_pattern=None)

    assert len(layer((part("namur"), [tree("1")]), (part("bep"), [tree("1")]), rules=nowhere)[1]) == 2
    assert ids(layer((part("namur"), own), (part("bep"), own), rules=everywhere)[1]) == [("namur", "A7")]


def test_what_one_organisation_says_twice_is_kept_from_its_newer_file(layer):
    old, new = part("namur", dataset="a"), part("namur", dataset="b", updated="2026-05-01T00:00:00+00:00")

    result, rows = layer((old, [tree("A7", height="1"), tree("C9")]), (new, [tree("A7", height="2")]))

    assert [(row["id"], row["height"]) for row in rows] == [("C9", "3.5"), ("A7", "2")]
    assert result.tallies[0].left_out == (LeftOut("repeated", 1, "namur", ("A7",)),)


def test_rows_without_a_key_are_left_out_and_told(layer):
    result, rows = layer((part("namur"), [["", "92094", "1", ""], tree("1"), ["", "92094", "2", ""]]))

    assert [row["origin_row"] for row in rows] == ["3"]
    assert left_out(result, "namur") == (LeftOut("no-key", 2, None, ("", "")),)


def test_rows_in_are_rows_kept_and_rows_left_out(layer):
    result, rows = layer(
        (part("namur"), [tree("1"), tree("1"), tree("2"), ["", "", "", ""]]),
        (part("province-de-namur"), [tree("1"), tree("2"), tree("3")]),
    )

    for one in result.tallies:
        assert one.rows == one.kept + sum(left.rows for left in one.left_out), one.part.organization
        assert {left.reason for left in one.left_out} <= set(REASONS)
    assert sum(one.kept for one in result.tallies) == len(rows) == result.rows


def test_a_file_of_an_older_version_stands_under_todays_columns(layer):
    old = part("namur", contract=FIRST.id)

    result, rows = layer(
        (old, [["92094-1", "92094", "4.5", "2019-01-01", "oui"], ["92094-2", "92094", "haut", "", ""]])
    )

    assert [(row["id"], row["height"], row["planted"]) for row in rows] == [
        ("92094-1", "4.5", "2019-01-01"), ("92094-2", "", ""),
    ]  # fmt: skip
    told = result.tallies[0]
    assert (told.gone, told.empty, told.emptied) == (("shade",), (), 1)


def test_a_column_that_a_version_did_not_have_is_empty_and_told(layer):
    without = replace(RULES, renamed={})

    result, rows = layer((part("namur", contract=FIRST.id), [["1", "92094", "4.5", "", "oui"]]), rules=without)

    assert rows[0]["height"] == ""
    assert (result.tallies[0].gone, result.tallies[0].empty) == (("size", "shade"), ("height",))


def test_the_layer_does_not_depend_on_the_order_in_which_its_parts_are_found(layer):
    parts = [(part(name), [tree("1"), tree("A7")]) for name in WHERE]

    results = [layer(*order) for order in itertools.islice(itertools.permutations(parts), 0, 120, 17)]

    assert all(result == results[0] for result in results)


def test_texts_survive_whatever_signs_they_hold(layer):
    odd = ['a "b", c', "line\nbreak", "Grâce-Hollogne", "=1+1", " "]

    _, rows = layer((part("namur"), [[text, "92094", "1", ""] for text in odd]))

    assert [row["id"] for row in rows] == odd


def test_parquet_holds_the_same_rows_in_the_types_of_the_contract(tmp_path):
    target, parquet, source = tmp_path / "layer.csv", tmp_path / "layer.parquet", tmp_path / "part.csv"
    source.write_text("id,ins_code,height,planted\n92094-1,92094,3.5,2020-03-21\n", "utf-8")
    consolidate({part("namur"): source}, TODAY, {TODAY.id: TODAY}, RULES, target)

    write_parquet(layer_contract(TODAY).fields, target, parquet)

    frame = pl.read_parquet(parquet)
    assert (frame.schema["height"], frame.schema["planted"], frame.schema["origin_row"]) == (
        pl.Float64,
        pl.Date,
        pl.Int64,
    )
    assert frame.select("id", "height").rows() == [("92094-1", 3.5)]


@pytest.mark.parametrize(
    ("licences", "whole", "refused"),
    [
        (["CC0", "ODC_PDDL"], "CC0", []),
        (["CC0", "CC_BY_4_0", "ETALAB_2_0"], "CC_BY_4_0", []),
        (["CC_BY_4_0", "CC_BYSA_4_0", "CC0"], "CC_BYSA_4_0", []),
        (["CC_BY_4_0", "CC_BY_4_0", "ODC_BL"], "CC_BY_4_0", ["ODC_BL"]),
        (["ODC_BL", "ODC_BL", "CC_BYSA_4_0"], "ODC_BL", ["CC_BYSA_4_0"]),
        (["CC_BY_4_0", "CC_BYNC_4_0", "CC_BYND_4_0", "https://example.org/ours"], "CC_BY_4_0",
         ["CC_BYNC_4_0", "CC_BYND_4_0", "https://example.org/ours"]),
        (["CC_BYNC_4_0"], None, ["CC_BYNC_4_0"]),
        ([], None, []),
    ],
)  # fmt: skip
def test_the_licence_is_the_mildest_that_admits_most_files_and_the_others_are_left_out(licences, whole, refused):
    parts = [part("namur", dataset=str(number), licence=licence) for number, licence in enumerate(licences)]

    licence, admitted, left = agree(parts, RULES.admissions)

    assert licence == whole
    assert [one.licence for one in left] == refused
    assert len(admitted) + len(left) == len(parts)


def test_what_a_layer_is_made_of_has_a_fingerprint_that_follows_every_fact_and_no_order():
    one, two = part("namur"), part("gembloux")
    mark = fingerprint(TODAY, RULES, [one, two], "engine 1")

    assert fingerprint(TODAY, RULES, [two, one], "engine 1") == mark
    others = [
        fingerprint(TODAY, RULES, [one], "engine 1"),
        fingerprint(FIRST, RULES, [one, two], "engine 1"),
        fingerprint(TODAY, replace(RULES, renamed={}), [one, two], "engine 1"),
        fingerprint(TODAY, RULES, [one, two], "engine 2"),
        *(fingerprint(TODAY, RULES, [replace(one, **{name: "x"}), two], "engine 1")
          for name in ("sha256", "licence", "dataset", "kind", "updated", "contract")),
    ]  # fmt: skip
    assert len({mark, *others}) == len(others) + 1


@pytest.mark.parametrize("name", [one.name for one in table_contracts()])
def test_every_table_contract_has_the_rules_of_its_layer(name):
    base = table_contract(name)
    rules, made = layer_rules(name, tuple(base.key)), table_contract(f"layer-{name}")

    assert rules.type in ("mobility", "energy", "governance")
    assert rules.regional_column is None or rules.regional_column in base.key
    assert not set(origin_names()) & set(base.field_names)
    assert made.field_names == [*origin_names(), *base.field_names]
    assert made.key == ["origin_organization", *base.key]
    assert set(made.title) == set(base.title)
    assert limit(made.plausibility, "least-rows") == float("inf"), "a layer that shrinks is not held"
    known = {one.code for one in vocabulary("licence").concepts}
    assert {code for each in rules.admissions for code in (each.licence, *each.admits)} <= known
