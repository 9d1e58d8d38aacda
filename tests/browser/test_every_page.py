"""What holds on every page: no grave finding by axe, nothing wider than a phone, no error, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

pytestmark = [pytest.mark.browser, pytest.mark.reads]

WIDTHS = {"desk": 1280, "phone": 375}
ADDRESSES = {
    "home": "/",
    "search": "/dataset/?q=namur",
    "dataset": "/dataset/{name}",
    "file": "/dataset/{name}/resource/{file}",
    "report": "/dataset/{name}/quality",
    "organisations": "/organization/",
    "organisation": "/organization/namur",
    "about": "/about",
    "log in": "/user/login",
    "state of the region": "/quality",
    "feeds": "/feeds?format=ttl&theme=TRAN",
    "changes of a dataset": "/dataset/{name}/changes",
    "layers": "/layers",
    "layer": "/layers/bicycle-parking",
    "sources": "/harvest",
    "source": "/harvest/demo-villes",
    "run": "/harvest/run/{run}",
    "record": "/harvest/record/{name}",
}


@dataclass(frozen=True)
class Visit:
    """What a page showed in one width."""

    status: int
    title: str
    headings: int
    width: int
    errors: list[str]
    requests: list[str]
    findings: list[str]


@pytest.fixture(scope="module", params=ADDRESSES)
def address(request: pytest.FixtureRequest, demonstration: dict[str, Any], api: Callable[..., Any]) -> str:
    facts = {"name": demonstration["name"], "file": demonstration["resources"][0]["id"]}
    run = api("smartregion_run_list", source="demo-villes", limit=1)[0]["id"]
    return ADDRESSES[request.param].format(run=run, **facts)


@pytest.fixture(scope="module")
def window(strangers: dict[str, BrowserContext]) -> Iterator[Page]:
    """Where one page after the other is shown."""
    page = strangers["desk"].new_page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def visits(window: Page, address: str, grave_findings: Callable[[Page], list[str]]) -> Iterator[dict[str, Visit]]:
    """Each page is loaded once and shown in every width; the tests read what was seen."""
    page, errors, requests = window, [], []
    page.set_viewport_size({"width": WIDTHS["desk"], "height": 900})

    def tell(message: ConsoleMessage) -> None:
        errors.extend([message.text] if message.type == "error" else [])

    def note(asked: Request) -> None:
        requests.append(asked.url)

    page.on("console", tell)
    page.on("request", note)
    answer = page.goto(address, wait_until="load")
    assert answer

    def visit(width: str) -> Visit:
        page.set_viewport_size({"width": WIDTHS[width], "height": 900})
        return Visit(
            status=answer.status,
            title=page.title().strip(),
            headings=page.locator("h1").count(),
            width=page.evaluate("document.documentElement.scrollWidth"),
            errors=errors,
            requests=requests,
            findings=grave_findings(page),
        )

    yield {width: visit(width) for width in WIDTHS}
    page.goto("about:blank")
    page.remove_listener("console", tell)
    page.remove_listener("request", note)


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def visit(visits: dict[str, Visit], width: str) -> Visit:
    return visits[width]


def test_page_answers_with_a_title_and_one_main_heading(visit: Visit):
    assert (visit.status, visit.headings) == (200, 1)
    assert visit.title


def test_page_has_no_grave_finding_by_axe(visit: Visit):
    assert visit.findings == []


def test_page_does_not_scroll_sideways(visit: Visit, width: str):
    assert visit.width <= WIDTHS[width]


def test_page_logs_no_error(visit: Visit):
    assert visit.errors == []


def test_page_loads_nothing_from_elsewhere(visit: Visit, portal: str):
    assert [url for url in visit.requests if not url.startswith((portal, "data:"))] == []
