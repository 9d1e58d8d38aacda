"""Names of people: a title and a name, or a cell that is a frequent given name and a surname and nothing else.

It is a guess, and a careful one: an unknown given name, or a name amid a sentence without a title, is not found.
"""

import re
from functools import cache
from pathlib import Path

from ckanext.smartregion.quality.examination.personal.numbers import Spans

_TITLES = (
    r"M\.|M[Mm]e\.?|Mlle|MR\.?|Mr\.?|Monsieur|Madame|Mademoiselle|[Dd]hr\.?|[Dd]e [Hh]eer|[Mm]evr\.?|[Mm]evrouw|"
    r"[Mm]w\.|Herr|Herrn|Frau|Hr\.|Fr\."
)
_GAP = r"[ \u00a0\u202f]{1,2}"
TITLED = rf"(?:{_TITLES}){_GAP}"
_WORD = r"[^\W\d_](?:[^\W\d_]|['’\-])+"
_TITLED = re.compile(rf"(?<![\w.])(?:{_TITLES}){_GAP}(?:[^\W\d_]\.{_GAP}?)?{_WORD}(?:{_GAP}{_WORD})?")
# For a look from afar every sign beyond ASCII is a letter: their table makes an expression of Rust five times as slow.
LETTER = r"A-Za-z\x{80}-\x{10ffff}"
WHOLE = rf"^\s*[{LETTER}][{LETTER}'\-]+,?(?:[ \x{{a0}}]+[{LETTER}][{LETTER}'\-]*){{1,4}}\s*$"
# A word of these, and the cell speaks of a place or of an organisation.
_OTHERWISE = re.compile(
    r"\b(?:rue|avenue|av|place|boulevard|bd|chauss[ée]e|quai|all[ée]e|clos|square|sentier|chemin|impasse|parc|parking|"
    r"gare|pont|salle|stade|hall|complexe|centre|[ée]coles?|lyc[ée]e|coll[èe]ge|ath[ée]n[ée]e|institut|cr[èe]che|"
    r"biblioth[èe]que|h[ôo]pital|clinique|r[ée]sidence|cit[ée]|monument|statue|fontaine|maison|fondation|prix|saint|"
    r"sainte|st|ste|notre|commune|ville|province|service|cabinet|bureau|entreprise|soci[ée]t[ée]|garage|amis|[ée]quipe|"
    r"sa|nv|srl|sprl|bv|bvba|asbl|vzw|scrl|cvba|sc|snc|gmbh|ag|ev|et|en|und|fils|zonen|freres|fr[èe]res|"
    r"\w*stra(?:at|ße|sse)|\w*laan|\w*plein|\w*lei|\w*weg|\w*dreef|\w*platz|\w*school|\w*schule|\w*huis|\w*haus|"
    r"\w*park|\w*brug|\w*station|\w*bahnhof)\b",
    re.IGNORECASE,
)
_SMALL = frozenset(
    [
        "de",
        "du",
        "des",
        "d",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "ten",
        "ter",
        "het",
        "vande",
        "vanden",
        "vander",
        "di",
        "da",
        "el",
        "al",
        "ben",
    ]
)
_MOST_WORDS = 5


def names(text: str) -> Spans:
    """Where names of people stand in a text."""
    if _OTHERWISE.search(text):
        return
    titled = [found.span() for found in _TITLED.finditer(text) if _is_name(found[0])]
    yield from titled
    if not titled and _is_whole_name(text):
        yield 0, len(text)


def _is_name(found: str) -> bool:
    """Whether what follows the title is written as a name is, unlike 'Madame la Présidente'."""
    rest = re.sub(rf"^(?:{_TITLES}){_GAP}", "", found)
    words = rest.split()
    is_noble = words[0].lower() in _SMALL - {"la", "le"} and words[-1][:1].isupper()
    return rest[:1].isupper() or is_noble


def _is_whole_name(text: str) -> bool:
    words = re.split(r"[ \u00a0,]+", text.strip())
    if not 2 <= len(words) <= _MOST_WORDS:
        return False
    others = [words[1:], words[:-1]]
    given = [_is_given(words[0]), _is_given(words[-1]) and words[0].isupper()]
    return any(is_given and _is_surname(rest) for is_given, rest in zip(given, others, strict=True))


def _is_surname(words: list[str]) -> bool:
    """Capitalised words of letters, with small ones such as 'van' before the last."""
    real = [word for word in words if word.lower() not in _SMALL]
    are_letters = all(re.fullmatch(_WORD, word) for word in real)
    return bool(real) and are_letters and all(word[0].isupper() for word in real) and words[-1].lower() not in _SMALL


def _is_given(word: str) -> bool:
    parts = word.split("-")
    return word[:1].isupper() and all(part.casefold() in given_names() for part in parts)


@cache
def given_names() -> frozenset[str]:
    """Frequent given names of people in Belgium, without those that are words as well, such as Rose or Pierre."""
    lines = (Path(__file__).parent / "given_names.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(name.casefold() for line in lines if not line.startswith("#") for name in line.split())
