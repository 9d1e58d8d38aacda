"""Judging what is published: the report on one dataset, made when it is asked for; the sums over all are remembered."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from itertools import chain
from typing import Any

from ckan import model as ckan_model

from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion.feeds import log, model
from ckanext.smartregion.feeds.conformance import scoring
from ckanext.smartregion.feeds.conformance.assessing import Assessment, assess
from ckanext.smartregion.feeds.conformance.constraints import VIOLATION, WARNING
from ckanext.smartregion.feeds.conformance.reading import described
from ckanext.smartregion.feeds.conformance.reporting import Report, report
from ckanext.smartregion.feeds.description.iris import distribution_iri
from ckanext.smartregion.feeds.logic import sharing
from ckanext.smartregion.feeds.model import Piece, Quality, Version

FORM = "nt"  # the serialisation that is read back
BATCH = 100
logger = logging.getLogger(__name__)


def judge(limit: int = BATCH) -> int:
    """Judge versions that were not judged yet; how many were. One that can't be judged stops no other."""
    found = model.unjudged(log.DEFAULT_PROFILE, FORM, limit)
    pieces = model.texts([version.seq for version in found], FORM)
    rows = [row for version in found if (row := _tried(version, pieces[version.seq]))]
    model.keep_qualities(rows)
    ckan_model.Session.rollback()  # nothing is written by this session, and the next turn must see the newest
    return len(rows)


def _tried(version: Version, pieces: Mapping[str, Piece]) -> dict[str, Any] | None:
    try:
        return _row(version, _assessed(version, pieces))
    except Exception:
        logger.exception("The description of the dataset %s can't be judged", version.package_id)
        return None


def waiting() -> int:
    """How many versions are not judged yet."""
    return model.count_unjudged(log.DEFAULT_PROFILE, FORM)


def report_of(version: Version) -> Report | None:
    """The report on a version; None where it has no text to judge."""
    pieces = model.texts([version.seq], FORM).get(version.seq)
    if not pieces or version.dataset is None:
        return None
    dataset, base = version.dataset, _base()
    files = {distribution_iri(each, dataset, base): each["id"] for each in dataset.get("resources", [])}
    judged = report(_assessed(version, pieces), dataset["type"], files)
    about = {"id": version.package_id, "name": version.name, "change": version.seq, "type": dataset["type"]}
    return {**about, "published": version.published.isoformat(), **judged}


def sums(organization: str = "") -> dict[str, Any]:
    """What the judgements come to: for all datasets, or for those of the organisation of this name."""
    by_points = model.points_of_qualities(organization)
    ratings = Counter[str]()
    for row in by_points:
        ratings[scoring.rating(row.points)["name"]] += row.datasets
    datasets = sum(row.datasets for row in by_points)
    return {
        "datasets": datasets,
        "points": round(sum(row.points * row.datasets for row in by_points) / datasets, 1) if datasets else None,
        "most": scoring.most(),
        "parts": {name: round(float(mean), 1) for name, mean in model.parts_of_qualities(organization)},
        "ratings": {name: ratings[name] for name in scoring.rating_names()},
        "valid": sum(row.valid for row in by_points),
        "violations": sum(row.violations for row in by_points),
        "warnings": sum(row.warnings for row in by_points),
        "lost": [{"indicator": name, "datasets": number} for name, number in model.lost_by_qualities(organization)],
    }


def listed(organization: str, start: int, rows: int) -> list[dict[str, Any]]:
    """The judgements on datasets, those with the fewest points first."""
    query = model.published_qualities(organization).order_by(Quality.points, Quality.package_id)
    return [
        {
            "id": quality.package_id,
            "name": name,
            "organization": quality.organization,
            "points": quality.points,
            "rating": scoring.rating(quality.points)["name"],
            "parts": quality.parts,
            "violations": quality.violations,
            "warnings": quality.warnings,
        }
        for quality, name in query.offset(start).limit(rows)
    ]


def _assessed(version: Version, pieces: Mapping[str, Piece]) -> Assessment:
    base, shared = _base(), sharing.read(ckan_model.Session, [piece.shared for piece in pieces.values()])
    # Of the addresses of others nobody here knows whether they answer; our own we serve.
    return assess(
        {
            profile: described(chain([piece.own], of))
            for (profile, piece), of in zip(pieces.items(), shared, strict=True)
        },
        version.iri,
        lambda address: True if address.startswith(f"{base}/") else None,
    )


def _row(version: Version, assessment: Assessment) -> dict[str, Any]:
    score = assessment.score
    organization = (version.dataset or {}).get("organization") or {}
    return {
        "package_id": version.package_id,
        "seq": version.seq,
        "made_by": version.made_by,
        "organization": organization.get("name", ""),
        "points": score.points,
        "parts": {name: points for name, (points, _) in score.parts.items()},
        "lost": {each.name: each.most - each.points for each in score.outcomes if each.points < each.most},
        "violations": assessment.count(VIOLATION),
        "warnings": assessment.count(WARNING),
    }


def _base() -> str:
    return catalog_uri().rstrip("/")
