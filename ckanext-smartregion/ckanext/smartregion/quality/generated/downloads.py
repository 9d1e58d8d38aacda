"""What can be taken away of a contract: how each file is made, what it is called and what kind of file it is."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from ckanext.smartregion.quality.generated.json_schema import json_schema
from ckanext.smartregion.quality.generated.template import csv_header, xlsx_template
from ckanext.smartregion.schemas.table_contracts import TableContract


@dataclass(frozen=True)
class Download:
    """One kind of file: its media type, the end of its name with {language}, and what makes its bytes."""

    media_type: str
    ending: str
    make: Callable[[TableContract, str], bytes]

    def name(self, contract: TableContract, language: str) -> str:
        """The name of the file."""
        return contract.name + self.ending.format(language=language)


def _schema(contract: TableContract, language: str) -> bytes:
    return (json.dumps(json_schema(contract, language), ensure_ascii=False, indent=2) + "\n").encode()


DOWNLOADS = {
    "xlsx": Download(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "-{language}.xlsx", xlsx_template
    ),
    "csv": Download("text/csv; charset=utf-8", ".csv", lambda contract, _language: csv_header(contract).encode()),
    "schema": Download("application/schema+json", "-{language}.schema.json", _schema),
}
