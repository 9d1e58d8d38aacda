"""The gate: table contracts checked, verdicts given, and nothing published without one."""
