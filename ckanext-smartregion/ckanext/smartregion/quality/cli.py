"""`ckan smartregion quality ...`"""

from __future__ import annotations

import json
from pathlib import Path

import click

from ckanext.smartregion.quality import bounds, engine
from ckanext.smartregion.quality.generated.downloads import DOWNLOADS
from ckanext.smartregion.quality.policy import Verdict
from ckanext.smartregion.quality.terminal import render
from ckanext.smartregion.schemas import LANGUAGES, ContractNotFound, table_contract, table_contracts


@click.group()
def quality() -> None:
    """Check files by table contracts, as the gate does."""


@quality.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--contract", "name", required=True, help="Name of the table contract, such as bicycle-parking.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="fr", help="Language of the report.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def check(file: Path, name: str, lang: str, as_json: bool) -> None:
    """Check FILE and print the report; the exit code is 1 where it would be held."""
    try:
        report = engine.check(file, table_contract(name), limits=bounds.limits())
    except ContractNotFound as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(report.to_dict(), ensure_ascii=False, indent=1) if as_json else render(report, lang))
    if report.verdict == Verdict.HOLD:
        raise SystemExit(1)


@quality.command()
def contracts() -> None:
    """List the table contracts."""
    for contract in table_contracts():
        click.echo(f"{contract.id:<28} {contract.title['fr']}")


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
