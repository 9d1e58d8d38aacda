"""When two sources show the same dataset: marks that only the same dataset has, and how they are weighed. Pure.

A portal republishes what another one published: ODWB shows datasets of Metawal, WalStat and Namur. They are told by
identifiers, landing pages, addresses of files, and title with publisher; never by a mark that several datasets share.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit

from ckanext.smartregion.harvest.records import Candidate, Draft

UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)
MOST_FILES = 50
# Parameters that choose a form of the same thing, not the thing.
FORMS = {"lang", "locale", "format", "timezone", "use_labels", "delimiter", "epsg"}
PARTS = re.compile(r"[^a-z0-9]+")


def marks(candidate: Candidate) -> tuple[str, ...]:
    """What another source's record of the same dataset would share with this one, as sorted texts."""
    dataset = candidate.dataset
    found = {f"id:{mark}" for mark in (_identifier(dataset.get(name)) for name in ("identifier", "uri")) if mark}
    found |= {f"page:{mark}" for mark in [_address(dataset.get("url"))] if mark}
    found |= {f"file:{mark}" for resource in dataset.get("resources", [])[:MOST_FILES] for mark in _files(resource)}
    found |= {f"title:{mark}" for mark in _titles(dataset, candidate.publishers)}
    return tuple(sorted(found))


def same(ours: Iterable[str], theirs: Iterable[str], shared_by_many: Iterable[str] = ()) -> bool:
    """Whether two records are of one dataset: they share a mark that is nobody else's.

    `shared_by_many` are marks that several records of one source bear, such as a portal's own start page.
    """
    return bool(set(ours) & set(theirs) - set(shared_by_many))


def common(records: Iterable[Iterable[str]]) -> set[str]:
    """The marks that more than one of these records bears."""
    counts = Counter(mark for record in records for mark in set(record))
    return {mark for mark, number in counts.items() if number > 1}


def _identifier(value: str | None) -> str:
    """An identifier that says the same everywhere: an address or a UUID; `12` and `parkings` are anybody's."""
    text = str(value or "").strip()
    if found := UUID.search(text):
        return found[0].lower().replace("-", "")
    return _address(text)


def _address(value: str | None) -> str:
    """A web address without what does not tell things apart; empty for a portal's start page."""
    try:
        parts = urlsplit(str(value or "").strip())
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    query = sorted((key, text) for key, text in parse_qsl(parts.query) if key.lower() not in FORMS)
    path = parts.path.rstrip("/")
    if not path and not query:
        return ""
    return f"{parts.hostname.removeprefix('www.')}{path}{'?' + urlencode(query) if query else ''}".lower()


def _files(resource: Draft) -> set[str]:
    return {mark for name in ("download_url", "access_url", "url") if (mark := _address(resource.get(name)))}


def _titles(dataset: Draft, publishers: Iterable[str]) -> set[str]:
    """Title and publisher together; a title alone ("Parkings") is every town's."""
    names = {folded(name) for name in publishers if "://" not in name}
    titles = {folded(text) for text in dataset.get("title_translated", {}).values()}
    return {f"{title}|{name}" for title in titles for name in names if title and name}


def folded(text: str) -> str:
    """Small letters and digits, no accents, one blank between words."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return PARTS.sub(" ", "".join(letter for letter in bare if not unicodedata.combining(letter))).strip()
