"""Credentials of a source at rest: sealed with a key of this installation."""

from __future__ import annotations

import pytest

from ckanext.smartregion.fetch import Credentials
from ckanext.smartregion.harvest import credentials

pytestmark = pytest.mark.usefixtures("with_plugins")
TOKEN = Credentials("api.be", "bearer", secret="hunter2")


def test_what_is_sealed_can_be_opened_and_not_be_read() -> None:
    sealed = credentials.seal(TOKEN.as_dict())

    assert Credentials.from_dict(credentials.open(sealed)) == TOKEN
    assert "hunter2" not in sealed
    assert "api.be" not in sealed
    assert sealed != credentials.seal(TOKEN.as_dict()), "the same credentials look different each time"


@pytest.mark.parametrize("damage", [str.lower, lambda text: text[:-4], lambda text: "", lambda text: "é"])
def test_damaged_text_is_a_plain_sentence(damage) -> None:
    with pytest.raises(credentials.SealError, match="Enter them again") as caught:
        credentials.open(damage(credentials.seal(TOKEN.as_dict())))
    assert set(caught.value.texts) == {"fr", "nl", "de", "en"}


def test_another_key_opens_nothing_and_one_that_is_added_opens_what_was_sealed_before(ckan_config, monkeypatch) -> None:
    key = "smartregion.harvest.credentials_key"
    before = credentials.seal(TOKEN.as_dict())
    monkeypatch.setitem(ckan_config, key, "a key of its own")
    after = credentials.seal(TOKEN.as_dict())

    assert credentials.open(before) == credentials.open(after) == TOKEN.as_dict()
    monkeypatch.setitem(ckan_config, key, "")
    with pytest.raises(credentials.SealError):
        credentials.open(after)
    monkeypatch.setitem(ckan_config, "SECRET_KEY", "another installation")
    with pytest.raises(credentials.SealError):
        credentials.open(before)
