"""Everything a hostile or broken far end may do, and the kind of error with which it ends."""

from __future__ import annotations

import datetime as dt
import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from certificates import self_signed
from far_end import Answer, FarEnd, rude, running

from ckanext.smartregion.fetch import Client, Credentials, FetchError, Policy, errors
from ckanext.smartregion.fetch.address import is_public
from ckanext.smartregion.fetch.errors import SENTENCES

CAP = 100_000
HERE = ("127.0.0.1:*",)


LONG = 20  # seconds: what is met within a second is met in these on a busy machine too


def strict(**limits: object) -> Client:
    """A client whose limits are met within a second."""
    limits = {"allow_private": HERE, "attempts": 1, "max_bytes": CAP, "patience": 0.5, "longest_wait": 1} | limits
    return Client(Policy(**limits))  # type: ignore[arg-type]


# -- addresses

PRIVATE = {
    "loopback": "127.0.0.1",
    "loopback, other": "127.255.255.254",
    "loopback by name": "localhost",
    "loopback by name with a dot": "localhost.",
    "decimal": "2130706433",
    "octal": "0177.0.0.1",
    "octal with zeros": "0000177.0.0.01",
    "hexadecimal": "0x7f000001",
    "hexadecimal by parts": "0x7f.0x0.0x0.0x1",
    "short": "127.1",
    "shorter": "0",
    "fullwidth digits": "\uff11\uff12\uff17.\uff10.\uff10.\uff11",
    "circled digits": "①②⑦.⓪.⓪.①",
    "ideographic dots": "127。0。0。1",
    "fullwidth name": "ｌｏｃａｌｈｏｓｔ",
    "any": "0.0.0.0",  # noqa: S104 - refused, not bound
    "10": "10.1.2.3",
    "172": "172.31.255.255",
    "192": "192.168.0.1",
    "shared by providers": "100.64.0.1",
    "link-local": "169.254.0.1",
    "multicast": "224.0.0.1",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "documentation": "192.0.2.1",
    "benchmarks": "198.18.0.1",
    "6to4 relay": "192.88.99.1",
    "metadata": "169.254.169.254",
    "metadata, decimal": "2852039166",
    "metadata of Alibaba": "100.100.100.200",
    "metadata of Azure": "168.63.129.16",
    "metadata of Oracle": "192.0.0.192",
    "v6 loopback": "[::1]",
    "v6 loopback, long": "[0:0:0:0:0:0:0:1]",
    "v6 any": "[::]",
    "v6 link-local": "[fe80::1]",
    "v6 link-local with zone": "[fe80::1%25lo]",
    "v6 site-local": "[fec0::1]",
    "v6 unique local": "[fd12:3456::1]",
    "v6 metadata": "[fd00:ec2::254]",
    "v6 multicast": "[ff02::1]",
    "v6 documentation": "[2001:db8::1]",
    "v6 documentation, new": "[3fff::1]",
    "v6 discard": "[100::1]",
    "mapped": "[::ffff:127.0.0.1]",
    "mapped, hexadecimal": "[::ffff:7f00:1]",
    "mapped metadata": "[::ffff:a9fe:a9fe]",
    "compatible": "[::127.0.0.1]",
    "6to4": "[2002:7f00:1::]",
    "6to4 of 10": "[2002:a01:203::1]",
    "Teredo": "[2001:0:7f00:1::]",
    "Teredo, client": "[2001:0:808:808:0:0:80ff:fffe]",
    "NAT64": "[64:ff9b::7f00:1]",
    "NAT64, dotted": "[64:ff9b::10.0.0.1]",
    "NAT64, local": "[64:ff9b:1::808:808]",
    "ISATAP": "[2a00:1450::5efe:127.0.0.1]",
}


@pytest.mark.parametrize("host", PRIVATE.values(), ids=PRIVATE)
@pytest.mark.parametrize("rest", ["/", ":8080/"])
def test_private_address_is_refused_in_any_disguise(failure: Callable, host: str, rest: str) -> None:
    assert failure(Client(Policy(attempts=1)), f"http://{host}{rest}").kind in {"private", "unknown-host", "scheme"}


# Resolvers differ on these: some do not know the name at all, which is a refusal as well.
RESOLVERS_DIFFER = {"loopback by name with a dot", "v6 link-local with zone"}
SPELLINGS = {name: host for name, host in PRIVATE.items() if host.isascii() and name not in RESOLVERS_DIFFER}


