"""`ckan smartregion ...`: the noun-verb tree; features add their own nouns."""

from __future__ import annotations

import json
from importlib import import_module

import click

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.smartregion import accounts, config, loading, workers
from ckanext.smartregion.territory import find

__all__ = ["smartregion"]

FEATURES = ("harvest", "quality", "feeds")


@click.group(short_help="The open platform of a smart region.")
def smartregion() -> None:
    """The open platform of a smart region: territory, sources, quality, feeds."""


def mount_features(group: click.Group) -> None:
    """Add the commands of every feature that is switched on and has some."""
    for feature in FEATURES:
        if p.plugin_loaded(f"smartregion_{feature}"):
            module = import_module(f"ckanext.smartregion.{feature}.plugin")
            for command in getattr(module, "commands", ()):
                group.add_command(command)


@smartregion.group()
def territory() -> None:
    """The municipalities, provinces and agencies of the Region."""


@territory.command("load")
def territory_load() -> None:
    """Make the organisations of the territory; what is as it should be is not written."""
    counts = tk.get_action("smartregion_territory_load")(loading.site_context(), {})
    click.echo(", ".join(f"{number} {word}" for word, number in counts.items()))


@territory.command("find")
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print the match as JSON.")
def territory_find(text: str, as_json: bool) -> None:
    """Tell which owner TEXT names: a messy name, a NIS code, a postal code or a CBE number."""
    match = find(text)
    if as_json:
        click.echo(json.dumps(match.as_dict(), ensure_ascii=False, indent=1))
    elif match.owner:
        click.echo(f"{match.owner.title} ({match.owner.kind}, {match.owner.slug})")
    else:
        candidates = ", ".join(owner.slug for owner in match.candidates)
        click.echo(f"{match.status}: {candidates}" if candidates else f"Nobody we know is called {text!r}.")
    if not match.owner:
        raise SystemExit(1)


@smartregion.command()
def setup() -> None:
    """Accounts, territory and sources, as the configuration names them; safe to repeat."""
    counts = loading.load_territory(loading.site_context())
    click.echo("Organisations: " + ", ".join(f"{number} {word}" for word, number in counts.items()))
    if config.roles_file():
        click.echo(f"Accounts: {accounts.load(config.roles_file())}")
    if config.sources_file() and p.plugin_loaded("smartregion_harvest"):
        click.echo(f"Sources: {loading.load_sources(config.sources_file())}")
    if p.plugin_loaded("smartregion_quality"):  # contracts, policies or the engine may be new
        tk.get_action("smartregion_quality_review")(loading.site_context(), {})


@smartregion.command()
@click.argument("name")
def token(name: str) -> None:
    """Print a new API token of a demonstration account."""
    try:
        click.echo(accounts.token(name))
    except tk.ObjectNotFound:
        names = config.roles_file() or "config/roles.yaml"
        raise click.ClickException(f"There is no account {name!r}: the names stand in {names}.") from None


@smartregion.command()
@click.argument("queues", nargs=-1, required=True)
def worker(queues: tuple[str, ...]) -> None:
    """Do the jobs that wait in QUEUES, as `ckan jobs worker` does, but in processes that are kept.

    A job that waits for a far end does not hold the others up.
    """
    workers.work(queues)
