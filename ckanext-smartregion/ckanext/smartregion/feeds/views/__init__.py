"""What the feeds answer on the web: pages of the walk, datasets by themselves and dumps, as files are answered."""

from ckanext.smartregion.feeds.forms import FORMS
from ckanext.smartregion.feeds.views import (
    alternates,
    catalogue,
    changes,
    dumps,
    page,
    quality,
    sitemap,
    structured,
    tombstones,
    webhooks,
)
from ckanext.smartregion.feeds.views.blueprint import smartregion_feeds

__all__ = ["smartregion_feeds"]

smartregion_feeds.add_url_rule("/catalog", view_func=catalogue.negotiated)
smartregion_feeds.add_url_rule("/catalog.<extension>", view_func=catalogue.catalogue)
smartregion_feeds.add_url_rule("/dataset/<id>.<extension>", view_func=catalogue.dataset)
for form in structured.MEDIA_TYPES:
    told = {"view_func": structured.dataset, "defaults": {"form": form}}
    smartregion_feeds.add_url_rule(f"/dataset/<id>.{form}.jsonld", endpoint=form, **told)
    smartregion_feeds.add_url_rule(f"/dataset/<id>/{form}.jsonld", endpoint=f"{form}_below", **told)  # ckanext-dcat's
smartregion_feeds.add_url_rule("/sitemap.xml", view_func=sitemap.maps, endpoint="sitemap")
smartregion_feeds.add_url_rule("/sitemap-<int:number>.xml", view_func=sitemap.pages, endpoint="sitemap_pages")
smartregion_feeds.add_url_rule("/dataset_series/<id>.<extension>", view_func=catalogue.dataset, endpoint="series")
smartregion_feeds.add_url_rule("/service/<name>", view_func=catalogue.service)
smartregion_feeds.add_url_rule("/feeds/changes", view_func=changes.negotiated, endpoint="changes")
smartregion_feeds.add_url_rule("/feeds/changes.<extension>", view_func=changes.entry, endpoint="changes_in")
smartregion_feeds.add_url_rule("/feeds/changes/<int:number>.<extension>", view_func=changes.block)
smartregion_feeds.add_url_rule("/feeds/changes/<int:seq>", view_func=changes.change)
smartregion_feeds.add_url_rule("/feeds/quality/<id>.<extension>", view_func=quality.quality)
smartregion_feeds.add_url_rule("/feeds/dumps/", view_func=dumps.dumps)
smartregion_feeds.add_url_rule("/feeds/dumps/index.json", view_func=dumps.dumps, endpoint="dumps_index")
smartregion_feeds.add_url_rule("/feeds/dumps/<folder>/", view_func=dumps.index, endpoint="dump")
smartregion_feeds.add_url_rule("/feeds/dumps/<folder>/index.json", view_func=dumps.index, endpoint="dump_index")
smartregion_feeds.add_url_rule(
    f"/feeds/dumps/<folder>/index.<any({', '.join(FORMS)}):extension>", view_func=dumps.described
)
smartregion_feeds.add_url_rule("/feeds/dumps/<folder>/<name>", view_func=dumps.file, endpoint="dump_file")
smartregion_feeds.add_url_rule("/feeds/webhooks", view_func=webhooks.index, endpoint="webhooks")
smartregion_feeds.add_url_rule(
    "/feeds/webhooks", view_func=webhooks.create, endpoint="webhook_create", methods=["POST"]
)
smartregion_feeds.add_url_rule(
    "/feeds/webhooks/<id>/<any(pause, resume, delete, test):verb>",
    view_func=webhooks.act,
    endpoint="webhook_act",
    methods=["POST"],
)
smartregion_feeds.add_url_rule("/feeds", view_func=page.feeds, endpoint="page")
smartregion_feeds.add_url_rule("/dataset/<id>/changes", view_func=page.changes, endpoint="dataset_changes")
smartregion_feeds.before_app_request(catalogue.instead_of_a_page)
smartregion_feeds.after_app_request(tombstones.instead_of_not_found)
smartregion_feeds.after_app_request(alternates.in_header)
