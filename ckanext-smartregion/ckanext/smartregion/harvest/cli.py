"""`ckan smartregion source ...` and `ckan smartregion scheduler ...`"""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any

import click

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion import config
from ckanext.smartregion.harvest import inventory_template, model
from ckanext.smartregion.harvest.engine import running, ticking
from ckanext.smartregion.harvesters import KINDS
from ckanext.smartregion.schemas import LANGUAGES

log = logging.getLogger(__name__)

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _call(action: str, data: dict[str, Any]) -> Any:
    """An action in the name of the site; what it refuses becomes one sentence."""
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    try:
        return tk.get_action(action)({"ignore_auth": True, "user": site["name"]}, data)
    except tk.ObjectNotFound as error:
        raise click.ClickException(str(error.message)) from None
    except tk.ValidationError as error:
        sentences = (f"{field}: {text}" for field, text in error.error_summary.items())
        raise click.ClickException(" ".join(sentences)) from None


def _print(found: Any) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))


@click.group()
def source() -> None:
    """Sources: where data is pulled from."""


@source.command("add")
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice(sorted(KINDS)), help="Kind of source.")
@click.option("--url", required=True, help="Address of the portal or of the catalogue.")
@click.option("--organization", required=True, help="Name of the organisation that owns the source.")
@click.option("--title", default="", help="What people read.")
@click.option("--schedule", default="", help='Cron expression in Belgian time, such as "0 3 * * *".')
@click.option("--option", "pairs", multiple=True, metavar="KEY=VALUE", help="An option of the source; repeatable.")
@click.option("--enabled/--disabled", default=None, help="Let the scheduler pull it; with a schedule it does.")
@as_json_option
def add(name: str, pairs: tuple[str, ...], as_json: bool, **facts: Any) -> None:
    """Make a source."""
    options = dict(_pair(pair) for pair in pairs)
    known = {key: value for key, value in facts.items() if value is not None}
    made = _call("smartregion_source_create", {"name": name, "options": options, **known})
    when = f"next run: {made['next_run']}" if made["next_run"] else f"run it: smartregion source run {name}"
    _print(made) if as_json else click.echo(
        f"Source {name} is made; {when}. Look first: smartregion source preview {name}"
    )


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise click.ClickException(f"“{text}” is no option. Write it as key=value.")
    return key, value


@source.command("list")
@as_json_option
def list_(as_json: bool) -> None:
    """List the sources with their last run."""
    rows = _call("smartregion_source_list", {})
    if as_json:
        return _print(rows)
    for row in rows:
        last = row["last_run"]
        state = "on " if row["enabled"] else "off"
        click.echo(f"{row['name']:<28} {state} {row['kind']:<14} {last['status'] if last else '-':<11} {row['title']}")
    return None


@source.command("show")
@click.argument("name")
@as_json_option
def show(name: str, as_json: bool) -> None:
    """Show a source: its facts, its last run, its next times."""
    row = _call("smartregion_source_show", {"id": name})
    if as_json:
        return _print(row)
    for key in ("name", "title", "kind", "url", "organization", "schedule", "enabled", "options", "datasets"):
        click.echo(f"{key:<14} {row[key]}")
    click.echo(f"{'next runs':<14} {', '.join(row['next_runs']) or '-'}")
    click.echo(f"{'last run':<14} {_brief(row['last_run']) if row['last_run'] else '-'}")
    return None


def _brief(run: dict[str, Any]) -> str:
    counts = ", ".join(f"{number} {word}" for word, number in run["counts"].items())
    return f"{run['status']}: {counts}"


