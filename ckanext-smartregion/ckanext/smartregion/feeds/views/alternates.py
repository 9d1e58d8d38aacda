"""The pages of the catalogue and of datasets name the same in RDF, also to programs that read only headers."""

from __future__ import annotations

from flask import Response, request

from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion.feeds.forms import FORMS
from ckanext.smartregion.feeds.views.catalogue import PAGES_OF_DATASETS

NAMED = ("ttl", "xml", "jsonld", "nt")


def in_header(response: Response) -> Response:
    """The page with a `Link` header for each serialisation."""
    is_catalogue = request.endpoint == "home.index"
    if response.status_code != 200 or not (is_catalogue or request.endpoint in PAGES_OF_DATASETS):
        return response
    if response.mimetype == "text/html":
        stem = "/catalog" if is_catalogue else f"/dataset/{(request.view_args or {})['id']}"
        for form in map(FORMS.__getitem__, NAMED):
            link = f'<{catalog_uri().rstrip("/")}{stem}.{form.extension}>; rel="alternate"; type="{form.media_type}"'
            response.headers.add("Link", link)
    return response
