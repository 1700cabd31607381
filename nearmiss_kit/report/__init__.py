"""Reports: facts first, then charts and HTML."""
