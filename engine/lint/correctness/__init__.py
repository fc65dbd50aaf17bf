"""Rules about what cannot work, or cannot mean what it seems to."""
