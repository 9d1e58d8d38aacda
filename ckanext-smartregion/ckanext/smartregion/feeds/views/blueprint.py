"""The blueprint of the feeds: a refusal is answered as a problem document in the format that was asked for."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from ckanext.smartregion import interface
from ckanext.smartregion.feeds import http
from ckanext.smartregion.feeds.forms import asked_form
from ckanext.smartregion.feeds.problems import Problem, written

smartregion_feeds = Blueprint("smartregion_feeds", __name__)


@smartregion_feeds.after_request
def open_for_questions(response: Response) -> Response:
    """Let programs in any web page ask with the headers that we read."""
    return http.Preflight(headers=response.headers) if request.method == "OPTIONS" else response


@smartregion_feeds.errorhandler(Problem)
def refused(problem: Problem, extension: str | None = None) -> Response:
    """The refusal, readable for whoever asked."""
    asked = (
        extension
        or (request.view_args or {}).get("extension")
        or asked_form(request.headers.get("Accept", ""), page=False)
    )
    text, media_type = written(problem, asked or "", request.url, interface.language())
    response = Response(text, status=problem.status, content_type=http.with_charset(media_type))
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
