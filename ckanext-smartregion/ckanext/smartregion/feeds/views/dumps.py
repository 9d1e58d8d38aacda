"""The dumps: their list, the index of each, and their files, whole or in parts.

`latest` is answered with the newest dump itself, for a client that follows no redirects gets it too; `Content-Location`
says which one it is. A text is kept packed only: whoever takes it packed is sent what is kept, others get it unpacked
on the way, also a part of it.
"""

from __future__ import annotations

import json
from typing import Any

from flask import request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.utils import send_file
from werkzeug.wrappers import Response

import ckan.plugins.toolkit as tk

from ckanext.smartregion.feeds import emission, http
from ckanext.smartregion.feeds.dumps import description
from ckanext.smartregion.feeds.dumps.packed import plain
from ckanext.smartregion.feeds.dumps.shelf import INDEX, Dump
from ckanext.smartregion.feeds.forms import FORMS
from ckanext.smartregion.feeds.logic import asking, dumping, publishing
from ckanext.smartregion.feeds.logic.portal import current_portal
from ckanext.smartregion.feeds.problems import Problem
from ckanext.smartregion.feeds.views.blueprint import refused

LATEST = "latest"


def dumps() -> Response:
    """The list of the dumps, the newest first."""
    asking.refuse_others(request.args, ())
    found = dumping.kept().dumps()
    tag = http.tag_of("dumps", dumping.address("", ""), *(dump.name for dump in found))

    def text() -> str:
        return json.dumps({"dumps": [dumping.summary(dump) for dump in found]}, ensure_ascii=False)

    modified = found[0].created if found else None
    return http.as_file(request, text, media_type="application/json", tag=tag, modified=modified)


def index(folder: str) -> Response:
    """What a dump holds, with sizes, checksums and the tables of its datasets."""
    try:
        dump = _dump(folder)
    except Problem as problem:
        return refused(problem, "json")
    return http.as_file(
        request,
        lambda: json.dumps(dumping.whole(dump), ensure_ascii=False),
        media_type="application/json",
        tag=http.tag_of("dump", dump.name, dumping.address("", "")),
        modified=dump.created,
        keep=_keep(folder),
        headers={"Content-Location": dumping.address(dump.name, INDEX)},
    )


def described(folder: str, extension: str) -> Response:
    """A dump as a dataset of its own, in RDF: what a harvester reads of it."""
    dump, form, portal = _dump(folder), FORMS[extension], current_portal()

    def text() -> str:
        said = description.statements(dump.index, dumping.address(folder, ""), portal)
        return emission.document(form.form, [emission.piece(form.form, emission.described(said))])

    return http.as_file(
        request,
        text,
        media_type=form.media_type,
        tag=http.tag_of("described", dump.name, folder, extension, publishing.made_by()),
        modified=dump.created,
        headers={"Content-Location": dumping.address(dump.name, f"index.{extension}")},
    )


def file(folder: str, name: str) -> Response:
    """A file of a dump, or the part of it that is asked for; refused in its own format, else in JSON."""
    try:
        dump = _dump(folder)
        said, kept = _find(dump, name)
        if kept:
            return _as_it_lies(dump, kept, kept["media_type"], folder)
        return _file(dump, said, folder)
    except Problem as problem:
        return refused(problem, name.rpartition(".")[2] or "json")


def _find(dump: Dump, name: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """What the index says of a file, and of its packed form if it is that which is asked for."""
    for said in dump.index["files"]:
        for each in (said, *said["packed"]):
            if each["name"] == name:
                return said, None if each is said else each
    known = ", ".join(said["name"] for said in dump.index["files"])
    message = tk._("There is no file %(name)s in this dump. There are: %(known)s.")
    raise Problem(404, message % {"name": name, "known": known}, "file")


def _dump(folder: str) -> Dump:
    asking.refuse_others(request.args, ())
    dump = dumping.kept().latest() if folder == LATEST else dumping.kept().find(folder)
    if dump is None and folder == LATEST:
        raise Problem(404, tk._("There is no dump yet. The first one is written when the catalogue was quiet a while."))
    if dump is None:
        message = tk._("There is no dump %(name)s, or it is not kept any more. Ask for latest, or read the list.")
        raise Problem(404, message % {"name": folder}, "dump")
    return dump


def _file(dump: Dump, said: dict[str, Any], folder: str) -> Response:
    packed = {kept["encoding"]: kept for kept in said["packed"]}
    # A part of packed bytes is of no use to most who ask for a part.
    encoding = "" if "Range" in request.headers else http.packing(request, among=packed)
    media_type = http.with_charset(said["media_type"])
    if not packed:
        return _as_it_lies(dump, said, media_type, folder)
    if encoding:
        response = _as_it_lies(dump, packed[encoding], media_type, folder)
        if response.status_code == 200:
            response.content_encoding = encoding
    else:
        response = _unpacked(dump, said, packed["zstd"], media_type, folder)
    response.headers["Content-Location"] = dumping.address(dump.name, said["name"])
    response.vary.add("Accept-Encoding")
    return response


def _as_it_lies(dump: Dump, kept: dict[str, Any], media_type: str, folder: str) -> Response:
    """The bytes on the disk."""
    environ = _one_range()
    try:
        response = send_file(
            dump.folder / kept["name"],
            environ,
            mimetype=media_type.partition(";")[0],  # the encoding of texts is added there too
            etag=kept["sha256"],
            last_modified=dump.created,
            conditional=True,
            response_class=http.Answer,
        )
    except RequestedRangeNotSatisfiable:
        return _out_of_range(kept["bytes"], kept["name"])
    return _opened(response, dump, kept["name"], folder)


def _unpacked(dump: Dump, said: dict[str, Any], kept: dict[str, Any], media_type: str, folder: str) -> Response:
    """The text, from the file that is kept of it."""
    response = http.Answer(plain(dump.folder / kept["name"]), content_type=media_type, direct_passthrough=True)
    response.content_length = said["bytes"]
    response.last_modified = dump.created
    response.set_etag(said["sha256"])
    try:
        response.make_conditional(_one_range(), accept_ranges=True, complete_length=said["bytes"])
    except RequestedRangeNotSatisfiable:
        return _out_of_range(said["bytes"], said["name"])
    return _opened(response, dump, said["name"], folder)


def _opened(response: Response, dump: Dump, name: str, folder: str) -> Response:
    http.open_to_all(response, _keep(folder))
    response.headers["Content-Location"] = dumping.address(dump.name, name)
    if response.status_code == 304:
        response.headers.pop("Content-Type", None)
    return response


def _keep(folder: str) -> str:
    return http.ASK_AGAIN if folder == LATEST else http.FOR_EVER


def _one_range() -> dict[str, Any]:
    """The request; one for several parts is answered with the whole, as HTTP allows."""
    environ = dict(request.environ)
    if "," in environ.get("HTTP_RANGE", ""):
        del environ["HTTP_RANGE"]
    return environ


def _out_of_range(size: int, name: str) -> Response:
    message = tk._("The file has %(size)s bytes: ask for a part of it that begins before its end.")
    response = refused(Problem(416, message % {"size": size}, "Range"), name.rpartition(".")[2])
    response.headers["Content-Range"] = f"bytes */{size}"
    return response
