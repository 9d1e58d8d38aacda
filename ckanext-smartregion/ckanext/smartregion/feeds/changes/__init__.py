"""The change feed: rows of the log as an event stream (DCAT-AP Feeds), as plain JSON and as Atom. Pure."""
