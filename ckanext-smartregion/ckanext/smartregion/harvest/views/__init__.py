"""The pages of harvesting: all sources, one of them, its preview, its runs, its records, and how one is added."""

from __future__ import annotations

from flask import Blueprint

from ckanext.smartregion.harvest.views import adding, records, runs, sources

smartregion_harvest = Blueprint("smartregion_harvest", __name__, url_prefix="/harvest")

VERBS = "any(run, enable, disable, pause, resume, approve):verb"
FORMATS = "any(csv, json):form"

RULES = (
    ("/new", adding.New.as_view("new"), ["GET", "POST"]),
    ("/new/create", adding.create, ["POST"]),
    ("/<name>", sources.read, ["GET"]),
    ("/<name>/edit", sources.Edit.as_view("edit"), ["GET", "POST"]),
    ("/<name>/preview", sources.Preview.as_view("preview"), ["GET", "POST"]),
    ("/<name>/remove", sources.Remove.as_view("remove"), ["GET", "POST"]),
    (f"/<name>/records.<{FORMATS}>", records.download, ["GET"]),
    (f"/<name>/<{VERBS}>", sources.act, ["POST"]),
    ("/run/<id>", runs.run_read, ["GET"]),
    ("/run/<id>/progress", runs.progress, ["GET"]),
    (f"/run/<id>/outcomes.<{FORMATS}>", runs.outcomes, ["GET"]),
    ("/run/<id>/<any(confirm, cancel):verb>", runs.run_act, ["POST"]),
    ("/record/<id>", records.record_read, ["GET"]),
    ("/record/<id>/release", records.release, ["POST"]),
    ("/record/<id>/waive", records.waive, ["POST"]),
    ("/record/<id>/give-back", records.give_back, ["POST"]),
)

smartregion_harvest.add_url_rule("/", view_func=sources.index, strict_slashes=False)
for rule, view, methods in RULES:
    smartregion_harvest.add_url_rule(rule, view_func=view, methods=methods)
