"""Applies fixes to texts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from grammar.diagnostics import Diagnostic, FixSafety, TextEdit


def apply_fixes(
    findings: Iterable[Diagnostic], texts: Mapping[str, str], safeties: Collection[FixSafety]
) -> tuple[dict[str, str], tuple[Diagnostic, ...]]:
    """Apply the fixes of findings; of two that touch the same text, the one that stands first.

    Args:
        findings: in any order.
        texts: by source.
        safeties: the grades that may be applied.

    Returns:
        The texts that change, by source, and the findings whose fix was applied, by place. Cost: O(edits + text).
    """
    wanted = [found for found in findings if found.fix is not None and found.fix.safety in safeties]
    wanted.sort(key=lambda found: (found.span.source, found.span.start, found.code))
    edits: dict[str, list[TextEdit]] = {}
    applied: list[Diagnostic] = []
    for found in wanted:
        assert found.fix is not None
        own = found.fix.edits
        if all(edit.span.source in texts for edit in own) and not _clash(own, edits):
            applied.append(found)
            for edit in own:
                edits.setdefault(edit.span.source, []).append(edit)
    return {source: _edited(texts[source], made) for source, made in edits.items()}, tuple(applied)


def _clash(own: Iterable[TextEdit], edits: Mapping[str, list[TextEdit]]) -> bool:
    """Say whether edits overlap or touch others: two changes of one place are left to two rounds."""
    return any(
        edit.span.start <= other.span.end and other.span.start <= edit.span.end
        for edit in own
        for other in edits.get(edit.span.source, ())
    )


def _edited(text: str, edits: list[TextEdit]) -> str:
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit.span.start):
        pieces += [text[position : edit.span.start], edit.text]
        position = edit.span.end
    return "".join([*pieces, text[position:]])
