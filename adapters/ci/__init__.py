"""promo in continuous integration: the checks of a change, and their one comment on it."""
