"""Datasets held against the rules of the profiles, beside pyshacl with the official shapes of one of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pyshacl
from rdflib import OWL, Graph

from ckan.common import config

from ckanext.smartregion.feeds import emission
from ckanext.smartregion.feeds.conformance.checking import check
from ckanext.smartregion.feeds.conformance.constraints import PROFILES
from ckanext.smartregion.feeds.conformance.facts import Described
from ckanext.smartregion.feeds.description.portal import read_portal
from ckanext.smartregion.feeds.serializer import described, prepare

from benchmarks.feeding.examples import ADDRESS, dataset
from benchmarks.timing import Contender, compare

SHAPES = Path(__file__).resolve().parents[3] / "shared/shacl/dcat-ap-3.0.1"
FILES = ("shapes.ttl", "range.ttl")
COUNT = 20  # datasets; pyshacl takes half a second for them


def checks(rounds: int) -> None:
    """Ours holds each dataset against every profile, pyshacl against DCAT-AP alone."""
    if not SHAPES.is_dir():
        print(f"The official shapes are not at {SHAPES}: nothing is measured.")
        return
    config["ckan.site_url"] = ADDRESS
    portal = read_portal(ADDRESS)
    descriptions = [described(prepare(dataset(number), portal)) for number in range(COUNT)]
    graphs, shapes = [_graph(each) for each in descriptions], _shapes()
    ours = Contender(f"our check, {len(PROFILES)} profiles", partial(_checked, descriptions))
    compare(
        ours, Contender("pyshacl, DCAT-AP", partial(_validated, graphs, shapes)),
        items=COUNT, unit="datasets", rounds=rounds,
    )  # fmt: skip
    print(f"asked: about 1 ms a dataset; found {ours.median / COUNT * 1000:.2f} ms", flush=True)


def _checked(descriptions: list[Described]) -> None:
    for each in descriptions:
        check(each, PROFILES)


def _validated(graphs: list[Graph], shapes: Graph) -> None:
    for each in graphs:
        pyshacl.validate(each, shacl_graph=shapes)


def _graph(descriptions: Described) -> Graph:
    return Graph().parse(data=emission.document("nt", [emission.piece("nt", descriptions)]), format="nt")


def _shapes() -> Graph:
    """The shapes without what they import, to stay offline."""
    shapes = Graph()
    for name in FILES:
        shapes.parse(SHAPES / name)
    shapes.remove((None, OWL.imports, None))
    return shapes
