"""A metadata record in ISO 19139 or ISO 19115-3 as a sheet of plain facts; imported by the child process alone.

OWSLib reads the skeleton; what it drops is read beside it: texts in other languages, the addresses of anchors, the
frequency, periods in GML 3.2, reference systems, formats. Both standards use the same local names for the same things.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - made by Cython, without a stub
from owslib import iso, iso3

from ckanext.smartregion.harvest.reading.rdf_xml import MENDERS

Facts = dict[str, Any]
Element = Any
NEW = "http://standards.iso.org/iso/19115/"
HREF = "{http://www.w3.org/1999/xlink}href"
PLAIN = ("CharacterString", "Anchor", "URL", "MimeFileType")


def read(body: bytes) -> tuple[Facts, list[str]]:
    """The sheet of a record and the rules that it took; raises what lxml or OWSLib raise where it can't be read."""
    root, rules = _parsed(body)
    record = (iso3 if root.tag.startswith("{" + NEW) else iso).MD_Metadata(root)
    return _sheet(root, record), rules


def _parsed(body: bytes) -> tuple[Element, list[str]]:
    rules: list[str] = []
    problem: etree.XMLSyntaxError | None = None
    for rule, mend in ((None, bytes), *MENDERS):
        mended = mend(body)
        if problem and mended == body:
            continue
        body = mended
        rules += [rule] if rule else []
        # Made anew each time: a parser that has met an error is not to be trusted with the next document.
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        try:
            return etree.fromstring(body, parser), rules
        except etree.XMLSyntaxError as error:
            problem = error
    raise ValueError(str(problem))


def _sheet(root: Element, record: Any) -> Facts:
    about = next(iter(record.identification or []), None)
    place = next(_find(root, "identificationInfo", "*"), root)
    locales = {
        locale.get("id"): _code(locale, "languageCode", "*") or _code(locale, "language", "*")
        for name in ("locale", "otherLocale", "defaultLocale")
        for locale in _find(root, name, "*")
    }
    language = record.languagecode or _code(root, "defaultLocale", "*", "language", "*") or record.language or ""
    texts = _Texts(locales, language)
    return {
        "identifier": record.identifier or "",
        "level": record.hierarchy or _code(root, "metadataScope", "*", "resourceScope", "*") or "dataset",
        "language": language,
        "languages": [each for each in getattr(about, "resourcelanguagecode", []) if each],
        "datestamp": record.datestamp or "",
        "page": next((_plain(each) for each in _find(root, "metadataLinkage", "*", "linkage")), ""),
        "title": texts.of(place, "citation", "*", "title"),
        "abstract": texts.of(place, "abstract"),
        "lineage": texts.of(root, "dataQualityInfo", "*", "lineage", "*", "statement")
        or texts.of(root, "resourceLineage", "*", "statement"),
        "identifiers": [_identifier(each) for each in _find(place, "citation", "*", "identifier", "*")],
        "dates": [{"date": each.date, "type": each.type} for each in getattr(about, "date", []) if each.date],
        "topics": list(getattr(about, "topiccategory", [])),
        "keywords": [_keywords(group, texts) for group in _find(place, "descriptiveKeywords", "*")],
        "contacts": [_contact(each) for each in getattr(about, "contact", []) or record.contact],
        "frequency": _code(place, "resourceMaintenance", "*", "maintenanceAndUpdateFrequency", "*"),
        "constraints": list(_constraints(place, texts)),
        **_space_and_time(place, about),
        "systems": [
            _anchored(each)
            for each in _find(root, "referenceSystemInfo", "*", "referenceSystemIdentifier", "*", "code")
        ],
        "conformity": list(_conformity(root)),
        "formats": [
            _anchored(each)
            for path in (("formatSpecificationCitation", "*", "title"), ("name",))
            for each in _find(root, "distributionInfo", "*", "distributionFormat", "*", *path)
        ],
        "online": list(_online(root, texts)),
        "service": _service(about),
    }


def _space_and_time(place: Element, about: Any) -> Facts:
    distances = zip(getattr(about, "distance", []), getattr(about, "uom", []), strict=False)
    return {
        "extents": [_extent(each) for each in _find(place, "extent", "*")],
        "periods": list(_periods(place)),
        "distances": [{"value": value, "unit": unit} for value, unit in distances],
    }


class _Texts:
    """Texts with their translations; the main one under the record's language."""

    def __init__(self, locales: dict[str | None, str], language: str) -> None:
        self.locales, self.language = locales, language

    def of(self, root: Element, *path: str) -> dict[str, str]:
        """The first element at a path in every language it has; the tag is the record's own code."""
        return next((found for each in _find(root, *path) if (found := self.read(each))), {})

    def read(self, element: Element) -> dict[str, str]:
        """An element's text in every language it has."""
        found = {self.language: text} if (text := _plain(element)) else {}
        for each in element.iter():
            text = (each.text or "").strip()
            if text and _local(each) == "LocalisedCharacterString":
                name = (each.get("locale") or "").lstrip("#")
                found.setdefault(self.locales.get(name) or name.removeprefix("locale-").lower(), text)
        return found


def _find(root: Element, *path: str) -> Iterator[Element]:
    """The elements at a path of local names below an element; `*` is any."""
    if not path:
        yield root
        return
    for child in root:
        if path[0] in ("*", _local(child)):
            yield from _find(child, *path[1:])


