"""The portal compiles each template once, for all its processes and starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment
from live import Portal

from stack import assets


def greeting(text: str, folder: Path) -> str:
    """What a new process makes of a template."""
    cache = assets.compiled_once(folder)
    environment = Environment(loader=DictLoader({"page": text}), bytecode_cache=cache, autoescape=True)
    return environment.get_template("page").render()


def kept(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_template_is_compiled_again_when_its_text_changes(tmp_path: Path) -> None:
    texts = ["Bonjour", "Bonjour", "Goeiedag"]

    assert [greeting(text, tmp_path) for text in texts] == texts
    assert len(kept(tmp_path)) == 1


def test_another_version_of_a_compiler_has_templates_of_its_own(tmp_path: Path, monkeypatch) -> None:
    greeting("Bonjour", tmp_path)
    monkeypatch.setattr(assets, "version", lambda name: "99")
    greeting("Bonjour", tmp_path)

    assert len({path.parent for path in kept(tmp_path)}) == 2


@pytest.mark.live
def test_portal_keeps_its_templates_where_nobody_else_writes(run_dir: Path) -> None:
    assert Portal(run_dir).get("/about").status_code == 200

    folders = {path.parent for path in kept(run_dir / "storage/templates")}
    assert [folder.stat().st_mode & 0o777 for folder in folders] == [0o700]
