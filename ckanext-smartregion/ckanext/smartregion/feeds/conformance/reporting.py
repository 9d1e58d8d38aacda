"""A judgement as the world reads it: as JSON, and as statements of DQV and SHACL. Pure.

Texts are maps from language to text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.smartregion.feeds.conformance import mending, scoring
from ckanext.smartregion.feeds.conformance.assessing import Assessment
from ckanext.smartregion.feeds.conformance.checking import Result
from ckanext.smartregion.feeds.conformance.constraints import VIOLATION, WARNING
from ckanext.smartregion.feeds.emission import Statement, Value
from ckanext.smartregion.feeds.terms import DCT, RDF, SKOS, XSD, Namespace

DQV = Namespace("http://www.w3.org/ns/dqv#")
SH = Namespace("http://www.w3.org/ns/shacl#")
# The word of a table as the component of SHACL that says the same.
COMPONENTS = {
    "below": "Pattern",
    "class": "Class",
    "datatype": "Datatype",
    "either": "Or",
    "in": "Node",
    "kind": "NodeKind",
    "languages": "LanguageIn",
    "max": "MaxCount",
    "min": "MinCount",
    "min_length": "MinLength",
    "once_a_language": "UniqueLang",
    "value": "HasValue",
}
SEVERITIES = {VIOLATION: SH.Violation, WARNING: SH.Warning}
_PROPERTY = re.compile(r"[^ ^|]+")

Report = dict[str, Any]


def report(assessment: Assessment, kind: str, files: Mapping[str, str]) -> Report:
    """The judgement on a dataset of this type; ``files`` are the ids of its resources by the IRIs of their files."""
    score = assessment.score
    won = scoring.rating(score.points)
    return {
        "iri": assessment.dataset,
        "profiles": list(assessment.profiles),
        "valid": assessment.is_valid,
        "violations": assessment.count(VIOLATION),
        "warnings": assessment.count(WARNING),
        "score": {
            "points": score.points,
            "most": scoring.most(),
            "rating": won["name"],
            "label": won["label"],
            "parts": [
                {"name": name, "label": scoring.part_label(name), "points": points, "most": most}
                for name, (points, most) in score.parts.items()
            ],
            "indicators": [
                {"name": each.name, "part": each.part, "points": each.points, "most": each.most, "state": each.state}
                for each in score.outcomes
            ],
        },
        "mend": [
            {"points": each.points, **_placed(each.place, each.focus, kind, files), "message": each.sentence}
            for each in scoring.mends(score, kind)
        ],
        "results": [_result(each, assessment, kind, files) for each in assessment.results],
    }


def _result(result: Result, assessment: Assessment, kind: str, files: Mapping[str, str]) -> Report:
    place = mending.where(result, assessment.facts[result.profile])
    return {
        "severity": result.severity,
        "profile": result.profile,
        "focus": result.focus,
        "path": result.path,
        "value": result.value.text if result.value else None,
        "constraint": result.constraint,
        **_placed(place, result.focus, kind, files),
        "message": mending.sentence(result, place, kind),
    }


def _placed(place: mending.Place, focus: str, kind: str, files: Mapping[str, str]) -> Report:
    """Where something is mended; for a thing that belongs to a file, also which one."""
    of = [iri for iri in files if focus == iri or focus.startswith((f"{iri}#", f"{iri}/"))]
    file = files[max(of, key=len)] if of and place.form == "file" else None
    return {"form": place.form, "field": place.field, "label": mending.label(place, kind), "resource": file}


# -- as RDF


def statements(report: Report, address: str, metrics: str) -> Iterator[Statement]:
    """What a report says under its own address; ``metrics`` begins the IRIs of what is measured."""
    yield from _measurement(f"{address}#score", report["iri"], f"{metrics}#score", report["score"]["points"])
    yield from _metric(f"{metrics}#score")
    for each in report["score"]["indicators"]:
        name = f"{metrics}#{each['name']}"
        yield from _measurement(f"{address}#{each['name']}", report["iri"], name, each["points"])
        yield from _metric(name)
        yield name, DQV.inDimension, _iri(f"{metrics}#{each['part']}")
    for each in report["score"]["parts"]:
        name = f"{metrics}#{each['name']}"
        yield name, RDF.type, _iri(DQV.Dimension)
        yield from _texts(name, SKOS.prefLabel, each["label"])
    yield from _validation(report, address)


def _measurement(iri: str, dataset: str, metric: str, points: int) -> Iterator[Statement]:
    yield iri, RDF.type, _iri(DQV.QualityMeasurement)
    yield iri, DQV.computedOn, _iri(dataset)
    yield iri, DQV.isMeasurementOf, _iri(metric)
    yield iri, DQV.value, Value(str(points), datatype=XSD.integer)


def _metric(iri: str) -> Iterator[Statement]:
    yield iri, RDF.type, _iri(DQV.Metric)
    yield iri, DQV.expectedDataType, _iri(XSD.integer)


def _validation(report: Report, address: str) -> Iterator[Statement]:
    own = f"{address}#report"
    yield own, RDF.type, _iri(SH.ValidationReport)
    yield own, SH.conforms, Value(str(not report["results"]).lower(), datatype=XSD.boolean)
    yield own, DCT.subject, _iri(report["iri"])
    for number, each in enumerate(report["results"], start=1):
        result = f"{address}#result-{number}"
        yield own, SH.result, _iri(result)
        yield result, RDF.type, _iri(SH.ValidationResult)
        yield result, SH.focusNode, _iri(each["focus"])
        yield result, SH.resultSeverity, _iri(SEVERITIES[each["severity"]])
        component = SH[f"{COMPONENTS[each['constraint']]}ConstraintComponent"]
        yield result, SH.sourceConstraintComponent, _iri(component)
        if _PROPERTY.fullmatch(each["path"]):
            yield result, SH.resultPath, _iri(each["path"])
        if each["value"] is not None:
            yield result, SH.value, _value(each["value"])
        yield from _texts(result, SH.resultMessage, each["message"])


def _value(text: str) -> Value:
    return Value(text, is_iri=text.startswith(("http://", "https://", "mailto:", "tel:")))


def _texts(subject: str, predicate: str, texts: Mapping[str, str]) -> Iterator[Statement]:
    for language, text in texts.items():
        yield subject, predicate, Value(text, language=language)


def _iri(iri: str) -> Value:
    return Value(iri, is_iri=True)
