"""Text files that are packed while they are written, with the checksums of the text and of what is kept. Pure."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import brotli
import zstandard

from ckanext.smartregion.feeds.dumps.kinds import PACKINGS

CHUNK = 1 << 16
# A window of half a megabyte: a dozen of these files are open at once, and every browser unpacks it.
ZSTD = zstandard.ZstdCompressionParameters.from_level(6, window_log=19, write_checksum=True)


class Hashed:
    """A file being written, with its size and SHA-256."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("wb")
        self._digest = hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes | memoryview) -> int:
        """Write some bytes."""
        self._digest.update(data)
        self.bytes += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        """Nothing: only the end matters."""

    def close(self) -> None:
        """Have it on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    @property
    def sha256(self) -> str:
        """In hexadecimal."""
        return self._digest.hexdigest()


class _Brotli:
    """A packer that writes into a file and leaves it open."""

    def __init__(self, file: Hashed) -> None:
        # A window as that of zstd.
        self._file, self._packer = file, brotli.Compressor(quality=5, lgwin=19)

    def write(self, data: bytes) -> None:
        """Pack some bytes."""
        self._file.write(self._packer.process(data))

    def close(self) -> None:
        """Write what is left."""
        self._file.write(self._packer.finish())


class Packed:
    """A text file in each of PACKINGS, in a folder; the plain text itself is not kept."""

    def __init__(self, folder: Path, name: str) -> None:
        self._name = name
        self._digest = hashlib.sha256()
        self._bytes = 0
        self._kept = {encoding: Hashed(folder / f"{name}{ending}") for encoding, (ending, _) in PACKINGS.items()}
        self._packers: list[Any] = [
            zstandard.ZstdCompressor(compression_params=ZSTD).stream_writer(self._kept["zstd"], closefd=False),  # type: ignore[arg-type]
            _Brotli(self._kept["br"]),
            gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=self._kept["gzip"], mtime=0),  # type: ignore[arg-type]
        ]

    def write(self, text: str) -> None:
        """Add some text."""
        data = text.encode()
        self._digest.update(data)
        self._bytes += len(data)
        for packer in self._packers:
            packer.write(data)

    def close(self) -> dict[str, Any]:
        """End the file; gives name, size and SHA-256 of the plain text and of what is kept of it."""
        for each in (*self._packers, *self._kept.values()):
            each.close()
        packed = [
            {
                "name": f"{self._name}{PACKINGS[encoding][0]}",
                "encoding": encoding,
                "media_type": PACKINGS[encoding][1],
                "bytes": kept.bytes,
                "sha256": kept.sha256,
            }
            for encoding, kept in self._kept.items()
        ]
        return {"name": self._name, "bytes": self._bytes, "sha256": self._digest.hexdigest(), "packed": packed}


def plain(path: Path) -> Iterator[bytes]:
    """The text of a file that was packed by zstd, bit by bit."""
    with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as reader:
        while chunk := reader.read(CHUNK):
            yield chunk
