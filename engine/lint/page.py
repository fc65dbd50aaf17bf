"""A rule's documentation as Markdown."""

from __future__ import annotations

import re
from textwrap import fill

from engine.lint.options import DEFAULT_OPTIONS
from engine.lint.rule import Rule
from grammar.diagnostics import FixSafety

_FILE = re.compile(r"^# file: (\S+)$\n", re.M)
_WIDTH = 110
_FIXES = {
    FixSafety.SAFE: "safe: `promo lint --fix` applies it, and the meaning stays the same",
    FixSafety.UNSAFE: "to be looked at: `promo lint --unsafe-fixes` applies it",
    FixSafety.DISPLAY_ONLY: "shown, never applied",
}


def rule_page(rule: type[Rule]) -> str:
    """Return a rule's page: what it finds, why, and examples of how to write it."""
    facts = [
        f"| Code | `{rule.code}` |",
        f"| Category | {rule.category.value} |",
        f"| Severity | {rule.severity.value} |",
        f"| Selected | {'by default' if rule.by_default else 'only where `select` names it'} |",
        f"| Fix | {_FIXES[rule.fix] if rule.fix is not None else 'none'} |",
    ]
    given = _given(rule)
    parts = [
        f"# {rule.name}",
        f"{fill(rule.summary, _WIDTH, break_on_hyphens=False)}.",
        "\n".join(["| | |", "|---|---|", *facts]),
        "## Why",
        fill(rule.why, _WIDTH, break_on_hyphens=False, break_long_words=False),
        f"## Avoid{given}",
        _example(rule.avoid),
        "## Prefer",
        _example(rule.prefer),
        "## Configuration",
        fill(_configuration(rule), _WIDTH, break_on_hyphens=False, break_long_words=False),
    ]
    return "\n\n".join(parts) + "\n"


def example_files(example: str) -> tuple[tuple[str, str], ...]:
    """Return the files of a rule's example: pairs of name and text; the first one is `example.promo`."""
    first, *others = _FILE.split(example.lstrip("\n"))
    named = [("example.promo", first), *zip(others[::2], others[1::2], strict=True)]
    return tuple((name, text) for name, text in named if text.strip())


def _given(rule: type[Rule]) -> str:
    """Return what is configured for the examples, where it is not the default."""
    lines = rule.example_options.file_lines
    return f", with `file-lines = {lines}`" if lines != DEFAULT_OPTIONS.file_lines else ""


def _example(example: str) -> str:
    blocks = []
    for name, text in example_files(example):
        language = "promo" if name.endswith(".promo") else "yaml"
        title = f"`{name}`:\n\n" if name != "example.promo" else ""
        blocks.append(f"{title}```{language}\n{text.rstrip()}\n```")
    return "\n\n".join(blocks)


def _configuration(rule: type[Rule]) -> str:
    usual = (
        f'`ignore = ["{rule.name}"]` under `[lint]` in `promo.toml` turns it off, `{rule.name} = "error"` under '
        f"`[lint.severity]` changes its weight, and `# promo: ignore[{rule.code}] reason` silences one finding."
    )
    return f"{rule.configuration} {usual}" if rule.configuration else usual
