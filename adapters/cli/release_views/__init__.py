"""Releases as text, lines of progress, JSON and notes."""
