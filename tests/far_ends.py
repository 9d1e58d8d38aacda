"""A small far end of every kind of source, whose items a test adds, renames, takes away and breaks.

A new kind adds one entry to FAR_ENDS: a function that answers a request from `remote.titles` (identifier to title) and
`remote.broken` (identifiers of items that can't be read), and how many items stand on one page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from far_end import Answer, FarEnd, Request
from mobility_feeds import AGENCY, archive, envelope, gbfs, location

from ckanext.smartregion.harvest.records import Source


@dataclass
class Remote:
    """The far end of one kind at work; `lost` are addresses that have begun to fail; `down`, all do."""

    kind: str
    far_end: FarEnd
    titles: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    lost: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    validators: bool = False
    down: bool = False

    def __post_init__(self) -> None:
        self.far_end.serve("*", self.answer)

    @property
    def source(self) -> Source:
        """The far end as a source."""
        return Source("far", self.kind, self.far_end.url + self.plan.path, self.plan.options)

    @property
    def plan(self) -> Plan:
        """How a far end of this kind answers."""
        return FAR_ENDS[self.kind]

    def fill(self, number: int) -> None:
        """So many items."""
        self.titles = {f"item-{each:04}": f"Jeu de données {each}" for each in range(1, number + 1)}

    def lose(self, address: str) -> None:
        """Let an address fail from now on."""
        parts = urlsplit(address)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        self.lost.append((parts.path, query))

    def answer(self, request: Request) -> Answer:
        """What the kind's function answers, with an ETag if this far end sends them; 500 for what is lost."""
        if self.down or (request.path, request.query) in self.lost:
            return Answer(b"lost", 500)
        answer = self.plan.answer(self, request)
        if not self.validators or answer.status != 200:
            return answer
        etag = f'"{hashlib.sha256(answer.body).hexdigest()}"'
        if request.headers.get("if-none-match") == etag:
            return Answer(status=304, headers={"ETag": etag})
        return Answer(answer.body, headers={**answer.headers, "ETag": etag})


@dataclass(frozen=True)
class Plan:
    """How the far end of a kind answers; `page` is how many items fill a page, None where all stand in one answer.

    `most` bounds the items where a far end of this kind has but a few (a timetable is one dataset); `breaks` says
    whether one item can be unreadable by itself; `titled` is the title that a kind makes of what an item is called.
    """

    answer: Callable[[Remote, Request], Answer]
    path: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    page: int | None = None
    most: int = 10_000
    breaks: bool = True
    titled: str = "%s"


def as_json(found: Any) -> Answer:
    """An answer in JSON."""
    return Answer(json.dumps(found).encode(), headers={"Content-Type": "application/json"})


def _ckan(remote: Remote, request: Request) -> Answer:
    """A page by start and rows, and what the portal is called; a broken package has no identifier."""
    if request.path.endswith("/status_show"):
        return as_json({"success": True, "result": {"site_title": "Données d’essai", "ckan_version": "2.12.0"}})
    if not request.path.endswith("/package_search"):
        return Answer(status=404)
    start, rows = int(request.query["start"]), int(request.query["rows"])
    packages = [
        {
            "id": "" if name in remote.broken else name,
            "title": title,
            "notes": f"De quoi parle ce jeu : {title}.",
            "license_id": "cc-zero",
            "groups": [{"name": "environnement", "title": "Environnement"}],
            "metadata_modified": "2026-01-01T00:00:00.000000",
        }
        for name, title in remote.titles.items()
    ]
    return as_json({"success": True, "result": {"count": len(packages), "results": packages[start : start + rows]}})


def _dcat_us(remote: Remote, request: Request) -> Answer:
    """One file; a broken dataset has no identifier."""
    datasets = [
        {
            "@type": "dcat:Dataset",
            "identifier": "" if name in remote.broken else name,
            "title": title,
            "description": f"De quoi parle ce jeu : {title}.",
            "license": "https://creativecommons.org/publicdomain/zero/1.0/",
            "theme": ["Environnement"],
        }
        for name, title in remote.titles.items()
    ]
    return as_json({"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": datasets})


