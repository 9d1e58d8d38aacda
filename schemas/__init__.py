"""Contracts: dataset contracts, table contracts, vocabularies and reference data, as plain files."""

from ckanext.smartregion.schemas.contracts import dataset_contracts, organization_contract
from ckanext.smartregion.schemas.format_contracts import FormatContract, format_contracts
from ckanext.smartregion.schemas.named import FileContract, file_contract, file_contracts, file_types, names_format
from ckanext.smartregion.schemas.statistics import StatisticalTable, statistical_table, statistical_tables
from ckanext.smartregion.schemas.table_contracts import (
    ContractFaulty,
    ContractNotFound,
    TableContract,
    table_contract,
    table_contracts,
)
from ckanext.smartregion.schemas.vocabulary import (
    LANGUAGES,
    Concept,
    Vocabulary,
    VocabularyNotFound,
    vocabularies,
    vocabulary,
)

__all__ = [
    "LANGUAGES",
    "Concept",
    "ContractFaulty",
    "ContractNotFound",
    "FileContract",
    "FormatContract",
    "StatisticalTable",
    "TableContract",
    "Vocabulary",
    "VocabularyNotFound",
    "dataset_contracts",
    "file_contract",
    "file_contracts",
    "file_types",
    "format_contracts",
    "names_format",
    "organization_contract",
    "statistical_table",
    "statistical_tables",
    "table_contract",
    "table_contracts",
    "vocabularies",
    "vocabulary",
]
