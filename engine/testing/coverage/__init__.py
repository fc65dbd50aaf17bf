"""What no test exercises: policies, settings, branches of conditions, edges of flows, triggers."""

from engine.testing.coverage.items import Item as Item
from engine.testing.coverage.items import Kind as Kind
from engine.testing.coverage.items import items_of as items_of
from engine.testing.coverage.measure import Coverage as Coverage
from engine.testing.coverage.measure import measure as measure

__all__ = ["Coverage", "Item", "Kind", "items_of", "measure"]
