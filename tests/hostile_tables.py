"""Tables that nobody wishes for: what is sent, and what the gate must say; the same list at every door.

Each is small on its way in, whatever it would become. The contract is that of charging points.
"""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from workbooks import ods, ods_row, row, xlsx, zipped

from ckanext.smartregion.schemas import table_contract

CONTRACT = "charging-points"
EXAMPLE = table_contract(CONTRACT).example_valid.read_text(encoding="utf-8")
NAMES, VALUES = list(csv.reader(io.StringIO(EXAMPLE)))[:2]
HEADER, ROW = EXAMPLE.splitlines()[:2]
TABLE = f"{HEADER}\n{ROW}\n"
DATA = TABLE.encode()
SHEET = row(1, *NAMES) + row(2, *VALUES)


@dataclass(frozen=True)
class Hostile:
    """One file: its name, how its bytes are made, the rule that must be told, and the verdict."""

    name: str
    make: Callable[[], bytes]
    rule: str | None
    verdict: str = "hold"

    @cached_property
    def content(self) -> bytes:
        """The bytes, made once."""
        return self.make()


def passes(name: str, make: Callable[[], bytes], verdict: str = "publish", rule: str | None = None) -> Hostile:
    """A file that only looks hostile."""
    return Hostile(name, make, rule, verdict)


def of_rows(change: Callable[[str], str], count: int = 60) -> bytes:
    """A table of many rows with keys of their own, as ``change`` makes it."""
    rows = "\n".join(ROW.replace(VALUES[0], f"BE*EXA*E{n:06}") for n in range(count))
    return change(f"{HEADER}\n{rows}\n").encode()


