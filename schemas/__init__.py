"""Contracts: dataset contracts, table contracts, vocabularies and reference data, as plain files."""

from ckanext.smartregion.schemas.contracts import dataset_contracts, organization_contract
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
    "TableContract",
    "Vocabulary",
    "VocabularyNotFound",
    "dataset_contracts",
    "organization_contract",
    "table_contract",
    "table_contracts",
    "vocabularies",
    "vocabulary",
]
