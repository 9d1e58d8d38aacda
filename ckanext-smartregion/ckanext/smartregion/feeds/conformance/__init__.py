"""Whether a feed is what it should be: the profiles' expectations as data, a checker, and Europe's score. Pure."""
