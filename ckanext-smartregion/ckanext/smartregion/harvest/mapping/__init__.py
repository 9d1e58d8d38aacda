"""From what was read to a draft in the words of our contracts, one file per kind; cleaning is left to the rules."""
