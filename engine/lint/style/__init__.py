"""Rules about how things are said."""
