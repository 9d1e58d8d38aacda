"""Take in the files of a dataset before it is judged: uploads, and links that name a table contract."""

from __future__ import annotations

import datetime as dt
import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from werkzeug.datastructures import FileStorage

import ckan.plugins.toolkit as tk
from ckan.lib import munge

from ckanext.smartregion.fetch import FetchError
from ckanext.smartregion.outgoing import client
from ckanext.smartregion.quality import conversion, model
from ckanext.smartregion.quality.conversion import Converted
from ckanext.smartregion.quality.store import FileStore, FileTooLarge, Stored
from ckanext.smartregion.schemas import names_format

Troubles = dict[int, dict[str, str]]
"""Position of a resource -> why its file could not be taken in, as a language map."""


def store() -> FileStore:
    """The files of this installation."""
    return FileStore(Path(tk.config["ckan.storage_path"]) / "smartregion")


def size_limit() -> int:
    """The largest file that is taken in, in bytes."""
    return tk.config["ckan.max_resource_size"] * 1024 * 1024


def take_in(data: dict[str, Any], present: dict[str, Any] | None, *, trusted: bool = False) -> Troubles:
    """Store every new file of a dataset by its content and write hash and size into its resource."""
    known = {resource["id"]: resource for resource in (present or {}).get("resources", [])}
    by_source = {resource["source_url"]: resource for resource in known.values() if resource.get("source_url")}
    troubles: Troubles = {}
    for position, resource in enumerate(data.get("resources") or []):
        before = known.get(resource.get("id", "")) or by_source.get(resource.get("url", ""))
        if before and before.get("datastore_active"):
            resource.setdefault("datastore_active", True)
        if trusted and store().has(resource.get("hash")):
            continue
        if trouble := _take_in_one(resource, before):
            troubles[position] = trouble
    return troubles


def _take_in_one(resource: dict[str, Any], before: dict[str, Any] | None) -> dict[str, str] | None:
    upload = resource.get("upload")
    if isinstance(upload, FileStorage) and upload.filename:
        _take_upload(resource, upload, before)
    elif resource.get("url_type") == "upload":
        _keep_bytes(resource, before)
    elif resource.get("schema") and str(resource.get("url", "")).startswith(("http://", "https://")):
        return _take_link(resource, before)
    else:
        _forget_origin(resource)
        if resource.get("schema"):  # neither a file nor a link that can be fetched: nothing of it was ever stored
            resource.pop("hash", None)
    return None


def _forget_origin(resource: dict[str, Any]) -> None:
    for key in conversion.KEYS:
        resource.pop(key, None)


def _take_upload(resource: dict[str, Any], upload: FileStorage, before: dict[str, Any] | None) -> None:
    try:
        stored = store().put(upload.stream, limit=size_limit())
    except FileTooLarge:
        raise tk.ValidationError({"upload": [_too_large()["en"]]}) from None
    resource.pop("upload")
    resource.pop("clear_upload", None)
    resource.pop("source_url", None)
    _describe(resource, stored, munge.munge_filename(upload.filename or "file"), before)


def _keep_bytes(resource: dict[str, Any], before: dict[str, Any] | None) -> None:
    """A write without a new file cannot name other bytes: hash and size stay those that were stored."""
    for key in ("hash", "size", "hash_algorithm", "source_url", *conversion.KEYS):
        if before and before.get(key):
            resource[key] = before[key]
        else:
            resource.pop(key, None)
    is_new_table = before and resource.get("schema") != before.get("schema") and not before.get("source_hash")
    if is_new_table and store().has(resource.get("hash")):
        kept = Stored(resource["hash"], resource["size"], store().path(resource["hash"]))
        _describe(resource, kept, munge.munge_filename(Path(urlsplit(resource["url"]).path).name), before)


def _take_link(resource: dict[str, Any], before: dict[str, Any] | None) -> dict[str, str] | None:
    """Fetch a linked table and store our copy: what is checked is what is served, whatever the link does later."""
    url = resource["url"]
    try:
        stored = _fetch(url)
    except FetchError as error:
        return error.texts
    if before:
        resource["id"] = before["id"]
    resource["source_url"] = url
    _describe(resource, stored, munge.munge_filename(_file_name(url, resource)), before)
    if before and before.get("hash") == resource["hash"] and before.get("last_modified"):
        resource["last_modified"] = before["last_modified"]
    return None


