"""News of datasets that one feature tells and another shows: both know the signals, neither knows the other."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

# Sent inside the teller's transaction with package_id, organization_id, kind and texts in four languages. Whoever keeps
# them adds to the session and does not commit.
DATASET = tk.signals.ckanext.signal("smartregion:dataset-news")
# The scheduler's look, several times a minute; it is the signal that the harvest sends.
TICKED = tk.signals.ckanext.signal("smartregion_harvest:ticked")
