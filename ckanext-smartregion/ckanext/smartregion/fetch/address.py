"""Which addresses may be called: a name is resolved here, once, and every address it gives is checked."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from urllib.parse import SplitResult, urlsplit

from ckanext.smartregion.fetch.errors import FetchError

PORTS = {"http": 80, "https": 443}
# Public by their number, and yet the metadata door of a cloud; the others are link-local or private already.
METADATA = frozenset({ipaddress.ip_address("168.63.129.16")})
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Not for the open internet either, whatever this version of Python knows of them: 6to4 relays, NAT64 inside a network,
# documentation, segment routing, site-local.
INNER = tuple(
    ipaddress.ip_network(one) for one in ("192.88.99.0/24", "64:ff9b:1::/48", "3fff::/20", "5f00::/16", "fec0::/10")
)
ISATAP = (0x00005EFE, 0x02005EFE)
# Doors of other protocols (mail, files, databases, printers): no catalogue stands behind them.
CLOSED = frozenset(
    {1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110}
    | {111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 445, 465, 512, 513, 514, 515, 526, 530}
    | {531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1433, 1521, 1719, 1720, 1723, 2049, 2375}
    | {2379, 3306, 3389, 3659, 4045, 5060, 5061, 5432, 5900, 6000, 6379, 6566, *range(6665, 6670), 6679, 6697, 9200}
    | {10080, 11211, 27017}
)

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Iterable[str]]


def system_lookup(host: str, port: int) -> list[str]:
    """Every address the system's resolver gives for a name; it also reads 127.1, 0x7f000001 and 2130706433."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def in_time(lookup: Lookup, host: str, port: int, seconds: float) -> list[str]:
    """What a look-up gives; raises TimeoutError where it takes longer, for the system's resolver knows no bound.

    One that hangs is left to itself: it ends when the resolver gives up, and holds nothing of ours.
    """
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(list(lookup(host, port)))
        except Exception as error:  # raised where it was asked
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty as error:
        raise TimeoutError from error
    if isinstance(answer, Exception):
        raise answer
    return answer


def split(url: str) -> SplitResult:
    """The parts of an address that may be fetched at all: http or https, with a host and a sane port."""
    try:
        parts = urlsplit(url)
        sane = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sane = False
    if not sane:
        raise FetchError("scheme", url=url.rpartition("@")[2])
    if parts.username is not None:
        raise FetchError("userinfo", host=parts.hostname)
    return parts


def endpoint(parts: SplitResult) -> tuple[str, int]:
    """Host (in ASCII) and port of a split address."""
    host = parts.hostname or ""
    try:
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError as error:
        raise FetchError("unknown-host", host=host) from error
    return host, parts.port or PORTS[parts.scheme]


def is_public(text: str) -> bool:
    """Whether an address belongs to the open internet, whatever IPv6 disguise it wears."""
    return all(_is_public(address) for address in _faces(ipaddress.ip_address(text.partition("%")[0])))


def is_allowed(host: str, port: int, patterns: Iterable[str]) -> bool:
    """Whether `host:port` matches one of the patterns that open private addresses."""
    return any(fnmatchcase(f"{host}:{port}", pattern) for pattern in patterns)


def resolve(
    host: str, port: int, allow_private: Iterable[str], lookup: Lookup = system_lookup, seconds: float = 10
) -> list[str]:
    """The addresses to connect to; one private address among them refuses the name as a whole.

    A name that is not looked up within so many seconds is not known.
    """
    try:
        addresses = in_time(lookup, host, port, seconds)
    except (OSError, UnicodeError) as error:
        raise FetchError("unknown-host", host=host) from error
    if not addresses:
        raise FetchError("unknown-host", host=host)
    if is_allowed(host, port, allow_private):
        return addresses
    for address in addresses:
        if not is_public(address):
            raise FetchError("private", host=host, address=address)
    if port in CLOSED:
        raise FetchError("port", host=host, port=port)
    return addresses


def _is_public(address: IPAddress) -> bool:
    named = address in METADATA or any(address in network for network in INNER)
    return address.is_global and not (address.is_multicast or address.is_reserved or named)


def _faces(address: IPAddress) -> list[IPAddress]:
    """An address and every IPv4 address hidden inside it (mapped, 6to4, Teredo, NAT64, ISATAP)."""
    if not isinstance(address, ipaddress.IPv6Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address in NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    hidden = [address.sixtofour, *(address.teredo or ())]
    if int(address) >> 32 & 0xFFFFFFFF in ISATAP:
        hidden.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *(inner for inner in hidden if inner)]
