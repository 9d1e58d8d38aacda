"""What harvesting remembers: sources, their runs, what each remote item became, and what each run did to it.

`tables` says what is stored, `staging` keeps a run under way, the others find what is asked for.
"""

from ckanext.smartregion.harvest.model.records import (
    count_by_state,
    edits,
    made_by,
    outcomes,
    problems,
    records,
    records_by_key,
    relatives,
    unchanged,
    versions,
)
from ckanext.smartregion.harvest.model.runs import asked, last_runs, live_run, progress, queued_before, runs, silent
from ckanext.smartregion.harvest.model.sources import (
    STATES,
    claim,
    due,
    find_source,
    owners,
    provenance,
    sources,
    state_of,
)
from ckanext.smartregion.harvest.model.tables import (
    LIVE,
    Edit,
    Outcome,
    Record,
    Run,
    Source,
    StagedPage,
    StagedStep,
    now,
)

__all__ = [
    "LIVE",
    "STATES",
    "Edit",
    "Outcome",
    "Record",
    "Run",
    "Source",
    "StagedPage",
    "StagedStep",
    "asked",
    "claim",
    "count_by_state",
    "due",
    "edits",
    "find_source",
    "last_runs",
    "live_run",
    "made_by",
    "now",
    "outcomes",
    "owners",
    "problems",
    "progress",
    "provenance",
    "queued_before",
    "records",
    "records_by_key",
    "relatives",
    "runs",
    "silent",
    "sources",
    "state_of",
    "unchanged",
    "versions",
]
