"""What stands in a text without being written: the effective value of settings, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from lsprotocol import types

from adapters.lsp.asked import Asked
from adapters.lsp.effective import along_flow, origin_name, setting_table
from engine.model.values import written
from engine.testing import Runner
from engine.testing.expected_values import expected_value
from grammar import nodes


def hints(asked: Asked, place: types.Range) -> list[types.InlayHint]:
    """Return the hints for a part of a `.promo` text; none while the workspace has errors.

    Args:
        asked: the text that is asked about.
        place: the part that is visible.
    """
    pieces, lines = asked.document.pieces, asked.document.lines
    if pieces is None or asked.analysis.loaded.broken:
        return []
    start, end = lines.offset(place.start), lines.offset(place.end)
    found: list[types.InlayHint] = []
    for index, piece in enumerate(pieces.pieces):
        first, last = pieces.bounds(index)
        if last < start or first > end:
            continue
        for declaration in piece.at(first)[0]:
            found += _declaration(asked, declaration)
    return [hint for hint in found if start <= lines.offset(hint.position) <= end]


def _declaration(asked: Asked, node: nodes.Declaration) -> Iterator[types.InlayHint]:
    match node:
        case nodes.Flow():
            for item in node.items:
                if isinstance(item, nodes.Step):
                    yield from _step(asked, node.name.text, item)
        case nodes.Policy():
            yield from _policy(asked, node)
        case nodes.Test():
            yield from _test(asked, node)
        case _:
            return


def _step(asked: Asked, flow: str, step: nodes.Step) -> Iterator[types.InlayHint]:
    """Tell behind the head of a step what policies set for it."""
    along = along_flow(asked.analysis, flow, step.environment.text)
    inline = {item.keyword for item in step.items if isinstance(item, nodes.Setting)}
    shown = [along.short(name) for name in along.values if name not in inline]
    if not shown:
        return
    at = step.after[-1].span.end if step.after else step.environment.span.end
    tables = [f"`{product}`\n\n{setting_table(decision)}" for product, decision in list(along.decisions.items())[:5]]
    yield _hint(asked, at, "; ".join(shown), "\n\n".join(tables))


def _policy(asked: Asked, node: nodes.Policy) -> Iterator[types.InlayHint]:
    """Tell behind each setting of a policy in how many pairs it is the one in force."""
    reach = asked.analysis.reach
    policy = asked.analysis.workspace.policies.get(node.name.text)
    if reach is None or policy is None or policy.span != node.span or not reach.pairs:
        return
    matched = reach.matched.get(policy.name, 0)
    for setting in policy.settings:
        decided = reach.decided.get(setting.span, 0)
        about = (
            f"The policy matches {matched:,} of {reach.pairs:,} pairs of product and environment; "
            f"in {decided:,} of them nothing better sets `{setting.name}`."
        )
        yield _hint(asked, setting.span.end, f"in force in {decided:,} of {matched:,}", about)


def _test(asked: Asked, node: nodes.Test) -> Iterator[types.InlayHint]:
    """Tell behind each expected setting who sets it, or what it is instead."""
    decisions = {
        one.environment: one.decision for one in Runner(asked.analysis.workspace, ZoneInfo).run(node).looked_at
    }
    for item in node.items:
        decision = decisions.get(item.environment.text) if isinstance(item, nodes.ExpectSettings) else None
        if not isinstance(item, nodes.ExpectSettings) or decision is None:
            continue
        for setting in item.settings:
            effective = decision.effective.get(setting.keyword)
            if effective is None:
                yield _hint(asked, setting.span.end, "nothing sets it", "")
                continue
            origin = f"\N{LEFTWARDS ARROW} {origin_name(effective.origin)}"
            right = expected_value(setting) == effective.value
            label = origin if right else f"is {written(effective.value)} {origin}"
            yield _hint(asked, setting.span.end, label, setting_table(decision))


def _hint(asked: Asked, offset: int, label: str, about: str) -> types.InlayHint:
    return types.InlayHint(
        asked.document.lines.position(offset),
        label,
        kind=types.InlayHintKind.Type,
        tooltip=types.MarkupContent(types.MarkupKind.Markdown, about) if about else None,
        padding_left=True,
    )
