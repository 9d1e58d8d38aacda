"""Finds whom a messy name means: one owner, several that it could mean, or nobody."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from .codes import by_cbe, by_nis, by_postal_code
from .naming import clean, fold, parts, spellings
from .reading import aliases, arrondissements, former_municipalities, municipalities, owners, provinces, read
from .records import Agency, Municipality, Owner

Status = Literal["found", "ambiguous", "none"]

# "Administration communale de la Ville de Liège": two designations; a third is no real name.
DEEPEST_DESIGNATION = 3
# Nobody reads on in a list of more candidates than this.
MOST_CANDIDATES = 10

_LINKS = {"de", "d", "du", "des", "la", "l", "van", "von", "of", "the", "der", "het", "le"}
_CONTRACTED = {"du": "le", "des": "lez"}


@dataclass(frozen=True)
class Match:
    """What a text means; `owner` is set only when there is no doubt, else `candidates` are all it could mean."""

    text: str
    candidates: tuple[Owner, ...] = ()
    certain: bool = False

    @property
    def owner(self) -> Owner | None:
        """The one owner meant, or None when nobody or more than one is."""
        return self.candidates[0] if self.certain else None

    @property
    def status(self) -> Status:
        """Say `found`, `ambiguous` or `none`."""
        if self.certain:
            return "found"
        return "ambiguous" if self.candidates else "none"

    def as_dict(self) -> dict[str, Any]:
        """The match as plain data, for JSON."""
        listed = [_brief(owner) for owner in self.candidates]
        return {
            "text": self.text,
            "status": self.status,
            "owner": listed[0] if self.certain else None,
            "candidates": listed,
        }


def find(text: object) -> Match:
    """Find the owner that a name, code, postal code, CBE number or publisher address means."""
    name = clean(text)
    asked = fold(name)
    found = _coded(name) or _named(asked) or _turned(name) or _located(name)
    if len(found) == 1:
        return Match(name, tuple(found), certain=True)
    return Match(name, tuple(found)) if found else _in_parts(name) or Match(name, tuple(_mentioned(asked)))


def _brief(owner: Owner) -> dict[str, Any]:
    return {
        "kind": owner.kind,
        "slug": owner.slug,
        "nis_code": owner.nis,
        "title": owner.title,
        "titles": owner.titles,
        "cbe_uri": owner.cbe_uri,
    }


@cache
def _index() -> dict[str, tuple[Owner, ...]]:
    """Every known name, folded, with all that bear it."""
    index: dict[str, dict[str, Owner]] = defaultdict(dict)
    for owner, name in _names():
        for spelling in spellings(name):
            index[spelling][owner.slug] = owner
    return {name: tuple(bearers.values()) for name, bearers in index.items()}


def _names() -> Iterator[tuple[Owner, str]]:
    known = owners()
    for owner in known.values():
        yield from ((owner, name) for name in (*owner.titles.values(), owner.slug))
        if isinstance(owner, Agency):
            yield owner, owner.full_name
    yield from ((province, name) for province in provinces() for name in province.names.values())
    yield from ((known[row["owner"]], row["name"]) for row in aliases())
    today = {municipality.nis: municipality for municipality in municipalities()}
    for former in former_municipalities():
        yield from ((today[former.successor], name) for name in former.titles.values())


@cache
def _designations() -> dict[tuple[str, ...], str]:
    """What stands before a name ("Ville de", "OCMW") and the kind of owner it announces."""
    return {tuple(fold(row["text"]).split()): row["kind"] for row in read("designations.csv")}


def _coded(name: str) -> list[Owner]:
    """Read a NIS code, a postal code or a CBE number."""
    if not re.search(r"\d{4}", name):
        return []
    owner = by_nis(name) or by_postal_code(name) or by_cbe(name)
    return [owner] if owner else [province for province in provinces() if province.nis == name]


def _named(asked: str, kind: str | None = None, depth: int = 0) -> list[Owner]:
    """Find the bearers of a whole name, also behind one or more designations."""
    bearers = _of_kind(_index().get(asked, ()), kind)
    if bearers or depth > DEEPEST_DESIGNATION:
        return bearers
    for announced, rest in _announced(asked):
        for name in _without_links(rest):
            if bearers := _named(name, announced, depth + 1):
                return bearers
    return []


def _of_kind(bearers: Iterable[Owner], kind: str | None) -> list[Owner]:
    """Keep one kind; on a bare name the municipality comes before the province that is named after it."""
    listed = list(bearers)
    wanted = kind or ("municipality" if {owner.kind for owner in listed} == {"municipality", "province"} else None)
    return [owner for owner in listed if wanted in (None, owner.kind)]


def _announced(asked: str) -> Iterator[tuple[str, str]]:
    words = asked.split()
    start = 1 if words and words[0] in _LINKS else 0
    for length in range(min(len(words) - start, 7), 0, -1):
        if kind := _designations().get(tuple(words[start : start + length])):
            yield kind, " ".join(words[start + length :])


def _without_links(rest: str) -> Iterator[str]:
    """Give the name with and without its links: "du roeulx" is "le roeulx"."""
    words = rest.split()
    yield rest
    for count in (1, 2):
        if len(words) > count and words[count - 1] in _LINKS:
            name = " ".join(words[count:])
            yield name
            if words[count - 1] in _CONTRACTED:
                yield f"{_CONTRACTED[words[count - 1]]} {name}"


def _turned(name: str) -> list[Owner]:
    """Read "Liège (Ville de)" and "Liège, Ville de" as "Ville de Liège"."""
    pieces = parts(name)
    return _named(fold(f"{pieces[1]} {pieces[0]}")) if len(pieces) == 2 else []


def _located(name: str) -> list[Owner]:
    """Read "Saint-Nicolas (Liège)": a municipality and the province or arrondissement it lies in."""
    match = re.fullmatch(r"([^()]+)\(([^()]+)\)", name)
    bearers = _named(fold(match[1])) if match else []
    return [owner for owner in bearers if isinstance(owner, Municipality) and match and _lies_in(owner, fold(match[2]))]


def _lies_in(municipality: Municipality, place: str) -> bool:
    around = [province.names for province in provinces() if province.nis == municipality.province]
    around += [each.titles for each in arrondissements() if each.nis == municipality.arrondissement]
    return place in {fold(name) for names in around for name in names.values()}


def _in_parts(name: str) -> Match | None:
    """Accept one part of a text when it names an owner in full and no other part names anybody."""
    pieces = [fold(part) for part in parts(name)]
    if len(pieces) < 2:
        return None
    found = {owner.slug: owner for piece in pieces for owner in _named(piece)}
    if len(found) != 1:
        return Match(name, tuple(found.values())) if found else None
    certain = any(_in_full(piece) for piece in pieces) and not _others(pieces, found)
    return Match(name, tuple(found.values()) if certain else tuple(_mentioned(fold(name))), certain)


def _in_full(piece: str) -> bool:
    """A bare name of a place in a longer text may be a place only; a designation or a body's name is an owner."""
    bearers = _index().get(piece, ())
    return bool(_named(piece)) and not any(isinstance(owner, Municipality) for owner in bearers)


