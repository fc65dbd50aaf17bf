"""Rules about what works and may hurt."""
