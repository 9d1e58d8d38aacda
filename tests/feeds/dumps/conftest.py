"""A shelf of each test alone, and writers in processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from tests.feeds.examples import BASE

from .dying import Nursery, nursery


def unzstd(data: bytes) -> bytes:
    """What was packed by zstd."""
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


@pytest.fixture
def shelf(tmp_path, monkeypatch, ckan_config) -> Path:
    """Where the dumps of this test lie."""
    monkeypatch.setitem(ckan_config, "ckan.storage_path", str(tmp_path))
    return tmp_path / "feeds" / "dumps"


@pytest.fixture(scope="module")
def ready(request) -> Iterator[Nursery]:
    """A process that has loaded CKAN."""
    options = {
        "ckan.plugins": "smartregion smartregion_feeds dcat",
        "ckan.site_url": BASE,
        "smartregion.feeds.dump_profiles": "dcat-ap dcat-ap-hvd",
    }
    with nursery(request.config.getoption("ckan_ini"), **options) as process:
        yield process


@pytest.fixture
def writers(ready, shelf) -> Nursery:
    """The process, whose children write dumps onto this shelf."""
    ready.storage = shelf.parents[1]
    return ready
