"""Nothing is left without its sentence: options, actions, commands, contracts, texts, files."""

import ast
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ckanext.smartregion import config
from ckanext.smartregion.schemas import (
    LANGUAGES,
    dataset_contracts,
    organization_contract,
    table_contracts,
    vocabularies,
    vocabulary,
)

from stack import reference

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "ckanext-smartregion/ckanext/smartregion"
HOMES = {"": PACKAGE, "harvesters/": ROOT / "harvesters", "schemas/": ROOT / "schemas"}
DOCS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md")))
OPTIONS = {option["key"]: option for _, option in reference.declared_options()}
COMMANDS = dict(reference.commands(reference.command_tree()))

# Names that clients of ckanext-validation know, with the action of ours whose rights they have.
ALIASES = {
    "resource_validation_delete": "smartregion_quality_recheck",
    "resource_validation_run": "smartregion_quality_recheck",
    "resource_validation_run_batch": "smartregion_quality_review",
    "resource_validation_show": "smartregion_quality_report_show",
}


# -- actions


def functions(part: str) -> dict[str, Any]:
    return {
        name: found
        for _, module in reference.modules_of(part)
        for name, found in reference.public_functions(module).items()
    }


ACTIONS = functions("action")
RIGHTS = functions("auth")


def own_actions() -> set[str]:
    """Every action that the plugins of ours provide, those included that they lay around one of CKAN's."""
    return set(ACTIONS)


def is_chained(name: str) -> bool:
    return getattr(ACTIONS[name], "chained_action", False)


def test_there_are_actions_to_look_at():
    assert {"smartregion_territory_find", "smartregion_check", "smartregion_source_run"} <= own_actions()
    assert is_chained("package_create")


@pytest.mark.parametrize("name", sorted(name for name in ACTIONS if not is_chained(name)))
def test_every_action_has_rights_of_its_own_name(name):
    assert ALIASES.get(name, name) in RIGHTS


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_every_action_says_what_it_does_and_what_it_gives(name):
    text = inspect.getdoc(ACTIONS[name]) or ""

    assert re.match(r"[A-Z].*\.", text), "begins with a sentence"
    assert is_chained(name) or ":returns:" in text


@pytest.mark.parametrize("name", sorted(name for name in ACTIONS if not is_chained(name)))
def test_every_action_is_named_in_the_documentation(name):
    assert name in DOCS


@pytest.mark.parametrize("name", sorted(RIGHTS))
def test_every_right_says_whom_it_lets_pass(name):
    assert inspect.getdoc(RIGHTS[name])


# -- options


@pytest.mark.parametrize("key", sorted(OPTIONS))
def test_every_option_has_its_sentence_and_stands_in_the_documentation(key):
    assert OPTIONS[key]["description"].endswith(".")
    assert f"`{key}`" in (ROOT / "docs/options.md").read_text(encoding="utf-8")


def getters() -> dict[str, list[Any]]:
    """Option -> the functions of config.py that read it."""
    found: dict[str, list[Any]] = {}
    for _, function in inspect.getmembers(config, inspect.isfunction):
        for key in re.findall(r'"(smartregion\.[a-z_.]+)"', inspect.getsource(function)):
            found.setdefault(key, []).append(function)
    return found


def test_every_option_has_one_typed_getter_and_every_getter_an_option():
    assert set(getters()) == set(OPTIONS)
    for key, found in getters().items():
        assert len(found) == 1, key
        assert "return" in found[0].__annotations__, key
        assert found[0].__doc__, key


def test_no_option_is_named_outside_its_getter():
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text("utf-8")
        if path.name != "config.py" and any(option in text for option in OPTIONS):  # in a docstring, or as a word
            words = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
            assert not words & set(OPTIONS), path


# -- commands


@pytest.mark.parametrize("typed", sorted(COMMANDS))
def test_every_command_and_each_of_its_options_has_its_sentence(typed):
    command = COMMANDS[typed]

    assert re.match(r"[A-Z`].*\.", command.help or "")
    for option in command.params:
        assert option.param_type_name == "argument" or option.help, option.name


@pytest.mark.parametrize("page", sorted(reference.PAGES))
def test_reference_page_is_up_to_date(page):
    written = (ROOT / page).read_text(encoding="utf-8")

    assert written == reference.PAGES[page](), "run `python -m stack.reference`"


# -- contracts and texts


def contract_fields() -> Iterator[tuple[str, dict[str, Any]]]:
    parts = [*dataset_contracts().items(), ("organization", organization_contract())]
    for kind, contract in parts:
        for part in ("dataset_fields", "resource_fields", "fields"):
            for field in contract.get(part, []):
                yield from with_parts(f"{kind}/{part}/{field['field_name']}", field)


