"""Contracts: dataset contracts, table contracts, vocabularies and reference data, as plain files."""
