"""`ckan smartregion record ...`: what remote items have become."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from ckanext.smartregion.harvest.cli.speaking import as_json_option, call, counts, put

STATES = ("published", "held", "linked", "missing", "withdrawn")


@click.group()
def record() -> None:
    """Records: what remote items have become."""


@record.command("list")
@click.argument("source")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--q", help="Only those with this text in title or identifier.")
@click.option("--limit", type=click.IntRange(0, 10_000), default=1000, help="How many.")
@click.option("--offset", type=click.IntRange(0), default=0, help="How many to leave out before.")
@as_json_option
def list_(source: str, as_json: bool, **wanted: Any) -> None:
    """List what the remote items of a source have become."""
    rows = call("smartregion_record_list", {"source": source, **wanted})
    if as_json:
        return put(rows)
    for row in rows:
        missing = f" (missing since {row['missing_since'][:10]})" if row["missing_since"] else ""
        click.echo(f"{row['id']}  {row['state']:<10} {row['remote_id']}  {row['title']}{missing}")
    click.echo(counts(Counter(row["state"] for row in rows)))
    return None


@record.command("show")
@click.argument("identifier", metavar="RECORD")
@as_json_option
def show(identifier: str, as_json: bool) -> None:
    """Show a record by its id or by its dataset: its versions, what changed in them, fields that people wrote."""
    row = call("smartregion_record_show", {"id": identifier})
    if as_json:
        return put(row)
    names = ("id", "source", "remote_id", "address", "state", "dataset", "title", "first_seen", "last_seen")
    for name in names:
        click.echo(f"{name:<14} {row[name] or '-'}")
    for change in row["changes"]:
        click.echo(f"{'rule':<14} {change['rule']} in {change['field'] or 'the record'}")
    for finding in row["findings"]:
        click.echo(f"{'finding':<14} {finding['rule']} in {finding['field']}: {finding['value']}")
    for edit in row["edits"]:
        click.echo(f"{'edited':<14} {edit['field']} by {edit['author'] or 'the site'}, {edit['moment'][:16]}")
    for version in row["versions"]:
        click.echo(f"{version['moment'][:16]:<16} {version['outcome']}: {len(version['diff'])} fields differ")
    click.echo(
        f"{len(row['versions'])} versions, {len(row['changes'])} rules applied, {len(row['findings'])} findings, "
        f"{len(row['edits'])} fields edited"
    )
    return None


@record.command("release")
@click.argument("identifier", metavar="RECORD")
@as_json_option
def release(identifier: str, as_json: bool) -> None:
    """Try a held record again, by its id or by its dataset; the exit code is 1 when it is held again."""
    row = call("smartregion_record_release", {"id": identifier})
    if as_json:
        put(row)
    else:
        click.echo(f"{row['dataset']} is {row['state']}")
        click.echo(counts({"released": int(row["state"] == "published"), "held": int(row["state"] == "held")}))
    if row["state"] == "held":
        raise SystemExit(1)


@record.command("give-back")
@click.argument("identifier", metavar="RECORD")
@click.option("--field", "fields", multiple=True, help="Only this field; repeatable.")
@as_json_option
def give_back(identifier: str, fields: tuple[str, ...], as_json: bool) -> None:
    """Let the source speak again for fields that a person wrote; its next run writes what the source says."""
    row = call("smartregion_record_give_back", {"id": identifier, "fields": list(fields) or None})
    if as_json:
        return put(row)
    click.echo(f"{len(row['edits'])} fields of {row['dataset']} still edited")
    return None