@pytest.mark.parametrize("host", SPELLINGS.values(), ids=SPELLINGS)
def test_private_address_is_called_private(failure: Callable, host: str) -> None:
    assert failure(Client(Policy(attempts=1)), f"http://{host}/").kind == "private"


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "193.190.198.1", "2a00:1450:4007::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_address_may_be_called(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://data.namur.be@127.0.0.1/", "userinfo"),
        ("http://user:secret@data.namur.be/", "userinfo"),
        ("http://data.namur.be\\@127.0.0.1/", "userinfo"),
        ("http://@127.0.0.1/", "userinfo"),
        ("http://127.0.0.1\\.data.namur.be/", "unknown-host"),
        ("http://127.0.0.1:80@data.namur.be:1x/", "scheme"),
        ("http://data.namur.be:0/", "scheme"),
        ("http://data.namur.be:99999/", "scheme"),
        ("http://[::1/", "scheme"),
        ("http://a..b/", "unknown-host"),
        ("http://" + "a" * 300 + ".be/", "unknown-host"),
        ("ftp://data.namur.be/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://127.0.0.1/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("data:text/plain,a", "scheme"),
        ("//data.namur.be/", "scheme"),
        ("data.namur.be", "scheme"),
        ("http://", "scheme"),
        ("", "scheme"),
    ],
)
def test_address_that_plays_tricks_is_refused(failure: Callable, url: str, kind: str) -> None:
    error = failure(Client(Policy(attempts=1)), url)

    assert error.kind == kind
    assert "secret" not in str(error)


@pytest.mark.parametrize("port", [22, 25, 445, 3306, 5432, 6379, 6667, 9200])
def test_door_of_another_protocol_is_not_knocked_at(failure: Callable, port: int) -> None:
    client = Client(Policy(attempts=1), lookup=lambda host, port: ["8.8.8.8"])

    assert failure(client, f"http://data.namur.be:{port}/").kind == "port"


# -- names that change their mind


def test_name_that_moves_into_the_house_between_two_attempts_is_refused(far_end: FarEnd, failure: Callable) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    asked = []

    def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    first = f"127.0.0.1:{far_end.port}"
    client = Client(Policy(allow_private=(first,), back_off=0.01), lookup=lookup)
    far_end.serve("/a", Answer(status=302, headers={"Location": f"http://two-faced.be:{far_end.port}/b"}))

    assert failure(client, f"http://{first}/a").kind == "private"
    assert asked == ["127.0.0.1", "two-faced.be"]
    assert len(far_end.requests) == 1


def test_connection_goes_to_the_address_that_was_checked_whatever_the_name_says_next(far_end: FarEnd) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    client = Client(Policy(allow_private=(f"two-faced.be:{far_end.port}",)), lookup=lambda host, port: next(answers))
    far_end.serve("/a", "the first answer holds")

    assert client.get(f"http://two-faced.be:{far_end.port}/a").body == b"the first answer holds"
    assert next(answers) == ["10.0.0.1"]


def test_look_up_that_hangs_is_a_name_that_is_not_known(failure: Callable) -> None:
    hanging = threading.Event()

    def lookup(host: str, port: int) -> list[str]:
        hanging.wait(30)
        return ["8.8.8.8"]

    started = time.monotonic()
    error = failure(Client(Policy(connect=0.2), lookup=lookup), "http://data.namur.be/")
    hanging.set()
    assert error.kind == "unknown-host"
    assert str(error) == "The name data.namur.be is not known. Check the address, or try again later."
    assert time.monotonic() - started < 20


# -- redirects


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("http://127.0.0.2:9/", "private"),
        ("//10.0.0.1/", "private"),
        ("http://169.254.169.254/latest/meta-data/", "private"),
        ("http://[::1]/", "private"),
        ("http://2130706433/", "private"),
        ("file:///etc/passwd", "scheme"),
        ("ftp://data.namur.be/", "scheme"),
        ("gopher://127.0.0.1/", "scheme"),
        ("http://a:b@data.namur.be/", "userinfo"),
        ("/again", "redirects"),
    ],
)
def test_redirect_to_where_we_do_not_go(far_end: FarEnd, failure: Callable, target: str, kind: str) -> None:
    far_end.serve("/again", Answer(status=307, headers={"Location": "/again"}))
    client = Client(Policy(allow_private=(far_end.host,), attempts=1))

    assert failure(client, far_end.serve("/r", Answer(status=302, headers={"Location": target}))).kind == kind


# -- certificates


