"""What is known about the word under the cursor: what it means, what it is set to, and why."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from adapters.lsp.asked import Asked
from adapters.lsp.candidates import description_of
from adapters.lsp.effective import along_flow, one_line, setting_table
from adapters.lsp.occurrences import Occurrence
from adapters.lsp.vocabulary import about_attribute, about_keyword, attribute_of
from engine.lint.registry import RULE_BY_CODE
from engine.model.values import written
from grammar import nodes
from grammar.parsing.lexer import REFERENCE, SCAN, WORD
from grammar.span import Span

_MOST_ROWS = 12


def hover(asked: Asked, position: types.Position) -> types.Hover | None:
    """Return what is known about a place, as Markdown; None where nothing is."""
    offset = asked.offset(position)
    found = asked.analysis.occurrences.at(asked.document.name, offset)
    span: Span | None
    if found is not None:
        parts, span = list(_about(asked, found, offset)), found.span
    else:
        parts, span = _about_word(asked, offset)
    parts += _rules(asked, offset)
    if not parts:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(part for part in parts if part))
    return types.Hover(content, asked.document.lines.range(span) if span is not None else None)


def _about(asked: Asked, found: Occurrence, offset: int) -> Iterator[str]:
    analysis = asked.analysis
    declared = bool(analysis.occurrences.declarations(found))
    text = description_of(analysis, found.kind, found.name)
    head = f"**{found.kind}** `{found.name}`" + ("" if declared else ", which is not declared in this workspace")
    yield f"{head}\n\n{text}".strip()
    if analysis.loaded.broken:
        yield "The workspace has errors: what is in force cannot be said until they are mended."
        return
    match found.kind:
        case "environment":
            yield _environment(asked, found.name, offset)
        case "product":
            yield _product(asked, found.name)
        case "policy":
            yield _policy(asked, found.name)
        case "flow":
            yield _flow(asked, found.name)
        case "workflow":
            yield _workflow(asked, found)
        case "window" | "freeze":
            yield _calendar(asked, found)
        case _:
            return


def _environment(asked: Asked, name: str, offset: int) -> str:
    """Tell of an environment: in a flow what holds there, elsewhere what holds for every product."""
    analysis = asked.analysis
    place = analysis.workspace.environments.get(name)
    if place is None:
        return ""
    clusters = ", ".join(cluster.name for cluster in place.clusters)
    facts = f"{place.kind.value}{f', on {clusters}' if clusters else ''}"
    flow = _flow_around(asked, offset)
    if flow is None:
        pairs = [(product, analysis.resolver.decide(product, name)) for product in analysis.workspace.products]
        return f"{facts}\n\n{_rows('product', [(one, one_line(decision)) for one, decision in pairs])}"
    along = along_flow(analysis, flow, name)
    if len(along.decisions) == 1:
        ((product, decision),) = along.decisions.items()
        return f"{facts}\n\nIn flow `{flow}`, for product `{product}`:\n\n{setting_table(decision)}"
    rows = [(product, one_line(decision)) for product, decision in along.decisions.items()]
    return f"{facts}\n\nIn flow `{flow}`:\n\n{_rows('product', rows)}"


def _flow_around(asked: Asked, offset: int) -> str | None:
    pieces = asked.document.pieces
    index = pieces.piece_at(offset) if pieces is not None else None
    if pieces is None or index is None:
        return None
    declared = pieces.pieces[index].at(pieces.starts[index])[0]
    return next((one.name.text for one in declared if isinstance(one, nodes.Flow)), None)


def _product(asked: Asked, name: str) -> str:
    analysis = asked.analysis
    if name not in analysis.workspace.products:
        return ""
    places = analysis.workspace.environments
    return _rows("environment", [(place, one_line(analysis.resolver.decide(name, place))) for place in places])


def _rows(head: str, rows: list[tuple[str, str]]) -> str:
    shown = [f"| {name} | {text} |" for name, text in rows[:_MOST_ROWS]]
    if len(rows) > _MOST_ROWS:
        shown.append(f"| ... | and {len(rows) - _MOST_ROWS:,} more |")
    return "\n".join([f"| {head} | effective settings |", "|---|---|", *shown]) if rows else ""


def _policy(asked: Asked, name: str) -> str:
    policy = asked.analysis.workspace.policies.get(name)
    if policy is None:
        return ""
    found = asked.analysis.reach
    lines = [f"Priority {policy.priority}."]
    if found is not None:
        matched = found.matched.get(name, 0)
        lines.append(f"Matches {matched:,} of {found.pairs:,} pairs of product and environment.")
        for setting in policy.settings:
            decided = found.decided.get(setting.span, 0)
            lines.append(f"- `{setting.name} {written(setting.value)}` is in force in {decided:,} of them")
    return "\n".join(lines)


def _flow(asked: Asked, name: str) -> str:
    flow = asked.analysis.workspace.flows.get(name)
    if flow is None:
        return ""
    users = [
        product.name
        for product in asked.analysis.workspace.products.values()
        if any(use.flow == name for use in product.flows)
    ]
    road = " \N{RIGHTWARDS ARROW} ".join([flow.trigger, *(step.environment for step in flow.steps)])
    return f"{road}\n\nUsed by {', '.join(f'`{user}`' for user in users[:_MOST_ROWS]) or 'no product'}."


def _workflow(asked: Asked, found: Occurrence) -> str:
    used = sum(1 for one in asked.analysis.occurrences.of(found) if not one.declares)
    times = f"Named in {used:,} place{'' if used == 1 else 's'}."
    template = asked.analysis.workspace.workflows.get(found.name)
    if template is None:
        return times
    rows = [f"- `{parameter.name}`" for parameter in template.parameters]
    return "\n".join([times, *(["", "Parameters:", *rows] if rows else [])])


def _calendar(asked: Asked, found: Occurrence) -> str:
    declarations = asked.analysis.occurrences.declarations(found)
    whole = declarations[0].whole if declarations else None
    lines = asked.lines(whole) if whole is not None else None
    if whole is None or lines is None:
        return ""
    return f"```promo\n{lines.text[whole.start : whole.end]}\n```"


def _about_word(asked: Asked, offset: int) -> tuple[list[str], Span | None]:
    """Tell of a keyword, or of an attribute that a condition asks about."""
    document = asked.document
    pieces = document.pieces
    index = pieces.piece_at(offset) if pieces is not None else None
    if pieces is None or index is None:
        return [], None
    position, end = pieces.bounds(index)
    while position < end and (match := SCAN.match(document.text, position, end)) is not None:
        if match.lastindex is None:
            break
        position = match.end()
        start = match.start(WORD if match.lastindex == REFERENCE else match.lastindex)
        if start <= offset <= position and match[WORD] is not None:
            token = document.text[start:position]
            asks = attribute_of(token) if match.lastindex == REFERENCE else None
            about = about_attribute(*asks) if asks is not None else about_keyword(token)
            return ([about], Span(start, position, document.name)) if about else ([], None)
    return [], None


def _rules(asked: Asked, offset: int) -> list[str]:
    """Tell why the rules whose findings are here exist."""
    found = {
        one.code: RULE_BY_CODE[one.code]
        for one in asked.analysis.by_source.get(asked.document.name, ())
        if one.span.start <= offset <= one.span.end and one.code in RULE_BY_CODE
    }
    return [f"**{rule.name}** ({code}): {rule.why}" for code, rule in found.items()]
