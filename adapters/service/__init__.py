"""`promo serve`: the reconciler as a service, what triggers releases, and an API over both."""
