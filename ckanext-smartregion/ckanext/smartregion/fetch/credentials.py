"""Credentials of one host: sent to it and to nobody else, and shown to nobody."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit, urlunsplit

from ckanext.smartregion.fetch.address import endpoint, is_allowed, split

TELLING = 6  # letters; what is shorter stands in many addresses by chance
SCHEMES = ("basic", "bearer", "header", "query")


@dataclass(frozen=True)
class Credentials:
    """What opens a host's doors: user and password, a token, a header, or a parameter of the query.

    ``name`` is the user (basic), the header's or the parameter's name; a bearer token has none.
    """

    host: str
    scheme: str
    name: str = ""
    secret: str = field(default="", repr=False)
    port: int = 443

    def __post_init__(self) -> None:
        if self.scheme not in SCHEMES:
            raise ValueError(f"Credentials are of the kinds {', '.join(SCHEMES)}.")
        if not self.secret or not (self.name or self.scheme == "bearer"):
            raise ValueError("Credentials need a secret, and a name unless they are a token.")
        if not (self.name + self.secret).isprintable() or (self.scheme == "basic" and ":" in self.name):
            raise ValueError("Name and secret hold no line break or control character, and a user's name no colon.")
        if self.scheme == "header" and not all(c.isascii() and (c.isalnum() or c in "-_") for c in self.name):
            raise ValueError("The name of a header consists of letters, digits, hyphens and underscores.")

    @classmethod
    def of(cls, url: str, scheme: str, secret: str, name: str = "") -> Credentials:
        """Credentials for the host and port of an address."""
        host, port = endpoint(split(url))
        return cls(host, scheme, name, secret, port)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Credentials:
        """Credentials as `as_dict` gave them."""
        return cls(**data)

    def as_dict(self) -> dict[str, Any]:
        """For storing, sealed: the secret is in it."""
        return asdict(self)

    def fit(self, scheme: str, host: str, port: int, allow_private: Iterable[str]) -> bool:
        """Whether a call may carry them: to their own host and port, over https or inside the house."""
        own = (host.rstrip("."), port) == (self.host.lower().rstrip("."), self.port)
        return own and (scheme == "https" or is_allowed(host, port, allow_private))

    def headers(self) -> dict[str, bytes]:
        """The headers that carry them."""
        if self.scheme == "basic":
            return {"Authorization": b"Basic " + base64.b64encode(f"{self.name}:{self.secret}".encode())}
        if self.scheme == "bearer":
            return {"Authorization": f"Bearer {self.secret}".encode()}
        return {self.name: self.secret.encode()} if self.scheme == "header" else {}

    def query(self) -> str:
        """The part of a query that carries them."""
        return f"{quote(self.name, '')}={quote(self.secret, '')}" if self.scheme == "query" else ""

    def cleanse(self, url: str) -> str:
        """An address that a far end gave, without the secret that it may have repeated."""
        parts = urlsplit(url)
        if self.scheme == "query" and self.name in dict(parse_qsl(parts.query, keep_blank_values=True)):
            pairs = (pair for pair in parts.query.split("&") if dict(parse_qsl(pair, True)).keys() != {self.name})
            url = urlunsplit(parts._replace(query="&".join(pairs)))
        forms = {self.secret, quote(self.secret), quote(self.secret, ""), quote_plus(self.secret)}
        for form in forms if len(self.secret) >= TELLING else ():
            url = url.replace(form, "***")
        return url
