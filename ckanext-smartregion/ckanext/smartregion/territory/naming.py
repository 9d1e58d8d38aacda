"""Folds a messy name to the plain words by which owners are compared."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import parse_qsl, unquote_plus, urlsplit

# Longer texts are no names; the cut keeps hostile input cheap.
LONGEST_NAME = 300

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o"})
_SAME_WORD = {"st": "saint", "ste": "sainte", "sankt": "saint", "lès": "lez", "les": "lez"}
_PUBLISHER_KEYS = ("refine.publisher", "publisher", "refine.dcterms.publisher", "refine.creator", "organization")
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_MARKS = re.compile("[\u0300-\u036f]")
_PARTS = re.compile(r"\s+[-–—]+\s+|[|/;:,()\[\]]")


def clean(text: object) -> str:
    """Give the readable name inside a text: a publisher's search address, an escaped or a wrongly decoded name."""
    name = str(text if text is not None else "")[: 4 * LONGEST_NAME]
    name = _publisher(name) if "=" in name else name
    name = html.unescape(_unescaped(name))
    return " ".join(_redecoded(name).split())[:LONGEST_NAME]


def fold(text: str) -> str:
    """Fold case, accents, ligatures, apostrophes and spellings of one word, so that equal names compare equal."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    words: list[str] = re.findall(r"[^\W_]+", _MARKS.sub("", plain))
    return " ".join(_SAME_WORD.get(word, word) for word in words)


def spellings(name: str) -> set[str]:
    """Give the folded name, and the German spelling without umlauts (Luettich) where it differs."""
    return {fold(name), fold(name.casefold().translate(_UMLAUTS))}


def parts(text: str) -> list[str]:
    """Cut a text at its dashes, brackets and slashes: "Ville de Namur - Mobilité" has two parts."""
    return [part.strip() for part in _PARTS.split(text) if part and part.strip()]


def _publisher(text: str) -> str:
    """Read the publisher from a search address such as `...?refine.publisher=Ville+de+Li%C3%A8ge`."""
    try:
        query = urlsplit(text).query or text.rpartition("?")[2]
        asked = dict(parse_qsl(query))
    except ValueError:
        return text
    return next((asked[key] for key in _PUBLISHER_KEYS if key in asked), text)


def _unescaped(text: str) -> str:
    """Undo URL escaping, twice: some portals escape what is escaped."""
    for _ in range(2):
        if _ESCAPED.search(text) or ("+" in text and " " not in text.strip()):
            text = unquote_plus(text)
    return text


def _redecoded(text: str) -> str:
    """Mend a name whose UTF-8 was read as Windows-1252 ("LiÃ¨ge")."""
    try:
        return text.encode("cp1252").decode("utf-8") if "Ã" in text else text
    except UnicodeError:
        return text
