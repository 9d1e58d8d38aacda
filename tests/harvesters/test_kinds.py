"""What holds for every kind of source."""

from __future__ import annotations

import pytest

from ckanext.smartregion.harvesters import KINDS, UnknownKindError, harvester


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_kind_has_its_title_and_options_in_four_languages(kind: str) -> None:
    labels = [KINDS[kind].title, *(option.label for option in KINDS[kind].options)]
    assert all(set(label) == {"fr", "nl", "de", "en"} for label in labels)
    assert KINDS[kind].kind == kind


def test_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownKindError, match="dcat, opendatasoft"):
        harvester("ftp")