@pytest.mark.parametrize("days", [1, -1], ids=["nobody knows", "run out"])
def test_certificate_that_is_not_valid_is_refused(tmp_path: Path, failure: Callable, days: int) -> None:
    with running(self_signed(tmp_path, days=days)) as far_end:
        assert failure(strict(), far_end.serve("/a", "x")).kind == "certificate"
        assert far_end.requests == []


def test_plain_answer_where_tls_is_expected_is_a_broken_connection(failure: Callable) -> None:
    with rude(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
        assert failure(strict(patience=LONG), url.replace("http:", "https:")).kind == "connection"


@pytest.fixture
def leading_down(secure: FarEnd, far_end: FarEnd, trusting: None) -> str:
    """An https address that leads to one of plain http."""
    open_to_all = far_end.serve("/open", "a;b")
    return secure.serve("/a", Answer(status=301, headers={"Location": open_to_all}))


def test_redirect_from_https_to_http_is_not_followed(leading_down: str, far_end: FarEnd, failure: Callable) -> None:
    assert failure(strict(), leading_down).kind == "downgrade"
    assert far_end.requests == []


def test_redirect_from_https_to_http_is_followed_and_told_where_that_was_opened(leading_down: str) -> None:
    answer = strict(unprotected=True).get(leading_down)
    assert (answer.body, answer.unprotected) == (b"a;b", leading_down)
    assert strict().get(answer.url).unprotected == ""


@pytest.mark.parametrize("host", ["https://127.0.0.1/", "https://another.example.be/"])
def test_who_bears_credentials_never_follows_from_https_to_http(
    leading_down: str, far_end: FarEnd, failure: Callable, host: str
) -> None:
    bearer = replace(strict(unprotected=True), credentials=(Credentials.of(host, "bearer", "secret-secret"),))
    assert failure(bearer, leading_down).kind == "downgrade"
    assert far_end.requests == []


def test_way_from_https_to_http_leads_into_no_house(secure: FarEnd, trusting: None, failure: Callable) -> None:
    url = secure.serve("/a", Answer(status=301, headers={"Location": "http://10.0.0.1/"}))
    assert failure(strict(unprotected=True), url).kind == "private"


def test_handshake_that_drips_is_cut(failure: Callable) -> None:
    with rude(b"\x16\x03\x03\x40\x00\x02", drip=b"\0") as url:
        started = time.monotonic()
        assert failure(strict(), url.replace("http:", "https:")).kind == "slow"
        assert time.monotonic() - started < LONG


# -- bodies

GZIP, DEFLATE = {"Content-Encoding": "gzip"}, {"Content-Encoding": "deflate"}
BOMB = bytes(50_000_000)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("answer", "kind"),
    {
        "too large, as announced": (Answer(b"x" * (CAP + 1)), "too-large"),
        "announced beyond reason": (Answer(headers={"Content-Length": "9" * 30}), "too-large"),
        "gzip bomb": (Answer(gzip.compress(BOMB, 1), headers=GZIP), "too-large"),
        "deflate bomb": (Answer(zlib.compress(BOMB, 1), headers=DEFLATE), "too-large"),
        "raw deflate bomb": (Answer(raw_deflate(BOMB), headers=DEFLATE), "too-large"),
        "bomb of many members": (Answer(gzip.compress(bytes(40_000)) * 3, headers=GZIP), "too-large"),
        "members that hold nothing": (Answer(gzip.compress(b"") * 9000, headers=GZIP), "too-large"),
        "nested": (Answer(gzip.compress(gzip.compress(BOMB)), headers={"Content-Encoding": "gzip, gzip"}), "encoding"),
        "unknown packing": (Answer(b"x", headers={"Content-Encoding": "br"}), "encoding"),
        "not what it says": (Answer(b"plain text", headers=GZIP), "encoding"),
        "rubbish behind the end": (Answer(gzip.compress(b"a") + b"rubbish", headers=GZIP), "encoding"),
        "gzip cut short": (Answer(gzip.compress(b"a" * 5000)[:-9], headers=GZIP), "truncated"),
        "cut short": (Answer(b"x" * 100, cut=50), "truncated"),
        "announced and empty": (Answer(headers={"Content-Length": "10"}), "truncated"),
    }.values(),
    ids=lambda value: None,
)
def test_body_that_is_no_answer(far_end: FarEnd, failure: Callable, answer: Answer, kind: str) -> None:
    assert failure(strict(), far_end.serve("/a", answer)).kind == kind


