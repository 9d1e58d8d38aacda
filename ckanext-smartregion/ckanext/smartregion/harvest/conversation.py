"""One listing's conversation with its far end: what was said last time is remembered and not asked for again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ckanext.smartregion.fetch import Client, Response
from ckanext.smartregion.harvest.sentences import say


@dataclass(frozen=True)
class Said:
    """What tells a new answer from the last one: the far end's own validators, and the hash of the body."""

    etag: str | None = None
    last_modified: str | None = None
    sha256: str = ""

    @classmethod
    def of(cls, answer: Response) -> Said:
        """The validators of an answer."""
        return cls(answer.headers.get("etag"), answer.headers.get("last-modified"), answer.sha256)

    def as_dict(self) -> dict[str, Any]:
        """As it is stored."""
        return {"etag": self.etag, "last_modified": self.last_modified, "sha256": self.sha256}


class Unchanged(Exception):  # noqa: N818 - an answer, no error
    """The far end says of a page what it said last time."""


@dataclass
class Conversation:
    """Fetches for one page of a listing; `remembered` is what was said of each address in the last complete one.

    `notes` are sentences about how the answers came.
    """

    client: Client
    remembered: Mapping[str, Said] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    notes: list[dict[str, str]] = field(default_factory=list)

    def page(
        self, url: str, *, accept: str | None = None, max_bytes: int | None = None, robots: bool = False
    ) -> Response:
        """Fetch what alone decides what stands on the page; raises Unchanged where it is what it was.

        With `robots` the site's robots.txt is obeyed, as is due to pages that are made for people.
        """
        last = self.remembered.get(url, Said())
        known: dict[str, Any] = {"etag": last.etag, "last_modified": last.last_modified}
        return self._new(url, last, self.client.get(url, accept=accept, max_bytes=max_bytes, robots=robots, **known))

    def get(
        self, url: str, *, accept: str | None = None, max_bytes: int | None = None, robots: bool = False
    ) -> Response:
        """Fetch anything else into memory."""
        return self._heard(self.client.get(url, accept=accept, max_bytes=max_bytes, robots=robots))

    def download(self, url: str, to: Path, *, accept: str | None = None, max_bytes: int | None = None) -> Response:
        """Like `page`, into a file."""
        last = self.remembered.get(url, Said())
        known: dict[str, Any] = {"etag": last.etag, "last_modified": last.last_modified}
        return self._new(url, last, self.client.download(url, to, accept=accept, max_bytes=max_bytes, **known))

    def _new(self, url: str, last: Said, answer: Response) -> Response:
        self._heard(answer)
        self.said[url] = last if answer.not_modified else Said.of(answer)
        if answer.not_modified or (last.sha256 and last.sha256 == answer.sha256):
            raise Unchanged(url)
        return answer

    def _heard(self, answer: Response) -> Response:
        if answer.unprotected:
            self.notes.append(say("unprotected", url=answer.unprotected))
        return answer
