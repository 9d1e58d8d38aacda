"""The sentences of a run in four languages, kept as data beside this file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SENTENCES: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("sentences.json").read_text("utf-8"))


def say(key: str, **facts: Any) -> dict[str, str]:
    """A sentence in every language, its gaps filled."""
    return {language: sentence % facts for language, sentence in SENTENCES[key].items()}
