"""What every reader gets alike, answered without what CKAN does for each request: nobody is identified, and nothing is
remembered of who asked.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ckan import model

from ckanext.smartregion.feeds.problems import Problem

log = logging.getLogger(__name__)


class Directly:
    """Asks the views of an application, past all that stands before and behind them."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any]) -> Response | None:
        """The answer; None where there is more to say than an answer, which CKAN's own way says with all its words."""
        with self.app.request_context(environ):
            try:
                response = self.app.make_response(self.app.dispatch_request())
            except (Problem, HTTPException):
                return None
            except Exception:
                log.exception("An answer broke off; it is asked for again in CKAN's own way.")
                return None
            finally:
                model.Session.remove()
        return response if response.status_code in (200, 304) else None
