"""Decisions: which policies match, what they merge to, which flow a commit triggers."""