def _local(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def _plain(element: Element) -> str:
    for child in element:
        if _local(child) in PLAIN and (child.text or "").strip():
            return child.text.strip()
    return ""


def _first(root: Element, *path: str) -> str:
    return next((text for each in _find(root, *path) if (text := _plain(each))), "")


def _anchored(element: Element) -> Facts:
    href = next((child.get(HREF) for child in element if child.get(HREF)), "")
    return {"text": _plain(element), "address": href}


def _code(root: Element, *path: str) -> str:
    """The value of a code list at a path; some write it as text only."""
    for element in _find(root, *path):
        if found := (element.get("codeListValue") or element.text or "").strip():
            return found
    return ""


def _identifier(element: Element) -> Facts:
    code = next((_anchored(each) for each in _find(element, "code")), {"text": "", "address": ""})
    return {**code, "space": next((_plain(each) for each in _find(element, "codeSpace")), "")}


def _keywords(group: Element, texts: _Texts) -> Facts:
    title = next((_anchored(each) for each in _find(group, "thesaurusName", "*", "title")), {})
    codes = [_plain(each) for each in _find(group, "thesaurusName", "*", "identifier", "*", "code")]
    return {
        "type": _code(group, "type", "*"),
        "thesaurus": " ".join(filter(None, [title.get("text"), title.get("address"), *codes])),
        "words": [
            {"texts": texts.read(each), "address": _anchored(each)["address"]} for each in _find(group, "keyword")
        ],
    }


def _contact(contact: Any) -> Facts:
    online = getattr(contact, "onlineresource", None)
    facts = {
        "organisation": contact.organization,
        "name": contact.name,
        "email": contact.email,
        "role": contact.role,
        "url": online.url if online else "",
    }
    return {key: fact for key, fact in facts.items() if fact}


def _constraints(place: Element, texts: _Texts) -> Iterator[Facts]:
    """Each text of a constraint with what it is about: access, use, or neither said."""
    for group in _find(place, "resourceConstraints", "*"):
        codes = {
            kind: [_code(each) for each in _find(group, kind, "*")] for kind in ("accessConstraints", "useConstraints")
        }
        for name in ("useLimitation", "otherConstraints", "reference"):
            for each in _find(group, name):
                yield {
                    "kind": name,
                    "texts": texts.read(each),
                    "address": _anchored(each)["address"],
                    "access": codes["accessConstraints"],
                    "use": codes["useConstraints"],
                }


def _extent(extent: Element) -> Facts:
    boxes = [
        {side: float(_number(box, side)) for side in ("west", "south", "east", "north")}
        for box in _find(extent, "geographicElement", "*")
        if all(_number(box, side) for side in ("west", "south", "east", "north"))
    ]
    names = [_plain(each) for each in _find(extent, "description")]
    names += [_plain(each) for each in _find(extent, "geographicElement", "*", "geographicIdentifier", "*", "code")]
    return {"boxes": boxes, "names": [name for name in names if name]}


def _number(box: Element, side: str) -> str:
    line = "Longitude" if side in ("west", "east") else "Latitude"
    return next(((each.text or "").strip() for each in _find(box, f"{side}Bound{line}", "*")), "")


def _periods(place: Element) -> Iterator[Facts]:
    for period in _find(place, "extent", "*", "temporalElement", "*", "extent", "*"):
        bounds = {}
        for bound, names in (("start", ("beginPosition", "begin")), ("end", ("endPosition", "end"))):
            found = [text.strip() for name in names for each in _find(period, name) for text in each.itertext()]
            bounds[bound] = next(filter(None, found), "")
        if instant := next((each.text or "" for each in _find(period, "timePosition")), "").strip():
            bounds = {"start": instant, "end": instant}
        yield bounds


def _conformity(root: Element) -> Iterator[Facts]:
    for result in _find(root, "dataQualityInfo", "*", "report", "*", "result", "*"):
        passed = next(((each.text or "").strip().lower() for each in _find(result, "pass", "*")), "")
        for title in _find(result, "specification", "*", "title"):
            yield {**_anchored(title), "passed": passed == "true"}


def _online(root: Element, texts: _Texts) -> Iterator[Facts]:
    """Everything that can be opened: of the distribution as a whole and of its distributors."""
    below = ("transferOptions", "*", "onLine", "*")
    for path in (below, ("distributor", "*", "distributorTransferOptions", "*", "onLine", "*")):
        for link in _find(root, "distributionInfo", "*", *path):
            protocol = next((_anchored(each) for each in _find(link, "protocol")), {"text": "", "address": ""})
            mime = next((each.get("type", "") for each in link.iter() if _local(each) == "MimeFileType"), "")
            if address := _first(link, "linkage"):
                yield {
                    "url": address,
                    "protocol": protocol["text"] or protocol["address"],
                    "profile": mime or _first(link, "applicationProfile"),
                    "name": texts.of(link, "name"),
                    "description": texts.of(link, "description"),
                    "function": _code(link, "function", "*"),
                }


def _service(about: Any) -> Facts:
    """What a service is, where it answers and what it serves; empty for anything else."""
    if not hasattr(about, "operateson"):
        return {}
    points = [point.url for operation in about.operations for point in operation.get("connectpoint", []) if point.url]
    served = [each.get("href") or each.get("uuidref") for each in about.operateson]
    return {
        "type": about.type or "",
        "points": list(dict.fromkeys(points)),
        "serves": list(dict.fromkeys(each for each in served if each)),
    }
