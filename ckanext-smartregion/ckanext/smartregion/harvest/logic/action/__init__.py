"""Actions of harvesting: sources are made, previewed and run; runs, records and notices are shown and dealt with."""

from ckanext.smartregion.harvest.logic.action.notices import (
    smartregion_digest_set,
    smartregion_notice_list,
    smartregion_notice_read,
    smartregion_source_condition,
)
from ckanext.smartregion.harvest.logic.action.records import (
    package_update,
    smartregion_record_give_back,
    smartregion_record_list,
    smartregion_record_release,
    smartregion_record_show,
)
from ckanext.smartregion.harvest.logic.action.runs import (
    smartregion_run_cancel,
    smartregion_run_confirm,
    smartregion_run_list,
    smartregion_run_show,
)
from ckanext.smartregion.harvest.logic.action.sources import (
    smartregion_source_create,
    smartregion_source_delete,
    smartregion_source_list,
    smartregion_source_overview,
    smartregion_source_preview,
    smartregion_source_probe,
    smartregion_source_run,
    smartregion_source_show,
    smartregion_source_update,
)
from ckanext.smartregion.harvest.logic.action.switches import (
    smartregion_source_approve,
    smartregion_source_disable,
    smartregion_source_enable,
    smartregion_source_pause,
    smartregion_source_resume,
)

__all__ = [
    "package_update",
    "smartregion_digest_set",
    "smartregion_notice_list",
    "smartregion_notice_read",
    "smartregion_record_give_back",
    "smartregion_record_list",
    "smartregion_record_release",
    "smartregion_record_show",
    "smartregion_run_cancel",
    "smartregion_run_confirm",
    "smartregion_run_list",
    "smartregion_run_show",
    "smartregion_source_approve",
    "smartregion_source_condition",
    "smartregion_source_create",
    "smartregion_source_delete",
    "smartregion_source_disable",
    "smartregion_source_enable",
    "smartregion_source_list",
    "smartregion_source_overview",
    "smartregion_source_pause",
    "smartregion_source_preview",
    "smartregion_source_probe",
    "smartregion_source_resume",
    "smartregion_source_run",
    "smartregion_source_show",
    "smartregion_source_update",
]
