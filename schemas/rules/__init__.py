"""Rules of a table contract that Table Schema can't say: their kinds, how they are written, and their lint."""
