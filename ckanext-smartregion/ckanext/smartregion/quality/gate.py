"""The gate at the package write: nothing becomes visible to the public without a verdict.

Form, API, harvester and command line all end in `package_create` or `package_update`; both pass through `write`.
Files are stored by content before they are judged, so a verdict is bound to the very bytes that will be served.
Where the caller defers the commit, nothing here commits or rolls back: before `up` only a judgement is written.
"""

from __future__ import annotations

import copy
import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import plugins as lib_plugins
from ckan.types import Context

from ckanext.smartregion import completion, deferred, schemas
from ckanext.smartregion.quality import files, tables, weighing
from ckanext.smartregion.quality import model as memory
from ckanext.smartregion.quality.decision import Outcome, outcome
from ckanext.smartregion.quality.model import Judgement
from ckanext.smartregion.quality.policy import Verdict, verdict_of
from ckanext.smartregion.quality.weighing import Weighed

OWN_KEYS = ("verdict",)  # what the gate adds on show; it never comes back in
KEPT = ("id", "name", "type", "owner_org", "state", "private", "resources")  # what an update that omits it leaves alone
CONTEXT_KEY = "smartregion_decision"
TRUSTED_KEY = "smartregion_trusted_files"  # the caller is the gate itself: stored files may be named by their hash


class Held(tk.ValidationError):
    """A new version of a published dataset does not pass: it waits, and the published one stays online."""


Table = tuple[str, str | None]
"""What a resource names as its contract, and the hash of the bytes that were judged by it."""


class Unjudged(tk.ValidationError):
    """What is about to become public is not what was judged: the write is undone."""


@dataclass
class Decision:
    """What the gate decided on one write."""

    weighed: Weighed
    outcome: Outcome
    public: bool
    tables: list[Table]

    def judgement(self, package_id: str, author: str | None, candidate: dict[str, Any] | None = None) -> Judgement:
        """The row that remembers it."""
        return Judgement(
            package_id=package_id,
            verdict=str(self.weighed.verdict),
            outcome=str(self.outcome),
            public=self.public,
            author=author,
            findings=self.weighed.findings,
            reports=self.weighed.reports,
            waivers=self.weighed.waivers,
            candidate=candidate,
        )


def write(up: Callable[..., Any], context: Context, data: dict[str, Any], *, creating: bool) -> Any:
    """Judge a package write and let it through, hold it, or let it wait."""
    _strip(data)
    present = None if creating else _present(context, data)
    _authorize(context, data, present)
    troubles = files.take_in(data, present, trusted=bool(context.get(TRUSTED_KEY)))
    decision = decide(context, data, present, troubles)
    if decision.outcome is Outcome.WAITS and present:
        _let_wait(context, data, present, decision)
    if decision.outcome is Outcome.STAYS_DRAFT:
        data["state"] = "draft"
    if decision.outcome is Outcome.STAYS_PRIVATE:
        data["private"] = True
    return _let_through(up, context, data, present, decision)


def _strip(dataset: dict[str, Any]) -> dict[str, Any]:
    for key in OWN_KEYS:
        dataset.pop(key, None)
    return dataset


def _let_through(
    up: Callable[..., Any], context: Context, data: dict[str, Any], present: dict[str, Any] | None, decision: Decision
) -> Any:
    """Do the write, with the decision at hand for `remember`; the caller's context is left as it was."""
    _mark_resources(data, decision)
    own = cast(dict[str, Any], context)  # CKAN's type lists only its own keys
    before = {key: own[key] for key in (CONTEXT_KEY, "allow_state_change", "original_package") if key in own}
    own[CONTEXT_KEY] = decision
    if data.get("state") == "draft":
        own["allow_state_change"] = True
    if present:
        own["original_package"] = _strip(copy.deepcopy(present))
    try:
        result = up(context, data)
        if present and CONTEXT_KEY in own:  # CKAN found nothing to write, so its hook was not called
            _remember_alone(context, present["id"])
    except Unjudged:
        _undo(context)
        raise
    finally:
        for key in (CONTEXT_KEY, "allow_state_change", "original_package", deferred.VALIDATED):
            own.pop(key, None)
        own.update(before)
    if deferred.is_deferred(context):
        package_id = result if isinstance(result, str) else result["id"]
        deferred.is_written(package_id)
        if decision.public and any(resource.get("schema") for resource in data.get("resources") or []):
            deferred.after_commit(context, functools.partial(tables.schedule_of, package_id))
    elif decision.public:
        tables.schedule(result)
    return result


