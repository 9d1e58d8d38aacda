"""`ckan smartregion run ...`: what was pulled, when, and with what result."""

from __future__ import annotations

from typing import Any

import click

from ckanext.smartregion.harvest.cli.speaking import as_json_option, call, counts, put, said, tell


@click.group()
def run() -> None:
    """Runs: what was pulled, when, and with what result."""


@run.command("list")
@click.argument("source", required=False)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, help="How many, the newest first.")
@as_json_option
def list_(source: str | None, limit: int, as_json: bool) -> None:
    """List the runs of a source, or of all, newest first."""
    rows = call("smartregion_run_list", {"source": source, "limit": limit})
    if as_json:
        return put(rows)
    for row in rows:
        moment = (row["started"] or row["queued"] or "")[:16]
        click.echo(f"{row['id']}  {moment:<16}  {row['status']:<10}  {row['trigger']:<8}  {counts(row['counts'])}")
    click.echo(f"{len(rows)} runs")
    return None


@run.command("show")
@click.argument("identifier", metavar="RUN")
@click.option("--outcome", help="Only records with this outcome: created, updated, held, failed ...")
@click.option("--problem", help="Only records with this text in their problem, title or identifier.")
@click.option("--limit", type=click.IntRange(0, 10_000), default=100, help="How many records.")
@click.option("--offset", type=click.IntRange(0), default=0, help="How many records to leave out before.")
@as_json_option
def show(identifier: str, as_json: bool, **wanted: Any) -> None:
    """Show a run with what it did to each record; the exit code is 1 when it failed, is incomplete or asks."""
    row = call("smartregion_run_show", {"id": identifier, **wanted})
    put(row) if as_json else _print(row)
    leave(row["status"])


def _print(row: dict[str, Any]) -> None:
    for name in ("id", "source", "status", "trigger", "queued", "started", "finished", "pages", "listed", "total"):
        click.echo(f"{name:<14} {row[name] if row[name] is not None else '-'}")
    if row["confirmed"]:
        click.echo(f"{'confirmed':<14} {row['confirmed_by'] or 'the site'}: {row['confirmed_why'] or '-'}")
    for each in row["outcomes"]:
        line = f"{each['outcome']:<10} {each['remote_id']}  {each['title'] or ''} {said(each['problem'])}"
        click.echo(line.rstrip())
    for each in row["problems"]:
        click.echo(f"{each['count']} {each['outcome']}: {said(each['problem']) or 'the gate holds them'}")
    tell([*row["notes"], row["error"]])
    left = row["total_outcomes"] - len(row["outcomes"])
    if left > 0:
        click.echo(f"{left} more: use --offset and --limit", err=True)
    click.echo(f"{row['status']}: {counts(row['counts'], all_of_them=True)}")


@run.command("cancel")
@click.argument("identifier", metavar="RUN")
@as_json_option
def cancel(identifier: str, as_json: bool) -> None:
    """Stop a run that is queued, running or asking; what it has done stays done."""
    row = call("smartregion_run_cancel", {"id": identifier})
    put(row) if as_json else click.echo(f"{row['status']}: {counts(row['counts'], all_of_them=True)}")


@run.command("confirm")
@click.argument("identifier", metavar="RUN")
@click.option("--why", required=True, help="Why so many datasets may go; it stays with the run.")
@as_json_option
def confirm(identifier: str, why: str, as_json: bool) -> None:
    """Let a run withdraw the datasets that it asks about: exactly those that it has found missing."""
    row = call("smartregion_run_confirm", {"id": identifier, "why": why})
    where = f"smartregion run show {row['id']}"
    put(row) if as_json else click.echo(f"{row['status']}: a worker goes on with it; look: {where}")


# How a run may end that a person has to look at.
TROUBLED = frozenset({"failed", "incomplete", "asking"})


def leave(status: str) -> None:
    """End the command with 1 where a person has to look at the run."""
    if status in TROUBLED:
        raise SystemExit(1)
