"""`ckan smartregion quality layer ...`: list, build and show regional layers."""

from __future__ import annotations

from typing import Any

import click

from ckanext.smartregion.quality.speaking import as_json_option, call, put


@click.group()
def layer() -> None:
    """Regional layers: one table of the published files of all organisations, per table contract."""


@layer.command("list")
@as_json_option
def layer_list(as_json: bool) -> None:
    """List the layers: files, municipalities covered, rows, when built."""
    rows = call("smartregion_layer_list", {})
    if as_json:
        return put(rows)
    for row in rows:
        covered = f"{row['municipalities']}/{row['municipalities_of']}"
        click.echo(
            f"{row['name']:<24} {row['sources']:>4} files {covered:>8} municipalities {row['rows']:>8} rows"
            f"  {row['built'] or 'never built'}"
        )
    return None


@layer.command("show")
@click.argument("name")
@as_json_option
def layer_show(name: str, as_json: bool) -> None:
    """Show the layer of the table contract NAME: its files, its parts, what is left out and why."""
    shown = call("smartregion_layer_show", {"id": name})
    _tell(shown, as_json)


@layer.command("build")
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="Every layer.")
@as_json_option
def layer_build(name: str | None, everything: bool, as_json: bool) -> None:
    """Build the layer of the table contract NAME from what is published; without a change nothing is written."""
    if bool(name) == everything:
        raise click.UsageError("Give either NAME or --all.")
    names = [row["name"] for row in call("smartregion_layer_list", {})] if everything else [name]
    built = [call("smartregion_layer_build", {"id": one}) for one in names]
    if as_json:
        put(built if everything else built[0])
    for shown in [] if as_json else built:
        click.echo(f"{shown['name']}: {shown['result']}, {shown['sources']} files, {shown['rows']} rows")


def _tell(shown: dict[str, Any], as_json: bool) -> None:
    if as_json:
        return put(shown)
    click.echo(f"{shown['name']}: {shown['rows']} rows, {shown['built'] or 'never built'}")
    for file in shown["files"]:
        click.echo(f"  {file['format']:<8} {file['url']}")
    for part in shown["parts"]:
        click.echo(f"  {part['organization']:<24} {part['dataset']}: {part['kept']} of {part['rows']} rows")
        for left in part["left_out"]:
            by = f", kept of {left['by']}" if left["by"] else ""
            count = "all" if left["rows"] is None else left["rows"]
            click.echo(f"    {count} left out: {left['reason']}{by} {' '.join(left['keys'])}".rstrip())
        if part["gone"] or part["empty"]:
            click.echo(
                f"    columns not taken: {', '.join(part['gone']) or '-'}; empty: {', '.join(part['empty']) or '-'}"
            )
    return None
