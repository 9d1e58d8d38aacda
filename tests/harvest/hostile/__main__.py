"""Write the table of docs/harvest.md anew: `PYTHONPATH=.:tests python -m tests.harvest.hostile`."""

from __future__ import annotations

from tests.harvest.hostile.cases import table
from tests.harvest.hostile.test_hostile import HARVEST, TOLD

text = HARVEST.read_text("utf-8")
HARVEST.write_text(TOLD.sub(lambda found: found[1] + table() + "\n\n", text), "utf-8")