def _mark_resources(data: dict[str, Any], decision: Decision) -> None:
    """Write each verdict into its resource, in the field names that clients of ckanext-validation know."""
    for report in decision.weighed.reports:
        if report["position"] < len(data.get("resources") or []):
            resource = data["resources"][report["position"]]
            resource["validation_status"] = "failure" if report["verdict"] == Verdict.HOLD else "success"
            resource["validation_timestamp"] = report["created"]


def _present(context: Context, data: dict[str, Any]) -> dict[str, Any] | None:
    # From here on nobody else changes what is judged, until this write is done.
    package = model.Package.get(data.get("id") or data.get("name"), for_update=not deferred.is_deferred(context))
    if package is None:
        return None
    handed = context.get("original_package")  # CKAN's own name for it
    if deferred.is_deferred(context) and handed and handed["id"] == package.id:
        return handed
    return tk.get_action("package_show")(tk.fresh_context(context, ignore_auth=True), {"id": package.id})


def _authorize(context: Context, data: dict[str, Any], present: dict[str, Any] | None) -> None:
    """Rights come before any work: nobody makes us fetch or check a file for a write they may not do."""
    if present is None:
        tk.check_access("package_create", tk.fresh_context(context), data)
    else:
        tk.check_access("package_update", tk.fresh_context(context), {"id": present["id"]})


def decide(
    context: Context, data: dict[str, Any], present: dict[str, Any] | None, troubles: files.Troubles
) -> Decision:
    """The verdict on a write and what follows from it; data that its contract refuses raises ValidationError."""
    values = _validated(context, data, present)
    weighed = weighing.weigh(values, troubles, present)
    state = data.get("state") or (present or {}).get("state") or "active"
    private = bool(values.get("private", (present or {}).get("private", False)))
    public = state == "active" and not private
    was_public = bool(present) and present["state"] == "active" and not present["private"]
    result = outcome(
        weighed.verdict,
        wants_public=public,
        was_public=was_public,
        was_private=bool(present) and present["state"] == "active",
    )
    judged = [(each["schema"], each.get("hash")) for each in values.get("resources") or [] if each.get("schema")]
    return Decision(weighed, result, public and result is Outcome.AS_ASKED, judged)


def _validated(context: Context, data: dict[str, Any], present: dict[str, Any] | None) -> dict[str, Any]:
    """The dataset as its contract understands it, defaults filled in.

    What the contract refuses goes no further: were it left to CKAN to refuse, a difference between this validation
    and CKAN's own would let a write pass without a verdict.
    """
    kept = {key: present[key] for key in KEPT if key in present} if present else {}
    draft = {**kept, **(deferred.copied if deferred.is_deferred(context) else copy.deepcopy)(data)}
    plugin = lib_plugins.lookup_package_plugin(draft.get("type") or "dataset")
    draft.setdefault("type", "dataset")
    action = "package_update" if present else "package_create"
    schema = plugin.update_package_schema() if present else plugin.create_package_schema()
    stored = {"package": model.Package.get(present["id"])} if present else {}
    known = {deferred.FREE: True} if context.get(deferred.FREE) else {}
    probe = tk.fresh_context(context, **stored, **known)
    given = deferred.copied(draft) if deferred.is_deferred(context) else None
    values, errors = lib_plugins.plugin_validate(plugin, probe, draft, schema, action)
    if errors:
        _undo(context)
        raise tk.ValidationError(errors)
    if given:
        deferred.keep_validated(context, action, given, values)
    values = values | {extra["key"]: extra["value"] for extra in values.get("extras") or []}
    values["type"] = draft["type"]
    return values


