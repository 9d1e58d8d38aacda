"""The generated CKAN configuration: config/ckan.ini, plus this stack's addresses, plus config/local.ini.

A file local.ini in RUN_DIR takes the place of config/local.ini for that one stack.
"""

from __future__ import annotations

import configparser
from pathlib import Path

from stack import postgres, solr
from stack.settings import ROOT, TEST_SETS, Stack

SECTION = "app:main"


def _parser() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment]  # CKAN's options are case-sensitive
    return parser


def own_options(stack: Stack) -> dict[str, str]:
    """The options that depend on this stack: addresses, secrets, folders."""
    demo = f"127.0.0.1:{stack.ports['demo']}"
    return {
        "ckan.site_url": stack.site_url,
        "sqlalchemy.url": postgres.url(stack, "ckan"),
        "ckan.datastore.write_url": postgres.url(stack, "datastore"),
        "ckan.datastore.read_url": postgres.url(stack, "datastore", postgres.READER),
        "ckan.redis.url": f"redis://:{stack.passwords['redis']}@127.0.0.1:{stack.ports['redis']}/0",
        "solr_url": solr.url(stack),
        "ckan.storage_path": str(stack.run_dir / "storage"),
        "SECRET_KEY": stack.passwords["session"],
        "api_token.jwt.encode.secret": f"string:{stack.passwords['jwt']}",
        "api_token.jwt.decode.secret": f"string:{stack.passwords['jwt']}",
        "smartregion.fetch.allow_private": demo,
        "smartregion.demo.address": demo,
        "smartregion.accounts.password": stack.passwords["accounts"],
        "smartregion.sources": str(ROOT / "config/sources.yaml"),
        "smartregion.roles": str(ROOT / "config/roles.yaml"),
    }


def test_options(stack: Stack, name: str) -> dict[str, str]:
    """What differs for tests that run in their own process: databases, Solr core, Redis database, folders."""
    redis = f"127.0.0.1:{stack.ports['redis']}/{1 + TEST_SETS.index(name)}"
    return {
        "testing": "true",
        "ckan.site_url": "http://test.ckan.net",
        "sqlalchemy.url": postgres.url(stack, f"ckan_{name}"),
        "ckan.datastore.write_url": postgres.url(stack, f"datastore_{name}"),
        "ckan.datastore.read_url": postgres.url(stack, f"datastore_{name}", postgres.READER),
        "ckan.redis.url": f"redis://:{stack.passwords['redis']}@{redis}",
        "solr_url": solr.url(stack, f"ckan_{name}"),
        "ckan.storage_path": str(stack.run_dir / f"storage_{name}"),
        "smartregion.fetch.allow_private": "127.0.0.1:*",
        "smartregion.fetch.pause": "0",
        "WTF_CSRF_ENABLED": "false",
    }


def write(stack: Stack) -> None:
    """Write ckan.ini of this stack and one file for each process of tests; only their owner may read them."""
    of_this_stack = stack.run_dir / "local.ini"
    local = of_this_stack if of_this_stack.exists() else ROOT / "config/local.ini"
    _write(stack.ini, own_options(stack), local=local)
    for name in TEST_SETS:
        _write(stack.run_dir / f"{name}.ini", own_options(stack) | test_options(stack, name), local=None)


def plugins(configuration: Path) -> str:
    """The plugins that are switched on."""
    parser = _parser()
    parser.read(configuration, encoding="utf-8")
    return parser[SECTION]["ckan.plugins"]


def _write(target: Path, options: dict[str, str], *, local: Path | None) -> None:
    parser = _parser()
    parser.read(ROOT / "config/ckan.ini", encoding="utf-8")
    parser[SECTION].update(options)
    if local and local.exists():
        parser.read(local, encoding="utf-8")
    target.touch(mode=0o600)
    with target.open("w", encoding="utf-8") as file:
        parser.write(file)
