"""Actions, rights and schemas of harvesting."""
