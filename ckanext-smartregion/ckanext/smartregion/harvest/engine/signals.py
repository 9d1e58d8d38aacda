"""What the engine says aloud, without knowing who listens: the plugin connects those who want to know."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

# Sent with the id of the source, after the run is closed and committed.
run_closed = tk.signals.ckanext.signal("smartregion_harvest:run_closed")
# Sent at the end of every look of the scheduler.
ticked = tk.signals.ckanext.signal("smartregion_harvest:ticked")
