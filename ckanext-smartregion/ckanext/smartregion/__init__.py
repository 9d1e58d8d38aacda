"""The open platform of a smart region, on CKAN 2.12."""
