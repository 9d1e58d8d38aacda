"""`ckan smartregion source probe|preview|run`: what an address gives, what a run would do, and the run."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import click

from ckan import model as ckan_model

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.cli.runs import leave
from ckanext.smartregion.harvest.cli.speaking import as_json_option, call, counts, put, said, sentences, tell, title_of
from ckanext.smartregion.harvest.engine import closing, running, ticking
from ckanext.smartregion.harvesters import KINDS


@click.command("probe")
@click.argument("url")
@click.option("--kind", type=click.Choice(sorted(KINDS)), help="Kind of source, where it is known.")
@click.option("--organization", help="Name of the organisation that the source would be of.")
@as_json_option
def probe(url: str, kind: str | None, organization: str | None, as_json: bool) -> None:
    """Find which kind of source an address is and show a sample; the exit code is 1 when nothing was found."""
    data = {"url": url, "kind": kind, "organization": organization}
    found = call("smartregion_source_probe", data, f"Asking {url}")
    put(found) if as_json else _print_probe(found)
    if not found["sample"]:
        raise SystemExit(1)


def _print_probe(found: dict[str, Any]) -> None:
    for each in found["kinds"]:
        options = " ".join(f"--option {name}={value}" for name, value in each["options"].items())
        click.echo(f"{each['kind']:<14} {each['url']} {options}".rstrip())
        click.echo(f"{'':<14} {said(each['why'])}")
    if found["kinds"]:
        click.echo(f"Score {found['score']['total']} of 100: {found['title']}")
    for step in found["sample"]:
        click.echo(_line(step))
    if found["findings"]:
        click.echo("Findings: " + counts(found["findings"]))
    tell([found["error"]])
    if found["kinds"]:
        best = found["kinds"][0]
        said_of = f"--kind {best['kind']} --url {best['url']} --organization ORGANISATION"
        click.echo(f"Make it: smartregion source add {found['name']} {said_of}")
    total = found["total"] if found["total"] is not None else "?"
    click.echo(f"{len(found['kinds'])} kinds, {len(found['sample'])} of {total} records shown")


def _line(step: dict[str, Any]) -> str:
    return f"{step['act']:<10} {step['remote_id']}  {title_of(step['title'])} {said(step['problem'])}".rstrip()


@click.command("preview")
@click.argument("name")
@as_json_option
def preview(name: str, as_json: bool) -> None:
    """Show what a run would do, writing nothing; the exit code is 1 when records are held or fail."""
    plan = call("smartregion_source_preview", {"id": name}, f"Listing {name}")
    if as_json:
        put(plan)
    else:
        for step in plan["steps"]:
            click.echo(_line(step))
        for step in plan["asked"]:
            click.echo(f"{'ask':<10} {step['remote_id']}")
        tell([*plan["notes"], plan["error"]])
        click.echo(counts(plan["counts"], all_of_them=True))
    found = Counter(plan["counts"])
    if found["hold"] or found["fail"] or plan["asked"] or plan["error"]:
        raise SystemExit(1)


@click.command("run")
@click.argument("name")
@click.option("--confirm-withdrawals", is_flag=True, help="Withdraw what has vanished even if it is much.")
@click.option("--why", help="Why so much may go; it stays with the run.")
@as_json_option
def run(name: str, confirm_withdrawals: bool, why: str | None, as_json: bool) -> None:
    """Run a source now and wait for it; the exit code is 1 when the run failed, is incomplete or asks."""
    with sentences():
        row = _waiting(name, confirmed=confirm_withdrawals, why=why)
    try:
        with sentences():
            found = _executed(row, as_json=as_json)
    except KeyboardInterrupt:
        ckan_model.Session.rollback()
        closing.lose(row)
        raise click.ClickException(f"The run is broken off. Take it up again: smartregion source run {name}") from None
    _close(row, found, as_json=as_json)


def _waiting(name: str, *, confirmed: bool, why: str | None) -> model.Run:
    """The run to execute: one that waits in the queue already, else a new one."""
    source = model.find_source(name)
    if source is None:
        raise click.ClickException(f"There is no source {name}.")
    if source.approved is None:
        raise click.ClickException(f"Source {name} waits for approval. Approve it: smartregion source approve {name}")
    live = model.live_run(source.id)
    if live is not None and live.status == "queued" and not confirmed:
        return live
    return ticking.make_run(source, "person", None, confirmed=confirmed, why=why)


def _executed(row: model.Run, *, as_json: bool) -> dict[str, Any]:
    """The summary of a run after its end; one that may not begin leaves no trace."""
    try:
        return running.run(row.id, lambda stage, done: None if as_json else _progress(stage, done))
    except running.BusyError:
        ckan_model.Session.delete(row)
        ckan_model.Session.commit()
        raise


def _progress(stage: str, done: dict[str, int]) -> None:
    click.echo(f"\r{stage}: {counts(done)}   ", nl=False, err=True)


def _close(row: model.Run, found: dict[str, Any], *, as_json: bool) -> None:
    if not as_json:
        click.echo("", err=True)
        tell([*row.notes, row.error])
    if found["status"] == "queued" and row.not_before:
        click.echo(f"The far end asks for peace; the scheduler goes on at {row.not_before:%Y-%m-%d %H:%M}.", err=True)
    if found["status"] == "asking":
        click.echo(f"It asks: smartregion run confirm {row.id} --why REASON", err=True)
    outcomes = {name: found[name] for name in running.OUTCOMES}
    click.echo(json.dumps(found) if as_json else f"{found['status']}: {counts(outcomes, all_of_them=True)}")
    leave(found["status"])
