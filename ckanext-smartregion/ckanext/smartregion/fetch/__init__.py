"""The one HTTP client for everything that leaves the house.

Harvest and quality fetch through it and through nothing else: time-outs, size caps, private addresses refused also
after a redirect, a name resolved once and the connection pinned to the address that was checked, manners towards each
host that all workers share, credentials that only their own host sees. Pure: no CKAN.
"""

from ckanext.smartregion.fetch.client import Client, Response
from ckanext.smartregion.fetch.credentials import Credentials
from ckanext.smartregion.fetch.errors import FetchError
from ckanext.smartregion.fetch.manners import Alone, Manners
from ckanext.smartregion.fetch.policy import Policy
from ckanext.smartregion.fetch.rests import Quiet

__all__ = ["Alone", "Client", "Credentials", "FetchError", "Manners", "Policy", "Quiet", "Response"]
