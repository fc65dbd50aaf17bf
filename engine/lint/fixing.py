"""Applies fixes to texts."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Mapping

from grammar.diagnostics import Diagnostic, FixSafety, TextEdit
from grammar.span import Span


def apply_fixes(
    findings: Iterable[Diagnostic], texts: Mapping[str, str], safeties: Collection[FixSafety]
) -> tuple[dict[str, str], tuple[Diagnostic, ...]]:
    """Apply the fixes of findings; of two that touch the same text, the one that stands first.

    Args:
        findings: in any order.
        texts: by source.
        safeties: the grades that may be applied.

    Returns:
        The texts that change, by source, and the findings whose fix was applied, by place.
        Cost: O(text + edits * log edits).
    """
    wanted = [found for found in findings if found.fix is not None and found.fix.safety in safeties]
    wanted.sort(key=lambda found: (found.span.source, found.span.start, found.code))
    edits: dict[str, list[TextEdit]] = {}
    taken: dict[str, list[Span]] = {}
    applied: list[Diagnostic] = []
    for found in wanted:
        assert found.fix is not None
        own = found.fix.edits
        if all(edit.span.source in texts and _is_free(edit.span, taken) for edit in own):
            applied.append(found)
            for edit in own:
                edits.setdefault(edit.span.source, []).append(edit)
                insort(taken.setdefault(edit.span.source, []), edit.span)
    return {source: _edited(texts[source], made) for source, made in edits.items()}, tuple(applied)


def _is_free(span: Span, taken: Mapping[str, list[Span]]) -> bool:
    """Say whether no edit overlaps or touches a place: two changes side by side are left to two rounds."""
    spans = taken.get(span.source, [])
    at = bisect_left(spans, span)
    after = spans[at].start if at < len(spans) else span.end + 1
    before = spans[at - 1].end if at else span.start - 1
    return before < span.start and span.end < after


def _edited(text: str, edits: list[TextEdit]) -> str:
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit.span.start):
        pieces += [text[position : edit.span.start], edit.text]
        position = edit.span.end
    return "".join([*pieces, text[position:]])
