"""What scripts say (questions before something is deleted, the table of a file) is in the language of the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from live import Portal

SAID = ("Are you sure you want to perform this action?", "Cancel", "Please Confirm", "Show all", "Searching...")


@pytest.mark.live
@pytest.mark.reads
@pytest.mark.parametrize("language", ["fr", "nl", "de"])
def test_portal_gives_scripts_their_words(run_dir: Path, language: str):
    words = Portal(run_dir).get(f"/api/i18n/{language}").json()

    assert [text for text in SAID if text not in words or words[text][1] == text] == []
