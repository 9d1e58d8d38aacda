"""News of datasets that one feature tells and another shows: both know the signals, neither knows the other."""

from __future__ import annotations

import time

import ckan.plugins.toolkit as tk

# Sent inside the teller's transaction with package_id, organization_id, kind and texts in four languages. Whoever keeps
# them adds to the session and does not commit.
DATASET = tk.signals.ckanext.signal("smartregion:dataset-news")
# The scheduler's look, several times a minute; it is the signal that the harvest sends.
TICKED = tk.signals.ckanext.signal("smartregion_harvest:ticked")


class Watch:
    """When this process has last looked for what happens without a run, of which not every tick need ask."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.looked: float | None = None

    def due(self) -> bool:
        """Whether it is time to look again; the clock starts anew with the answer yes."""
        if self.looked is not None and time.monotonic() - self.looked < self.seconds:
            return False
        self.looked = time.monotonic()
        return True
