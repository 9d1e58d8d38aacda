"""What a file really is and how its letters are coded, from its bytes and nothing else."""

import codecs
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ckanext.smartregion.quality.examination import archives
from ckanext.smartregion.quality.examination.limits import MEGABYTE, Limits
from ckanext.smartregion.quality.examination.refusal import Refused

CHUNK = MEGABYTE
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
    (re.compile(rb"\x1f\x8b|BZh[1-9]1AY&SY|\xfd7zXZ|7z\xbc\xaf|Rar!\x1a|\x28\xb5\x2f\xfd"), "archive"),
)
PACKED = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How Office names the part that holds a workbook under a password.
UNDER_PASSWORD = "EncryptedPackage".encode("utf-16-le")
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
# Members that tell what a packed file is, the first that is there; None stands for a sheet that is read.
TELLING = {
    "xl/vbaProject.bin": "old-format",
    "xl/workbook.bin": "old-format",
    "xl/workbook.xml": None,
    "word/document.xml": "document",
    "ppt/presentation.xml": "document",
}


def kind_of(path: Path, limits: Limits) -> str:
    """`csv`, `xlsx` or `ods`, by content; anything else is refused."""
    size = path.stat().st_size
    if size > limits.file_mb * MEGABYTE:
        raise Refused("too-large", limit=limits.file_mb)
    with path.open("rb") as file:
        head = file.read(1024)
    if not head.strip():
        raise Refused("empty-file")
    if head.startswith(OLD_OFFICE):
        raise Refused("unreadable-workbook" if _holds(path, UNDER_PASSWORD) else "old-format")
    for magic, rule in MAGIC:
        if magic.match(head.removeprefix(UTF8_BOM)):
            raise Refused(rule)
    return _kind_of_packed(path, limits) if head.startswith(PACKED) else "csv"


def _kind_of_packed(path: Path, limits: Limits) -> str:
    try:
        members = archives.members_of(path)
        names = [member.filename for member in members]
        kind = _told_by(path, members)
    except archives.BROKEN as error:
        raise Refused("unreadable-workbook") from error
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
    telling = next((rule for name, rule in TELLING.items() if name in named), "archive")
    if telling:
        raise Refused(telling)
    return "xlsx"


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
        _refuse_null_bytes(file)
        if _decodes(file, "utf-8"):
            return marked or "utf-8"
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
                raise Refused("binary", line=1)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
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
