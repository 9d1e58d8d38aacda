"""One file against one contract, inside the child process: our reading, frictionless's judgement, our words."""

import logging
from collections.abc import Callable, Collection, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ckanext.smartregion.quality.examination.blocks import NotProvable, Text, TextSource
from ckanext.smartregion.quality.examination.collecting import Collector, sample_of
from ckanext.smartregion.quality.examination.compiled import CompiledPath
from ckanext.smartregion.quality.examination.header import Header, read_header
from ckanext.smartregion.quality.examination.layout import Layout
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.opening import Opened, opened, told
from ckanext.smartregion.quality.examination.outcome import Judged, Witness, no_witness
from ckanext.smartregion.quality.examination.own_rules import OwnRules, Records
from ckanext.smartregion.quality.examination.personal.masking import hidden
from ckanext.smartregion.quality.examination.personal.searching import Search, Watch, promises
from ckanext.smartregion.quality.examination.personal.telling import told_of_people
from ckanext.smartregion.quality.examination.plain import PlainPath
from ckanext.smartregion.quality.examination.profile import Profiler
from ckanext.smartregion.quality.examination.reading import Record, dialect_of, header_place, records
from ckanext.smartregion.quality.examination.refusal import Refused
from ckanext.smartregion.quality.examination.sheets import Rows
from ckanext.smartregion.quality.examination.told import Told
from ckanext.smartregion.quality.examination.typed import TypedTable, write_parquet
from ckanext.smartregion.quality.examination.workbook import sheet_of
from ckanext.smartregion.schemas.table_plausibility import places

log = logging.getLogger(__name__)
# Below so many bytes frictionless is done before Polars has begun.
SMALL = 10_000


