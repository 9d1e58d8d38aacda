"""Credentials reach their own host and nobody else, and are shown to nobody."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterator

import pytest
from far_end import Answer, FarEnd, running

from ckanext.smartregion.fetch import Client, Credentials, FetchError, Policy

SECRET = "s3cret/of-the€house +1"
QUOTED = "s3cret%2Fof-the%E2%82%AChouse%20%2B1"


@pytest.fixture
def other() -> Iterator[FarEnd]:
    """Another host: the same machine, another port."""
    with running() as far_end:
        yield far_end


def bearing(far_end: FarEnd, scheme: str, name: str = "", *, also: tuple[str, ...] = ()) -> Client:
    credentials = Credentials.of(far_end.url, scheme, SECRET, name)
    return Client(Policy(allow_private=(far_end.host, *also), attempts=1), credentials=(credentials,))


NAMES = {"basic": "agent", "bearer": "", "header": "Ocp-Apim-Subscription-Key", "query": "apikey"}
FORMS = {
    "basic": ("authorization", "Basic " + base64.b64encode(f"agent:{SECRET}".encode()).decode()),
    "bearer": ("authorization", f"Bearer {SECRET}"),
    "header": ("ocp-apim-subscription-key", SECRET),
}


@pytest.mark.parametrize("scheme", FORMS)
def test_header_carries_them(far_end: FarEnd, scheme: str) -> None:
    answer = bearing(far_end, scheme, NAMES[scheme]).get(far_end.serve("/a", "x"))
    name, value = FORMS[scheme]

    assert far_end.requests[0].headers[name].encode("latin-1").decode() == value
    assert answer.url == far_end.url + "/a"


@pytest.mark.parametrize(("asked", "seen"), [("/a", {}), ("/a?q=1&r=", {"q": "1", "r": ""})])
def test_query_carries_them_and_the_address_that_is_told_does_not(far_end: FarEnd, asked: str, seen: dict) -> None:
    far_end.serve("/a", "x")
    answer = bearing(far_end, "query", "apikey").get(far_end.url + asked)

    assert far_end.requests[0].query == seen | {"apikey": SECRET}
    assert answer.url == far_end.url + asked


@pytest.mark.parametrize("scheme", NAMES)
def test_another_host_never_sees_them(far_end: FarEnd, other: FarEnd, scheme: str) -> None:
    target = f"{other.url}/b?apikey={QUOTED}&old={QUOTED}"
    url = far_end.serve("/a", Answer(status=302, headers={"Location": target}))
    other.serve("/b", "x")

    answer = bearing(far_end, scheme, NAMES[scheme], also=(other.host,)).get(url)

    seen = other.requests[0]
    assert not {"authorization", "ocp-apim-subscription-key"} & set(seen.headers)
    assert SECRET not in seen.query.values()
    assert SECRET not in answer.url
    assert QUOTED not in answer.url


@pytest.mark.parametrize("scheme", NAMES)
def test_redirect_within_their_host_carries_them_once(far_end: FarEnd, scheme: str) -> None:
    far_end.serve("/b", "x")
    location = f"/b?page=2&apikey={QUOTED}" if scheme == "query" else "/b?page=2"
    url = far_end.serve("/a", Answer(status=301, headers={"Location": location}))

    answer = bearing(far_end, scheme, NAMES[scheme]).get(url)

    assert answer.url == far_end.url + "/b?page=2"
    first, second = far_end.requests
    assert first.headers.get(FORMS.get(scheme, ("",))[0]) == second.headers.get(FORMS.get(scheme, ("",))[0])
    assert second.query == {"page": "2"} | ({"apikey": SECRET} if scheme == "query" else {})


@pytest.mark.parametrize(
    ("scheme", "host", "port", "fit"),
    [
        ("https", "api.be", 443, True),
        ("https", "api.be.", 443, True),
        ("https", "api.be", 8443, False),
        ("https", "api.be.evil.be", 443, False),
        ("https", "www.api.be", 443, False),
        ("http", "api.be", 443, False),
        ("http", "api.be", 80, False),
    ],
)
def test_they_fit_one_host_and_port_over_https(scheme: str, host: str, port: int, fit: bool) -> None:
    assert Credentials("api.be", "bearer", secret="x").fit(scheme, host, port, ()) is fit


def test_without_tls_they_go_only_where_private_addresses_are_let_through(far_end: FarEnd) -> None:
    far_end.serve("/a", "x")
    credentials = Credentials("data.be", "bearer", secret=SECRET, port=far_end.port)
    lookup = lambda host, port: ["127.0.0.1"]  # noqa: E731
    open_to = Policy(allow_private=(f"data.be:{far_end.port}",))

    assert not credentials.fit("http", "data.be", far_end.port, ())
    Client(open_to, lookup, credentials=(credentials,)).get(f"http://data.be:{far_end.port}/a")
    assert "authorization" in far_end.requests[0].headers


@pytest.mark.parametrize("scheme", NAMES)
@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=401),
        Answer(status=403),
        Answer(status=429, headers={"Retry-After": "99"}),
        Answer(b"x" * 99, cut=50),
        Answer(b"x", headers={"Content-Encoding": "br"}),
        Answer(status=302, headers={"Location": f"http://10.0.0.1/?apikey={QUOTED}"}),
        Answer(status=302, headers={"Location": f"ftp://{QUOTED}/"}),
        Answer(status=302, headers={"Location": f"/?apikey={QUOTED}"}),
    ],
)
def test_no_error_repr_or_log_shows_them(far_end, failure: Callable, caplog, scheme: str, answer: Answer) -> None:
    caplog.set_level(logging.DEBUG)
    client = bearing(far_end, scheme, NAMES[scheme])
    far_end.serve("/", Answer(status=302, headers={"Location": f"/?apikey={QUOTED}"}))
    error = failure(client, far_end.serve("/a", answer))

    told = [str(error), repr(error), repr(error.facts), *error.texts.values(), caplog.text, repr(client)]
    told += [repr(error.__cause__), repr(error.__context__)]
    encoded = FORMS["basic"][1].split()[1]
    assert not [text for text in told for secret in (SECRET, QUOTED, encoded) if secret in text]


@pytest.mark.parametrize(
    ("scheme", "name", "secret"),
    [
        ("digest", "a", "secret"),
        ("bearer", "", ""),
        ("basic", "", "secret"),
        ("header", "", "secret"),
        ("query", "", "secret"),
        ("bearer", "", "secret\r\nX-More: 1"),
        ("header", "X-Key\r\nHost", "secret"),
        ("header", "X Key", "secret"),
        ("basic", "a:b", "secret"),
    ],
)
def test_credentials_that_can_not_be_sent_are_refused_without_being_told(scheme: str, name: str, secret: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$") as caught:
        Credentials("api.be", scheme, name, secret)
    assert "secret" not in str(caught.value).replace("a secret", "").replace("and secret", "")


def test_they_survive_being_stored() -> None:
    credentials = Credentials.of("https://api.be:8443/v2", "query", SECRET, "apikey")

    assert Credentials.from_dict(credentials.as_dict()) == credentials
    assert (credentials.host, credentials.port) == ("api.be", 8443)


def test_password_in_an_address_is_refused_and_not_told() -> None:
    with pytest.raises(FetchError) as caught:
        Credentials.of("https://agent:hunter2@api.be/", "bearer", SECRET)
    assert caught.value.kind == "userinfo"
    assert "hunter2" not in repr(caught.value.facts) + str(caught.value)
