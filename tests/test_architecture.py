"""The walls of the house, held by reading the imports: see docs/architecture.md."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXTENSION = ROOT / "ckanext-smartregion/ckanext/smartregion"
PACKAGE = "ckanext.smartregion"
FEATURES = ("harvest", "quality", "feeds")
SHELL = {"plugin", "logic", "views", "cli", "jobs", "helpers", "model"}  # may import CKAN and everything below
DATABASES = {"sqlalchemy", "psycopg2", "alembic"}

# Modules that know CKAN although they are no shell: what each is for stands in its docstring.
KNOW_CKAN = {
    "accounts",
    "command",
    "config",
    "contract_helpers",
    "contract_validation",
    "contracts",
    "dataset_facts",
    "deferred",
    "facets",
    "home",
    "interface",
    "loading",
    "navl",
    "news",
    "outgoing",
    "politeness",
    "referents",
    "region_map",
    "sealing",
    "workers",
    "quality.beside",
    "quality.checking",
    "quality.ending",
    "quality.files",
    "quality.gate",
    "quality.layers.building",
    "quality.layers.gathering",
    "quality.layers.records",
    "quality.layers.showing",
    "quality.layers.waking",
    "quality.presenting",
    "quality.reach",
    "quality.repairing",
    "quality.references",
    "quality.reviewing",
    "quality.signing",
    "quality.speaking",
    "quality.succession",
    "quality.swapping",
    "quality.tables",
    "quality.weighing",
    "steward",
}
FORBIDDEN_NAMES = {"utils", "common", "manager", "service", "util", "misc", "base"}


def modules() -> Iterator[tuple[str, Path]]:
    for folder, prefix in ((EXTENSION, ""), (ROOT / "schemas", "schemas."), (ROOT / "harvesters", "harvesters.")):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            if "migration" in parts:
                continue
            name = ".".join(part for part in parts if part != "__init__")
            yield (prefix + name).strip("."), path


MODULES = dict(modules())


@cache
def tree(path: Path) -> ast.Module:
    """What a file says, read once for all questions."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def statements(path: Path) -> list[ast.stmt]:
    """All statements of a file, those inside of others too; no expression is walked through."""
    found: list[ast.stmt] = []
    waiting: list[ast.AST] = [tree(path)]
    while waiting:
        inner = [node for node in ast.iter_child_nodes(waiting.pop()) if not isinstance(node, ast.expr)]
        found += [node for node in inner if isinstance(node, ast.stmt)]
        waiting += inner
    return found


@cache
def imports(path: Path) -> frozenset[str]:
    """Names of all modules that a file imports at any place in it."""
    found: set[str] = set()
    for node in statements(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def is_shell(name: str) -> bool:
    return bool(set(name.split(".")) & SHELL)


def is_pure(name: str) -> bool:
    return not is_shell(name) and name not in KNOW_CKAN and not name.startswith(("harvest.engine", "harvest.notices"))


def feature_of(name: str) -> str | None:
    first = name.removeprefix(f"{PACKAGE}.").split(".")[0]
    return first if first in FEATURES else None


def test_the_list_of_those_that_know_ckan_names_only_what_is_there():
    assert set(MODULES) >= KNOW_CKAN


def test_there_are_modules_to_look_at():
    assert len(MODULES) > 40


def test_pure_modules_import_neither_ckan_nor_a_database():
    """What needs CKAN belongs into logic, views, cli, jobs or plugin."""
    roots = {name: {one.split(".")[0] for one in imports(path)} for name, path in MODULES.items() if is_pure(name)}

    assert {name: found & {"ckan", *DATABASES} for name, found in roots.items() if found & {"ckan", *DATABASES}} == {}


def test_features_meet_only_through_actions_and_signals():
    for name, path in MODULES.items():
        met = {feature_of(one) for one in imports(path) if one.startswith(PACKAGE)}

        assert not feature_of(name) or met <= {None, feature_of(name)}, name


def test_nothing_imports_upwards():
    """What is not shell imports no shell: no views, no command line, no plugin."""
    for name, path in MODULES.items():
        own = [one.removeprefix(f"{PACKAGE}.") for one in imports(path) if one.startswith(PACKAGE)]
        above = [one for one in own if set(one.split(".")) & {"plugin", "views", "cli"} and one in MODULES]

        assert is_shell(name) or not above, name


def test_names_of_modules_say_what_they_are_about():
    assert [name for name in MODULES if set(name.split(".")) & FORBIDDEN_NAMES] == []


def test_every_module_has_a_docstring():
    assert [name for name, path in MODULES.items() if not ast.get_docstring(tree(path))] == []


def test_modules_stay_small():
    lines = {name: path.read_text(encoding="utf-8").count("\n") for name, path in MODULES.items()}

    assert {name: count for name, count in lines.items() if count > 350} == {}


def test_functions_stay_small():
    lines = {
        f"{name}.{node.name}": node.end_lineno - node.lineno + 1
        for name, path in MODULES.items()
        for node in statements(path)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }

    assert {function: count for function, count in lines.items() if count > 45} == {}


def test_no_second_copy_is_imported():
    """`import schemas` or `import harvesters` would load every module a second time under another name."""
    import_of_one = re.compile(r"^\s*(?:import|from) (?:schemas|harvesters)\b", re.MULTILINE)
    for path in (ROOT / "tests").rglob("*.py"):
        assert not import_of_one.search(path.read_text("utf-8")), path


def test_the_package_in_use_is_this_checkout():
    import ckanext.smartregion.schemas

    assert Path(ckanext.smartregion.schemas.__file__).is_relative_to(ROOT)
    assert "schemas" not in sys.modules
