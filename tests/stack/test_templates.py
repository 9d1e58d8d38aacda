"""The portal compiles each template once, for all its processes and starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from live import Portal


@pytest.mark.live
def test_compiled_templates_are_kept_where_nobody_else_writes(run_dir: Path) -> None:
    assert Portal(run_dir).get("/about").status_code == 200

    folder = run_dir / "storage/templates"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert any(folder.iterdir())
