"""Workbooks part by part, as a spreadsheet writes them and as it never would."""

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODS_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def zipped(members, method=zipfile.ZIP_DEFLATED):
    """A ZIP file of members by name: bytes, text, or pieces of bytes written one after the other."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method, compresslevel=1) as archive:
        for name, content in members.items():
            if isinstance(content, (bytes, str)):
                archive.writestr(name, content)
            else:
                with archive.open(name, "w") as member:
                    for piece in content:
                        member.write(piece)
    return target.getvalue()


def xlsx(*sheets, **more):
    """An XLSX file of sheets: (name, XML of the rows, its visibility if hidden) each."""
    members = {
        "_rels/.rels": _relations("officeDocument", ["xl/workbook.xml"]),
        "xl/workbook.xml": _book(sheets),
        "xl/_rels/workbook.xml.rels": _relations(
            "worksheet", [f"worksheets/sheet{n}.xml" for n in range(1, len(sheets) + 1)]
        ),
    }
    for number, (_, rows, *_) in enumerate(sheets, start=1):
        members[f"xl/worksheets/sheet{number}.xml"] = _sheet(rows)
    return zipped(members | more)


def _book(sheets):
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}" state="{state[0] if state else "visible"}"/>'
        for n, (name, _, *state) in enumerate(sheets, start=1)
    )
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'


def _relations(kind, targets):
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, target in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{listed}</Relationships>'


def _sheet(rows):
    head, tail = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode(), b"</sheetData></worksheet>"
    return head + rows.encode() + tail if isinstance(rows, str) else (head, *rows, tail)


def row(number, *cells):
    """The XML of a row; texts, numbers, true and false, and what is XML already (``raw``)."""
    inner = "".join(cell(f"{letters(at)}{number}", value) for at, value in enumerate(cells))
    return f'<row r="{number}">{inner}</row>'


def cell(address, value):
    """The XML of a cell."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        attributes, inner = value
        return f'<c r="{address}"{attributes}>{inner}</c>'
    if isinstance(value, bool):
        return f'<c r="{address}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c r="{address}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{address}"><v>{value}</v></c>'


def letters(at):
    """The letters of a column below 702: 0 is A."""
    return chr(65 + at) if at < 26 else chr(64 + at // 26) + chr(65 + at % 26)


def ods(*sheets):
    """An OpenDocument spreadsheet of sheets: (name, XML of the rows) each."""
    tables = "".join(f'<table:table table:name="{name}">{rows}</table:table>' for name, rows in sheets)
    content = (
        f"<office:document-content {ODS_NAMESPACES}><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"mimetype": ODS, "content.xml": content, "META-INF/manifest.xml": _manifest()})


def _manifest():
    return (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/></manifest:manifest>'
    )


def ods_row(*cells, times=1):
    """The XML of a row of an OpenDocument spreadsheet, written once for ``times`` rows."""
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(map(ods_cell, cells))}</table:table-row>'


def ods_cell(value):
    """The XML of a cell; a pair is its attributes and what it shows."""
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, tuple):
        attributes, shown = value
        return f"<table:table-cell {attributes}><text:p>{shown}</text:p></table:table-cell>"
    if isinstance(value, str):
        return ods_cell(('office:value-type="string"', value))
    return ods_cell((f'office:value-type="float" office:value="{value}"', str(value)))
