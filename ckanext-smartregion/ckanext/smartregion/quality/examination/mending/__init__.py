"""Mending: what is wrong with a table and can be put right without guessing, by named rules, each change told."""
