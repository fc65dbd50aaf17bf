"""The texts of a workspace, by name; lines are indexed only for the texts a diagnostic points into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grammar.span import SourceText


class Sources(Mapping[str, SourceText]):
    """Texts by source name, in the order they were read."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Hold texts; nothing is indexed yet."""
        self._texts = texts
        self._indexed: dict[str, SourceText] = {}

    @property
    def texts(self) -> Mapping[str, str]:
        """Return the texts themselves, by source name."""
        return self._texts

    def __getitem__(self, name: str) -> SourceText:
        """Return a text with its lines indexed, once."""
        known = self._indexed.get(name)
        if known is None:
            known = self._indexed[name] = SourceText(name, self._texts[name])
        return known

    def __contains__(self, name: object) -> bool:
        """Say whether there is such a text, without indexing it."""
        return name in self._texts

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self._texts)

    def __len__(self) -> int:
        """Return how many texts there are."""
        return len(self._texts)
