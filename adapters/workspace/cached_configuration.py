"""What `promo.toml` says, kept by its content so that a warm start loads no TOML or validation library."""

from __future__ import annotations

from typing import Any

from adapters.workspace.configuration import Configuration, GitConfiguration, LintChoice, LintConfiguration
from engine.model.workspace import PriorityOrder
from grammar.content_cache import ContentCache, code_fingerprint
from grammar.diagnostics import Diagnostic


def cached_configuration(text: str, source: str) -> tuple[Configuration, tuple[Diagnostic, ...]]:
    """Do what `read_configuration` does; a text that was right before is not checked again."""
    cache = ContentCache.of_user("configuration", ())
    packages = ("adapters.workspace", "adapters.git", *(["engine.lint"] if "lint" in text else []))
    key = cache.key(text, code_fingerprint(*packages))
    kept = cache.get(key)
    if isinstance(kept, tuple) and len(kept) == 7:
        priority, sources, exclude, checkouts, fetch, timeout, lint = kept
        git = GitConfiguration(fetch, timeout)
        return Configuration(PriorityOrder(priority), sources, exclude, checkouts, git, _lint(lint)), ()
    from adapters.workspace.settings_file import read_configuration

    made, found = read_configuration(text, source)
    if not found:
        plain = (made.git.fetch, made.git.timeout, _plain(made.lint))
        cache.put(key, (made.priority.value, made.sources, made.exclude, dict(made.checkouts), *plain))
    return made, found


def _plain(lint: LintConfiguration) -> tuple[object, ...]:
    """Return the table as plain tuples, which is all that is kept."""
    paths = tuple((patterns, tuple(choice)) for patterns, choice in lint.paths)
    return (tuple(lint.choice), paths, *lint[2:])


def _lint(kept: tuple[Any, ...]) -> LintConfiguration:
    choice, paths, *rest = kept
    return LintConfiguration(LintChoice(*choice), tuple((fits, LintChoice(*own)) for fits, own in paths), *rest)
