"""The production resolver, which keeps what it learnt about facts as it does about declared names.

Counterexamples share their sides: thousands of them lie in the same few environments.
"""

from __future__ import annotations

from engine.model.workspace import Workspace
from engine.resolve.facts import Facts
from engine.resolve.resolver import Resolver, _Place


class ReplayResolver(Resolver):
    """A resolver for many points; decisions are those of `Resolver`, whose index answers each side once."""

    def __init__(self, workspace: Workspace) -> None:
        """Prepare for decisions, as `Resolver` does."""
        super().__init__(workspace)
        # Keyed by identity: the facts are kept, so that no other object can take their place.
        self._known_sides: dict[int, tuple[Facts, int]] = {}
        self._known_places: dict[int, tuple[Facts, _Place]] = {}

    def _side(self, product: str | Facts) -> int:
        if isinstance(product, str):
            return super()._side(product)
        known = self._known_sides.get(id(product))
        if known is None:
            known = self._known_sides[id(product)] = (product, super()._side(product))
        return known[1]

    def _place_of(self, environment: str | Facts) -> _Place:
        if isinstance(environment, str):
            return super()._place_of(environment)
        known = self._known_places.get(id(environment))
        if known is None:
            known = self._known_places[id(environment)] = (environment, super()._place_of(environment))
        return known[1]
