"""How commands of the gate ask an action and print what it gives."""

from __future__ import annotations

import json
from typing import Any

import click

import ckan.plugins.toolkit as tk

from ckanext.smartregion import loading

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def call(action: str, data: dict[str, Any], user: str | None = None) -> Any:
    """What an action gives, asked by the site or by a person; what it refuses is one sentence."""
    context = {"user": user, "ignore_auth": False} if user else loading.site_context()
    try:
        return tk.get_action(action)(context, data)  # type: ignore[arg-type]
    except tk.ValidationError as error:
        raise click.ClickException("; ".join(str(text) for text in error.error_summary.values())) from None
    except (tk.ObjectNotFound, tk.NotAuthorized) as error:
        raise click.ClickException(str(error.message or "There is no such thing, or it is not allowed.")) from None


def put(value: Any) -> None:
    """Print as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
