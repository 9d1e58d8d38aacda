"""One portal for all cases: each begins with it whole and ends with it whole again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from certificates import self_signed
from far_end import running as serving

from tests.harvest.conftest import RemotePortal
from tests.harvest.hostile.far import CATALOGUE, HOST, Far


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The far end of this module's portal, and one with a certificate that nobody knows."""
    with serving() as one, serving(self_signed(tmp_path_factory.mktemp("tls"), name=HOST)) as tls:
        yield (kept := {"one": one, "tls": tls})
        _let_go(kept)


@pytest.fixture
def far(request: pytest.FixtureRequest, ends: dict[str, Any], with_plugins: None, practised: None) -> Far:
    """The portal with all its datasets published; made by the first test, and anew after one that left it broken."""
    if "far" not in ends or not ends["far"].whole:
        _let_go(ends)
        make = request.getfixturevalue("make")
        address = f"http://{HOST}:{ends['one'].port}"
        make(address, name="portail")
        make(address + CATALOGUE, name="catalogue", kind="dcat")
        ends["far"] = Far(ends["one"], RemotePortal(ends["one"]), {"tls": ends["tls"]})
        ends["far"].fill()
        assert {ends["far"].run(name).status for name in ("portail", "catalogue")} == {"done"}
    ends["far"].whole = False
    return ends["far"]


def _let_go(ends: dict[str, Any]) -> None:
    """The worker ends with the portal that it worked for."""
    if "far" in ends and ends["far"].worker:
        ends["far"].worker.leave()
