"""What can go wrong on the way out, as one exception whose sentence exists in four languages."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

from ckanext.smartregion.belgium import BELGIUM

SENTENCES: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("errors.json").read_text("utf-8"))
STATUSES = {401: "unauthorised", 403: "forbidden", 404: "missing", 410: "gone", 429: "too-many"}
USER = re.compile(r"//[^/?#]*@")  # what stands before the host of an address: a name, perhaps a password


class FetchError(Exception):
    """A fetch that failed: its kind (a key of SENTENCES) and the facts that fill the sentence.

    Of the kind "resting", ``facts["until"]`` is the moment (with time zone) when the host may be asked again.
    """

    def __init__(self, kind: str, **facts: Any) -> None:
        self.kind = kind
        self.facts: dict[str, Any] = {
            name: USER.sub("//", fact) if isinstance(fact, str) else fact for name, fact in facts.items()
        }
        super().__init__(self.text("en"))

    def text(self, language: str) -> str:
        """The sentence in the given language; French when we do not speak it."""
        sentences = SENTENCES[self.kind]
        return sentences.get(language, sentences["fr"]) % {name: _said(fact) for name, fact in self.facts.items()}

    @property
    def texts(self) -> dict[str, str]:
        """The sentence in every language we speak."""
        return {language: self.text(language) for language in SENTENCES[self.kind]}

    @property
    def status(self) -> int | None:
        """The HTTP status, when the far end gave one."""
        return self.facts.get("status")

    @property
    def until(self) -> dt.datetime | None:
        """When the host may be asked again, where it rests."""
        return self.facts.get("until")


def refusal(url: str, status: int, **facts: Any) -> FetchError:
    """The error for a status that is no answer."""
    kind = STATUSES.get(status) or ("broken" if status >= 500 else "status")
    return FetchError(kind, url=url, status=status, **facts)


def _said(fact: Any) -> Any:
    """A fact as a person reads it: moments in Belgian time."""
    return fact.astimezone(BELGIUM).strftime("%Y-%m-%d %H:%M %Z") if isinstance(fact, dt.datetime) else fact
