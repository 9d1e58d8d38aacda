"""The gate's pages: reports and contracts, confirmations, proposals to mend, exceptions, layers, tables as Parquet."""

from ckanext.smartregion.quality.views import confirming, layers, repair, tables, waivers
from ckanext.smartregion.quality.views.gate import smartregion_quality

__all__ = ["smartregion_quality"]

smartregion_quality.add_url_rule("/dataset/<id>/quality/confirm", view_func=confirming.confirm, methods=["POST"])
smartregion_quality.add_url_rule("/dataset/<id>/quality/repair/<int:position>", view_func=repair.proposal)
smartregion_quality.add_url_rule("/dataset/<id>/quality/repair/<int:position>/file", view_func=repair.mended)
smartregion_quality.add_url_rule("/quality/waivers", view_func=waivers.waivers)
smartregion_quality.add_url_rule("/quality/waivers/<id>/revoke", view_func=waivers.revoke, methods=["POST"])
smartregion_quality.add_url_rule("/dataset/<id>/quality/waive", view_func=waivers.waive, methods=["POST"])
smartregion_quality.add_url_rule("/layers", view_func=layers.layers)
smartregion_quality.add_url_rule("/layers/<name>", view_func=layers.layer)
smartregion_quality.add_url_rule("/layers/<name>/build", view_func=layers.build, methods=["POST"])
smartregion_quality.add_url_rule("/dataset/<id>/resource/<resource_id>/table.parquet", view_func=tables.parquet)
