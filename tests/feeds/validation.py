"""SHACL by pyshacl: the shapes are read once and asked often, in stores that keep triples and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pyshacl import Validator
from pyshacl.graph_abstraction import DataGraph
from pyshacl.monkey import apply_patches
from pyshacl.shapes_graph import ShapesGraph
from pyshacl.validator import assign_baked_in
from rdflib import DCAT, RDFS, Graph
from rdflib.namespace import OWL, SH

TRIPLES = "SimpleMemory"
RESOURCES = ("Dataset", "DataService", "Catalog", "DatasetSeries")


class Shapes:
    """Some shapes, ready to be asked about many graphs."""

    def __init__(self, graph: Graph) -> None:
        apply_patches()
        assign_baked_in()
        self._shapes = ShapesGraph(_in_a_quick_store(graph))

    def report(self, graph: Graph) -> Graph:
        """What SHACL's report says of a graph, which stays as it is."""
        more = [triple for triple in _what_dcat_says_of_its_classes() if triple not in graph]
        for triple in more:
            graph.add(triple)
        validator = Validator(DataGraph.from_rdflib(graph), shacl_graph=Graph(store=TRIPLES), options={"inplace": True})
        validator.shacl_graph = self._shapes  # as a Validator makes them of a graph, but for each of its runs
        try:
            return validator.run()[1]
        finally:
            for triple in more:
                graph.remove(triple)


@cache
def official(folder: Path, *names: str) -> Shapes:
    """The shapes of some official files; what they import is dropped, to stay offline."""
    shapes = Graph()
    for name in names:
        shapes.parse(folder / name, publicID="https://example.be/")
    shapes.remove((None, OWL.imports, None))
    for without_path in {each for each in shapes.objects(None, SH.property) if (each, SH.path, None) not in shapes}:
        shapes.remove((None, SH.property, without_path))  # some files of DCAT-AP 3.0.1 hold a few of these
    return Shapes(shapes)


def _what_dcat_says_of_its_classes() -> Iterable[tuple]:
    """Which of its classes are resources, which HVD's ranges rely on."""
    return ((DCAT[kind], RDFS.subClassOf, DCAT.Resource) for kind in RESOURCES)


def _in_a_quick_store(triples: Iterable[tuple]) -> Graph:
    """A graph of triples and nothing else: rdflib's usual store knows named graphs, and asks about them for each."""
    graph = Graph(store=TRIPLES)
    for triple in triples:
        graph.add(triple)
    return graph
