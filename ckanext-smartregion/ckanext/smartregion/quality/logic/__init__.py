"""Actions and rights of the gate."""