class Examination:
    """The examination of one file; `run` gives what the parent process makes the report from.

    `compiled` says whether the compiled path may be taken; left open, it is where it is the quicker one.
    """

    def __init__(
        self,
        path: Path,
        contract: dict[str, Any],
        policy: dict[str, str],
        limits: Limits,
        *,
        own: OwnRules | None = None,
        compiled: bool | None = None,
        witness: Witness = no_witness,
    ) -> None:
        self.path, self.contract, self.limits, self.witness = path, contract, limits, witness
        self._folder: TemporaryDirectory[str] | None = None
        self.compiled, self.own = compiled, own or OwnRules()
        self.names = [field["name"] for field in contract["fields"]]
        self.found = Collector(policy, limits.samples, limits.findings, self.own.kinds)
        self.facts: dict[str, Any] = dict.fromkeys(("rows", "columns", "encoding", "delimiter", "sheet"))
        self.header = Header([], [])
        self.judged = Judged()
        self.profile: dict[str, Any] | None = None
        self.text: Text | None = None
        self.reread: Callable[[], Iterator[Record]] = lambda: iter(())
        # The path that was taken: compiled or plain.
        self.way = ""

    def run(self, typed: Path | None = None, parquet: Path | None = None) -> dict[str, Any]:
        """Examine the whole file and, when asked, write its typed copy as CSV and as Parquet."""
        if parquet:  # it is made of the typed copy
            typed = typed or parquet.with_name("typed.csv")
        try:
            self._judge(*self._open(), typed, parquet)
            if self.judged.refusal:
                raise self.judged.refusal
            self.facts["rows"] = self.judged.rows
            if not self.judged.rows:
                raise Refused("no-rows")
        except Refused as refused:
            self.found.add(refused.rule, **{"line": None, **refused.values})
        return self._outcome()

    def _outcome(self) -> dict[str, Any]:
        rows, invalid = self.judged.rows, self.judged.invalid
        stopped = self.judged.refusal is not None and rows > 0
        return {
            "file": self.facts,
            "counts": {"rows": rows, "valid_rows": rows - invalid, "invalid_rows": invalid},
            "findings": self.found.to_list(),
            "truncated": self.found.truncated or stopped,
            "until": self.own.until.isoformat() if self.own.until else None,
            "profile": None if stopped else self.profile,
        }

    def _open(self) -> tuple[Record, Iterator[Record]]:
        """The header and the records below it, after the header was read."""
        file = opened(self.path, self._scratch, self.limits)
        for rule, values in told(file):
            self.found.add(rule, **values)
        if self.compiled is None:
            self.compiled = file.path.stat().st_size > SMALL
        source = self._open_text(file) if file.kind == "csv" else self._open_sheet(file)
        first = next((record for record in source if not record.blank), None)
        if first is None:
            raise Refused("empty-file")
        self._read_header(first, source)
        return first, source

    def _scratch(self) -> Path:
        """A folder that goes with the examination; most files need none."""
        self._folder = TemporaryDirectory(prefix="opened-", ignore_cleanup_errors=True)
        return Path(self._folder.name)

    def _open_text(self, file: Opened) -> Iterator[Record]:
        encoding = str(file.read_as)
        dialect = dialect_of(file.path, encoding, self.names, self.limits)
        self.facts |= {"encoding": str(file.encoding).removesuffix("-sig"), "delimiter": dialect.delimiter}
        if dialect.quote != '"':
            self.found.add("single-quotes")
        self.text = Text(file.path, dialect)
        self.reread = partial(records, file.path, encoding, dialect, self.limits)
        return self.reread()

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
        self.facts["columns"] = len(first.cells)
        if not self.header.positions:
            line = header_place(first, below, self.names)
            raise Refused("preamble", line=line) if line else Refused("unknown-header")
        for rule, column, values in self.header.problems:
            at = values.pop("at", self.header.positions.get(column or ""))
            self.found.add(
                rule, column, None if at is None else sample_of(first, at, "", hidden(str(first.cells[at]))), **values
            )

    def _judge(self, header: Record, source: Iterator[Record], typed: Path | None, parquet: Path | None) -> None:
        promised = promises(self.own.personal, self.own.rules)
        layout = Layout(self.header, self.contract, Watch(self.header, promised, self.own.today))
        rows = None if self.text else Rows(source, layout, self.limits)
        for compiled in (True, False) if self.compiled else (False,):
            heard, search = Told(layout, self.found, header.number, self.witness), Search(layout.watch)
            profiler = self._profiler()
            try:
                with TypedTable(self.contract["fields"], typed, keep=self.own.columns, profiler=profiler) as table:
                    if compiled:
                        blocks = rows or self._text_source(layout)
                        path = CompiledPath(layout, self.found, self.limits, table, heard, search)
                        self.judged, again = path.run(blocks, header.number), blocks.records
                        self.judged.refusal = rows.refusal if rows else None
                    else:
                        path = PlainPath(layout, self.found, self.limits, table, heard, search)
                        self.judged = path.run(source if rows is None else iter(rows))
                        again = rows.records if rows else self._again
                if parquet and typed:
                    write_parquet(self.contract["fields"], typed, parquet)
                self.way, self.profile = type(path).__name__, profiler.profile()
                self.judged.invalid += told_of_people(search, self.found, layout, heard, again)
                self._judge_own(table, layout, heard, again)
                return
            except NotProvable as reason:
                log.info("Judged the plain way: %s", reason)

    def _profiler(self) -> Profiler:
        fields = self.contract["fields"]
        return Profiler(fields, places(fields, self.own.rules), self.contract.get("primaryKey", []))

    def _judge_own(self, table: TypedTable, layout: Layout, heard: Told, again: Records) -> None:
        """The contract's own rules, on all rows that could be judged."""
        if self.own.rules and self.judged.rows:
            self.judged.invalid += self.own.judge(table.frame(), self.found, layout, heard, again)

    def _again(self, numbers: Collection[int]) -> dict[int, Record]:
        """The records of some numbers, read once more as the plain path reads them."""
        wanted = (record for record in self.reread() if record.number in numbers)
        return {record.number: record for record in islice(wanted, len(numbers))}

    def _text_source(self, layout: Layout) -> TextSource:
        if self.text is None:
            raise NotProvable("no text")
        return TextSource(self.text, layout.width, self.limits)
