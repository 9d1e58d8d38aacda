"""What a file becomes before it is checked and served: unpacked, in UTF-8, or refused with a sentence."""

import gzip
import io
import zipfile

import pytest
from workbooks import row, xlsx, zipped

from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.opening import opened
from ckanext.smartregion.quality.examination.refusal import Refused
from ckanext.smartregion.quality.examination.scanning import is_plain

from .conftest import HEADER, ROW

TABLE = f"{HEADER}\n{ROW.replace('Gare', 'Liège-Guillemins')}\n"


@pytest.fixture
def open_it(write, tmp_path):
    """Open content as a file of the store is opened."""

    def made(content, **limits):
        folder = tmp_path / "made"
        folder.mkdir(exist_ok=True)
        return opened(write(content, "any"), lambda: folder, Limits(**limits))

    return made


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_stays_as_it_is(open_it, write, encoding):
    file = open_it(TABLE.encode(encoding))

    assert (file.converted, file.path.read_bytes()) == (False, TABLE.encode(encoding))
    assert is_plain(file.path)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_other_encodings_become_utf8_with_their_line_ends(open_it, write, encoding, end):
    content = TABLE.replace("\n", end).encode(encoding)

    file = open_it(content)

    assert (file.converted, file.encoding) == (True, encoding)
    assert file.path.read_bytes().decode() == TABLE.replace("\n", end)
    assert not is_plain(write(content))


@pytest.mark.parametrize(
    ("content", "archive", "member"),
    [
        (gzip.compress(TABLE.encode("cp1252")), "gzip", None),
        (zipped({"data/velos.csv": TABLE.encode("cp1252")}), "zip", "velos.csv"),
        (zipped({"data/": "", "data/velos.csv": TABLE, "__MACOSX/data/._velos.csv": "x"}), "zip", "velos.csv"),
        (zipped({"velos.csv": TABLE}, zipfile.ZIP_STORED), "zip", "velos.csv"),
    ],
)
def test_archive_of_one_table_is_unpacked(open_it, write, content, archive, member):
    file = open_it(content)

    assert (file.archive, file.member, file.kind) == (archive, member, "csv")
    assert file.path.read_text(encoding="utf-8") == TABLE
    assert not is_plain(write(content))


def test_workbook_in_an_archive_is_unpacked_and_one_alone_is_plain(open_it, write):
    book = xlsx(("Data", row(1, "a")))

    assert open_it(gzip.compress(book)).kind == "xlsx"
    assert is_plain(write(book))


def flagged(content, bit):
    """The archive with a flag set in both headers of its first member."""
    at = content.index(b"PK\x01\x02") + 8
    return content[:6] + bytes([content[6] | bit]) + content[7:at] + bytes([content[at] | bit]) + content[at + 1 :]


def lying(content, size):
    """The archive whose list says another size of its first member than there is."""
    at = content.index(b"PK\x01\x02") + 24
    return content[:at] + size.to_bytes(4, "little") + content[at + 4 :]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped({"a.csv": TABLE, "b.csv": TABLE}), "2 files"),
        (zipped({}), "0 files"),
        (zipped({"../a.csv": TABLE}), "path"),
        (zipped({"/etc/cron.d/a.csv": TABLE}), "path"),
        (zipped({"C:\\a.csv": TABLE}), "path"),
        (zipped({"a.zip": zipped({"a.csv": TABLE})}), "another archive"),
        (zipped({"a.csv.gz": gzip.compress(TABLE.encode())}), "another archive"),
        (gzip.compress(gzip.compress(TABLE.encode())), "another archive"),
        (gzip.compress(TABLE.encode()) + gzip.compress(TABLE.encode()), "2 files"),
        (gzip.compress(TABLE.encode())[:-20], "damaged"),
        (gzip.compress(TABLE.encode())[:40] + b"\0" * 400, "damaged"),
        (flagged(zipped({"a.csv": TABLE}), 1), "password"),
        (lying(zipped({"a.csv": TABLE}), 10), "damaged"),
        (lying(zipped({"a.csv": TABLE}), 9_000), "damaged"),
        (zipped({"a.csv": TABLE}, zipfile.ZIP_LZMA), "damaged"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(30), "7z"),
        (b"Rar!\x1a\x07\x00" + bytes(30), "RAR"),
    ],
)
def test_any_other_archive_is_refused_with_a_sentence(open_it, content, words):
    with pytest.raises(Refused) as refused:
        open_it(content)

    assert refused.value.rule == "archive"
    assert words in refused.value.values["why"]["en"]
    assert set(refused.value.values["why"]) == {"fr", "nl", "de", "en"}


def bomb(line, times):
    """A gzip file of one line over and over: small, whatever it becomes."""
    target = io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=9) as file:
        for _ in range(times):
            file.write(line)
    return target.getvalue()


@pytest.mark.parametrize(("line", "times"), [(b"a,b,c\n" * 100_000, 60), (b"x" * 1_000_000, 40)], ids=["rows", "line"])
def test_bomb_is_refused_before_it_fills_the_disk(open_it, tmp_path, line, times):
    with pytest.raises(Refused, match="unpacked-too-large"):
        open_it(bomb(line, times))

    assert sum(path.stat().st_size for path in (tmp_path / "made").iterdir()) < 12_000_000


def test_archive_beyond_the_limit_is_refused_by_its_own_word(open_it):
    noise = "".join(f"{n * 7919 % 10007}," for n in range(400_000))
    with pytest.raises(Refused, match="unpacked-too-large"):
        open_it(zipped({"a.csv": noise}), unpacked_mb=1)


def test_mixed_encodings_are_refused_not_converted(open_it):
    with pytest.raises(Refused, match="encoding-mixed"):
        open_it(TABLE.encode() + ROW.replace("Gare", "Liège").encode("cp1252"))
