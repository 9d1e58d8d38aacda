"""The first pages of a portal find the places of their style sheets and scripts, however many ask at once."""

from __future__ import annotations

from pathlib import Path

from stack.assets import make_room


def test_folder_of_each_asset_is_there_before_anybody_asks(tmp_path: Path) -> None:
    outputs = ["ckanext-scheming/%(version)s_scheming_css.css", "base/%(version)s_main.js", None]
    (tmp_path / "base").mkdir()  # another process was here first

    for _ in range(2):
        make_room(tmp_path, outputs)

    assert sorted(each.name for each in tmp_path.iterdir()) == ["base", "ckanext-scheming"]
