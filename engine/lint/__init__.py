"""Rules about how policies are written: instant and local, one rule a file, nothing proved and nothing fetched."""
