"""Writes the container's CKAN configuration: config/ckan.ini, plus options.ini filled in from the environment."""

from __future__ import annotations

import configparser
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECTION = "app:main"
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::-([^}]*))?\}")


class MissingError(Exception):
    """Variables that have no default and no value."""


def filled(options: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """The options with their variables replaced; complains about all that are missing at once."""
    missing: set[str] = set()

    def value(match: re.Match[str]) -> str:
        name, default = match.groups()
        found = environment.get(name) or default
        if found is None:
            missing.add(name)
        return found or ""

    result = {name: VARIABLE.sub(value, text) for name, text in options.items()}
    if missing:
        raise MissingError(", ".join(sorted(missing)))
    return result


def read(path: Path) -> configparser.ConfigParser:
    """An ini file, option names as they are written."""
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment]  # CKAN's options are case-sensitive
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def write(target: Path, environment: Mapping[str, str]) -> None:
    """Write the configuration where only its owner can read it."""
    parser = read(HERE.parent / "config" / "ckan.ini")
    parser[SECTION].update(filled(read(HERE / "options.ini")[SECTION], environment))
    target.touch(mode=0o600)
    with target.open("w", encoding="utf-8") as file:
        parser.write(file)


if __name__ == "__main__":
    try:
        write(Path(sys.argv[1]), os.environ)
    except MissingError as error:
        sys.exit(f"These variables need a value: {error}. docker/env.example explains each of them.")
