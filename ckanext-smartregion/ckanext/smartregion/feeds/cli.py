"""`ckan smartregion feed ...`: what the world reads."""

from __future__ import annotations

import json

import click

from ckanext.smartregion.feeds import model
from ckanext.smartregion.feeds.logic import following


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
