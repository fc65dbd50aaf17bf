"""A semantic difference as text, as Markdown for a review, and as data."""
