"""The dry run: what a promotion would change, step by step, and what blocks it."""
