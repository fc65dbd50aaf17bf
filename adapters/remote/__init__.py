"""Calls of a server's API with a token that can change: one bounded exchange, its failures, and what was said."""
