"""What can go wrong on the way out, as one exception whose sentence exists in four languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SENTENCES: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("errors.json").read_text("utf-8"))


class FetchError(Exception):
    """A fetch that failed: its kind (a key of SENTENCES) and the facts that fill the sentence."""

    def __init__(self, kind: str, **facts: Any) -> None:
        self.kind = kind
        self.facts = facts
        super().__init__(self.text("en"))

    def text(self, language: str) -> str:
        """The sentence in the given language; French when we do not speak it."""
        sentences = SENTENCES[self.kind]
        return sentences.get(language, sentences["fr"]) % self.facts

    @property
    def texts(self) -> dict[str, str]:
        """The sentence in every language we speak."""
        return {language: self.text(language) for language in SENTENCES[self.kind]}

    @property
    def status(self) -> int | None:
        """The HTTP status, when the far end gave one."""
        return self.facts.get("status")
