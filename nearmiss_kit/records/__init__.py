"""Records in: find, open, map, clean, time, check, screen; and out again."""
