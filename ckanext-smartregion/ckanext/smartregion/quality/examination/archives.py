"""Archives as hostile files: what is in them by their own word, and their members unpacked no further than that."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from ckanext.smartregion.quality.examination.limits import MEGABYTE, Limits
from ckanext.smartregion.quality.examination.refusal import Refused

CHUNK = MEGABYTE
# Real tables shrink twenty- to fiftyfold; what shrinks further was made to fill the memory.
HIGHEST_RATIO = 200
SMALL = 10 * MEGABYTE
LOCAL_HEADER = 30
BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)


def members_of(path: Path) -> list[zipfile.ZipInfo]:
    """The members that an archive names, folders left out; ``BROKEN`` where it is none."""
    with zipfile.ZipFile(path) as archive:
        return [member for member in archive.infolist() if not member.is_dir()]


def is_encrypted(member: zipfile.ZipInfo) -> bool:
    """Whether a member asks for a password."""
    return bool(member.flag_bits & 1)


def refuse_swollen(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuse, before anything is unpacked, what would be too large or has shrunk as no table does."""
    swollen = any(is_swollen(member.file_size, member.compress_size) for member in members)
    if swollen or sum(member.file_size for member in members) > limits.unpacked_mb * MEGABYTE:
        raise Refused("unpacked-too-large", limit=limits.unpacked_mb)


def is_swollen(unpacked: int, packed: int) -> bool:
    """Whether so many bytes out of so few were made to fill the memory."""
    return unpacked > SMALL and unpacked > HIGHEST_RATIO * max(packed, 1)


def unpacked(path: Path, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a member in pieces; `zipfile.BadZipFile` where they are not as many as the archive said.

    zipfile itself would stop in silence at the size that the archive claims, and another reader would go on.
    """
    with path.open("rb") as file:
        file.seek(member.header_offset)
        header = file.read(LOCAL_HEADER)
        file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
        packed = iter(lambda: file.read(CHUNK), b"")
        count = 0
        for piece in _inflated(_first(packed, member.compress_size), member.compress_type):
            count += len(piece)
            if count > member.file_size:
                raise zipfile.BadZipFile("more bytes than the archive says")
            yield piece
    if count != member.file_size:
        raise zipfile.BadZipFile("fewer bytes than the archive says")


def _first(chunks: Iterator[bytes], count: int) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk[:count]
        count -= len(chunk)
        if count <= 0:
            return


def _inflated(packed: Iterator[bytes], method: int) -> Iterator[bytes]:
    if method == zipfile.ZIP_STORED:
        yield from packed
        return
    if method != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile("packed in another way than spreadsheets do")
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    for chunk in packed:
        yield from pieces(stream, chunk)


def pieces(stream: "zlib._Decompress", chunk: bytes) -> Iterator[bytes]:
    """What a chunk unpacks to, never more than a chunk at once."""
    while chunk and not stream.eof:
        if piece := stream.decompress(chunk, CHUNK):
            yield piece
        chunk = stream.unconsumed_tail
