"""`ckan smartregion quality ...`: check files and drafts of contracts, what is held, reviews, exceptions."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from ckanext.smartregion.quality import beside, bounds, engine, reviewing
from ckanext.smartregion.quality.generated.downloads import DOWNLOADS
from ckanext.smartregion.quality.layers.cli import layer
from ckanext.smartregion.quality.policy import Verdict
from ckanext.smartregion.quality.repair import repair as repaired
from ckanext.smartregion.quality.speaking import as_json_option
from ckanext.smartregion.quality.speaking import call as _call
from ckanext.smartregion.quality.speaking import put as _put
from ckanext.smartregion.quality.terminal import render, render_repair
from ckanext.smartregion.schemas import (
    LANGUAGES,
    ContractFaulty,
    ContractNotFound,
    FileContract,
    TableContract,
    file_contract,
    file_contracts,
    table_contract,
)
from ckanext.smartregion.schemas.table_drafts import draft_contract


@click.group()
def quality() -> None:
    """Check files by their contracts, as the gate does, and deal with what it holds."""


quality.add_command(layer)


def _contract(name: str | None, schema: Path | None) -> FileContract:
    """The contract of a name, or the draft of a file or folder."""
    if bool(name) == bool(schema):
        raise click.UsageError("Give either --contract NAME or --schema FILE.")
    try:
        return draft_contract(schema) if schema else file_contract(str(name))
    except (ContractNotFound, ContractFaulty) as error:
        raise click.ClickException(str(error)) from None


def _table(name: str | None, schema: Path | None) -> TableContract:
    """The same of a table: nothing else is mended."""
    contract = _contract(name, schema)
    if not isinstance(contract, TableContract):
        raise click.ClickException(f"Only tables are mended; {contract.name} is no table contract.")
    return contract


file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
contract_option = click.option("--contract", "name", help="Name of the contract, such as bicycle-parking or gtfs.")
schema_option = click.option(
    "--schema",
    type=click.Path(exists=True, path_type=Path),
    help="A draft instead: a Table Schema, or a contract's folder.",
)
language_option = click.option("--lang", type=click.Choice(LANGUAGES), default="fr", help="Language of the report.")


@quality.command()
@file_argument
@contract_option
@schema_option
@click.option("--organization", help="Id or name of the organisation in whose published tables keys are looked up.")
@language_option
@as_json_option
def check(
    file: Path, name: str | None, schema: Path | None, organization: str | None, lang: str, as_json: bool
) -> None:
    """Check FILE and print the report; the exit code is 1 where it would be held."""
    contract = _contract(name, schema)
    owner = _call("organization_show", {"id": organization})["id"] if organization else None
    with tempfile.TemporaryDirectory() as folder:
        published = beside.published_by(owner, contract, Path(folder))
        report = engine.check(file, contract, limits=bounds.limits(), published=published)
    _put(report.to_dict()) if as_json else click.echo(render(report, lang))
    if report.verdict == Verdict.HOLD:
        raise SystemExit(1)


@quality.command()
@file_argument
@contract_option
@schema_option
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the mended file; without it, NAME-mended.csv beside FILE.",
)
@click.option("--drop-extra", is_flag=True, help="Leave out the columns that the contract does not know.")
@language_option
@as_json_option
def repair(file: Path, name: str | None, schema: Path | None, output: Path | None, drop_extra: bool, lang: str,
           as_json: bool) -> None:  # fmt: skip
    """Mend what can be mended in FILE without guessing, and say each change; exit code 1 where faults still hold it."""
    contract, output = _table(name, schema), output or file.with_name(f"{file.stem}-mended.csv")
    if output.resolve() == file.resolve():
        raise click.UsageError("The mended file can't take the place of FILE: give another --output.")
    try:
        found = repaired(file, contract, output, limits=bounds.limits(), drop_extra=drop_extra)
    except OSError as error:
        raise click.ClickException(f"{output} can't be written: {error.strerror}.") from None
    written = str(output) if found.mended else None
    _put({**found.to_dict(), "output": written}) if as_json else click.echo(render_repair(found, lang))
    if written and not as_json:
        click.echo(f"Written: {written}")
    if found.report.verdict == Verdict.HOLD:
        raise SystemExit(1)


@quality.command()
@as_json_option
def contracts(as_json: bool) -> None:
    """List the contracts of tables and of formats."""
    if as_json:
        return _put(_call("smartregion_contract_list", {}))
    for contract in file_contracts():
        click.echo(f"{contract.id:<28} {contract.title['fr']}")
    return None


@quality.command()
@click.argument("contract")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(DOWNLOADS)),
    default="xlsx",
    help="A workbook with notes and choices, the header of a CSV file, or the JSON Schema of a row.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), default="fr", help="Language of notes and explanations.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it; without it, a name of its own in this folder.",
)
def template(contract: str, form: str, lang: str, output: Path | None) -> None:
    """Write the empty table of CONTRACT, to be filled in."""
    try:
        found = table_contract(contract)
        download = DOWNLOADS[form]
        output = output or Path(download.name(found, lang))
        output.write_bytes(download.make(found, lang))
    except ContractNotFound as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{output} can't be written: {error.strerror}.") from None
    click.echo(f"Written: {output}")


@quality.command()
@as_json_option
def held(as_json: bool) -> None:
    """List what is held, waits or is to be mended; the exit code is 1 where there is any."""
    rows = _call("smartregion_quality_list", {})
    if as_json:
        _put(rows)
    for row in [] if as_json else rows:
        owner = row["organization"]["name"] if row["organization"] else "-"
        state = f"to mend by {row['mend_by']}" if row["mend_by"] else row["standing"]
        click.echo(f"{state:<24} {owner:<24} {row['name']}")
    if not as_json:
        click.echo(f"{len(rows)} datasets")
    if rows:
        raise SystemExit(1)


@quality.command()
@click.argument("dataset", required=False)
@click.option(
    "--stale", is_flag=True, help="All that is published and was checked by another contract, policy or engine."
)
@as_json_option
def recheck(dataset: str | None, stale: bool, as_json: bool) -> None:
    """Send DATASET through the gate again, or, with --stale, check what is published by today's contracts."""
    if bool(dataset) == stale:
        raise click.UsageError("Give either DATASET or --stale.")
    if stale:
        counts = reviewing.review()
        _put(counts) if as_json else click.echo(", ".join(f"{n} {word}" for word, n in counts.items()) or "0 stale")
        return
    shown = _call("smartregion_quality_recheck", {"id": dataset})
    _put(shown) if as_json else click.echo(f"{shown['name']}: {shown['state']}")
    if shown["state"] != "active":
        raise SystemExit(1)