def _others(pieces: list[str], found: dict[str, Owner]) -> bool:
    """Say whether the parts that are no owner's name mention somebody else than the owner found."""
    groups = (bearers for piece in pieces if not _named(piece) for bearers in _mentions(piece))
    return any(found.keys().isdisjoint(owner.slug for owner in bearers) for bearers in groups)


def _mentioned(asked: str) -> list[Owner]:
    """List everybody whose name stands in the text, or begins with it: candidates, never a match."""
    seen = {owner.slug: owner for bearers in _mentions(asked) for owner in bearers}
    return list((seen or _beginning(asked)).values())[:MOST_CANDIDATES]


def _mentions(asked: str) -> Iterator[tuple[Owner, ...]]:
    """Walk through a text and give the bearers of each longest name in it."""
    words = asked.split()
    start = 0
    while start < len(words):
        length, bearers = _longest(words, start)
        if bearers:
            yield bearers
        start += length


def _longest(words: list[str], start: int) -> tuple[int, tuple[Owner, ...]]:
    for length in range(min(len(words) - start, 8), 0, -1):
        if bearers := _index().get(" ".join(words[start : start + length])):
            return length, bearers
    return 1, ()


def _beginning(asked: str) -> dict[str, Owner]:
    """Owners whose name goes on where the text ends: "Commune de Braine" may be three municipalities."""
    starts = [asked] if len(asked) > 2 else []
    starts += [name for _, rest in _announced(asked) for name in _without_links(rest) if len(name) > 2]
    ahead = tuple(f"{start} " for start in starts)
    bearers = (owner for name, some in _index().items() if name.startswith(ahead) for owner in some)
    return {owner.slug: owner for owner in bearers}
