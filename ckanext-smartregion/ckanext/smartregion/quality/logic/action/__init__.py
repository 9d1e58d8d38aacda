"""Actions of the gate: the chained writes, checks and reports, exceptions."""

from ckanext.smartregion.quality.logic.action.confirming import smartregion_version_confirm
from ckanext.smartregion.quality.logic.action.contracts import smartregion_contract_list, smartregion_contract_show
from ckanext.smartregion.quality.logic.action.gate import (
    package_create,
    package_owner_org_update,
    package_update,
    smartregion_check,
    smartregion_publication_lacks,
    smartregion_quality_list,
    smartregion_quality_overview,
    smartregion_quality_recheck,
    smartregion_quality_report_show,
    smartregion_quality_review,
)
from ckanext.smartregion.quality.logic.action.layers import (
    smartregion_layer_build,
    smartregion_layer_list,
    smartregion_layer_show,
)
from ckanext.smartregion.quality.logic.action.repair import smartregion_repair
from ckanext.smartregion.quality.logic.action.tables import (
    datastore_create,
    datastore_delete,
    datastore_records_delete,
    datastore_run_triggers,
    datastore_upsert,
)
from ckanext.smartregion.quality.logic.action.validation import (
    resource_validation_delete,
    resource_validation_run,
    resource_validation_run_batch,
    resource_validation_show,
)
from ckanext.smartregion.quality.logic.action.waivers import (
    smartregion_waiver_list,
    smartregion_waiver_revoke,
    smartregion_waiver_show,
    smartregion_waiver_sign,
)

__all__ = [
    "datastore_create",
    "datastore_delete",
    "datastore_records_delete",
    "datastore_run_triggers",
    "datastore_upsert",
    "package_create",
    "package_owner_org_update",
    "package_update",
    "resource_validation_delete",
    "resource_validation_run",
    "resource_validation_run_batch",
    "resource_validation_show",
    "smartregion_check",
    "smartregion_contract_list",
    "smartregion_contract_show",
    "smartregion_layer_build",
    "smartregion_layer_list",
    "smartregion_layer_show",
    "smartregion_publication_lacks",
    "smartregion_quality_list",
    "smartregion_quality_overview",
    "smartregion_quality_recheck",
    "smartregion_quality_report_show",
    "smartregion_quality_review",
    "smartregion_repair",
    "smartregion_version_confirm",
    "smartregion_waiver_list",
    "smartregion_waiver_revoke",
    "smartregion_waiver_show",
    "smartregion_waiver_sign",
]
