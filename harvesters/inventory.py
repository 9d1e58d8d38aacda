"""`inventory`: a list that a municipality without a portal keeps as CSV or XLSX, one row per dataset."""

from __future__ import annotations

from ckanext.smartregion.harvest.conversation import Conversation
from ckanext.smartregion.harvest.mapping.inventory import cell, draft, problem, remote_id
from ckanext.smartregion.harvest.mapping.inventory_columns import columns, is_example
from ckanext.smartregion.harvest.options import COMMON
from ckanext.smartregion.harvest.reading import inventory_table
from ckanext.smartregion.harvest.records import Candidate, Cursor, Page, Record, Source
from ckanext.smartregion.harvest.rules import normalise
from ckanext.smartregion.harvest.sentences import say

ACCEPT = "text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;q=0.9, */*;q=0.1"
MOST_BYTES = 20 * 1024 * 1024


class Inventory:
    """Reads the whole list at once; a row that needs mending is a problem of its own."""

    kind = "inventory"
    title = {
        "fr": "Inventaire (liste CSV ou XLSX)",
        "nl": "Inventaris (CSV- of XLSX-lijst)",
        "de": "Verzeichnis (CSV- oder XLSX-Liste)",
        "en": "Inventory (CSV or XLSX list)",
    }
    options = COMMON
    newest_first = False

    def list(self, source: Source, ask: Conversation, cursor: Cursor | None) -> Page:
        """Every filled row; raises ListingError where the file is no list or lacks a column."""
        answer = ask.page(source.url, accept=ACCEPT, max_bytes=MOST_BYTES)
        table = inventory_table.read(answer.body, source.url)
        found = (_record(table, number, cells, source.url) for number, cells in table.rows)
        return Page(tuple(record for record in found if record))

    def map(self, record: Record, source: Source) -> Candidate:
        """The cells of one row as a candidate."""
        return normalise(draft(record.payload), source, record.changes)


def _record(table: inventory_table.Table, number: int, cells: list[str], url: str) -> Record | None:
    """A row by the names of its columns; None for the template's example that was left standing."""
    row: dict[str, str] = {}
    for column, text in zip(table.names, cells, strict=False):
        row.setdefault(column, text)
    if is_example({column.name: cell(row, table.header, column.name) for column in columns()}):
        return None
    name = remote_id(row, table.header) or f"{url}#row-{number}"
    wrong = _surplus(table, number, cells) or problem(row, table.header, number)
    return Record(name, row, address=url, changes=table.changes, problem=wrong)


def _surplus(table: inventory_table.Table, number: int, cells: list[str]) -> dict[str, str] | None:
    """More cells than columns: a text that holds the separator has pushed the others aside."""
    known = len(table.names)
    if not any(cells[known:]):
        return None
    return say("row-cells", row=number, found=len(cells), known=known, value=next(filter(None, cells[known:])))