def _dcat(remote: Remote, request: Request) -> Answer:
    """Two datasets a page in RDF/XML, linked by Hydra; a broken one is not well-formed."""
    number = int(request.query.get("page", 1))
    shown = list(remote.titles.items())[2 * number - 2 : 2 * number]
    more = f"{remote.far_end.url}/catalog.xml?page={number + 1}" if len(remote.titles) > 2 * number else ""
    blocks = [
        f'<dcat:Dataset rdf:about="https://a.be/id/{name}"><dct:title xml:lang="fr">{title}'
        + ("</dct:wrong>" if name in remote.broken else "</dct:title>")
        + '<dct:license rdf:resource="http://publications.europa.eu/resource/authority/licence/CC0"/>'
        f'<dct:description xml:lang="fr">De quoi parle ce jeu : {title}.</dct:description>'
        f'<dcat:theme rdf:resource="http://publications.europa.eu/resource/authority/data-theme/ENVI"/></dcat:Dataset>'
        for name, title in shown
    ]
    view = f'<rdf:Description rdf:about="#view"><hydra:next rdf:resource="{more}"/></rdf:Description>' if more else ""
    names = {
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "hydra": "http://www.w3.org/ns/hydra/core#",
    }
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in names.items())
    return Answer(f"<rdf:RDF {spaces}>{view}{''.join(blocks)}</rdf:RDF>".encode())


def _csw(remote: Remote, request: Request) -> Answer:
    """Fifty records a page in ISO 19139, or their identifiers; a broken one is not well-formed."""
    if "request" not in request.query:
        return Answer(b"<ows:ExceptionReport xmlns:ows='http://www.opengis.net/ows'/>", 400)
    if request.query["request"] == "GetCapabilities":
        return Answer(b"<csw:Capabilities xmlns:csw='http://www.opengis.net/cat/csw/2.0.2'/>")
    start, size = int(request.query["startPosition"]), int(request.query["maxRecords"])
    items = sorted(remote.titles.items())
    shown = items[start - 1 : start - 1 + size]
    following = start + size if start + size <= len(items) else 0
    if request.query["elementSetName"] == "brief":
        records = "".join(
            f"<csw:BriefRecord><dc:identifier>{name}</dc:identifier></csw:BriefRecord>" for name, _ in shown
        )
    else:
        records = "".join(_iso(name, title, broken=name in remote.broken) for name, title in shown)
    return Answer(
        f"<csw:GetRecordsResponse {ISO_NAMES}><csw:SearchResults numberOfRecordsMatched='{len(items)}' "
        f"numberOfRecordsReturned='{len(shown)}' nextRecord='{following}'>{records}</csw:SearchResults>"
        "</csw:GetRecordsResponse>".encode()
    )


