"""Actions of the feeds."""
