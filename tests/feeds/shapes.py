"""The official shapes: which files hold for which profile, which are left out, and the findings that are allowed."""

from __future__ import annotations

FILES = {
    "dcat-ap": (
        "dcat-ap-3.0.1/shapes.ttl",
        "dcat-ap-3.0.1/range.ttl",
        "dcat-ap-3.0.1/shapes_recommended.ttl",
        "dcat-ap-3.0.1/mdr-vocabularies.shape.ttl",
        "dcat-ap-3.0.1/dcat-ap-SHACL.ttl",
        "dcat-ap-3.0.1/ranges.ttl",
        "dcat-ap-3.0.2-draft/shapes.ttl",
        "dcat-ap-3.0.2-draft/range.ttl",
        "dcat-ap-3.0.2-draft/shapes_recommended.ttl",
        "dcat-ap-3.0.2-draft/mdr-vocabularies.shape.ttl",
        "dcat-ap-3.0.2-draft/dcat-ap-SHACL.ttl",
        "dcat-ap-3.0.0/dcat-ap-SHACL.ttl",
    ),
    "dcat-ap-hvd": (
        "dcat-ap-hvd-3.0.0/hvd-SHACL-base.ttl",
        "dcat-ap-hvd-3.0.0/hvd-SHACL-full.ttl",
        "dcat-ap-hvd-3.0.0/hvd-SHACL-ranges.ttl",
        "dcat-ap-hvd-3.0.0/hvd-SHACL-usagenotes.ttl",
        "dcat-ap-hvd-3.0.0/hvd-SHACL.ttl",
        "dcat-ap-hvd-3.0.1-draft/hvd-SHACL-api.ttl",
        "dcat-ap-hvd-3.0.1-draft/hvd-SHACL-base.ttl",
        "dcat-ap-hvd-3.0.1-draft/hvd-SHACL-cv.ttl",
        "dcat-ap-hvd-3.0.1-draft/hvd-SHACL-full.ttl",
        "dcat-ap-hvd-3.0.1-draft/hvd-SHACL-ranges.ttl",
        "dcat-ap-hvd-3.0.1-draft/hvd-SHACL-usagenotes.ttl",
        "dcat-ap-hvd-3.0.1-draft/hvd-SHACL.ttl",
    ),
    "mobilitydcat-ap": (
        "mobilitydcat-ap-1.1.0/mobilitydcat-ap-shacl.ttl",
        "mobilitydcat-ap-1.1.0/mobilitydcat-ap-shacl-ranges.ttl",
    ),
    "geodcat-ap": ("geodcat-ap-3.1.0/geodcat-ap-SHACL.ttl",),
    "bregdcat-ap": (
        "bregdcat-ap-3.0.0/bregdcatap-SHACL.ttl",
        "bregdcat-ap-2.1.0/BRegDCAT-AP_shacl_shapes_2.1.0.ttl",
        "bregdcat-ap-2.1.0/BRegDCAT-AP_shacl_mdr-vocabularies_2.1.0.ttl",
    ),
}
# Every profile but mobilityDCAT-AP, which says some things otherwise on purpose, keeps DCAT-AP 3.0.1 too.
BASE = FILES["dcat-ap"][:6]
FILES["statdcat-ap"] = ()  # only a draft has shapes, which are not stored here

LEFT_OUT = {
    "dcat-ap-3.0.1/deprecateduris.ttl": "asks for the codes of DCAT-AP 2 that 3.0 replaced",
    "dcat-ap-3.0.2-draft/deprecateduris.ttl": "the same",
    "dcat-ap-3.0.1/imports.ttl": "only names other files",
    "dcat-ap-3.0.1/mdr_imports.ttl": "only names other files",
}

NOBODY_STATED = "nobody stated it, and nothing at hand says it"
# A warning is allowed when the path of its property (any, if empty) and a part of its focus node's IRI are named here.
ALLOWED: dict[tuple[str, str], str] = {
    ("servesDataset", "/service/"): "the portal's own interfaces serve every dataset; one that names a high-value "
    "dataset would itself fall under the regulation",
    (
        "modified",
        "#catalogue",
    ): "an organisation's catalogue changes with each of its datasets, which say it themselves",
    ("type", "/CbeRegisteredEntity/0123456789"): NOBODY_STATED,
    ("publisher", ""): "Belgian bodies have numbers of the register of enterprises, not of the EU's list",
    ("spatial", ""): "places are those of GeoNames, as data.gov.be's, or stated by an outline",
    ("keyword", "minimal"): NOBODY_STATED,
    ("temporal", "minimal"): NOBODY_STATED,
    ("", "hostile"): "what cannot be used is left out",
}
# Violations that cannot be mended: the draft's or the old profile's rule contradicts the one that is in force.
CONTRADICTED = {
    ("3.0.1-draft", "description"): "an English description is not ours to invent",
    ("3.0.1-draft", "title"): "an English title is not ours to invent",
    ("2.1.0", "algorithm"): "DCAT-AP 3.0.1 wants these addresses under https",
    ("2.1.0", "byteSize"): "DCAT-AP 3 wants xsd:nonNegativeInteger",
    ("2.1.0", "status"): "DCAT-AP 3 wants the EU's list of statuses",
    ("2.1.0", "type"): "of licences: data.europa.eu's list; of laws: nobody states which kind of act they are",
    ("2.1.0", "isVersionOf"): "the dataset of which this one is a version need not be ours",
    ("2.1.0", "creator"): "as of publishers",
    ("2.1.0", "notation"): "identifiers are those of their scheme, not of DataCite",
    ("2.1.0", "themeTaxonomy"): "DCAT-AP 3 wants the EU's data themes",
}
