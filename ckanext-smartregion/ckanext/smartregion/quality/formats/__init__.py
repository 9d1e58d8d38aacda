"""Validators of files that are no tables: GTFS, GBFS, OCPI, GeoJSON, DATEX II. Pure, run in the child process.

Each module reads one standard and tells what breaks its rules to a `Found`; what the rules are called, what they mean
for publication, and which fields the standard has, is data in schemas/formats/. They meet in `examine`.
"""
