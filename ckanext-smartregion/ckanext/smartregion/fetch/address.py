"""Which addresses may be called: a name is resolved here, once, and every address it gives is checked."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from urllib.parse import SplitResult, urlsplit

from ckanext.smartregion.fetch.errors import FetchError

PORTS = {"http": 80, "https": 443}
# Public by their number, and yet the metadata door of a cloud; the others are link-local or private already.
METADATA = frozenset({ipaddress.ip_address("168.63.129.16")})
NAT64 = ipaddress.ip_network("64:ff9b::/96")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Iterable[str]]


def system_lookup(host: str, port: int) -> list[str]:
    """Every address the system's resolver gives for a name; it also reads 127.1, 0x7f000001 and 2130706433."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def split(url: str) -> SplitResult:
    """The parts of an address that may be fetched at all: http or https, with a host and a sane port."""
    try:
        parts = urlsplit(url)
        sane = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sane = False
    if not sane:
        raise FetchError("scheme", url=url)
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


def resolve(host: str, port: int, allow_private: Iterable[str], lookup: Lookup = system_lookup) -> list[str]:
    """The addresses to connect to; one private address among them refuses the name as a whole."""
    try:
        addresses = list(lookup(host, port))
    except (OSError, UnicodeError) as error:
        raise FetchError("unknown-host", host=host) from error
    if is_allowed(host, port, allow_private):
        return addresses
    for address in addresses:
        if not is_public(address):
            raise FetchError("private", host=host, address=address)
    return addresses


def _is_public(address: IPAddress) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved and address not in METADATA


def _faces(address: IPAddress) -> list[IPAddress]:
    """An address and every IPv4 address hidden inside it (mapped, 6to4, Teredo, NAT64, compatible)."""
    if not isinstance(address, ipaddress.IPv6Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address in NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    hidden = [address.sixtofour, *(address.teredo or ())]
    return [address, *(inner for inner in hidden if inner)]
