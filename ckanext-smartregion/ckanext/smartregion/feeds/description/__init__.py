"""From stored dictionaries to statements: first prepared, field by field, then written by tables. Pure, and no graph.

`dataset.py` and what it calls leave nothing that a reader would have to repair; `tables.py` says which predicate each
field has, `writing.py` yields the statements, `concepts.py` knows what to say of each code.
"""
