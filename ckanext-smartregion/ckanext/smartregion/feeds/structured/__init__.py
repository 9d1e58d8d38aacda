"""Datasets as search engines and programs that learn from data read them in a page: schema.org and Croissant. Pure."""
