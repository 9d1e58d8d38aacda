"""What a feed says of a thing: from prepared dictionaries to statements, by tables. Pure, and without a graph."""
