"""Resolved entities, settings, conditions and the workspace that holds them."""
