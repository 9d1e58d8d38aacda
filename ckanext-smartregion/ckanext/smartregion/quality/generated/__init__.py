"""What is made from a table contract and never written by hand: templates, schemas, made-up tables. Pure."""
