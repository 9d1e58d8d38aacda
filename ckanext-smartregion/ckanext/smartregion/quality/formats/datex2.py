"""DATEX II versions 2 and 3: traffic, parking and charging in XML, read as a stream without entities.

The schemas of DATEX II are not checked: they may not be passed on with this project. What a schema can't say anyway is:
when the publication was made, whether identifiers are unique, where it is, and whether periods end after they begin.
"""

import datetime as dt
from pathlib import Path
from xml.parsers import expat

from ckanext.smartregion.quality.examination.refusal import Refused
from ckanext.smartregion.quality.formats import reading
from ckanext.smartregion.quality.formats.fields import field_of, moment_of
from ckanext.smartregion.quality.formats.found import Found, place
from ckanext.smartregion.quality.formats.people import People

CHUNK = 1024 * 1024
MOST_LEVELS = 100
LONGEST_TEXT = 10_000
SEPARATOR = " "
NAMESPACE = "http://datex2.eu/schema/"
ROOTS = frozenset({"d2LogicalModel", "payload", "payloadPublication", "messageContainer"})
PUBLICATIONS = frozenset({"payload", "payloadPublication"})
# What a publication says of itself before its records begin.
HEADERS = frozenset(
    {"publicationTime", "publicationCreator", "headerInformation", "feedType", "feedDescription", "lang"}
)
BEGINNINGS = {"overallStartTime": "overallEndTime", "startOfPeriod": "endOfPeriod"}
TOLD = {*BEGINNINGS, *BEGINNINGS.values(), "latitude", "longitude", "publicationTime"}


def validate(path: Path, found: Found, people: People) -> None:
    """Tell `found` what breaks the rules of DATEX II; Refused where the file is none."""
    head = reading.head_of(path, found.limits)
    reading.refuse_page(head, xml=True)
    if not head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        raise not_datex()
    publication = _Publication(found, people)
    publication.parse(path)
    publication.end()


def not_datex() -> Refused:
    """The refusal of what is no DATEX II at all."""
    return Refused("not-this-format", format="DATEX II", form="<d2LogicalModel>, <payload>")