ISO_NAMES = (
    'xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:gmd="http://www.isotc211.org/2005/gmd" '
    'xmlns:gco="http://www.isotc211.org/2005/gco" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def _iso(name: str, title: str, *, broken: bool) -> str:
    def text(tag: str, words: str) -> str:
        return f"<gmd:{tag}><gco:CharacterString>{words}</gco:CharacterString></gmd:{tag}>"

    return (
        f"<gmd:MD_Metadata>{text('fileIdentifier', name)}<gmd:language><gmd:LanguageCode codeListValue='fre'/>"
        f"</gmd:language><gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>"
        f"{text('title', title)}</gmd:CI_Citation></gmd:citation>{text('abstract', f'De quoi parle ce jeu : {title}.')}"
        f"<gmd:topicCategory><gmd:MD_TopicCategoryCode>environment</gmd:MD_TopicCategoryCode></gmd:topicCategory>"
        f"<gmd:resourceConstraints><gmd:MD_LegalConstraints>{text('useLimitation', 'CC0')}</gmd:MD_LegalConstraints>"
        f"</gmd:resourceConstraints></gmd:MD_DataIdentification></gmd:identificationInfo>"
        f"{'</gmd:oups>' if broken else ''}</gmd:MD_Metadata>"
    )


def _opendatasoft(remote: Remote, request: Request) -> Answer:
    """A page by limit and offset; a broken item has no metadata."""
    if not request.path.endswith("/catalog/datasets"):
        return Answer(status=404)
    offset, limit = int(request.query["offset"]), int(request.query["limit"])
    items = [
        {
            "dataset_id": name,
            "dataset_uid": f"da_{name}",
            "has_records": True,
            "metas": "oups"
            if name in remote.broken
            else {
                "default": {
                    "title": title,
                    "description": f"De quoi parle ce jeu : {title}.",
                    "theme": ["Environnement"],
                    "license": "CC0",
                    "language": "fr",
                }
            },
        }
        for name, title in remote.titles.items()
    ]
    return as_json({"total_count": len(items), "results": items[offset : offset + limit]})


def _inventory(remote: Remote, request: Request) -> Answer:
    """A list in CSV; a broken row has no title."""
    rows = ["Identifiant;Titre;Description;Thème;Licence;Adresse des fichiers"]
    rows += [
        f"{name};{'' if name in remote.broken else title};De quoi parle ce jeu : {title}.;Environnement;CC0;"
        f"https://a.be/{name}.csv"
        for name, title in remote.titles.items()
    ]
    return Answer("\n".join(rows).encode(), headers={"Content-Type": "text/csv"})


def _plone(remote: Remote, request: Request) -> Answer:
    """Published objects by b_start and b_size; a broken one has no address."""
    if not request.path.endswith("/@search"):
        return Answer(status=404)
    items = [
        {
            "@id": "" if name in remote.broken else f"{remote.far_end.url}/{name}",
            "@type": "Document",
            "UID": name,
            "title": title,
            "description": f"De quoi parle ce jeu : {title}.",
            "Subject": ["Environnement"],
            "review_state": "published",
        }
        for name, title in remote.titles.items()
    ]
    start, size = int(request.query["b_start"]), int(request.query["b_size"])
    return as_json({"items": items[start : start + size], "items_total": len(items)})


def udata(remote: Remote, request: Request) -> Answer:
    """Pages of fifty as udata gives them, the kind of docs/harvesters.md; a broken item has no id."""
    number, size = int(request.query.get("page", 1)), int(request.query["page_size"])
    items = [
        {
            "id": None if name in remote.broken else name,
            "title": title,
            "description": f"De quoi parle ce jeu : {title}.",
            "tags": ["environnement"],
            "license": "cc-by",
            "frequency": "annual",
            "page": f"https://a.be/{name}",
            "organization": {"name": "Ville de Namur"},
            "resources": [{"url": f"https://a.be/{name}.csv", "format": "csv"}],
        }
        for name, title in remote.titles.items()
    ]
    shown = items[(number - 1) * size : number * size]
    more = (
        f"{remote.far_end.url}{request.path}?page={number + 1}&page_size={size}" if number * size < len(items) else None
    )
    return as_json({"data": shown, "next_page": more, "total": len(items)})


def _gtfs(remote: Remote, request: Request) -> Answer:
    """One feed, whose agency is called like the item."""
    return Answer(archive({"agency.txt": AGENCY.format(name=remote.titles["item-0001"])}))


def _gbfs(remote: Remote, request: Request) -> Answer:
    """One system, called like the item; the list of its files and two files."""
    name = request.path.rsplit("/", 1)[-1]
    files = [{"name": each, "url": each} for each in ("system_information", "station_information")]
    stations = [{"station_id": "1", "name": "Gare", "lat": 50.46, "lon": 4.86, "capacity": 20}]
    found: dict[str, Any] = {
        "gbfs.json": {"fr": {"feeds": files}},
        "system_information": {"system_id": "velo", "language": "fr", "name": remote.titles["item-0001"]},
        "station_information": {"stations": stations},
    }
    return Answer(gbfs(found[name]).encode()) if name in found else Answer(status=404)


def _ocpi(remote: Remote, request: Request) -> Answer:
    """Two locations a page, each of an operator called like the item."""
    offset = int(request.query.get("offset", 0))
    shown = list(remote.titles.items())[offset : offset + 2]
    found = [location(name, party_id=name, operator={"name": title}) for name, title in shown]
    more = f'<{remote.far_end.url}/ocpi/2.2.1/locations?offset={offset + 2}>; rel="next"'
    headers = {"X-Total-Count": str(len(remote.titles))} | ({"Link": more} if offset + 2 < len(remote.titles) else {})
    return Answer(envelope(found).encode(), headers=headers)


# Feeds state no licence, and without one the gate holds a dataset.
LICENSED = {"license": "CC0"}

FAR_ENDS: dict[str, Plan] = {
    "ckan": Plan(_ckan, options={"page_size": 2}, page=2),
    "csw": Plan(_csw, "/csw", page=50),
    "dcat": Plan(_dcat, "/catalog.xml", page=2),
    "dcat_us": Plan(_dcat_us, "/data.json"),
    "gbfs": Plan(_gbfs, "/gbfs.json", LICENSED, most=1, breaks=False, titled="Vélos partagés : %s (GBFS)"),
    "gtfs": Plan(
        _gtfs, "/gtfs.zip", LICENSED, most=1, breaks=False, titled="Horaires des transports publics : %s (GTFS)"
    ),
    "inventory": Plan(_inventory, "/inventaire.csv"),
    "ocpi": Plan(
        _ocpi,
        "/ocpi/2.2.1/locations",
        LICENSED | {"split": "party"},
        page=2,
        breaks=False,
        titled="Points de recharge pour véhicules électriques : %s (OCPI)",
    ),
    "opendatasoft": Plan(_opendatasoft, page=100),
    "plone": Plan(_plone, options={"portal_type": "Document", "license": "CC0"}, page=25),
}
