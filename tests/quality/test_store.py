"""Files by content: what was checked is what is served, and nothing half-written stays."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor

import pytest

from ckanext.smartregion.quality.store import CHUNK, FileStore, FileTooLarge


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "files")


def put(store, content, limit=CHUNK * 10):
    return store.put(io.BytesIO(content), limit=limit)


def kept(store):
    return [path for path in store.folder.rglob("*") if path.is_file()] if store.folder.exists() else []


@pytest.mark.parametrize("content", [b"", b"velos", b"x" * CHUNK, b"y" * (CHUNK * 2 + 1)], ids=len)
def test_file_is_named_by_its_content_and_keeps_every_byte(store, content):
    stored = put(store, content)

    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert stored.size == len(content)
    assert stored.path == store.path(stored.sha256)
    assert stored.path.read_bytes() == content
    assert store.has(stored.sha256)


def test_same_bytes_are_kept_once_and_not_written_again(store):
    first = put(store, b"velos")
    before = first.path.stat().st_ino

    assert put(store, b"velos") == first
    assert first.path.stat().st_ino == before
    assert kept(store) == [first.path]


def test_file_as_large_as_the_limit_is_kept_and_one_byte_more_leaves_nothing(store):
    assert put(store, b"x" * 10, limit=10).size == 10

    with pytest.raises(FileTooLarge):
        put(store, b"y" * 11, limit=10)

    assert len(kept(store)) == 1
    assert not list(store.folder.glob("incoming-*"))


def test_writer_that_fails_leaves_nothing(store):
    def half(path):
        path.write_bytes(b"half of it")
        raise ConnectionError("the far end is gone")

    with pytest.raises(ConnectionError):
        store.put_written(half)

    assert kept(store) == []
    assert not list(store.folder.iterdir())


def test_endless_stream_is_cut_at_the_limit(store):
    class Endless(io.RawIOBase):
        read_bytes = 0

        def read(self, size=-1):
            self.read_bytes += size
            return b"0" * size

    stream = Endless()
    with pytest.raises(FileTooLarge):
        store.put(stream, limit=CHUNK * 3)

    assert stream.read_bytes <= CHUNK * 5


def test_many_writers_of_the_same_bytes_agree(store):
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: put(store, b"velos" * 1000), range(32)))

    assert len(found) == 1
    assert kept(store) == [found.pop().path]


@pytest.mark.parametrize(
    "name",
    ["", None, "velos", "../../../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 63 + "/", "0" * 62 + "\n0"],
)
def test_what_is_no_hash_names_no_file(store, name):
    """A resource's hash may come from a request: it must not lead out of the folder."""
    assert not store.has(name)
    if name is not None:
        with pytest.raises(ValueError, match="SHA-256"):
            store.path(name)


def test_hash_of_bytes_that_were_never_stored_is_unknown(store):
    assert not store.has("0" * 64)


def test_what_nobody_names_is_removed_and_what_a_crash_left_half_written(store):
    kept_file, other = put(store, b"kept"), put(store, b"other")
    (store.folder / "incoming-crashed").mkdir()
    (store.folder / "incoming-crashed" / "file").write_bytes(b"half")

    assert store.keep_only({kept_file.sha256}) == 1

    assert kept(store) == [kept_file.path]
    assert not store.has(other.sha256)
    assert not list(store.folder.glob("incoming-*"))


def test_store_that_was_never_used_has_nothing_to_remove(store):
    assert store.keep_only(set()) == 0
