"""What a file really is and how its letters are coded, from its bytes and nothing else."""

import codecs
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ckanext.smartregion.quality.examination import archives
from ckanext.smartregion.quality.examination.limits import MEGABYTE, Limits
from ckanext.smartregion.quality.examination.refusal import Refused, refuse_archive

CHUNK = MEGABYTE // 4  # what a processor keeps at hand while it is decoded
UTF8_BOM = codecs.BOM_UTF8
# UTF-32 first: its mark begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (UTF8_BOM, "utf-8-sig"),
)
MAGIC = (
    (re.compile(rb"\s*%PDF-"), "pdf"),
    (re.compile(rb"\s*<(!doctype|html|head|\?xml)", re.IGNORECASE), "web-page"),
)
GZIP = b"\x1f\x8b"
# bzip2, xz, 7z, RAR and Zstandard: archives that nobody opens here.
OTHER_ARCHIVES = (b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!\x1a", b"\x28\xb5\x2f\xfd")
PACKED = (b"PK\x03\x04", b"PK\x05\x06")  # with members, and without
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How Office names the part that holds a workbook under a password.
UNDER_PASSWORD = "EncryptedPackage".encode("utf-16-le")
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
# How the first member of a workbook is named; that of an archive of one table never is.
OFFICE_FIRST = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"mimetype")
# Members that tell what a packed file is, the first that is there; None stands for a sheet that is read.
TELLING = {
    "xl/vbaProject.bin": "old-format",
    "xl/workbook.bin": "old-format",
    "xl/workbook.xml": None,
    "word/document.xml": "document",
    "ppt/presentation.xml": "document",
}
OFFICE = ("xlsx", "ods")


def is_plain(path: Path) -> bool:
    """Whether nothing has to be unpacked or written anew: a text in UTF-8, a workbook, or what no table is."""
    with path.open("rb") as file:
        head = file.read(1024)
        if head.startswith((GZIP, *(mark for mark, name in MARKS if name != "utf-8-sig"))):
            return False
        if head.startswith(PACKED):
            return head[30:].startswith(OFFICE_FIRST)
        return head.startswith(OLD_OFFICE) or _is_utf8(file)


def kind_of(path: Path, limits: Limits, *, unpacked: bool = False) -> str:
    """`csv`, `xlsx`, `ods`, `gzip` or `zip`, by content; anything else is refused."""
    most = limits.unpacked_mb if unpacked else limits.file_mb
    if path.stat().st_size > most * MEGABYTE:
        raise Refused("too-large", limit=most)
    with path.open("rb") as file:
        head = file.read(1024)
    if not head.strip():
        raise Refused("empty-file")
    _refuse_other_files(path, head)
    if head.startswith(GZIP):
        return "gzip"
    return _kind_of_packed(path, limits) if head.startswith(PACKED) else "csv"


def _refuse_other_files(path: Path, head: bytes) -> None:
    if head.startswith(OLD_OFFICE):
        raise Refused("unreadable-workbook" if _holds(path, UNDER_PASSWORD) else "old-format")
    if head.startswith(OTHER_ARCHIVES):
        raise refuse_archive("other")
    for magic, rule in MAGIC:
        if magic.match(head.removeprefix(UTF8_BOM)):
            raise Refused(rule)


def _kind_of_packed(path: Path, limits: Limits) -> str:
    try:
        members = archives.members_of(path)
        names = [member.filename for member in members]
        kind = _told_by(path, members)
    except archives.BROKEN as error:
        raise Refused("unreadable-workbook") from error
    if kind in OFFICE:
        if len(set(names)) < len(names) or any(map(archives.is_encrypted, members)):
            raise Refused("unreadable-workbook")
        archives.refuse_swollen(members, limits)
    return kind


def _told_by(path: Path, members: list[zipfile.ZipInfo]) -> str:
    named = {member.filename: member for member in members}
    if "mimetype" in named:
        if next(archives.unpacked(path, named["mimetype"]), b"").strip() == ODS:
            return "ods"
        raise Refused("document")
    telling = [rule for name, rule in TELLING.items() if name in named]
    if telling and telling[0]:
        raise Refused(telling[0])
    return "xlsx" if telling else "zip"


def _holds(path: Path, sign: bytes) -> bool:
    with path.open("rb") as file:
        before = b""
        for chunk in _chunks(file):
            if sign in before + chunk:
                return True
            before = chunk[-len(sign) :]
    return False


def encoding_of(path: Path) -> str:
    """The encoding: byte mark, else UTF-8 if the whole file is, else Windows-1252; never a guess from a sample."""
    with path.open("rb") as file:
        head = file.read(4)
        marked = next((name for mark, name in MARKS if head.startswith(mark)), None)
        if marked in ("utf-16", "utf-32"):
            if not _decodes(file, marked):
                raise Refused("encoding-unknown", line=1)
            return marked
        if _decodes(file, "utf-8"):
            return marked or "utf-8"
        _refuse_null_bytes(file)
        _refuse_mixture(file)
    return "cp1252"


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    return iter(lambda: file.read(CHUNK), b"")


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for chunk in _chunks(file):
            if "\0" in decoder.decode(chunk):
                if encoding == "utf-8":
                    _refuse_null_bytes(file)
                raise Refused("binary", line=1)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(file: BinaryIO) -> bool:
    try:
        return _decodes(file, "utf-8")
    except Refused:  # null bytes: no text at all
        return True


def _refuse_null_bytes(file: BinaryIO) -> None:
    lines = 1
    for chunk in _chunks(file):
        if (at := chunk.find(b"\0")) >= 0:
            raise Refused("binary", line=lines + chunk.count(b"\n", 0, at))
        lines += chunk.count(b"\n")


def _refuse_mixture(file: BinaryIO) -> None:
    """Not UTF-8 as a whole: then no line may be UTF-8 either, and every byte must be a sign of Windows-1252."""
    file.seek(0)
    wide, first_other = False, 0
    for number, line in enumerate(iter(lambda: file.readline(CHUNK), b""), start=1):
        if line.isascii():
            continue
        if _is(line, "utf-8"):
            wide = True
        elif not _is(line, "cp1252"):
            raise Refused("encoding-unknown", line=number)
        first_other = first_other or (0 if _is(line, "utf-8") else number)
    if wide and first_other:
        raise Refused("encoding-mixed", line=first_other)


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
