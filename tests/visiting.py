"""Start CKAN with each of some configurations and visit its pages: python visiting.py PLUGINS PAGES INI...

What is printed is one line of JSON for each start: the configuration, the answers by page, the nouns of its command
line. The first two arguments are JSON too: the plugins of others, and the pages.

This is a process of its own, so that nothing of a plugin is loaded because a test loaded it. What all have in common,
CKAN itself and what others made, is loaded once: each start is a fork. What says nothing of a plugin is done quickly:
YAML is read by the C library, who calls CKAN is told without the lines around it, and a template that was compiled for
one start is not compiled again for the next.
"""

import functools
import gc
import inspect
import json
import os
import sys
import tempfile
from importlib.metadata import entry_points

import jinja2
import yaml

import ckan.plugins as p
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.tests.helpers import CKANTestApp


def visit(ini: str, pages: list[str], compiled: jinja2.BytecodeCache) -> None:
    """Start CKAN and tell what it answers."""
    made = make_app(CKANConfigLoader(ini).get_config())
    assert not {"polars", "numpy", "shapely"} & sys.modules.keys(), "CKAN starts without what only checks need"
    made._wsgi_app.jinja_env.bytecode_cache = compiled
    nouns = [noun.name for plugin in p.PluginImplementations(p.IClick) for noun in plugin.get_commands()]
    app = CKANTestApp(made)
    print(json.dumps([ini, {page: answer(app, page) for page in pages}, sorted(nouns)]), flush=True)


def answer(app: CKANTestApp, page: str) -> int | str:
    """The status of a page, or the error that it ends in."""
    try:
        return app.get(page, follow_redirects=True).status_code
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]


def main(others: list[str], pages: list[str], configurations: list[str]) -> None:
    """Load what all have in common, and start CKAN with one configuration after the other."""
    yaml.SafeLoader = yaml.CSafeLoader
    inspect.stack = functools.partial(inspect.stack, 0)
    for entry in entry_points(group="ckan.plugins"):
        if entry.name in others:
            entry.load()
    assert not any(name.startswith("ckanext.smartregion.") for name in sys.modules)
    gc.freeze()
    gc.set_threshold(20_000)
    with tempfile.TemporaryDirectory() as folder:
        compiled = jinja2.FileSystemBytecodeCache(folder)
        for ini in configurations:
            if (child := os.fork()) == 0:
                visit(ini, pages, compiled)
                os._exit(0)
            os.waitpid(child, 0)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:])
