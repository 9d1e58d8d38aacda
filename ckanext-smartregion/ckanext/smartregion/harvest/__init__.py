"""Harvest: sources are listed, compared, planned and applied by CKAN's actions, so that each write meets the gate.

Pure parts: records, rules, plan, schedule. The kinds of source live in `harvesters/`.
"""
