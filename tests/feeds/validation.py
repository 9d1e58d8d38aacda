"""SHACL by pyshacl: the shapes are read once and asked often, in stores that keep triples and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pyshacl import shape
from pyshacl.constraints import CONSTRAINT_PARAMETERS_MAP
from pyshacl.pytypes import SHACLExecutor
from pyshacl.shapes_graph import ShapesGraph
from rdflib import DCAT, RDFS, Graph
from rdflib.namespace import OWL, SH
from rdflib.term import Node

from tests.feeds.graphs import QuickGraph

RESOURCES = ("Dataset", "DataService", "Catalog", "DatasetSeries")
Result = dict[Node, Node]  # what a report says of one result: property, value


class Shapes:
    """Some shapes, ready to be asked about many graphs."""

    def __init__(self, graph: Graph) -> None:
        keep_constraints()
        shapes = ShapesGraph(graph).shapes
        self._asked = [each for each in shapes if any(any(targets) for targets in each.target())]

    def results(self, graph: Graph) -> list[Result]:
        """What SHACL's report says of a graph, which stays as it is."""
        more = [triple for triple in _what_dcat_says_of_its_classes() if triple not in graph]
        for triple in more:
            graph.add(triple)
        # As a Validator does, but for its reading of the shapes in each run, and a report that is a graph again.
        found = [each.validate(SHACLExecutor(), graph)[1] for each in self._asked]
        for triple in more:
            graph.remove(triple)
        return [_told(node, triples) for results in found for _, node, triples in results]


def _told(result: Node, triples: Iterable[tuple]) -> Result:
    """What is said of a result itself; nodes come with the graph that they were found in."""
    return {about: value[1] if isinstance(value, tuple) else value for one, about, value in triples if one == result}


@cache
def official(folder: Path, *names: str) -> Shapes:
    """The shapes of some official files; what they import is dropped, to stay offline."""
    shapes = QuickGraph()
    for name in names:
        shapes.parse(folder / name, publicID="https://example.be/")
    shapes.remove((None, OWL.imports, None))
    for without_path in {each for each in shapes.objects(None, SH.property) if (each, SH.path, None) not in shapes}:
        shapes.remove((None, SH.property, without_path))  # some files of DCAT-AP 3.0.1 hold a few of these
    return Shapes(shapes)


def _what_dcat_says_of_its_classes() -> Iterable[tuple]:
    """Which of its classes are resources, which HVD's ranges rely on."""
    return ((DCAT[kind], RDFS.subClassOf, DCAT.Resource) for kind in RESOURCES)


@cache
def keep_constraints() -> None:
    """Have pyshacl read each constraint of a shape once, instead of for each thing that is judged by it."""
    kept = {constraint: cache(constraint) for constraint in CONSTRAINT_PARAMETERS_MAP.values()}
    of_parameters = {parameter: kept[constraint] for parameter, constraint in CONSTRAINT_PARAMETERS_MAP.items()}
    shape.module.CONSTRAINT_PARAMS = frozenset(of_parameters), of_parameters
