"""smartregion: the catalogue's wiring, its look and its translations."""

from __future__ import annotations

import ckan.plugins as p


class SmartregionPlugin(p.SingletonPlugin):
    """The core of the platform; every other plugin of ours builds on it."""
