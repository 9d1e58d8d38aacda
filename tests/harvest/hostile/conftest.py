"""One portal for all cases: each begins with it whole and ends with it whole again."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from far_end import running as serving

from tests.harvest.conftest import RemotePortal
from tests.harvest.hostile.far import CATALOGUE, HOST, Far


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The far end of this module's portal, and one with a certificate that nobody knows."""
    with serving() as one, serving(_own_certificate(tmp_path_factory.mktemp("tls"))) as tls:
        yield {"one": one, "tls": tls}


def _own_certificate(folder: Path) -> ssl.SSLContext:
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
    form, pem = serialization.PrivateFormat.PKCS8, serialization.Encoding.PEM
    secret = key.private_bytes(pem, form, serialization.NoEncryption())
    (folder / "tls.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(pem) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.pem")
    return context


@pytest.fixture
def far(request: pytest.FixtureRequest, ends: dict[str, Any], with_plugins: None) -> Far:
    """The portal with all its datasets published; made by the first test, and anew after one that left it broken."""
    if "far" not in ends or not ends["far"].whole:
        make = request.getfixturevalue("make")
        address = f"http://{HOST}:{ends['one'].port}"
        make(address, name="portail")
        make(address + CATALOGUE, name="catalogue", kind="dcat")
        ends["far"] = Far(ends["one"], RemotePortal(ends["one"]), {"tls": ends["tls"]})
        ends["far"].fill()
        assert {ends["far"].run(name).status for name in ("portail", "catalogue")} == {"done"}
    ends["far"].whole = False
    return ends["far"]
