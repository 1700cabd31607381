"""Records in: read, map, check, screen."""
