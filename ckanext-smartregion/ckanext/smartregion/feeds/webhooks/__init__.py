"""Webhooks: programs that want to be told of changes instead of asking for them."""
