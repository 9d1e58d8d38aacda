"""The client for everything that leaves the house: what it fetches, what it refuses, when it gives up."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import socket
import time
import tracemalloc
from pathlib import Path

import pytest
from far_end import Answer, FarEnd, Request, rude

from ckanext.smartregion.fetch import Client, FetchError, Policy
from ckanext.smartregion.fetch.address import is_allowed, is_public
from ckanext.smartregion.fetch.errors import SENTENCES


def quick(far_end: FarEnd, **limits: object) -> Client:
    return Client(Policy(allow_private=(far_end.host,), attempts=1, **limits))


def failure(client: Client, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        client.get(url)
    return caught.value


def test_get_gives_body_digest_and_headers(far_end: FarEnd, client: Client) -> None:
    answer = client.get(far_end.serve("/a", "vélo", ETag='"1"'))
    assert (answer.status, answer.body.decode(), answer.headers["etag"], answer.size) == (200, "vélo", '"1"', 5)
    assert answer.sha256 == hashlib.sha256("vélo".encode()).hexdigest()


def test_request_names_its_agent(far_end: FarEnd) -> None:
    policy = Policy(agent="smartregion/0.1 (+mailto:a@b.be)", allow_private=(far_end.host,))
    Client(policy).get(far_end.serve("/a", "x"))
    assert far_end.requests[0].headers["user-agent"] == "smartregion/0.1 (+mailto:a@b.be)"
    assert far_end.requests[0].headers["host"] == far_end.host


def test_blanks_and_accents_in_an_address_are_encoded(far_end: FarEnd, client: Client) -> None:
    far_end.serve("/donn%C3%A9es%20ouvertes", "ok")
    assert client.get(far_end.url + "/données ouvertes?q=a b").body == b"ok"
    assert far_end.requests[0].query == {"q": "a b"}


def test_unchanged_answer_is_a_304_without_body(far_end: FarEnd, client: Client) -> None:
    url = far_end.serve("/a", lambda r: Answer(status=304 if r.headers.get("if-none-match") == '"1"' else 200))
    answer = client.get(url, etag='"1"')
    assert answer.not_modified
    assert answer.body == b""


def test_download_stores_the_file_whole(far_end: FarEnd, client: Client, tmp_path: Path) -> None:
    answer = client.download(far_end.serve("/a.csv", b"a;b\n1;2\n"), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == b"a;b\n1;2\n"
    assert (answer.size, answer.path) == (8, tmp_path / "a.csv")


def test_failed_download_leaves_nothing(far_end: FarEnd, client: Client, tmp_path: Path) -> None:
    url = far_end.serve("/a", Answer(b"x" * 100, cut=10))
    with pytest.raises(FetchError):
        client.download(url, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_gzip_answer_is_unpacked(far_end: FarEnd, client: Client) -> None:
    url = far_end.serve("/a", gzip.compress(b"hello"), Content_Encoding="gzip")
    assert client.get(url).body == b"hello"


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_unreadable_compression_is_refused(far_end: FarEnd, client: Client, encoding: str) -> None:
    assert failure(client, far_end.serve("/a", b"no such thing", Content_Encoding=encoding)).kind == "encoding"


def test_body_larger_than_the_cap_is_refused(far_end: FarEnd, client: Client) -> None:
    url = far_end.serve("/a", b"x" * 5000)
    with pytest.raises(FetchError, match="larger than 4000 bytes"):
        client.get(url, max_bytes=4000)


def test_gzip_bomb_is_met_by_the_cap(far_end: FarEnd, client: Client) -> None:
    url = far_end.serve("/bomb", gzip.compress(bytes(60_000_000)), Content_Encoding="gzip")
    tracemalloc.start()
    with pytest.raises(FetchError, match="larger than"):
        client.get(url, max_bytes=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_slow_drip_is_cut_off(far_end: FarEnd) -> None:
    url = far_end.serve("/drip", Answer(b"x" * 1000, drip=0.05))
    assert failure(quick(far_end, patience=0.3, slowest=1000), url).kind == "slow"


def test_answer_that_never_ends_is_cut_at_the_deadline(far_end: FarEnd) -> None:
    url = far_end.serve("/drip", Answer(b"x" * 1000, drip=0.05))
    started = time.monotonic()
    assert failure(quick(far_end, total=0.5, slowest=1), url).kind == "timeout"
    assert time.monotonic() - started < 20


def test_headers_that_drip_are_cut_at_the_deadline() -> None:
    with rude(b"HTTP/1.1 200 OK\r\nX-Long: ", drip=b"a") as url:
        client = Client(Policy(allow_private=("127.0.0.1:*",), total=0.5, attempts=1))
        assert failure(client, url).kind == "timeout"


def test_silent_server_times_out(far_end: FarEnd) -> None:
    def answer(request: Request) -> Answer:
        far_end.stopping.wait(5)
        return Answer()

    url = far_end.serve("/a", answer)
    assert failure(quick(far_end, read=0.2), url).kind == "timeout"


def test_truncated_body_is_no_answer(far_end: FarEnd, client: Client) -> None:
    assert failure(client, far_end.serve("/a", Answer(b"x" * 100, cut=50))).kind == "truncated"


def test_closed_port_is_a_connection_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    client = Client(Policy(allow_private=("127.0.0.1:*",), attempts=1))
    assert failure(client, f"http://127.0.0.1:{port}/").kind == "connection"


def test_redirect_is_followed(far_end: FarEnd, client: Client) -> None:
    far_end.serve("/new", "here")
    answer = client.get(far_end.serve("/old", Answer(status=302, headers={"Location": "/new"})))
    assert (answer.body, answer.url) == (b"here", far_end.url + "/new")


def test_redirect_loop_ends(far_end: FarEnd, client: Client) -> None:
    url = far_end.serve("/loop", Answer(status=302, headers={"Location": "/loop"}))
    assert failure(client, url).kind == "redirects"
    assert len(far_end.requests) == 6


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("http://127.0.0.2/", "private"),
        ("http://169.254.169.254/latest/meta-data/", "private"),
        ("http://[::1]/", "private"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://127.0.0.1/", "scheme"),
    ],
)
def test_redirect_into_the_house_is_refused(far_end: FarEnd, client: Client, target: str, kind: str) -> None:
    url = far_end.serve("/r", Answer(status=302, headers={"Location": target}))
    assert failure(client, url).kind == kind


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0.0.0.0",  # noqa: S104 - refused, not bound
        "10.1.2.3",
        "192.168.0.1",
        "172.16.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ],
)
def test_private_address_is_refused_in_any_disguise(host: str) -> None:
    assert failure(Client(Policy(attempts=1)), f"http://{host}/").kind == "private"


@pytest.mark.parametrize("url", ["ftp://a.be/", "a.be", "", "http://", "http://a.be:99999/", "file:///etc/passwd"])
def test_only_complete_web_addresses_are_fetched(url: str) -> None:
    assert failure(Client(), url).kind == "scheme"


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4007::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_address_may_be_called(address: str) -> None:
    assert is_public(address)


def test_patterns_open_only_what_they_name() -> None:
    assert is_allowed("127.0.0.1", 5001, ["127.0.0.1:5001"])
    assert is_allowed("127.0.0.1", 9, ["127.0.0.1:*"])
    assert not is_allowed("127.0.0.1", 5002, ["127.0.0.1:5001"])
    assert not is_allowed("localhost", 5001, ["127.0.0.1:5001"])


def test_name_with_one_private_address_is_refused() -> None:
    client = Client(Policy(attempts=1), lookup=lambda host, port: ["8.8.8.8", "10.0.0.1"])
    assert failure(client, "http://two-faced.be/").kind == "private"


def test_name_is_resolved_once_and_the_connection_pinned(far_end: FarEnd) -> None:
    asked = []

    def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    client = Client(Policy(allow_private=(f"data.example.be:{far_end.port}",)), lookup=lookup)
    far_end.serve("/a", "pinned")
    assert client.get(f"http://data.example.be:{far_end.port}/a").body == b"pinned"
    assert asked == ["data.example.be"]
    assert far_end.requests[0].headers["host"] == f"data.example.be:{far_end.port}"


def test_unknown_host_is_said() -> None:
    assert failure(Client(Policy(attempts=1)), "http://nowhere.invalid/").kind == "unknown-host"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_passing_trouble_is_tried_again(far_end: FarEnd, client: Client, status: int) -> None:
    answers = iter([Answer(status=status), Answer(b"at last")])
    assert client.get(far_end.serve("/a", lambda r: next(answers))).body == b"at last"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "status"),
        (401, "unauthorised"),
        (403, "forbidden"),
        (404, "missing"),
        (410, "gone"),
        (501, "broken"),
        (206, "status"),
        (304, "status"),
        (302, "status"),
    ],
)
def test_lasting_trouble_is_not_tried_again(far_end: FarEnd, client: Client, status: int, kind: str) -> None:
    error = failure(client, far_end.serve("/a", Answer(status=status)))
    assert (error.kind, error.status, len(far_end.requests)) == (kind, status, 1)


@pytest.mark.parametrize(("status", "kind"), [(429, "too-many"), (500, "broken"), (503, "broken")])
def test_trouble_that_does_not_pass_is_said_after_three_attempts(far_end, client, status: int, kind: str) -> None:
    error = failure(client, far_end.serve("/a", Answer(status=status)))
    assert (error.kind, error.status, len(far_end.requests)) == (kind, status, 3)


def test_retry_after_is_honoured(far_end: FarEnd, client: Client) -> None:
    answers = iter([Answer(status=429, headers={"Retry-After": "1"}), Answer(b"ok")])
    started = time.monotonic()
    client.get(far_end.serve("/a", lambda r: next(answers)))
    assert time.monotonic() - started >= 1


def test_retry_after_beyond_our_patience_ends_the_attempts(far_end: FarEnd, client: Client) -> None:
    url = far_end.serve("/a", Answer(status=503, headers={"Retry-After": "3600"}))
    error = failure(client, url)
    assert (error.kind, error.status, len(far_end.requests)) == ("resting", 503, 1)
    assert 3590 < (error.until - dt.datetime.now(dt.UTC)).total_seconds() <= 3600


def test_calls_to_one_host_keep_a_pause(far_end: FarEnd) -> None:
    client = Client(Policy(allow_private=(far_end.host,), pause=0.2))
    url = far_end.serve("/a", "x")
    started = time.monotonic()
    client.get(url)
    client.get(url)
    assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_every_failure_has_its_sentence_in_four_languages(kind: str) -> None:
    assert set(SENTENCES[kind]) == {"fr", "nl", "de", "en"}
    holes = {tuple(sorted(_holes(sentence))) for sentence in SENTENCES[kind].values()}
    assert len(holes) == 1


def test_failure_speaks_the_readers_language_and_french_otherwise() -> None:
    error = FetchError("unknown-host", host="a.be")
    assert error.text("nl").startswith("De naam a.be")
    assert error.text("xx") == error.text("fr")


def _holes(sentence: str) -> list[str]:
    return [part.split(")")[0] for part in sentence.split("%(")[1:]]
