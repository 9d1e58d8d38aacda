"""The one HTTP client for everything that leaves the house.

Harvest and quality fetch through it and through nothing else: time-outs, size caps, private addresses refused also
after a redirect, a name resolved once and the connection pinned to the address that was checked. Pure: no CKAN.
"""

from ckanext.smartregion.fetch.client import Client, Response
from ckanext.smartregion.fetch.errors import FetchError
from ckanext.smartregion.fetch.policy import Policy

__all__ = ["Client", "FetchError", "Policy", "Response"]
