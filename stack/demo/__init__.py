"""The demonstration's remote portal: example files served the way real sources serve theirs, on loopback only."""
