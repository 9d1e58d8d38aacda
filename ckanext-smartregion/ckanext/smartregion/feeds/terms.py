"""The RDF terms that a feed uses and their prefixes. Pure: a term is a text."""

from __future__ import annotations


class Namespace:
    """An address that terms begin with: ``DCT.title`` is the whole address of that term, ``str(DCT)`` its beginning."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.address + name

    def __getitem__(self, name: str) -> str:
        return self.address + name

    def __str__(self) -> str:
        return self.address


ACT = Namespace("https://www.w3.org/ns/activitystreams#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
CNT = Namespace("http://www.w3.org/2011/content#")
CPSV = Namespace("http://purl.org/vocab/cpsv#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
DCT = Namespace("http://purl.org/dc/terms/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
GEODCAT = Namespace("http://data.europa.eu/930/")
GSP = Namespace("http://www.opengis.net/ont/geosparql#")
HTTP = Namespace("http://www.w3.org/2011/http#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
LDES = Namespace("https://w3id.org/ldes#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
M8G = Namespace("http://data.europa.eu/m8g/")
MOBILITY = Namespace("https://w3id.org/mobilitydcat-ap#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
PAV = Namespace("http://purl.org/pav/")
PROV = Namespace("http://www.w3.org/ns/prov#")
QB = Namespace("http://purl.org/linked-data/cube#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SDMX = {
    role: Namespace(f"http://purl.org/linked-data/sdmx/2009/{role}#") for role in ("attribute", "dimension", "measure")
}
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
STAT = Namespace("http://data.europa.eu/s1n/")
TREE = Namespace("https://w3id.org/tree#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")

# data.gov.be looks for the text "dcat:Dataset": the prefix of DCAT is part of what we promise.
PREFIXES = {
    "adms": ADMS,
    "as": ACT,
    "cnt": CNT,
    "cpsv": CPSV,
    "dcat": DCAT,
    "dcatap": DCATAP,
    "dct": DCT,
    "eli": ELI,
    "foaf": FOAF,
    "geodcatap": GEODCAT,
    "gsp": GSP,
    "http": HTTP,
    "hydra": HYDRA,
    "ldes": LDES,
    "locn": LOCN,
    "m8g": M8G,
    "mobilitydcatap": MOBILITY,
    "owl": OWL,
    "pav": PAV,
    "prov": PROV,
    "qb": QB,
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "spdx": SPDX,
    "statdcatap": STAT,
    "tree": TREE,
    "vcard": VCARD,
    "xsd": XSD,
}
