"""The RDF terms that a feed uses, beside those of ckanext-dcat, and their prefixes."""

from __future__ import annotations

from rdflib import Graph, Namespace
from rdflib.namespace import FOAF, OWL, RDF, RDFS, SKOS, XSD

ACT = Namespace("https://www.w3.org/ns/activitystreams#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
CNT = Namespace("http://www.w3.org/2011/content#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
DCT = Namespace("http://purl.org/dc/terms/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
GSP = Namespace("http://www.opengis.net/ont/geosparql#")
HTTP = Namespace("http://www.w3.org/2011/http#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
MOBILITY = Namespace("https://w3id.org/mobilitydcat-ap#")
PROV = Namespace("http://www.w3.org/ns/prov#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")

# data.gov.be looks for the text "dcat:Dataset": the prefix of DCAT is part of what we promise.
PREFIXES = {
    "adms": ADMS,
    "as": ACT,
    "cnt": CNT,
    "dcat": DCAT,
    "dcatap": DCATAP,
    "dct": DCT,
    "eli": ELI,
    "foaf": FOAF,
    "gsp": GSP,
    "http": HTTP,
    "hydra": HYDRA,
    "locn": LOCN,
    "mobilitydcatap": MOBILITY,
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "spdx": SPDX,
    "vcard": VCARD,
    "xsd": XSD,
}


def new_page() -> Graph:
    """An empty graph that only grows: without contexts, whose bookkeeping would cost a quarter of the time."""
    graph = Graph(store="SimpleMemory", bind_namespaces="core")
    bind(graph)
    return graph


def new_fragment() -> Graph:
    """An empty graph for one thing, which may be changed while it is read, as ckanext-dcat does."""
    return Graph(bind_namespaces="none")


def bind(graph: Graph) -> None:
    """Make a graph use our prefixes."""
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace, override=True, replace=True)