def repeated(line: bytes, megabytes: int) -> bytes:
    """A line over and over."""
    return line * (megabytes * 1_000_000 // len(line) + 1)


def lying_workbook() -> bytes:
    """A workbook whose sheet is a hundred times as large as its archive says."""
    content = xlsx(("Data", [SHEET.encode(), repeated(b"<row/>", 2)]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    return content.replace(size.to_bytes(4, "little"), (size // 100).to_bytes(4, "little"))


def with_entities(kind: str) -> bytes:
    """A workbook that declares entities: to be blown up, or to be fetched."""
    declared = {
        "expansion": '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">',
        "external": '<!ENTITY b SYSTEM "file:///etc/passwd">',
    }[kind]
    text = f"<!DOCTYPE x [{declared}]><sst><si><t>&b;</t></si></sst>"
    return xlsx(("Data", SHEET), **{"xl/sharedStrings.xml": text})


def tall_and_wide() -> bytes:
    """A sheet of few cells whose rows reach far down and whose last one reaches far to the right."""
    tall = [row(n, "1").encode() for n in range(3, 150_000, 7)]
    wide = b'<row r="150000"><c r="CCC150000"><v>1</v></c></row>'
    return xlsx(("Data", [SHEET.encode(), *tall, b" " * 1_100_000, wide]))


def amplified() -> bytes:
    """A workbook with one long shared text that thousands of cells name."""
    shared = f"<sst><si><t>{'x' * 32_000}</t></si></sst>"
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 80_000))
    return xlsx(("Data", row(1, *NAMES) + cells), **{"xl/sharedStrings.xml": shared})


def empty_rows(count: int) -> bytes:
    """A sheet with formatted emptiness below its only row."""
    styled = (f'<row r="{n}" s="1"><c r="A{n}" s="1"/><c r="M{n}" s="1"/></row>'.encode() for n in range(3, count))
    return xlsx(("Data", [SHEET.encode(), *styled]))


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
PROTECTED = OLE + "EncryptedPackage".encode("utf-16-le") + bytes(64)
FAR_ROW = row(1, *NAMES) + row(1_048_576, *VALUES)
LATE = ROW.replace(VALUES[0], "BE*EXA*E9").replace(VALUES[2], "Liège")
UNCLOSED = "BE*EXA*E000000", '"BE*EXA*E000000'
SHORT = ROW.replace(VALUES[0], "BE*EXA*E9").rsplit(",", 2)[0]
MANY = ods_row(*NAMES) + ods_row(*VALUES, times=1_000_000)
DESCRIPTOR = b"""{"profile": "tabular-data-package", "resources": [
 {"name": "x", "path": ["/etc/passwd", "http://127.0.0.1:9/x.csv"], "schema": "http://127.0.0.1:9/s.json",
  "dialect": "../dialect.json", "extrapaths": ["file:///etc/passwd"]}]}"""

HOSTILE = [
    # Bombs
    Hostile("rows.csv.gz", lambda: gzip.compress(repeated(b"BE*EXA*E1,a,b,c\n", 30), 9), "unpacked-too-large"),
    Hostile("line.csv.gz", lambda: gzip.compress(repeated(b"x", 30), 9), "unpacked-too-large"),
    Hostile("line.zip", lambda: zipped({"line.csv": repeated(b"x", 30)}), "unpacked-too-large"),
    Hostile("long-cell.xlsx", lambda: xlsx(("Data", row(1, "x" * 12_000_000))), "unpacked-too-large"),
    Hostile("lying.xlsx", lying_workbook, "unreadable-workbook"),
    Hostile("expansion.xlsx", lambda: with_entities("expansion"), "unreadable-workbook"),
    Hostile("external.xlsx", lambda: with_entities("external"), "unreadable-workbook"),
    Hostile("last-corner.xlsx", lambda: xlsx(("Data", SHEET + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
            "sheet-too-wide"),
    Hostile("last-row.xlsx", lambda: xlsx(("Data", FAR_ROW)), "sheet-too-wide"),
    Hostile("tall-and-wide.xlsx", tall_and_wide, "sheet-too-wide"),
    Hostile("only-last-row.xlsx", lambda: xlsx(("Data", row(1_048_576, "1"))), "unknown-header"),
    Hostile("repeated.ods", lambda: ods(("Data", MANY)), "sheet-too-wide"),
    # Archives
    Hostile("two.zip", lambda: zipped({"a.csv": DATA, "b.csv": DATA}), "archive"),
    Hostile("traversal.zip", lambda: zipped({"../../a.csv": DATA}), "archive"),
    Hostile("nested.zip", lambda: zipped({"a.zip": zipped({"a.csv": DATA})}), "archive"),
    Hostile("truncated.csv.gz", lambda: gzip.compress(DATA)[:-30], "archive"),
    Hostile("no-table.zip", lambda: zipped({"read.me": "Nothing here."}), "unknown-header"),
    passes("one.zip", lambda: zipped({"one.csv": DATA}), rule="unpacked"),
    # Other files under a name of ours
    Hostile("macros.xlsm", lambda: xlsx(("Data", SHEET), **{"xl/vbaProject.bin": b"\0"}), "old-format"),
    Hostile("old.xlsx", lambda: OLE, "old-format"),
    Hostile("protected.xlsx", lambda: PROTECTED, "unreadable-workbook"),
    Hostile("letter.csv", lambda: zipped({"word/document.xml": "<w/>"}), "document"),
    Hostile("page.csv", lambda: b"<!DOCTYPE html><html><body>404</body></html>", "web-page"),
    Hostile("paper.csv", lambda: b"%PDF-1.7\n%\xe2\xe3", "pdf"),
    Hostile("deep.json", lambda: b"[" * 60_000, "unknown-header"),
    Hostile("broken.jsonl", lambda: b'{"evse_id": \n{"a": {"b": 1}}\n', "unknown-header"),
    Hostile("descriptor.json", lambda: DESCRIPTOR, "unknown-header"),
    passes("csv-inside.xlsx", lambda: DATA),
    # Letters
    Hostile("no-mark.csv", lambda: TABLE.encode("utf-16-le"), "binary"),
    Hostile("null.csv", lambda: DATA.replace(b",", b"\0,", 20), "binary"),
    Hostile("mixed.csv", lambda: "Liège\n".encode() + "Liège\n".encode("cp1252"), "encoding-mixed"),
    passes("late.csv", lambda: of_rows(lambda text: text.replace("É", "E"), 2_000) + LATE.encode("cp1252"),
           "publish with warnings", "encoding-legacy"),
    passes("mark.csv", lambda: TABLE.encode("utf-8-sig")),
    passes("wide.csv", lambda: TABLE.encode("utf-16"), rule="encoding-unicode"),
    passes("returns.csv", lambda: DATA.replace(b"\n", b"\r")),
    # Shapes
    Hostile("header.csv", lambda: HEADER.encode(), "no-rows"),
    Hostile("unclosed.csv", lambda: of_rows(lambda text: text.replace(*UNCLOSED), 4_000), "quote"),
    Hostile("field.csv", lambda: DATA + b"x" * 9_000_000, "cell-too-long"),
    Hostile("columns.csv", lambda: (",".join(f"c{n}" for n in range(10_000)) + "\n").encode() * 20, "too-many-columns"),
    Hostile("wide-cells.csv", lambda: f"{HEADER}\n{ROW},{'y' * 200_000}\n".encode() * 3, "cell-too-long"),
    Hostile("ragged.csv", lambda: of_rows(lambda text: text.replace("000003", "000003,more")), "extra-cell"),
    Hostile("short.csv", lambda: (TABLE + SHORT).encode(), "missing-cell"),
    Hostile("twice.csv", lambda: f"{HEADER},{NAMES[0]}\n{ROW},x\n".encode(), "duplicate-column"),
    passes("blank.csv", lambda: (TABLE + "\n" * 500).encode(), "publish with warnings", "blank-row"),
    passes("empty-rows.xlsx", lambda: empty_rows(60_000)),
    passes("formula.csv", lambda: DATA.replace(VALUES[2].encode(), b"=cmd|'/c calc'!A1")),
]  # fmt: skip
