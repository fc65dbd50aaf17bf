"""Where releases are kept: tables in SQLite or PostgreSQL, changed only under a claim.

`adapters.store.store` has the store as a whole, `adapters.store.location` where it is; `docs/store.md` says what it
guarantees.
"""
