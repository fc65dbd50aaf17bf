"""The stores that every test here is given."""

from tests.support.stores import cluster, location

__all__ = ["cluster", "location"]
