"""`ckan smartregion feed ...`: what the world reads."""

from __future__ import annotations

import json

import click

from ckanext.smartregion.feeds import model
from ckanext.smartregion.feeds.dumps.shelf import Dump
from ckanext.smartregion.feeds.logic import dumping, following
from ckanext.smartregion.feeds.webhooks import cli as webhooks


@click.group()
def feed() -> None:
    """The feeds: what was published, and what follows from it."""


@feed.command("follow")
@click.option("--once", is_flag=True, help="Do what there is to do and end.")
def feed_follow(once: bool) -> None:
    """Publish every change within two seconds, and do what follows from it; several never do the same twice."""
    for name, count in following.follow(once=once):
        click.echo(f"{name}: {count}")


@feed.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
def feed_status(as_json: bool) -> None:
    """Tell how far the feed is: its newest change, when that was, and how many datasets wait."""
    newest = model.latest()
    moment = model.moment_of(newest)
    found = {"change": newest, "published": moment.isoformat() if moment else None, "waiting": model.stale()}
    click.echo(json.dumps(found) if as_json else ", ".join(f"{name} {value}" for name, value in found.items()))


@feed.command("dump")
@click.option("--now", is_flag=True, help="Write it here and at once instead of leaving it to a worker.")
@click.option("--json", "as_json", is_flag=True, help="Print the dump's index as JSON.")
def feed_dump(now: bool, as_json: bool) -> None:
    """Write the dump of the catalogue as it is now, without waiting for a quiet time."""
    if not now:
        handed_over = dumping.hand_over()
        click.echo(json.dumps({"handed_over": handed_over}) if as_json else "A worker writes the dump.")
        return
    dump = dumping.make()
    if dump is None:
        raise click.ClickException("Another process is writing a dump. See it with `feed dumps` in some minutes.")
    click.echo(json.dumps(dumping.summary(dump)) if as_json else _line(dump))


@feed.command("dumps")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON, with files, sizes and checksums.")
def feed_dumps(as_json: bool) -> None:
    """List the dumps that are kept, the newest first."""
    found = dumping.kept().dumps()
    if as_json:
        click.echo(json.dumps([dumping.summary(dump) for dump in found]))
    else:
        click.echo("\n".join(map(_line, found)) or "There is no dump yet. Write one with `feed dump --now`.")


@feed.command("forget")
@click.argument("dataset")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was erased as JSON.")
def feed_forget(dataset: str, yes: bool, as_json: bool) -> None:
    """Erase at once what the feeds ever said of a withdrawn dataset, by its id or last name; dumps too."""
    if not yes:
        click.confirm(f"Erase what the feeds said of {dataset}? It can't be brought back.", abort=True, err=True)
    found = webhooks.act("smartregion_feed_forget", id=dataset)
    if as_json:
        click.echo(json.dumps(found))
    else:
        click.echo(f"{found['name']}: {found['versions']} versions erased, its withdrawal stays as {found['change']}")
        click.echo("\n".join(f"removed the dump {name}" for name in found["dumps"]) or "no dump held it")


def _line(dump: Dump) -> str:
    size = sum(each["bytes"] for file in dump.index["files"] for each in file["packed"] or [file])
    return f"{dump.name}: {dump.index['datasets']} datasets, {size / 1e6:.1f} MB, written {dump.index['created']}"


feed.add_command(webhooks.webhook)
