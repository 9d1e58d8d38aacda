"""The tables that the benchmark of the gate checks, and how much memory a check takes."""
