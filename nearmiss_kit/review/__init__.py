"""One near miss: the records about one person, read in order."""
