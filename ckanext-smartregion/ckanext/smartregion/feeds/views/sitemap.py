"""`sitemap.xml`: a list of maps, each with the datasets of as many places of the walk as a map may hold."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import request
from werkzeug.wrappers import Response

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion.feeds import http, model, sitemap
from ckanext.smartregion.feeds.logic import publishing
from ckanext.smartregion.feeds.model import Version
from ckanext.smartregion.feeds.problems import Problem

MEDIA_TYPE = "application/xml"


def maps() -> Response:
    """The list of the maps, with the moment of the last change in each."""
    publishing.publish()
    snapshot, part, base = model.latest(), (Version.place - 1) / sitemap.MOST, _base()

    def text() -> str:
        rows = ckan_model.Session.query(sa.cast(sa.func.floor(part), sa.BigInteger), sa.func.max(Version.published))
        rows = rows.filter(model.in_snapshot(snapshot)).group_by(sa.text("1")).order_by(sa.text("1"))
        return sitemap.maps((f"{base}/sitemap-{number + 1}.xml", changed) for number, changed in rows)

    return _answer(text, snapshot, 0)


def pages(number: int) -> Response:
    """One map: the pages of its datasets."""
    publishing.publish()
    snapshot, base, first = model.latest(), _base(), (number - 1) * sitemap.MOST
    rows = ckan_model.Session.query(Version.name, Version.published).filter(model.in_snapshot(snapshot))
    rows = rows.filter(Version.place > first, Version.place <= first + sitemap.MOST).order_by(Version.place).all()
    if not rows:
        raise Problem(404, tk._("There is no map of this number. Begin with sitemap.xml."))
    return _answer(lambda: sitemap.pages((f"{base}/dataset/{name}", moment) for name, moment in rows), snapshot, number)


def _answer(text: Callable[[], str], snapshot: int, number: int) -> Response:
    tag = http.tag_of("sitemap", snapshot, number, _base())
    return http.as_file(request, text, media_type=MEDIA_TYPE, tag=tag, modified=model.moment_of(snapshot))


def _base() -> str:
    return catalog_uri().rstrip("/")