@pytest.mark.parametrize(
    ("packed", "headers"),
    [
        (gzip.compress(b"one;") + gzip.compress(b"two"), GZIP),
        (gzip.compress(b"one;two") + bytes(512), GZIP),
        (zlib.compress(b"one;two"), DEFLATE),
        (raw_deflate(b"one;two"), DEFLATE),
        (b"one;two", {"Content-Encoding": "identity"}),
    ],
    ids=["two members", "padding", "deflate", "raw deflate", "identity"],
)
def test_packed_body_is_read_whole(far_end: FarEnd, packed: bytes, headers: dict[str, str]) -> None:
    assert strict().get(far_end.serve("/a", Answer(packed, headers=headers))).body == b"one;two"


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("start", "drip", "kind"),
    {
        "endless body": (OK + b"\r\n", b"x" * 4096, "too-large"),
        "endless chunks": (
            OK + b"Transfer-Encoding: chunked\r\n\r\n",
            b"1000\r\n" + b"x" * 4096 + b"\r\n",
            "too-large",
        ),
        "endless headers": (OK, b"X-More: " + b"x" * 500 + b"\r\n", "slow"),
        "endless header": (OK + b"X-More: ", b"x" * 4096, "connection"),
        "body that drips": (OK + b"Content-Length: 50000\r\n\r\n", b"x", "slow"),
        "body that drips to no end": (OK + b"\r\n", b"x", "slow"),
        "small body that drips": (OK + b"Content-Length: 60\r\n\r\n", b"x", "slow"),
        "chunks that drip": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", "slow"),
        "status line that drips": (b"H", b"T", "slow"),
        "headers that drip": (OK + b"X-Long: ", b"x", "slow"),
        "preliminary answers to no end": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", "slow"),
        "dropped before the answer": (b"", b"", "connection"),
        "dropped in the headers": (OK + b"Content-Le", b"", "truncated"),
        "dropped in a chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n100\r\nabc", b"", "truncated"),
        "not HTTP": (b"220 mail.example ESMTP\r\n", b"", "connection"),
    }.values(),
)
def test_far_end_that_is_rude(failure: Callable, start: bytes, drip: bytes, kind: str) -> None:
    with rude(start, drip) as url:
        started = time.monotonic()
        assert failure(strict() if kind == "slow" else strict(patience=LONG), url).kind == kind
        assert time.monotonic() - started < LONG


def test_drip_after_a_quick_start_is_cut_as_well(far_end: FarEnd, failure: Callable) -> None:
    with rude(OK + b"\r\n" + b"x" * 60_000, b"x") as url:
        assert failure(strict(), url).kind == "slow"


def test_drip_is_not_tried_again_and_costs_one_stretch_of_patience(failure: Callable) -> None:
    with rude(OK + b"\r\n", b"x") as url:
        started = time.monotonic()
        assert failure(strict(attempts=3, patience=3), url).kind == "slow"
        assert time.monotonic() - started < 8


def test_far_end_may_think_before_it_answers_and_before_its_body(far_end: FarEnd) -> None:
    with rude(b"", OK + b"Content-Length: 2\r\n\r\nok", pause=1.2) as url:
        assert strict().get(url).body == b"ok"


def test_nothing_is_tried_again_once_the_persistence_is_spent(far_end: FarEnd, failure: Callable) -> None:
    def late(request: object) -> Answer:
        far_end.stopping.wait(0.3)
        return Answer(status=500)

    url = far_end.serve("/a", late)
    assert failure(strict(attempts=3, persistence=0.2), url).kind == "broken"
    assert len(far_end.requests) == 1


def test_dead_addresses_share_one_connection_time(failure: Callable) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(8)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        client = Client(Policy(allow_private=HERE, attempts=1, connect=1), lookup=lambda host, port: ["127.0.0.1"] * 6)
        started = time.monotonic()
        assert failure(client, f"http://127.0.0.1:{port}/").kind in {"timeout", "connection"}
        assert time.monotonic() - started < 5
        for one in waiting:
            one.close()


# -- what is said


def test_every_kind_of_failure_is_used_and_said() -> None:
    """A kind without a sentence would be a KeyError on the day it is needed; a sentence without a kind is dead."""
    folder = Path(errors.__file__).parent
    code = "\n".join(path.read_text("utf-8") for path in folder.glob("*.py"))

    assert {kind for kind in SENTENCES if f'"{kind}"' not in code} == set()


def test_moment_is_said_in_belgian_time() -> None:
    error = FetchError("resting", host="a.be", until=dt.datetime(2026, 7, 1, 20, 0, tzinfo=dt.UTC))

    assert "2026-07-01 22:00 CEST" in error.text("fr")
