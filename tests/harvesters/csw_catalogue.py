"""A CSW of the far end with records in ISO 19139."""

from __future__ import annotations

from typing import Any

from far_end import Answer, FarEnd, Request
from listing import records

from ckanext.smartregion.fetch import Client
from ckanext.smartregion.harvest.records import Record, Source
from ckanext.smartregion.harvesters import harvester

CSW = harvester("csw")
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:gmd="http://www.isotc211.org/2005/gmd" '
    'xmlns:gco="http://www.isotc211.org/2005/gco" xmlns:gmx="http://www.isotc211.org/2005/gmx" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:srv="http://www.isotc211.org/2005/srv" '
    'xmlns:gml="http://www.opengis.net/gml/3.2"><csw:SearchStatus timestamp="2026-02-06T15:03:35Z"/>'
    '<csw:SearchResults numberOfRecordsMatched="{total}" numberOfRecordsReturned="{count}" nextRecord="{next}">'
    "{records}</csw:SearchResults></csw:GetRecordsResponse>"
)


def envelope(records: str, total: int, following: int = 0) -> bytes:
    """An answer with these records."""
    return ENVELOPE.format(records=records, total=total, count=1, next=following).encode()


def text(tag: str, words: str) -> str:
    """A text of ISO 19139."""
    return f"<gmd:{tag}><gco:CharacterString>{words}</gco:CharacterString></gmd:{tag}>"


def iso(name: str, about: str = "", more: str = "", title: str = "Un") -> str:
    """A record in ISO 19139 with these facts about its data and about itself."""
    return (
        f"<gmd:MD_Metadata>{text('fileIdentifier', name)}<gmd:language><gmd:LanguageCode codeListValue='fre'/>"
        f"</gmd:language>{more}<gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>"
        f"{text('title', title)}</gmd:CI_Citation></gmd:citation>{about}</gmd:MD_DataIdentification>"
        "</gmd:identificationInfo></gmd:MD_Metadata>"
    )


class Catalogue:
    """A far end with numbered records that answers as a CSW does."""

    def __init__(self, far_end: FarEnd, number: int = 0) -> None:
        self.items = {f"id-{each:03}": iso(f"id-{each:03}") for each in range(1, number + 1)}
        self.changed: list[str] = []
        self.schemas: list[str] = []
        self.most = 1000
        self.far_end, self.url = far_end, far_end.serve("/csw", self.answer)

    def answer(self, request: Request) -> Answer:
        """GetCapabilities or a page of GetRecords."""
        query = request.query
        if query["request"] == "GetCapabilities":
            values = "".join(f"<ows:Value>{schema}</ows:Value>" for schema in self.schemas)
            return Answer(
                '<csw:Capabilities xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" '
                f'xmlns:ows="http://www.opengis.net/ows"><ows:Operation name="GetRecords"><ows:Parameter '
                f'name="outputSchema">{values}</ows:Parameter></ows:Operation></csw:Capabilities>'.encode()
            )
        names = self.changed if "constraint" in query else list(self.items)
        start, size = int(query["startPosition"]), min(int(query["maxRecords"]), self.most)
        shown = names[start - 1 : start - 1 + size]
        following = start + size if start + size <= len(names) else 0
        brief = query["elementSetName"] == "brief"
        bodies = [
            f"<csw:BriefRecord><dc:identifier>{name}</dc:identifier></csw:BriefRecord>" if brief else self.items[name]
            for name in shown
        ]
        return Answer(envelope("".join(bodies), len(names), following))

    @property
    def asked(self) -> list[dict[str, str]]:
        """The questions for records, in their order."""
        return [each.query for each in self.far_end.requests if each.query["request"] == "GetRecords"]


def listed(url: str, client: Client, **options: Any) -> list[Record]:
    """Every record of a source, or the error that breaks the list off."""
    return records(Source("test", "csw", url, options), client)