class _Unmodified(Exception):  # noqa: N818 - an answer, no error
    """The far end says that the file is the one we have."""


def _fetch(url: str) -> Stored:
    """The bytes behind a link, which are asked for again only when they are not what we have already."""
    known = model.find_address(url)
    held = known if known and store().has(known.sha256) else None
    validators = {"etag": held.etag, "last_modified": held.last_modified} if held else {}
    said: dict[str, str] = {}

    def write(path: Path) -> None:
        answer = client(total=60).download(url, path, max_bytes=size_limit(), **validators)
        if answer.not_modified:
            raise _Unmodified
        said.update(answer.headers)

    try:
        stored = store().put_written(write)
        validators = {"etag": said.get("etag"), "last_modified": said.get("last-modified")}
    except _Unmodified:
        stored = Stored(held.sha256, held.size, store().path(held.sha256))  # type: ignore[union-attr]
    model.keep_address(url, **validators, sha256=stored.sha256, size=stored.size)
    return stored


def _file_name(url: str, resource: dict[str, Any]) -> str:
    name = Path(unquote(urlsplit(url).path)).name or "file"
    kind = str(resource.get("format") or "").lower()
    return name if "." in name or not kind.isalnum() else f"{name}.{kind}"


def _describe(resource: dict[str, Any], came: Stored, name: str, before: dict[str, Any] | None) -> None:
    """Write into a resource what is served: the file as it came, or what a table contract makes of it."""
    served = _served(resource, came, name, before)
    _forget_origin(resource)
    if served.form:
        resource["source_hash"], resource["source_form"] = came.sha256, served.form
        if served.name != name:
            resource["format"] = served.name.rpartition(".")[2].upper()
    resource |= served_as(served.stored, served.name)


def served_as(stored: Stored, name: str) -> dict[str, Any]:
    """What a resource says of a stored file that is served under this name."""
    guessed = mimetypes.guess_type(name)[0]
    return {
        "url": name,
        "url_type": "upload",
        "hash": stored.sha256,
        "hash_algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256",
        "size": stored.size,
        "last_modified": dt.datetime.now(dt.UTC).replace(tzinfo=None).isoformat(),
        **({"mimetype": guessed} if guessed else {}),
    }


def _served(resource: dict[str, Any], came: Stored, name: str, before: dict[str, Any] | None) -> Converted:
    if not resource.get("schema") or names_format(resource["schema"]):  # only tables are converted
        return Converted(came, name)
    if before and before.get("source_hash") == came.sha256 and store().has(before.get("hash")):
        copy = Stored(before["hash"], before["size"], store().path(before["hash"]))
        return Converted(copy, munge.munge_filename(Path(urlsplit(before["url"]).path).name), before["source_form"])
    return conversion.converted(store(), came, name)


def _too_large() -> dict[str, str]:
    megabytes = tk.config["ckan.max_resource_size"]
    return {
        "fr": f"Le fichier dépasse {megabytes} Mo : divisez-le ou publiez un lien.",
        "nl": f"Het bestand is groter dan {megabytes} MB: splits het of publiceer een link.",
        "de": f"Die Datei ist größer als {megabytes} MB: Teilen Sie sie auf oder veröffentlichen Sie einen Link.",
        "en": f"The file is larger than {megabytes} MB: split it, or publish a link.",
    }


class StoredUpload:
    """CKAN's door to a resource's file: bytes are already stored when CKAN asks."""

    storage_path = None
    clear = False

    def __init__(self, resource: dict[str, Any]) -> None:
        resource.pop("upload", None)
        resource.pop("clear_upload", None)
        self.sha256 = str(resource.get("hash") or "")
        self.mimetype = resource.get("mimetype")
        if resource.get("url_type") == "upload" and resource.get("size") is not None:
            self.filesize = resource["size"]

    def get_path(self, resource_id: str) -> str:
        """Where the file of a resource lies; the resource's hash names it."""
        if not store().has(self.sha256):
            raise tk.ObjectNotFound(tk._("The file of this resource is not stored here."))
        return str(store().path(self.sha256))

    def upload(self, resource_id: str, max_size: int = 10) -> None:
        """Nothing to do: see `take_in`."""

    def delete(self, resource_id: str) -> None:
        """Files stay: another version or another dataset may hold the same bytes."""
