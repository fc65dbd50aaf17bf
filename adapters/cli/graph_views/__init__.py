"""How `promo graph` shows flows, products by environment, and contests of policies."""
