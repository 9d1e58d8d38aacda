"""`ckan smartregion source ...`: sources are made, shown, switched, removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ckanext.smartregion.fetch.credentials import SCHEMES
from ckanext.smartregion.harvest.cli import trying
from ckanext.smartregion.harvest.cli.speaking import as_json_option, call, counts, put, said
from ckanext.smartregion.harvest.condition import URGENT
from ckanext.smartregion.harvest.mapping import inventory_template
from ckanext.smartregion.harvest.switches import SWITCHES, Switch
from ckanext.smartregion.harvesters import KINDS
from ckanext.smartregion.schemas import LANGUAGES


@click.group()
def source() -> None:
    """Sources: where data is pulled from."""


for command in (trying.probe, trying.preview, trying.run):
    source.add_command(command)


@source.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice(sorted(KINDS)), help="Kind of source; found by the address if not given.")
@click.option("--url", required=True, help="Address of the portal or of the catalogue.")
@click.option("--organization", required=True, help="Name of the organisation that owns the source.")
@click.option("--title", default="", help="What people read.")
@click.option("--schedule", default="", help='Cron expression in Belgian time, such as "0 3 * * *".')
@click.option("--zone", help="Time zone of the schedule, if it is not Europe/Brussels.")
@click.option("--option", "pairs", multiple=True, metavar="KEY=VALUE", help="An option of the source; repeatable.")
@click.option("--grace", type=click.IntRange(0), help="Days for which a dataset that has vanished is kept (7).")
@click.option("--precedence", type=click.IntRange(0), help="The lower, the nearer to the origin of its datasets (50).")
@click.option(
    "--credential",
    metavar="SCHEME:NAME",
    help="How to log in: basic:USER, bearer, header:NAME or query:NAME; the secret is asked for, or read from a pipe.",
)
@click.option("--enabled/--disabled", default=None, help="Let the scheduler pull it; with a schedule it does.")
@as_json_option
def add(name: str, pairs: tuple[str, ...], credential: str | None, as_json: bool, **facts: Any) -> None:
    """Make a source; without --kind the address is probed, and the likeliest kind taken."""
    given = {**facts, "options": dict(_pair(pair) for pair in pairs)}
    given["credentials"] = _credentials(credential) if credential else None
    if not given["kind"]:
        given = _probed(given, as_json=as_json)
    made = call("smartregion_source_create", {"name": name, **given})
    if as_json:
        return put(made)
    when = f"next run: {made['next_run']}" if made["next_run"] else f"run it: smartregion source run {name}"
    click.echo(f"Source {name} is made; {when}. Look first: smartregion source preview {name}")
    return None


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise click.ClickException(f"“{text}” is no option. Write it as key=value.")
    return key, value


def _credentials(text: str) -> dict[str, str]:
    """Scheme and name from the command line; the secret never, for it would stay in the shell's memory."""
    scheme, _, name = text.partition(":")
    if scheme not in SCHEMES:
        raise click.ClickException(f"“{scheme}” is no way to log in. Use one of: {', '.join(SCHEMES)}.")
    standard = click.get_text_stream("stdin")
    secret = click.prompt("Secret", hide_input=True, err=True) if standard.isatty() else standard.readline().strip()
    if not secret:
        raise click.ClickException("There is no secret. Type it when asked, or hand it over on standard input.")
    return {"scheme": scheme, "name": name, "secret": secret}


def _probed(given: dict[str, Any], *, as_json: bool) -> dict[str, Any]:
    """What is known of a source with what its address tells; what was said on the command line stays."""
    names = ("url", "organization", "options", "credentials")
    found = call("smartregion_source_probe", {name: given[name] for name in names}, f"Asking {given['url']}")
    if not found["kinds"]:
        raise click.ClickException(said(found["error"]))
    best = found["kinds"][0]
    if not as_json:
        click.echo(f"{best['kind']}: {said(best['why'])}", err=True)
    options = {**best["options"], **given["options"]}
    return {**given, **{name: best[name] for name in ("kind", "url")}, "options": options} | {
        "title": given["title"] or found["title"]
    }


@source.command("list")
@as_json_option
def list_(as_json: bool) -> None:
    """List the sources with their last run."""
    rows = call("smartregion_source_list", {})
    if as_json:
        return put(rows)
    for row in rows:
        last = row["last_run"]
        states = f"{_state(row):<8} {row['condition']['state']:<9}"
        click.echo(f"{row['name']:<28} {states} {row['kind']:<14} {_status(last):<11} {row['title']}")
    trouble = sum(row["condition"]["state"] in URGENT for row in rows)
    click.echo(f"{len(rows)} sources, {sum(row['enabled'] for row in rows)} on, {trouble} in trouble")
    return None


def _state(row: dict[str, Any]) -> str:
    """Whether a source is pulled, and what keeps it from that."""
    if not row["approved"]:
        return "waits"
    return "paused" if row["paused"] else "on" if row["enabled"] else "off"


def _status(run: dict[str, Any] | None) -> str:
    return run["status"] if run else "-"


FACTS = ("name", "title", "kind", "url", "organization", "options", "schedule", "zone", "enabled", "paused", "approved")


@source.command("show")
@click.argument("name")
@as_json_option
def show(name: str, as_json: bool) -> None:
    """Show a source: its facts, its last run, its next times."""
    row = call("smartregion_source_show", {"id": name})
    if as_json:
        return put(row)
    for key in (*FACTS, "grace", "precedence", "has_credentials"):
        click.echo(f"{key:<16} {row[key]}")
    click.echo(f"{'condition':<16} {row['condition']['state']}: {said(row['condition']['why'])}")
    click.echo(f"{'next runs':<16} {', '.join(row['next_runs']) or '-'}")
    last = row["last_run"]
    click.echo(f"{'last run':<16} {last['status'] + ': ' + counts(last['counts']) if last else '-'}")
    click.echo(counts(row["datasets"], all_of_them=True))
    return None


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


def _command(switch: Switch) -> click.Command:
    """The command that turns a switch and says how the source stands."""

    @click.argument("name")
    @as_json_option
    def turn(name: str, as_json: bool) -> None:
        row = call(f"smartregion_source_{switch.verb}", {"id": name})
        following = row["next_run"] or ("nothing: it has no schedule" if not row["schedule"] else "nothing for now")
        put(row) if as_json else click.echo(f"Source {name} {switch.said}; next run: {following}.")

    return click.command(switch.verb, help=f"{switch.does}.")(turn)


for switch in SWITCHES.values():
    source.add_command(_command(switch))


@source.command("remove")
@click.argument("name")
@click.option("--withdraw", is_flag=True, help="Take its datasets out of the catalogue first.")
@click.option("--yes", is_flag=True, help="Do not ask before datasets are withdrawn.")
@as_json_option
def remove(name: str, withdraw: bool, yes: bool, as_json: bool) -> None:
    """Remove a source with its runs; its datasets stay unless --withdraw takes them out of the catalogue."""
    shown = call("smartregion_source_show", {"id": name})
    number = shown["datasets"]["published"] + shown["datasets"]["held"]
    if withdraw and number and not yes:
        click.confirm(f"Withdraw {number} datasets of {name} from the catalogue?", abort=True, err=True)
    done = call("smartregion_source_delete", {"id": name, "withdraw": withdraw}, f"Removing {name}")
    if as_json:
        return put(done)
    click.echo(f"Source {name} is removed.")
    click.echo(f"{done['withdrawn']} datasets withdrawn, {number - done['withdrawn']} stay in the catalogue")
    return None
