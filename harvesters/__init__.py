"""Kinds of source: one file per kind, each able to list records and to map one."""
