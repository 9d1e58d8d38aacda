"""Actions, rights and validators of the core."""
