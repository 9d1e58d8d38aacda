"""Personal data in the cells of a table: what is looked for, where, and how it is kept out of every report.

Each kind has a cue, a regular expression that Polars looks for in whole columns, and a detector that gives the places
in one text. Only texts with a cue are given to the detectors, each different one once.
"""