def with_parts(name: str, field: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield name, field
    for part in field.get("repeating_subfields", []):
        yield from with_parts(f"{name}/{part['field_name']}", part)


FIELDS = dict(contract_fields())


def lacking(texts: Any) -> list[str]:
    """The languages in which a text says nothing."""
    return [code for code in LANGUAGES if not (isinstance(texts, dict) and str(texts.get(code) or "").strip())]


@pytest.mark.parametrize("text", ["label", "help_text"])
def test_every_field_of_a_contract_has_label_and_help_in_four_languages(text):
    assert {name: lacking(field.get(text)) for name, field in FIELDS.items() if lacking(field.get(text))} == {}


@pytest.mark.parametrize("contract", table_contracts(), ids=lambda contract: contract.id)
def test_every_table_contract_and_column_has_title_and_description_in_four_languages(contract):
    assert not lacking(contract.title)
    assert not lacking(contract.description)
    for field in contract.fields:
        assert not lacking(field["title"]), field["name"]
        assert not lacking(field["description"]), field["name"]


@pytest.mark.parametrize("name", sorted(vocabularies()))
def test_every_concept_has_its_label_in_four_languages(name):
    assert not [concept.code for concept in vocabulary(name).concepts if lacking(concept.labels)]


def language_maps(data: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every text of many languages in a data file: what has French has all four."""
    if isinstance(data, dict):
        if "fr" in data and all(isinstance(text, str) for text in data.values()):
            yield path, data
        for key, part in data.items():
            yield from language_maps(part, f"{path}/{key}")
    elif isinstance(data, list):
        for number, part in enumerate(data):
            yield from language_maps(part, f"{path}/{number}")


def text_files() -> list[Path]:
    """Data files with texts for people, of the extension and of the contracts; examples speak as their owners do."""
    found = [path for home in HOMES.values() for kind in ("yaml", "json") for path in home.rglob(f"*.{kind}")]
    return sorted(path for path in found if not {"reference", "examples"} & set(path.relative_to(ROOT).parts))


@pytest.mark.parametrize("path", text_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_in_a_data_file_speaks_four_languages(path):
    content = path.read_text(encoding="utf-8")
    data = json.loads(content) if path.suffix == ".json" else yaml.load(content, Loader=yaml.CSafeLoader)

    assert not [(where, lacking(texts)) for where, texts in language_maps(data) if lacking(texts)]


# -- files


def tracked() -> list[Path]:
    """Every text file of the project that is under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return [path for path in paths if path.is_file() and path.suffix not in {".woff2", ".png", ".mo", ".xlsx"}]


# In pieces, so that this file does not name what it looks for.
HOSTS = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "maven" + ".org", "debian" + ".org/debian"]
HOSTS += ["repo.maven" + ".apache", "deb.debian" + ".org"]
MACHINE = ["/wo" + "rk/", "/ro" + "ot/", "/home" + "/", "/tmp/" + "bash"]


def test_no_file_names_a_registry_host_or_a_path_of_a_machine():
    found = []
    for path in tracked():
        content = path.read_text(encoding="utf-8", errors="replace")
        found += [(str(path.relative_to(ROOT)), word) for word in (*HOSTS, *MACHINE) if names(content, word)]

    assert not found


def names(content: str, word: str) -> bool:
    """Whether a word stands in a content on its own: the path of an address is none of a machine."""
    if word not in content or word in HOSTS:
        return word in content
    return bool(re.search(rf"(?<![\w.\-}}]){re.escape(word)}", content))


BUILD = """
import json, setuptools
from distutils.core import run_setup
build = run_setup("setup.py", stop_after="init").get_command_obj("build_py")
build.ensure_finalized()
print("BUILT", json.dumps([build.build_lib, build.get_outputs(include_bytecode=False)]))
"""


def test_every_file_of_the_three_folders_is_packaged():
    """A module or a contract that setup.py forgets would be missing in the container, but not in this checkout."""
    run = subprocess.run([sys.executable, "-c", BUILD], cwd=ROOT, capture_output=True, text=True, check=True)
    folder, outputs = json.loads(run.stdout.split("BUILT ")[1])
    packaged = {Path(name).relative_to(folder, "ckanext", "smartregion").as_posix() for name in outputs}

    wanted = {prefix + path.relative_to(home).as_posix() for prefix, home in HOMES.items() for path in files(home)}
    assert len(wanted) > 300
    assert packaged == wanted


def files(home: Path) -> Iterator[Path]:
    return (path for path in home.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
