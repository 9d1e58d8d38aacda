"""One file against one contract, inside the child process: our reading, frictionless's judgement, our words."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ckanext.smartregion.quality.examination.canonical import NotStorable, canonical
from ckanext.smartregion.quality.examination.cells import written_out
from ckanext.smartregion.quality.examination.collecting import Collector, sample_of
from ckanext.smartregion.quality.examination.header import Header, read_header
from ckanext.smartregion.quality.examination.judging import defused, is_comma_number, rule_of, table
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.opening import Opened, opened, told
from ckanext.smartregion.quality.examination.reading import Record, dialect_of, header_place, records
from ckanext.smartregion.quality.examination.refusal import Refused
from ckanext.smartregion.quality.examination.typed import TypedCopy
from ckanext.smartregion.quality.examination.workbook import sheet_of

MORE_ROWS = "too-many-rows"
ROW_RULES = ("missing-cell", "extra-cell", "key")


class Examination:
    """The examination of one file; `run` gives what the parent process makes the report from."""

    def __init__(self, path: Path, contract: dict[str, Any], policy: dict[str, str], limits: Limits) -> None:
        self.path, self.contract, self.limits = path, contract, limits
        self.scratch = TemporaryDirectory(prefix="opened-", ignore_cleanup_errors=True)
        self.folder = Path(self.scratch.name)
        self.names = [field["name"] for field in contract["fields"]]
        self.key_names = contract.get("primaryKey", [])
        self.empty = set(contract.get("missingValues", [""]))
        self.found = Collector(policy, limits.samples, limits.findings)
        self.facts: dict[str, Any] = dict.fromkeys(("rows", "columns", "encoding", "delimiter", "sheet"))
        self.header = Header([], [])
        self.kinds: list[str] = []
        self.numeric: list[tuple[int, str]] = []
        self.pending: deque[Record] = deque()
        self.refusal: Refused | None = None
        self.rows = self.invalid = 0

    def run(self, typed: Path | None = None) -> dict[str, Any]:
        """Examine the whole file and, when asked, write its typed copy."""
        try:
            self._judge(self._open(), typed)
            if self.refusal:
                raise self.refusal
            self.facts["rows"] = self.rows
            if not self.rows:
                raise Refused("no-rows")
        except Refused as refused:
            self.found.add(refused.rule, **{"line": None, **refused.values})
        return self._outcome()

    def _outcome(self) -> dict[str, Any]:
        counts = {"rows": self.rows, "valid_rows": self.rows - self.invalid, "invalid_rows": self.invalid}
        stopped = self.refusal is not None and self.rows > 0
        return {
            "file": self.facts,
            "counts": counts,
            "findings": self.found.to_list(),
            "truncated": self.found.truncated or stopped,
        }

    def _open(self) -> Iterator[Record]:
        """The records below the header, after the header was read."""
        file = opened(self.path, self.folder, self.limits)
        for rule, values in told(file):
            self.found.add(rule, **values)
        source = self._open_text(file) if file.kind == "csv" else self._open_sheet(file)
        first = next((record for record in source if not record.blank), None)
        if first is None:
            raise Refused("empty-file")
        self._read_header(first, source)
        return source

    def _open_text(self, file: Opened) -> Iterator[Record]:
        encoding = str(file.read_as)
        dialect = dialect_of(file.path, encoding, self.names, self.limits)
        self.facts |= {"encoding": str(file.encoding).removesuffix("-sig"), "delimiter": dialect.delimiter}
        if dialect.quote != '"':
            self.found.add("single-quotes")
        return records(file.path, encoding, dialect, self.limits)

    def _open_sheet(self, file: Opened) -> Iterator[Record]:
        sheet = sheet_of(file.path, file.kind, self.names, self.limits)
        self.facts["sheet"] = sheet.name
        if sheet.others:
            self.found.add("several-sheets", sheet=sheet.name, others=", ".join(sheet.others))
        if sheet.hidden:
            self.found.add("hidden-sheets", others=", ".join(sheet.hidden))
        return sheet.records

    def _read_header(self, first: Record, below: Iterator[Record]) -> None:
        self.header = read_header(first.cells, self.contract)
        self.kinds = [field["type"] if field else "string" for field in self.header.fields]
        self.numeric = [(at, kind) for at, kind in enumerate(self.kinds) if kind in ("number", "integer")]
        self.facts["columns"] = len(first.cells)
        if not self.header.positions:
            line = header_place(first, below, self.names)
            raise Refused("preamble", line=line) if line else Refused("unknown-header")
        for rule, column, values in self.header.problems:
            at = values.pop("at", self.header.positions.get(column or ""))
            self.found.add(rule, column, None if at is None else sample_of(first, at, ""), **values)

    def _judge(self, source: Iterator[Record], typed: Path | None) -> None:
        descriptor = self.header.descriptor(self.contract)
        names = [field["name"] for field in descriptor["fields"]]
        with table(self._cells(source, names), descriptor) as resource, TypedCopy(typed, self.names) as copy:
            for row in resource.row_stream:
                record = self.pending.popleft()
                before = self.found.serious
                self._judge_row(row, record)
                copy.write([self._value(row, record, name) for name in self.names])
                self.rows += 1
                self.invalid += self.found.serious > before

    def _cells(self, source: Iterator[Record], names: list[str]) -> Iterator[list[str]]:
        """Cells for frictionless, which reads ahead of its rows; a refusal ends them and is raised afterwards."""
        yield names
        taken = 0
        try:
            for record in source:
                if record.blank:
                    self.found.add("blank-row", None, sample_of(record, None, ""))
                    continue
                if taken >= self.limits.rows:
                    raise Refused(MORE_ROWS, limit=self.limits.rows)
                taken += 1
                self._write_out(record)
                self.pending.append(record)
                yield self._guarded(record.cells)
        except Refused as refused:
            self.refusal = refused

    def _guarded(self, cells: list[str]) -> list[str]:
        """The cells as frictionless may see them; only columns of numbers can hold what must be defused."""
        guarded = cells[:]
        for at, kind in self.numeric:
            if at < len(cells) and cells[at] not in self.empty:
                guarded[at] = defused(cells[at], kind)
        return guarded

    def _write_out(self, record: Record) -> None:
        """Spreadsheet cells become the text they would have had in a CSV file."""
        if self.facts["sheet"] is None:
            return
        odd = []
        for at, value in enumerate(record.cells):
            if type(value) is not str:
                field = self.header.fields[at] if at < len(self.header.fields) else None
                record.cells[at], rule = written_out(value, field or {})
                odd += [(rule, at, None if record.cells[at] else str(value))] if rule and field else []
            if len(record.cells[at]) > self.limits.cell_chars:
                raise Refused("cell-too-long", limit=self.limits.cell_chars, line=record.line)
        for rule, at, shown in odd:
            self._find(rule, record, at, shown)

    def _judge_row(self, row: Any, record: Record) -> None:
        errors = [(rule_of(error), getattr(error, "field_number", 0) - 1) for error in row.errors]
        for rule, at in errors:
            if rule != "key" or not self._key_is_told(errors):
                self._find(self._sharper(rule, record, at), record, at)

    def _key_is_told(self, errors: list[tuple[str, int]]) -> bool:
        """A key of one column that is empty or double in this row has already been said of the column itself."""
        place = self.header.positions[self.key_names[0]] if len(self.key_names) == 1 else None
        return any(rule in ("required", "unique") and at == place for rule, at in errors)

    def _sharper(self, rule: str, record: Record, at: int) -> str:
        comma = rule == "type" and is_comma_number(record.cells[at], self.kinds[at])
        return "decimal-comma" if comma else rule

    def _find(self, rule: str, record: Record, at: int, shown: str | None = None) -> None:
        """Count a finding where it belongs: a row's own, or a column's; columns outside the contract have none."""
        if rule in ROW_RULES:
            place = self.header.positions[self.key_names[0]] if rule == "key" else at
            self.found.add(rule, None, sample_of(record, place, self._key(record)))
        elif field := self.header.fields[at]:
            self.found.add(rule, field["name"], sample_of(record, at, self._key(record), shown))

    def _key(self, record: Record) -> str:
        places = [self.header.positions.get(name) for name in self.key_names]
        return " / ".join(str(record.cells[at]) for at in places if at is not None and at < len(record.cells))

    def _value(self, row: Any, record: Record, name: str) -> str:
        if name not in self.header.positions:
            return ""
        try:
            return canonical(row[name])
        except NotStorable:
            self._find("type", record, self.header.positions[name])
            return ""
