"""Dumps: the whole catalogue of one snapshot as files, written once, kept by date, never changed. Pure."""