class _Publication:
    """One publication while it is read: where the parser stands, and what is still open there."""

    def __init__(self, found: Found, people: People) -> None:
        self.found, self.people = found, people
        self.parser = expat.ParserCreate(namespace_separator=SEPARATOR)
        self.path: list[str] = []
        self.text: list[str] = []
        self.size = 0
        self.seen: set[tuple[str, str, str]] = set()
        self.keys: list[str] = []
        # Beginnings by their depth, until the element that holds them ends.
        self.begun: dict[tuple[int, str], str] = {}
        self.latitude: tuple[int, float] | None = None
        self.published = ""
        self.children = self.with_id = 0

    def parse(self, path: Path) -> None:
        """Read the file to its end; no document type, no entities, nothing from elsewhere."""
        parser = self.parser
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.EntityDeclHandler = _refuse_doctype
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._finish
        parser.CharacterDataHandler = self._heard
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.buffer_text = True
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    parser.Parse(chunk, False)
                parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Refused("xml-broken", line=error.lineno) from error
        except (LookupError, ValueError) as error:  # an encoding that nobody knows
            raise Refused("xml-broken", line=1) from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(SEPARATOR)
        if not self.path:
            self._root(space, local)
        if len(self.path) >= MOST_LEVELS:
            raise Refused("too-nested", limit=MOST_LEVELS)
        if self.path and self.path[-1] in PUBLICATIONS and local not in HEADERS and local not in PUBLICATIONS:
            self.children += 1
        self.path.append(local)
        self.keys.append(attributes.get("id", ""))
        self.text, self.size = [], 0
        if attributes.get("id") and not local.endswith("Reference") and "targetClass" not in attributes:
            self._identified(local, attributes)

    def _root(self, space: str, local: str) -> None:
        if local not in ROOTS:
            raise not_datex()
        if not space.startswith((f"{NAMESPACE}2/", f"{NAMESPACE}3/")):
            self.found.add("datex-version", local, self._place(space))

    def _identified(self, local: str, attributes: dict[str, str]) -> None:
        self.with_id += 1
        identity = (local, attributes["id"], attributes.get("version", ""))
        if identity in self.seen:
            self.found.add("duplicate-id", f"{local}.id", self._place(attributes["id"]), self._record())
        self.seen.add(identity)

    def _heard(self, text: str) -> None:
        if self.size < LONGEST_TEXT:
            self.size += len(text)
            self.text.append(text)

    def _finish(self, _name: str) -> None:
        local, depth, text = self.path[-1], len(self.path), "".join(self.text).strip()
        self.text = []
        if local in TOLD:
            self._told(local, text, depth)
        elif text:
            line = self.parser.CurrentLineNumber
            self.people.look(text, self._field(), self._at(), key=self._record(), record=self._record(), line=line)
        self.path.pop()
        self.keys.pop()
        for at in [at for at in self.begun if at[0] > depth]:
            del self.begun[at]

    def _told(self, local: str, text: str, depth: int) -> None:
        if local == "publicationTime":
            self._publication_time(text)
        elif local in ("latitude", "longitude"):
            self._coordinate(local, text, depth)
        elif moment_of(text) is None:
            self.found.fault("wrong-value", field_of(local, "moment"), local, self._place(text), self._record())
        elif local in BEGINNINGS:
            self.begun[depth, BEGINNINGS[local]] = text
        else:
            self._ends(local, text, self.begun.pop((depth, local), ""))

    def _ends(self, local: str, end: str, begin: str) -> None:
        first, last = moment_of(begin), moment_of(end)
        if first and last and last < first:
            self.found.add("order-of-times", local, self._place(f"{begin} … {end}"), self._record())

    def _publication_time(self, text: str) -> None:
        self.published = text
        moment = moment_of(text)
        if moment is None:
            self.found.fault("wrong-value", field_of("publicationTime", "moment"), "publicationTime", self._place(text))
        elif moment.date() > self.found.today + dt.timedelta(days=1):
            self.found.add("in-future", "publicationTime", self._place(text))
            self.found.judge_again_on(moment.date() - dt.timedelta(days=1))

    def _coordinate(self, local: str, text: str, depth: int) -> None:
        """A latitude is kept until the longitude beside it comes; they come in this order."""
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not abs(value) < 1e9:
            self.found.fault("wrong-value", field_of(local, local), local, self._place(text), self._record())
        elif local == "latitude":
            self.latitude = (depth, value)
            return
        elif self.latitude and self.latitude[0] == depth:
            latitude = self.latitude[1]
            mistake = self.found.outside(value, latitude)
            if mistake is not None:
                told = self._place(f"{value}, {latitude}", mistake)
                self.found.add("outside-region", "pointCoordinates", told, self._record(), **self.found.settings["box"])
        self.latitude = None

    def _record(self) -> str:
        return next((key for key in reversed(self.keys) if key), "")

    def _place(self, value: str, hint: str = "") -> dict:
        line = self.parser.CurrentLineNumber
        return place(self._at(), value, line=line, key=self._record(), hint=hint or None)

    def _at(self) -> str:
        return "/".join(self.path[-3:])

    def _field(self) -> str:
        """The element in which a text stands; one in several languages (values/value) is named by the one around it."""
        return next((name for name in reversed(self.path) if name not in ("value", "values")), self.path[-1])

    def end(self) -> None:
        """What can only be said when all was read."""
        self.found.encoding = None
        self.found.records = self.with_id or self.children
        if not self.published:
            told = place("publicationTime", line=None)
            self.found.fault("missing-part", field_of("publicationTime", "moment!"), "publicationTime", told)


def _refuse_doctype(*_declared: object) -> None:
    raise Refused("xml-doctype")
