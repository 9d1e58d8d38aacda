"""Certificates that sign themselves, for far ends of the tests that speak TLS."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def self_signed(folder: Path, *, name: str = "127.0.0.1", days: int = 1) -> ssl.SSLContext:
    """The server's side of TLS with a certificate that no authority knows, valid for so many days from now."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(days=9)).not_valid_after(now + dt.timedelta(days=days))
    form, pem = serialization.PrivateFormat.PKCS8, serialization.Encoding.PEM
    secret = key.private_bytes(pem, form, serialization.NoEncryption())
    (folder / "tls.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(pem) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.pem")
    return context
