"""`python -m stack.texts LANGUAGE`: the texts that CKAN itself leaves in English there, as entries of a template.

`make i18n` puts them into our translation of that language, so that no page says something in English alone.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib.resources import files

from babel.messages import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po, write_po

from stack import ini
from stack.settings import ROOT

FOLDERS = {"text_view": "textview", "datatables_view": "datatablesview"}  # of plugins that have another name


def lacking(language: str) -> Catalog:
    """What CKAN and its plugins that are switched on say, and the translation that CKAN reads does not.

    Some of it is translated in CKAN's sources, which are newer; that translation is taken over.
    """
    read, written, found = _read(language), _catalog(f"{language}/LC_MESSAGES/ckan.po"), Catalog(locale=language)
    for text in _catalog("ckan.pot"):
        if text.id and _is_said(text) and not _is_whole(read.get(text.id, text.context)):
            newer = written.get(text.id, text.context)
            told = newer.string if newer and _is_whole(newer) else None
            found.add(text.id, told, flags=text.flags, auto_comments=["CKAN's"])
    return found


@cache
def _catalog(name: str) -> Catalog:
    with (files("ckan") / "i18n" / name).open("rb") as file:
        return read_po(file, locale=name.split("/")[0] if "/" in name else None)


@cache
def _read(language: str) -> Catalog:
    with (files("ckan") / "i18n" / language / "LC_MESSAGES/ckan.mo").open("rb") as file:
        return read_mo(file)


def _is_whole(text: Message | None) -> bool:
    """Whether every form is there; numbers that nobody translated are compiled with their English forms."""
    if text is None or not text.string or isinstance(text.string, str):
        return bool(text and text.string)
    return all(text.string) and not set(text.string) <= set(text.id)


@cache
def _folders() -> tuple[str, ...]:
    switched_on = ini.plugins(ROOT / "config/ckan.ini").split()
    return ("ckan/", *(f"ckanext/{FOLDERS.get(plugin, plugin)}/" for plugin in switched_on))


def _is_said(text: Message) -> bool:
    return any(place.startswith(_folders()) for place, _ in text.locations)


if __name__ == "__main__":
    write_po(sys.stdout.buffer, lacking(sys.argv[1]), omit_header=True, no_location=True, sort_output=True)
