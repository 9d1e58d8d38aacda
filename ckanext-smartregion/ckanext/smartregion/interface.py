"""The language in which a reader is spoken to."""

from flask import has_request_context

import ckan.plugins.toolkit as tk

from ckanext.smartregion.schemas import LANGUAGES


def language() -> str:
    """The language of the request; outside one, in a job or a command, the portal's own."""
    chosen = tk.h.lang() if has_request_context() else tk.config.get("ckan.locale_default")
    return chosen or LANGUAGES[0]
