"""What the prover answered in earlier runs, kept in the user's cache folder, a workspace an entry.

The entry only says where to look: every answer in it has a key of its own, made of all it follows from.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from engine.verify.memory import Kept, ProofMemory
from grammar.content_cache import ContentCache, code_fingerprint

_MOST = 100_000
"""Answers that are kept of a workspace; beyond that, only those of the last run."""


class ProofCache:
    """The answers that are kept for one workspace."""

    def __init__(self, folder: Path) -> None:
        """Find them; there are none for a workspace, a version of promo or a version of Z3 that is new."""
        self._cache = ContentCache.of_user("proofs", ())
        code = code_fingerprint("grammar", "engine.model", "engine.resolve", "engine.verify")
        self._key = self._cache.key("proofs", code, version("z3-solver"), str(folder.resolve()))
        self.memory = ProofMemory(_answers(self._cache.get(self._key)))

    def save(self) -> None:
        """Keep what is new."""
        memory = self.memory
        if not memory.made:
            return
        kept = {**memory.known, **memory.made}
        if len(kept) > _MOST:
            kept = {key: answer for key, answer in kept.items() if key in memory.used}
        self._cache.put(self._key, kept)


def _answers(found: object) -> dict[str, Kept]:
    """Return what was kept, as far as it has the form of answers."""
    if not isinstance(found, dict):
        return {}
    return {key: answer for key, answer in found.items() if isinstance(key, str) and isinstance(answer, tuple)}