@quality.command()
@click.argument("dataset")
@click.option("--why", required=True, help="The reason, which everybody reads.")
@click.option("--as", "user", required=True, help="Account of the person who confirms.")
@click.option("--file", "sha256", help="The file, by its SHA-256, where more than one waits.")
def confirm(dataset: str, user: str, **said: str | None) -> None:
    """Confirm that a held version of DATASET is right although it differs sharply from the published one."""
    given = {name: value for name, value in said.items() if value}
    row = _call("smartregion_version_confirm", {"dataset": dataset, **given}, user)
    click.echo(f"{row['dataset']}: {row['verdict']}, {row['outcome']}")
    if row["verdict"] == Verdict.HOLD:
        raise SystemExit(1)


@quality.group()
def waiver() -> None:
    """Exceptions: a rule that only warns on a dataset, until a day, for a reason that everybody reads."""


@waiver.command("list")
@click.option("--dataset", help="Only those on this dataset.")
@click.option("--state", type=click.Choice(["in force", "ended", "revoked"]), help="Only those in this state.")
@as_json_option
def waiver_list(as_json: bool, **wanted: str | None) -> None:
    """List the exceptions, the next to end on top."""
    rows = _call("smartregion_waiver_list", {name: value for name, value in wanted.items() if value} | {"limit": 1000})
    if as_json:
        return _put(rows)
    for row in rows:
        click.echo(f"{row['id']}  {row['state']:<8} until {row['until']}  {row['dataset']}  {row['rule']}")
    click.echo(f"{len(rows)} exceptions")
    return None


@waiver.command("sign")
@click.argument("dataset")
@click.argument("rule")
@click.option("--why", required=True, help="The reason, which everybody reads.")
@click.option("--until", required=True, help="The last day, as 2027-01-31.")
@click.option("--as", "user", required=True, help="Account of the steward who signs.")
@click.option("--contract", help="Table contract of the rule, where more than one file breaks it.")
def waiver_sign(dataset: str, user: str, **signed: str | None) -> None:
    """Sign that RULE only warns on DATASET; the exit code is 1 where other faults still hold it."""
    given = {name: value for name, value in signed.items() if value}
    row = _call("smartregion_waiver_sign", {"dataset": dataset, **given}, user)
    click.echo(
        f"{row['id']}: {row['rule']} until {row['until']}; {row['dataset']}: {row['verdict'] or 'not judged yet'}"
    )
    if row["verdict"] == Verdict.HOLD:
        raise SystemExit(1)


@waiver.command("revoke")
@click.argument("identifier", metavar="WAIVER")
@click.option("--as", "user", required=True, help="Account of the steward who ends it.")
def waiver_revoke(identifier: str, user: str) -> None:
    """End an exception today; what is online stays online."""
    row = _call("smartregion_waiver_revoke", {"id": identifier}, user)
    click.echo(f"{row['id']}: {row['state']}")