def lacking(data: dict[str, Any]) -> list[str]:
    """The fields without which a dataset would be held, once what nobody has to write is filled in; files not checked.

    Those of a file are named once, as ``resources/FIELD``. Nothing is validated, fetched or written.
    """
    owner = data.get("owner_org")
    # Most lack nothing, whatever their organisation answers: for them the database is not asked.
    if not (found := _blocking(data, None)) or not owner:
        return found
    group: Any = model.Session.get(model.Group, owner) or model.Group.get(owner)
    return _blocking(data, {"title": group.title, **group.extras}) if group else found


def _blocking(data: dict[str, Any], organization: dict[str, Any] | None) -> list[str]:
    kind = data.get("type") or "dataset"
    contract = schemas.dataset_contracts().get(kind)
    if contract is None:
        return []
    findings = weighing.description_findings(kind, completion.complete_dataset(contract, data, organization))
    blocking = [finding for finding in findings if verdict_of([finding["severity"]]) == Verdict.HOLD]
    return list(
        dict.fromkeys(f"resources/{each['column']}" if each["resource"] else each["column"] for each in blocking)
    )


def _let_wait(context: Context, data: dict[str, Any], present: dict[str, Any], decision: Decision) -> None:
    """Keep the version that does not pass, leave the published one alone, and tell the caller."""
    _undo(context)
    candidate = {key: value for key, value in data.items() if key != "upload"}
    model.Session.add(decision.judgement(present["id"], context.get("user"), _plain(candidate)))
    _settle(context)
    report = tk.url_for("smartregion_quality.report", id=present["name"], _external=True)
    sentence = tk._(
        "The new version is held: the published version stays online and the new one waits. "
        "Read what is wrong and how to mend it: %(report)s"
    ) % {"report": report}
    raise Held({"verdict": [sentence]}, {tk._("Quality"): sentence})


def _undo(context: Context) -> None:
    """Leave the database as it was; the gate itself has written nothing yet, so a deferred write leaves it alone."""
    if not deferred.is_deferred(context):
        model.Session.rollback()


def _settle(context: Context) -> None:
    """Keep what was added: at once, or with the caller's commit."""
    if deferred.is_deferred(context):
        model.Session.flush()
    else:
        model.Session.commit()


def _plain(value: Any) -> Any:
    """The same as JSON knows it."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, (dt.date, dt.datetime)) else value


def _remember_alone(context: Context, package_id: str) -> None:
    """A decision on an unchanged dataset is news only where it differs from the last one."""
    decision, last = cast(dict[str, Any], context)[CONTEXT_KEY], memory.latest(package_id)
    if last is None or (last.verdict, last.outcome, last.public) != (
        str(decision.weighed.verdict), str(decision.outcome), decision.public,
    ):  # fmt: skip
        remember(context, package_id)
        _settle(context)


def remember(context: Context, package_id: str) -> None:
    """Called inside the write's transaction: what was decided is stored with what was written."""
    decision = cast(dict[str, Any], context).pop(CONTEXT_KEY, None)
    if not decision:
        return
    package = cast(model.Package, model.Package.get(package_id))
    _ensure_judged(package, decision)
    for report in decision.weighed.reports:
        if report["position"] < len(package.resources):
            report["resource"] = package.resources[report["position"]].id
    model.Session.add(decision.judgement(package_id, context.get("user")))


def _ensure_judged(package: model.Package, decision: Decision) -> None:
    """The last line: whatever another plugin or a later version of CKAN does between verdict and write is undone."""
    if package.state != "active" or package.private:
        return
    written = [(each.extras["schema"], each.hash) for each in package.resources if each.extras.get("schema")]
    if not decision.public or written != decision.tables:
        raise Unjudged({"judgement": [tk._("This is not what was checked. Nothing was changed: try again.")]})
