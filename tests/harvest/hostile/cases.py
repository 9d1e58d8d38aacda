"""What a far end may do, and how the run ends then: the table of docs/harvest.md is these cases."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from far_end import Answer, Request

from tests.harvest.conftest import VERSION_2
from tests.harvest.hostile.far import CATALOGUE, HOST, ONE, WHOLE, Far, endless

MEGABYTE = 1024 * 1024
MISSING = "nothing is withdrawn, for it may be one that seems to be missing."
MOVED = "One came twice, another one never."
PAGES = "Nothing is withdrawn; the pages that were read stay read."


@dataclass(frozen=True)
class Case:
    """What the far end does, how the run ends, with which counts, and what it says of it."""

    name: str
    arrange: Callable[[Far], None]
    status: str
    says: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    source: str = "portail"
    verdict: str = ""


CASES: list[Case] = []


def case(name: str, status: str, verdict: str, says: str = "", source: str = "portail", **counts: int) -> Any:
    """Add a case; what is decorated turns the far end hostile."""

    def add(arrange: Callable[[Far], None]) -> Callable[[Far], None]:
        CASES.append(Case(name, arrange, status, says, counts, source, verdict))
        return arrange

    return add


def answers(far: Far, answer: Answer | Callable[[Request], Answer]) -> None:
    """Whatever the portal is asked, of whatever version."""
    far.far_end.routes.clear()
    far.far_end.serve("*", answer)


def second_page(far: Far, answer: Answer) -> None:
    """The first page is as it should be, the second is this."""
    good = far.remote.answer
    far.far_end.serve(VERSION_2, lambda request: good(request) if request.query["offset"] == "0" else answer)


@case("a valid but empty answer", "asking", "Nothing is withdrawn until a person confirms it.", "5 of 5 datasets")
def _(far: Far) -> None:
    far.remote.items.clear()


@case("HTML with status 200", "failed", "Nothing is written.", "a web page instead of a catalogue")
def _(far: Far) -> None:
    answers(far, Answer(b"<!DOCTYPE html><html>Maintenance</html>"))


@case("HTML with status 200 as page 2", "incomplete", PAGES, "a web page instead", unchanged=2)
def _(far: Far) -> None:
    second_page(far, Answer(b"<html>Maintenance</html>"))


@case("a body that breaks off", "failed", "Nothing is written.", "breaks off before its end")
def _(far: Far) -> None:
    answers(far, Answer(b'{"total_count": 5, "results": []}', cut=9))


@case("an answer without a body", "failed", "Nothing is written.", "without any content")
def _(far: Far) -> None:
    answers(far, Answer())


@case("page 2 is missing", "incomplete", PAGES, "There is nothing at", unchanged=2)
def _(far: Far) -> None:
    second_page(far, Answer(b"no", 404))


@case("page 2 is out of order", "incomplete", PAGES, "is out of order", unchanged=2)
def _(far: Far) -> None:
    second_page(far, Answer(b"no", 500))


@case("page 2 is empty", "incomplete", PAGES, "announces 5 datasets and delivered 2", unchanged=2)
def _(far: Far) -> None:
    second_page(far, Answer(b'{"total_count": 5, "results": []}'))


@case("the last page for ever", "incomplete", PAGES, "go round in a circle", unchanged=5)
def _(far: Far) -> None:
    def answer(request: Request) -> Answer:
        offset = min(int(request.query["offset"]), 4)
        shown = list(far.remote.items.values())[offset : offset + 2]
        return Answer(json.dumps({"total_count": 99, "results": shown}).encode())

    answers(far, answer)


@case("the total grows while paging", "incomplete", PAGES, "announces 6 datasets and delivered 5", unchanged=5)
def _(far: Far) -> None:
    def answer(request: Request) -> Answer:
        offset = int(request.query["offset"])
        shown = list(far.remote.items.values())[offset : offset + 2]
        return Answer(json.dumps({"total_count": 6 if offset else 5, "results": shown}).encode())

    answers(far, answer)


@case("the total shrinks while paging", "incomplete", PAGES, "announces 5 datasets and delivered 4", unchanged=4)
def _(far: Far) -> None:
    def answer(request: Request) -> Answer:
        offset = int(request.query["offset"])
        shown = list(far.remote.items.values())[offset : offset + 2]
        return Answer(json.dumps({"total_count": 3 if offset else 5, "results": shown}).encode())

    answers(far, answer)


@case("an identifier twice", "done", "The first record counts, the other is told.", "more than once", unchanged=5)
def _(far: Far) -> None:
    far.remote.items["encore"] = far.remote.items["un"]
    good = far.remote.answer
    far.far_end.serve(VERSION_2, lambda request: Answer(good(request).body.replace(b'count": 6', b'count": 5')))


@case(
    "an identifier twice on one page, counted twice",
    "done",
    "All that were announced came.",
    "more than once",
    unchanged=5,
)
def _(far: Far) -> None:
    far.remote.items = dict(sorted({**far.remote.items, "un-encore": far.remote.items["un"]}.items(), reverse=True))


@case("an identifier on two pages, counted twice", "done", "Asked again, both pages still name it.", unchanged=5)
def _(far: Far) -> None:
    far.remote.items["encore"] = far.remote.items["un"]


@case("a record that moves on while it is read, the total as before", "incomplete", f"{MOVED} {PAGES}", unchanged=4)
def _(far: Far) -> None:
    def answer(request: Request) -> Answer:
        shown = far.remote.answer(request)
        far.remote.items = {"cinq": far.remote.items["cinq"]} | far.remote.items
        return shown

    answers(far, answer)


@case("identifiers in another case, with blanks", "done", "They are the same records.", unchanged=5)
def _(far: Far) -> None:
    for item in far.remote.items.values():
        item["dataset_uid"] = f"  {item['dataset_uid'].upper()} "


@case("300 MB of JSON", "failed", "Reading ends at 20 MB; nothing is written.", "is larger than")
def _(far: Far) -> None:
    start, item = b'{"total_count": 5, "results": [', b'"' + b"x" * (MEGABYTE - 3) + b'",'
    answers(far, lambda request: Answer(pieces=(each for part in ([start], endless(item, 300)) for each in part)))


@case("endless pages of ever new records", "failed", "Nothing of them is written.", "was stopped after 20 pages")
def _(far: Far) -> None:
    far.most_pages, numbers = 20, count()

    def answer(request: Request) -> Answer:
        far.remote.items.clear()
        for _ in range(2):
            far.remote.put(f"inconnu-{next(numbers)}")
        return Answer(json.dumps({"total_count": 9999, "results": list(far.remote.items.values())}).encode())

    answers(far, answer)


@case("a slow drip", "failed", "It is cut; nothing is written.", "bytes a second; the transfer was stopped")
def _(far: Far) -> None:
    answers(far, Answer(b'{"total_count": 5, "results": []}' * 9, drip=0.05))


@case("a gzip bomb", "failed", "It is cut; nothing is written.", "once unpacked")
def _(far: Far) -> None:
    answers(far, Answer(gzip.compress(b" " * 64 * MEGABYTE), headers={"Content-Encoding": "gzip"}))


@case("JSON that nests 100,000 times", "failed", "Nothing is written.", "nested more than 64 times")
def _(far: Far) -> None:
    answers(far, Answer(b'{"total_count": 5, "results": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"))


@case("JSON that is not UTF-8", "failed", "Nothing is written.", "not UTF-8")
def _(far: Far) -> None:
    answers(far, Answer('{"total_count": 5, "results": ["Liège"]}'.encode("latin-1")))


@case("a bomb of XML entities", "failed", "Nothing is written.", "can't be read", source="catalogue")
def _(far: Far) -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE rdf [<!ENTITY l0 "lol">{levels}]>'
    whole = WHOLE % (ONE % {"name": "alpha", "text": "&l9;"})
    far.far_end.serve(CATALOGUE, bomb + whole, content_type="application/rdf+xml")


@case("a file of this machine as an XML entity", "done", "It is not read.", source="catalogue", updated=1, unchanged=1)
def _(far: Far) -> None:
    items = ONE % {"name": "alpha", "text": f"Une description, version {far.healed}."}
    items += ONE % {"name": "beta", "text": "Une description &x; assez longue."}
    stolen = '<?xml version="1.0"?><!DOCTYPE rdf [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    far.far_end.serve(CATALOGUE, stolen + WHOLE % items, content_type="application/rdf+xml")


@case("one badly formed record of five", "done", "It fails, the others go on.", "no “metas”", failed=1, unchanged=4)
def _(far: Far) -> None:
    far.remote.items["trois"]["metas"] = "oups"


@case("a record without a name", "done", f"It fails; {MISSING}", "not complete", failed=1, unchanged=4)
def _(far: Far) -> None:
    far.remote.items["trois"] = {"metas": {}}


@case("a redirect to a private address", "failed", "It is not followed.", "internal address 127.0.0.1")
def _(far: Far) -> None:
    answers(far, Answer(status=302, headers={"Location": f"http://127.0.0.1:{far.far_end.port}/secret"}))


@case("a name that now leads into the house", "failed", "It is not called.", "internal address 127.0.0.1")
def _(far: Far) -> None:
    far.allowed.clear()


@case("a certificate that is not valid", "failed", "Nothing is read.", "The certificate of")
def _(far: Far) -> None:
    answers(far, Answer(status=302, headers={"Location": f"https://{HOST}:{far.others['tls'].port}/"}))


STATUSES = {
    401: "asks for credentials",
    403: "refuses access",
    404: "There is nothing at",
    410: "was removed for good",
    429: "finds our calls too many",
    500: "is out of order",
    503: "is out of order",
}


def _status(status: int, says: str) -> None:
    @case(f"status {status}", "failed", "Nothing is written.", says)
    def _(far: Far) -> None:
        answers(far, Answer(b"no", status))


for _number, _says in STATUSES.items():
    _status(_number, _says)


def _later(status: int) -> None:
    @case(f"status {status} with Retry-After: 3600", "queued", "The run is put off until then.")
    def _(far: Far) -> None:
        answers(far, Answer(b"no", status, headers={"Retry-After": "3600"}))


_later(429)
_later(503)


@case("dates of every kind of wrong", "done", "A date that can't be read is left out and told.", updated=5)
def _(far: Far) -> None:
    wrong = ("\n2018-04-25T08:16:43+00:00", "2018", "annuel", "01/02/2024", "2199-01-01")
    for name, date in zip(far.remote.items, wrong, strict=True):
        far.remote.put(name, modified=date, title=f"Jeu {name}, {far.healed}", territory=52011.0)


@case("8,327 files of one dataset", "done", "The first 500 are kept, the rest is told.", updated=1, unchanged=4)
def _(far: Far) -> None:
    files = [{"id": f"f{n}", "title": f"Fichier {n}", "url": f"https://a.be/{n}.csv"} for n in range(8327)]
    far.remote.items["un"]["attachments"] = files


@case("script in every text", "done", "Texts are shown as texts.", updated=5)
def _(far: Far) -> None:
    evil = "<script>alert('%s')</script><img src=x onerror=alert(1)>"
    for name in far.remote.items:
        texts = ("title", "description", "publisher", "license", "references", "language")
        far.remote.put(
            name,
            **{each: f"Jeu {name} {far.healed} {evil % each}" for each in texts if each not in ("license", "language")},
            license="CC BY",
            language="fr",
            keyword=[f"arbres{evil % 'keyword'}"],
            theme=["Environnement", evil % "theme"],
        )


def table() -> str:
    """The cases as the table of docs/harvest.md."""
    rows = [f"| {case.name} | `{case.status}` | {case.verdict} |" for case in CASES]
    return "\n".join(("| The far end gives | The run is | |", "|---|---|---|", *rows))
