"""`python -m stack.reference`: write the pages of docs/ that say what the code declares."""

from __future__ import annotations

import html
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import yaml

from stack.settings import ROOT

EXTENSION = ROOT / "ckanext-smartregion/ckanext/smartregion"
NOTE = "Written by `python -m stack.reference` from {origin}: change it there, then write it anew.\n"


def declared_options() -> list[tuple[str, dict[str, Any]]]:
    """Every option with the heading of its group, as `config_declaration.yaml` declares it."""
    declaration = yaml.safe_load((EXTENSION / "config_declaration.yaml").read_text(encoding="utf-8"))
    return [(group["annotation"], option) for group in declaration["groups"] for option in group["options"]]


def options_page() -> str:
    """The page of the options."""
    lines = ["# Options\n", NOTE.format(origin="the declaration of the extension")]
    lines += ["An option stands in `config/ckan.ini`, or, for one installation only, in `config/local.ini`.\n"]
    options = declared_options()
    for heading in dict.fromkeys(heading for heading, _ in options):
        lines += [f"## {heading.removeprefix('smartregion: ').capitalize()}\n", *_option_table(heading, options)]
    return "\n".join(lines)


def _option_table(heading: str, options: list[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    yield from ("| Option | Type | Default | Meaning |", "|---|---|---|---|")
    for group, option in options:
        if group == heading:
            default = option.get("default", "")
            shown = "" if default in ("", None) else f"`{default}`"
            yield f"| `{option['key']}` | {option.get('type', 'text')} | {shown} | {_one_line(option['description'])} |"
    yield ""


def command_tree() -> click.Group:
    """`ckan smartregion` with the commands of every feature, whether it is switched on or not."""
    core = import_module("ckanext.smartregion.cli")
    tree = click.Group("smartregion", help=core.smartregion.help, commands=dict(core.smartregion.commands))
    for feature in core.FEATURES:
        for command in getattr(import_module(f"ckanext.smartregion.{feature}.plugin"), "commands", ()):
            tree.add_command(command)
    return tree


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command below this one with what one types for it, groups before what is in them."""
    yield " ".join(("bin/smartregion", *path)), command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from commands(command.commands[name], (*path, name))


def cli_page() -> str:
    """The page of the command line."""
    lines = ["# Command line\n", NOTE.format(origin="the commands themselves")]
    lines += ["`bin/smartregion ...` is `ckan smartregion ...` against the portal of `RUN_DIR`.\n"]
    for typed, command in commands(command_tree()):
        lines += _section(typed, command)
    return "\n".join(lines)


def _section(typed: str, command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        yield f"## `{typed}`\n"
        yield f"{_one_line(command.help)}\n"
        return
    arguments = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    yield f"### `{' '.join([typed, *(argument.make_metavar(click.Context(command)) for argument in arguments)])}`\n"
    yield f"{_one_line(command.help)}\n"
    yield from (f"- `{_spelled(option)}`: {_one_line(option.help)}" for option in options)
    if options:
        yield ""


def _spelled(option: click.Option) -> str:
    value = "" if option.is_flag else f" {option.make_metavar(click.Context(click.Command('any')))}"
    return f"{', '.join(option.opts)}{value}"


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def modules_of(part: str) -> Iterator[tuple[str, Any]]:
    """The modules of one part of logic (`action`, `auth`) with the room they stand in; the core comes first."""
    for room in ("", *import_module("ckanext.smartregion.cli").FEATURES):
        here = EXTENSION / room / "logic" / part
        if here.with_suffix(".py").exists() or here.is_dir():
            yield room or "core", import_module(".".join(("ckanext.smartregion", *filter(None, [room]), "logic", part)))


def public_functions(module: Any) -> dict[str, Any]:
    """What CKAN takes from a module of actions or rights: what it names, else its public functions."""
    if named := getattr(module, "__all__", None):
        return {name: getattr(module, name) for name in named}
    here = inspect.getsourcefile(module)
    members = inspect.getmembers(module, inspect.isfunction)
    own = [(name, found) for name, found in members if inspect.getsourcefile(inspect.unwrap(found)) == here]
    return {name: found for name, found in own if not name.startswith("_")}


def actions_page() -> str:
    """The page of the actions."""
    lines = ["# Actions\n", NOTE.format(origin="the actions themselves")]
    lines += ["Called at `/api/3/action/NAME`; who may call what stands in [roles](roles.md).\n"]
    for room, module in modules_of("action"):
        lines.append(f"## {room.capitalize()}\n")
        for name, action in public_functions(module).items():
            lines += _action(name, action)
    return "\n".join(lines)


def _action(name: str, action: Any) -> Iterator[str]:
    chained = getattr(action, "chained_action", False)
    said, *parts = re.split(r"\n\s*:(?=param |returns:)", inspect.getdoc(action) or "")
    yield f"### `{name}`{' (laid around the one that exists)' if chained else ''}\n"
    yield f"{_one_line(said)}\n"
    for part in parts:
        label, _, text = part.partition(":")
        yield f"- {_label(label)}: {_one_line(text)}"
    if parts:
        yield ""


def _label(label: str) -> str:
    return "gives" if label == "returns" else f"`{label.removeprefix('param ')}`"


def rules_page() -> str:
    """The page of the rules that normalise what is harvested, and of the findings on what they can't read."""
    table = import_module("ckanext.smartregion.harvest.rules.table")
    lines = ["# Rules of normalisation\n", NOTE.format(origin="`harvest/rules/rules.json` and `findings.json`")]
    lines += ["Applied in this order; each change is kept with the record: rule, field, before, after.\n"]
    for stage, heading in RULE_STAGES.items():
        lines += [f"## {heading}\n", "| Rule | What | When | Why |", "|---|---|---|---|"]
        entries = [entry for entry in table.TABLE if entry.stage == stage]
        lines += [_row(each.name, each.label["en"], each.when["en"], each.why["en"]) for each in entries] + [""]
    lines += ["## Findings\n", "What no rule can read is kept as it was and told, never guessed.\n"]
    lines += ["| Finding | What | What to do |", "|---|---|---|"]
    lines += [_row(each.name, each.label["en"], each.advice["en"]) for each in table.FINDINGS]
    return "\n".join([*lines, ""])


def table_rules_page() -> str:
    """The page of the rules that a table contract may add to its Table Schema."""
    kinds = import_module("ckanext.smartregion.schemas.rules.kinds").kinds()
    told = import_module("ckanext.smartregion.quality.rules").rules()
    lines = ["# Rules of a table contract\n", NOTE.format(origin="`schemas/rules/kinds.yaml`")]
    lines += ["How a contract is written: [table contracts](table-contracts.md).\n"]
    lines += ["| Rule | A row keeps it when | If the policy is silent |", "|---|---|---|"]
    lines += [_row(name, kind.means, told[name]["severity"]) for name, kind in kinds.items()]
    for name, kind in kinds.items():
        lines += [f"\n## `{name}`\n", f"{kind.means}\n", "| Parameter | Meaning | If not given |", "|---|---|---|"]
        lines += [_row(one.name, _parameter(one), _default(one)) for one in kind.parameters.values()]
        if kind.one_of:
            lines += ["", f"Exactly one of {', '.join(f'`{one}`' for one in kind.one_of)} is given."]
        if kind.needs_when:
            lines += ["", "`when` must be given."]
        example = yaml.safe_dump(kind.example, default_flow_style=True, sort_keys=False, width=1000).strip()
        lines += ["", f"    - {{rule: {name}, id: a-name-of-its-own, {example[1:]}"]
    return "\n".join([*lines, ""])


def _parameter(one: Any) -> str:
    choice = ", ".join(one.types) or (f"one of {', '.join(one.of)}" if one.of else "")
    means = one.means[0].upper() + one.means[1:]
    return f"{means} ({choice})" if choice else means


def _default(one: Any) -> str:
    if one.needed:
        return "must be given"
    return "nothing" if one.default is None else str(one.default).lower()


def _row(name: str, *texts: str) -> str:
    return (
        "| " + " | ".join([f"`{name}`", *(html.escape(text, quote=False).replace("|", "\\|") for text in texts)]) + " |"
    )


RULE_STAGES = {
    "reading": "While a record is read",
    "draft": "On the draft of a dataset",
    "saving": "When a dataset is saved",
}
PAGES = {
    "docs/options.md": options_page,
    "docs/cli.md": cli_page,
    "docs/actions.md": actions_page,
    "docs/rules.md": rules_page,
    "docs/table-rules.md": table_rules_page,
}


def main() -> None:
    """Write every page anew."""
    for name, page in PAGES.items():
        Path(ROOT / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
