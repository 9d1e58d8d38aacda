"""Exceptions as they are signed, found and shown."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.types import Context

from ckanext.smartregion import config, interface
from ckanext.smartregion.quality import model, reach, references, waivers
from ckanext.smartregion.quality.decision import Outcome
from ckanext.smartregion.quality.rules import house_rules, rules
from ckanext.smartregion.schemas import ContractNotFound, FormatContract, dataset_contracts, file_contract
from ckanext.smartregion.translations import localised

STATES = ("in force", "ended", "revoked")


def dataset(reference: str) -> ckan_model.Package:
    """The dataset with this id or name; raises ObjectNotFound."""
    package = ckan_model.Package.get(reference)
    if package is None or package.state == "deleted":
        raise tk.ObjectNotFound(tk._("There is no such dataset."))
    return package


def found(identifier: str) -> model.Waiver:
    """The exception with this id; raises ObjectNotFound."""
    row = ckan_model.Session.get(model.Waiver, identifier)
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such exception."))
    return row


def signature(context: Context) -> dict[str, str]:
    """Who signs: the account, and the name that the public reads."""
    user = ckan_model.User.get(context.get("user"))
    if user is None:
        raise tk.NotAuthorized(tk._("This needs a person who signs it."))
    return {"signed_by": user.id, "signer": user.fullname or user.name}


def contract_of(package: ckan_model.Package, rule: str, named: str | None) -> str | None:
    """The contract that a rule belongs to: the one that is named, or whose file breaks it; None for the description."""
    newest = model.latest(package.id)
    if named is None and newest:
        if any(rule in (one["rule"], waivers.key(one)) for one in newest.findings):
            return None
        names = {waivers.contract_name(row["contract"]) for row in newest.reports if _breaks(row, rule)}
        if len(names) == 1:
            named = names.pop()
    _check_rule(package, rule, named)
    return waivers.contract_name(named)


def _breaks(row: dict[str, Any], rule: str) -> bool:
    report = ckan_model.Session.get(model.Report, row["report"]) if row["report"] else None
    found = [*(report.body["findings"] if report else []), *row.get("compared", [])]
    return any(rule in (one["rule"], waivers.key(one)) for one in found)


def _check_rule(package: ckan_model.Package, rule: str, named: str | None) -> None:
    """Refuse a rule that is not known, that can't be excused, or whose column the contract does not have."""
    column, _, name = rule.rpartition(".")
    fixed: frozenset[str] = frozenset()
    try:
        known, columns = _of_file(named, column) if named else _of_description(package.type)
        fixed = file_contract(named).fixed if named else fixed
    except ContractNotFound as error:
        raise tk.ValidationError({"contract": [localised(error.texts, interface.language())]}) from None
    if name not in known or (column and column not in columns):
        raise tk.ValidationError({"rule": [tk._("This contract has no rule %(rule)s.") % {"rule": rule}]})
    if waivers.is_unreadable({"rule": name}):
        raise tk.ValidationError({"rule": [tk._("No exception is possible: the file can't be read as a table.")]})
    if waivers.is_protected({"rule": name, "fixed": not fixed.isdisjoint((rule, name))}):
        sentence = tk._("No exception is possible: this rule protects people. Mend the file.")
        raise tk.ValidationError({"rule": [sentence]})


def _of_file(named: str, column: str) -> tuple[set[str], set[str]]:
    """The rules and the columns of a contract; a format may be wrong in any part of its file."""
    contract = file_contract(named)
    if isinstance(contract, FormatContract):
        return {*house_rules(), *contract.rule_names}, {column}
    own = {name for one in contract.rules for name in (one.id, one.kind)}
    return {*house_rules(), *own}, set(contract.field_names)


def _of_description(kind: str) -> tuple[set[str], set[str]]:
    return {"missing-field", references.RULE}, {field["field_name"] for field in _fields_of_description(kind)}


def _fields_of_description(kind: str) -> list[dict[str, Any]]:
    contract: dict[str, Any] = dataset_contracts().get(kind) or {"dataset_fields": [], "resource_fields": []}
    return [*contract["dataset_fields"], *contract["resource_fields"]]


def judge_again(context: Context, package_id: str) -> dict[str, Any]:
    """Send what is held or waits through the gate again; gives the verdict and the outcome that follow."""
    newest = model.latest(package_id)
    if newest and newest.outcome != Outcome.AS_ASKED:
        try:
            tk.get_action("smartregion_quality_recheck")(
                tk.fresh_context(context, ignore_auth=True), {"id": package_id}
            )
        except tk.ValidationError:
            ckan_model.Session.rollback()  # still held: the judgement below says so
        newest = model.latest(package_id)
    return {"verdict": newest.verdict if newest else None, "outcome": newest.outcome if newest else None}


def shown(row: model.Waiver) -> dict[str, Any]:
    """One exception as people and programs see it."""
    return _shown(row, ckan_model.Session.get_one(ckan_model.Package, row.package_id), None)


def listed(
    context: Context, *, dataset: str | None, state: str | None, limit: int, offset: int
) -> list[dict[str, Any]]:
    """The exceptions that the caller may see; those in force first, in the order in which they end."""
    package: Any = ckan_model.Package
    owner: Any = ckan_model.Group
    query = sa.select(model.Waiver, package, owner).join(package, package.id == model.Waiver.package_id)
    query = query.join(owner, owner.id == package.owner_org, isouter=True).where(reach.visible(context))
    if dataset:
        query = query.where(sa.or_(package.id == dataset, package.name == dataset))
    if state:
        query = query.where(_in_state(state))
    query = query.order_by(_in_state("in force").desc(), model.Waiver.until, model.Waiver.since, model.Waiver.id)
    return [_shown(*row) for row in ckan_model.Session.execute(query.limit(limit).offset(offset))]


def _in_state(state: str) -> sa.ColumnElement[bool]:
    over = model.Waiver.until < model.today()
    if state == "revoked":
        return model.Waiver.revoked.isnot(None)
    return sa.and_(model.Waiver.revoked.is_(None), over if state == "ended" else sa.not_(over))


def _shown(row: model.Waiver, package: ckan_model.Package, owner: ckan_model.Group | None) -> dict[str, Any]:
    owner = owner or ckan_model.Group.get(package.owner_org)
    return {
        "id": row.id,
        "package_id": package.id,
        "dataset": package.name,
        "title": package.title or package.name,
        "organization": {"name": owner.name, "title": owner.title} if owner else None,
        "contract": row.contract,
        "rule": row.rule,
        "label": rule_label(row.rule, row.contract, package.type),
        "why": row.why,
        "signed_by": row.signer,
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
        "state": "revoked" if row.revoked else ("ended" if row.until < model.today() else "in force"),
        "ends_soon": _ends_soon(row),
        "revoked": row.revoked.isoformat() if row.revoked else None,
        "revoked_by": row.revoked_by,
    }


def _ends_soon(row: model.Waiver) -> bool:
    return row.revoked is None and 0 <= (row.until - model.today()).days <= config.quality_waiver_notice_days()


def rule_label(rule: str, contract: str | None, kind: str) -> dict[str, str]:
    """What a rule is called, as a language map: a missing field by its label, a rule without text by its name."""
    column, _, name = rule.rpartition(".")
    if contract is None and name == "missing-field":
        fields = _fields_of_description(kind)
        return next((field["label"] for field in fields if field["field_name"] == column), {"fr": rule, "en": rule})
    return rules().get(name, {}).get("label") or {"fr": rule, "en": rule}
