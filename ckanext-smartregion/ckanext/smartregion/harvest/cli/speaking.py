"""How the commands speak: an action is called, a refusal is one sentence, what takes long says so, counts come last."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion.fetch import FetchError
from ckanext.smartregion.harvest.engine.indexing import IndexUnavailable
from ckanext.smartregion.harvest.engine.running import BusyError
from ckanext.smartregion.harvest.records import ListingError

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
LANGUAGE = "en"
# After so many seconds of silence a person wonders.
PATIENCE = 2.0


def call(action: str, data: Mapping[str, Any], waiting: str = "") -> Any:
    """An action in the name of the site; with `waiting`, what takes longer than two seconds says how far it is."""
    done: dict[str, int] = {}
    with sentences(), progress(waiting, done):
        site = tk.get_action("get_site_user")({"ignore_auth": True}, {})
        given = {name: value for name, value in data.items() if value is not None}
        context: Any = {"ignore_auth": True, "user": site["name"]}
        context["smartregion_told"] = lambda stage, counts: done.update(counts)
        return tk.get_action(action)(context, given)


@contextmanager
def sentences() -> Iterator[None]:
    """Whatever is refused or fails below ends the command with one sentence and the exit code 1."""
    try:
        yield
    except BusyError as error:
        raise click.ClickException(
            f"Source {error} is being run already. Wait for it: smartregion run list {error}"
        ) from None
    except tk.ObjectNotFound as error:
        raise click.ClickException(str(error.message or "There is nothing of this name.")) from None
    except tk.NotAuthorized as error:
        raise click.ClickException(str(error.message or "This is not allowed.")) from None
    except tk.ValidationError as error:
        refused = (f"{field}: {_flat(text)}" for field, text in error.error_dict.items())
        raise click.ClickException(" ".join(refused)) from None
    except (FetchError, ListingError) as error:
        raise click.ClickException(error.texts[LANGUAGE]) from None
    except IndexUnavailable:
        raise click.ClickException("The search engine does not answer. Start it, then repeat the command.") from None
    except DBAPIError as error:
        ckan_model.Session.remove()
        reason = str(error.orig).strip().partition("\n")[0]
        raise click.ClickException(f"The database refused ({reason}). See that it runs, then repeat.") from None


def _flat(found: Any) -> str:
    """What was refused of a field as text, however deep CKAN put it."""
    if isinstance(found, dict):
        return " ".join(_flat(each) for each in found.values())
    return " ".join(_flat(each) for each in found) if isinstance(found, list) else str(found)


@contextmanager
def progress(text: str, done: Mapping[str, int]) -> Iterator[None]:
    """Say on the error stream, each second after the first two, how far something is, and how long it takes already."""
    ended, started = threading.Event(), time.monotonic()

    def tell() -> None:
        while not ended.wait(PATIENCE if time.monotonic() - started < PATIENCE else 1):
            so_far = f": {counts(dict(done))}" if any(done.values()) else ""
            click.echo(f"\r{text}{so_far} ... {time.monotonic() - started:.0f} s   ", nl=False, err=True)

    teller = threading.Thread(target=tell, daemon=True)
    if text:
        teller.start()
    try:
        yield
    finally:
        ended.set()
        if text:
            teller.join()
        if text and time.monotonic() - started > PATIENCE:
            click.echo("", err=True)


def put(found: Any) -> None:
    """Print something as JSON."""
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))


def counts(found: Mapping[str, int], *, all_of_them: bool = False) -> str:
    """Counts as a line; those that are zero are left out unless all are wanted."""
    shown = [f"{number} {word}" for word, number in found.items() if number or all_of_them]
    return ", ".join(shown) or "nothing"


def said(texts: Mapping[str, str] | None) -> str:
    """A sentence of four languages as the command line speaks it."""
    return texts[LANGUAGE] if texts else ""


def tell(notes: list[Mapping[str, str] | None]) -> None:
    """What has to be said beside the result, on the error stream."""
    for note in filter(None, notes):
        click.echo(said(note), err=True)


def title_of(titles: Mapping[str, str] | None) -> str:
    """A title in the first language that it has."""
    return next(iter((titles or {}).values()), "")
