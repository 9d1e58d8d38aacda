"""Secrets at rest: sealed with a key of this installation, so that a copy of the database opens nothing.

The key follows from the option `credentials_key`, or from CKAN's SECRET_KEY where there is none; what SECRET_KEY has
sealed can still be opened once the option is set. Each purpose has a key of its own.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import ckan.plugins.toolkit as tk

from ckanext.smartregion import config


class SealedError(ValueError):
    """A sealed text that was sealed with another key, for another purpose, or is damaged."""


def seal(purpose: bytes, text: str) -> str:
    """The text, sealed: different each time; printable and safe to store."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(purpose: bytes, sealed: str) -> str:
    """The text again; raises SealedError where it can't be opened."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except (InvalidToken, ValueError):
        raise SealedError from None


def _box(purpose: bytes) -> MultiFernet:
    secrets = [config.harvest_credentials_key(), tk.config["SECRET_KEY"]]
    return MultiFernet([Fernet(_key(purpose, secret)) for secret in secrets if secret])


def _key(purpose: bytes, secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