@source.command("template")
@click.argument("kind", type=click.Choice(["inventory"]))
@click.option("--lang", type=click.Choice(LANGUAGES), default="fr", help="Language of the columns and their notes.")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="FILE.xlsx or FILE.csv.")
def template(kind: str, lang: str, output: Path) -> None:
    """Write the empty list that a municipality without a portal fills in and puts on its website."""
    write = {".xlsx": inventory_template.as_xlsx, ".csv": inventory_template.as_csv}.get(output.suffix.lower())
    if write is None:
        raise click.ClickException(f"{output} names no format. Let it end in .xlsx or .csv.")
    try:
        output.write_bytes(write(lang))
    except OSError as error:
        raise click.ClickException(f"{output} could not be written: {error.strerror}. Name another file.") from None
    click.echo(
        f"{output} is written. Replace its example row, put it on a website, then: "
        f"smartregion source add NAME --kind {kind} --url ADDRESS --organization ORGANISATION"
    )


@source.command("enable")
@click.argument("name")
def enable(name: str) -> None:
    """Let the scheduler pull a source."""
    row = _call("smartregion_source_enable", {"id": name})
    click.echo(f"Source {name} is on; next run: {row['next_run'] or 'by hand only, it has no schedule'}.")


@source.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """Keep the scheduler from pulling a source."""
    _call("smartregion_source_disable", {"id": name})
    click.echo(f"Source {name} is off.")


@source.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Remove a source with its runs; its datasets stay."""
    _call("smartregion_source_delete", {"id": name})
    click.echo(f"Source {name} is removed; its datasets stay in the catalogue.")


@source.command("preview")
@click.argument("name")
@as_json_option
def preview(name: str, as_json: bool) -> None:
    """Show what a run would do, writing nothing."""
    plan = _call("smartregion_source_preview", {"id": name})
    if as_json:
        return _print(plan)
    for step in plan["steps"]:
        title = next(iter((step["title"] or {}).values()), "")
        why = step["problem"]["en"] if step["problem"] else ""
        click.echo(f"{step['act']:<10} {step['remote_id']}  {title} {why}".rstrip())
    for note in [*plan["notes"], *([plan["error"]] if plan["error"] else [])]:
        click.echo(note["en"], err=True)
    click.echo(", ".join(f"{number} {act}" for act, number in plan["counts"].items()))
    return None


@source.command("run")
@click.argument("name")
@click.option("--confirm-withdrawals", is_flag=True, help="Withdraw what has vanished even if it is much.")
@as_json_option
def run(name: str, confirm_withdrawals: bool, as_json: bool) -> None:
    """Run a source now and wait for it; the exit code is 1 when the run failed."""
    row = model.find_source(name)
    if row is None:
        raise click.ClickException(f"There is no source {name}.")
    queued = ticking.make_run(row, "person", None, confirmed=confirm_withdrawals)
    try:
        found = running.run(queued.id, lambda stage, counts: None if as_json else _progress(counts))
    except running.BusyError:
        ckan_model.Session.delete(queued)
        ckan_model.Session.commit()
        raise click.ClickException(
            f"Source {name} is being run already. Wait for it, or look at /harvest/{name}."
        ) from None
    _close(queued, found, as_json=as_json)


def _progress(counts: dict[str, int]) -> None:
    click.echo("\r" + ", ".join(f"{number} {word}" for word, number in counts.items()), nl=False, err=True)


def _close(row: model.Run, found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found))
    else:
        click.echo("", err=True)
        for note in [*row.notes, *([row.error] if row.error else [])]:
            click.echo(note["en"], err=True)
        click.echo(f"{found['status']}: " + ", ".join(f"{found[name]} {name}" for name in running.OUTCOMES))
    if found["status"] == "failed":
        raise SystemExit(1)


@click.group()
def scheduler() -> None:
    """The scheduler: it starts every source that is due."""


@scheduler.command("run")
@click.option("--once", is_flag=True, help="Look once and end.")
def scheduler_run(once: bool) -> None:
    """Look every few seconds for sources that are due and queue them; two schedulers never start one twice."""
    while True:
        try:
            for name in ticking.tick():
                click.echo(f"{model.now():%Y-%m-%d %H:%M:%S} {name} is queued")
        except Exception:
            # A database or Redis that restarts must not end the scheduler; the next look finds them again.
            log.exception("The scheduler could not look for due sources")
        finally:
            ckan_model.Session.remove()
        if once:
            return
        time.sleep(config.harvest_poll())
