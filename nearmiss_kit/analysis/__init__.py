"""Themes: counts of records, always with what they are out of."""
