"""Regional layers: one table from the published files of all organisations under one table contract."""
