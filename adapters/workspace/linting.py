"""Lints a workspace that was read: which rules its `promo.toml` asks for where, and what they find.

Findings are kept by the texts they are about, so that a second run on the same texts imports no rule.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, cast

from adapters.workspace.configuration import LintChoice
from adapters.workspace.patterns import Patterns
from grammar.content_cache import ContentCache, code_fingerprint
from grammar.diagnostics import Diagnostic

if TYPE_CHECKING:
    from adapters.workspace.gathering import Gathered
    from adapters.workspace.loading import Loaded
    from engine.lint.selection import Choice, Selection

_FINDING_MODULES = ("grammar.diagnostics", "grammar.span")


class Findings(NamedTuple):
    """What linting gave.

    Attributes:
        findings: by file and place.
        broken: whether reading the workspace gave an error; then nothing else was looked for.
    """

    findings: tuple[Diagnostic, ...]
    broken: bool


def lint_gathered(read: Gathered, asked: LintChoice | None = None) -> Findings:
    """Return the findings of a workspace whose texts were read, from the cache where these were linted before.

    Args:
        read: the texts.
        asked: what the command line adds to `promo.toml`.
    """
    cache = ContentCache.of_user("findings", _FINDING_MODULES)
    texts = (part for pair in read.texts.items() for part in pair)
    key = cache.key(_code(), repr(asked), os.path.relpath(read.folder), *texts)
    whole = not any(found.is_error for found in read.found)
    kept = cache.get(key) if whole else None
    if isinstance(kept, tuple):
        return Findings(cast("tuple[Diagnostic, ...]", kept), False)
    from grammar.calm import calm_collector

    with calm_collector():
        found = _linted(read, asked)
        if not found.broken:
            cache.put(key, found.findings)
    return found


def _linted(read: Gathered, asked: LintChoice | None) -> Findings:
    """Understand texts and lint what they declare; of that, nothing is left behind but findings.

    So it is gone before the collector is let loose again, which would look at all of it.
    """
    from adapters.workspace.loading import understood

    loaded = understood(read, keep_written=True)
    return Findings(lint_loaded(loaded, asked), loaded.broken)


@lru_cache(maxsize=1)
def _code() -> str:
    """Return what changes when anything does that findings depend on."""
    engine = ("engine.model", "engine.resolve", "engine.lint")
    return code_fingerprint("grammar", *engine, "adapters.manifests", "adapters.workspace", "adapters.yaml")


def lint_loaded(loaded: Loaded, asked: LintChoice | None = None) -> tuple[Diagnostic, ...]:
    """Return the findings of a workspace, by file and place.

    Where reading it gave an error, only what reading gave: rules rely on a workspace that is whole.

    Args:
        loaded: the workspace.
        asked: what the command line adds to `promo.toml`.
    """
    if loaded.broken:
        return loaded.diagnostics
    from engine.lint.material import Material
    from engine.lint.options import Options
    from engine.lint.registry import RULE_BY_CODE
    from engine.lint.run import lint
    from grammar.calm import calm_collector

    options = Options(loaded.configuration.lint.file_lines, loaded.configuration.lint.owner_labels)
    texts = _texts(loaded)
    with calm_collector():
        material = Material(loaded.files, loaded.workspace, texts, options)
        return lint(material, RULE_BY_CODE, selections(loaded, texts, asked), loaded.diagnostics)


def selections(loaded: Loaded, names: Iterable[str], asked: LintChoice | None = None) -> Mapping[str, Selection]:
    """Return which rules are asked about each text, by its name.

    Args:
        loaded: the workspace, whose `promo.toml` says so.
        names: of texts.
        asked: what the command line adds; it counts more than any `[[lint.paths]]`.
    """
    from engine.lint.registry import RULE_BY_CODE
    from engine.lint.selection import Selection

    configured = loaded.configuration.lint
    paths = [(Patterns(patterns), choice) for patterns, choice in configured.paths]
    made: dict[tuple[int, ...], Selection] = {}
    found: dict[str, Selection] = {}
    for name in names:
        relative = relative_to(loaded, name)
        fitting = tuple(number for number, (patterns, _) in enumerate(paths) if patterns.matches(relative))
        if fitting not in made:
            choices = [configured.choice, *(paths[number][1] for number in fitting), *([asked] if asked else [])]
            made[fitting] = Selection([_choice(choice) for choice in choices], RULE_BY_CODE)
        found[name] = made[fitting]
    return found


def relative_to(workspace: Loaded | Gathered, name: str) -> str:
    """Return the path of a text from the workspace's folder, parted by `/`."""
    return os.path.relpath(name, workspace.folder).replace(os.sep, "/")


def _choice(choice: LintChoice) -> Choice:
    from engine.lint.selection import Choice
    from grammar.diagnostics import Severity

    severities = {selector: Severity(word) for selector, word in choice.severity}
    return Choice(choice.select, choice.ignore, severities)


def _texts(loaded: Loaded) -> dict[str, str]:
    """Return the texts that declare something; other YAML (values, charts) is nobody's business here."""
    workspace = loaded.workspace
    telling = {file.source for file in loaded.files if file.declarations or file.source.endswith(".promo")}
    telling |= {application.span.source for application in workspace.applications.values()}
    telling |= {workflow.span.source for workflow in workspace.workflows.values()}
    return {name: text for name, text in loaded.sources.texts.items() if name in telling}
