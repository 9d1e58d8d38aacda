"""`ckan smartregion feed webhook ...`: who is told of changes."""

from __future__ import annotations

import json
from typing import Any

import click

import ckan.plugins.toolkit as tk


@click.group()
def webhook() -> None:
    """Webhooks: addresses to which changes are sent."""


@webhook.command("create")
@click.argument("address")
@click.option("--user", required=True, help="Name of the account whose webhook it is.")
@click.option("--organization", help="Only changes of datasets of this organisation.")
@click.option("--theme", help="Only changes of datasets of this theme, as TRAN.")
def webhook_create(address: str, user: str, organization: str | None, theme: str | None) -> None:
    """Send changes to an address from now on; prints the secret, this once."""
    data = {"address": address, "organization": organization, "theme": theme}
    made = act("smartregion_webhook_create", user, **data)
    click.echo(f"{made['id']}\n{made['secret']}")


@webhook.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print all that is known as JSON.")
def webhook_list(as_json: bool) -> None:
    """List all webhooks with their state, failures and waiting changes."""
    found = act("smartregion_webhook_list")
    if as_json:
        return click.echo(json.dumps(found))
    for each in found:
        click.echo(f"{each['id']}  {each['state']:6}  {each['failures']:3} {each['waiting']:6}  {each['address']}")
    return click.echo(f"{len(found)} webhooks")


@webhook.command("pause")
@click.argument("id")
def webhook_pause(id: str) -> None:
    """Send nothing to a webhook until it is resumed."""
    click.echo(act("smartregion_webhook_pause", id=id)["state"])


@webhook.command("resume")
@click.argument("id")
def webhook_resume(id: str) -> None:
    """Send to a webhook again that was paused or given up."""
    click.echo(act("smartregion_webhook_resume", id=id)["state"])


@webhook.command("delete")
@click.argument("id")
def webhook_delete(id: str) -> None:
    """Delete a webhook."""
    click.echo(f"deleted: {act('smartregion_webhook_delete', id=id)['address']}")


@webhook.command("test")
@click.argument("id")
def webhook_test(id: str) -> None:
    """Send a message that says nothing to a webhook; ends with 1 where it does not arrive."""
    outcome = act("smartregion_webhook_test", id=id)
    if not outcome["delivered"]:
        raise click.ClickException(outcome["reason"]["en"])
    click.echo("delivered")


def act(action: str, user: str = "", **data: Any) -> Any:
    """What an action answers, asked as a person or as the site itself; a refusal becomes a sentence."""
    name = user or tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    given = {key: value for key, value in data.items() if value is not None}
    try:
        return tk.get_action(action)({"user": name, "ignore_auth": True}, given)
    except (tk.ValidationError, tk.ObjectNotFound, tk.NotAuthorized) as error:
        raise click.ClickException(str(error)) from error
