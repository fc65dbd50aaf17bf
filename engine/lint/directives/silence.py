"""Takes out the findings that comments silence, and judges those comments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from engine.lint.directives.comment import MARK, Directive, directives
from engine.lint.directives.rules import IgnoreWithoutReason, MalformedIgnore, UnusedIgnore
from engine.lint.rule import Rule
from engine.lint.selection import Selection, fits
from grammar.diagnostics import Diagnostic, Fix, TextEdit
from grammar.span import SourceText, Span
from grammar.suggest import nearest

_VERBS = ("ignore", "ignore-file")


def silenced(
    findings: Iterable[Diagnostic],
    texts: Mapping[str, str],
    rules: Mapping[str, type[Rule]],
    selection_of: Mapping[str, Selection],
) -> Iterator[Diagnostic]:
    """Yield the findings that no comment silences, then what is wrong with the comments.

    An error of reading the workspace cannot be silenced.

    Args:
        findings: of every rule that is asked.
        texts: by source.
        rules: by code.
        selection_of: which rules are asked, by source.
    """
    found: dict[str, list[Diagnostic]] = {}
    for finding in findings:
        found.setdefault(finding.span.source, []).append(finding)
    for source, text in texts.items():
        own = found.pop(source, [])
        if MARK in text:
            yield from _one_text(own, SourceText(source, text), rules, selection_of[source])
        else:
            yield from own
    for rest in found.values():
        yield from rest


def _one_text(
    findings: list[Diagnostic], text: SourceText, rules: Mapping[str, type[Rule]], selection: Selection
) -> Iterator[Diagnostic]:
    good: list[Directive] = []
    for directive in directives(text):
        problem = _problem(directive, rules)
        if problem is None:
            good.append(directive)
        elif selection.has(MalformedIgnore.code):
            yield problem
    used: set[tuple[int, str]] = set()
    by_line: dict[int, list[tuple[int, Directive]]] = {}
    for number, directive in enumerate(good):
        by_line.setdefault(directive.line, []).append((number, directive))
    for finding in findings:
        here = by_line.get(text.position(finding.span.start).line, [])
        if not _is_silenced(finding, [*here, *by_line.get(0, [])], rules, used):
            yield finding
    for number, directive in enumerate(good):
        if not directive.reason and selection.has(IgnoreWithoutReason.code):
            yield IgnoreWithoutReason().found(
                "nothing says why this is silenced", directive.span, help="write the reason behind the brackets"
            )
        if selection.has(UnusedIgnore.code):
            yield from _unused(
                directive, [s for s in directive.selectors if (number, s) not in used], text, selection, rules
            )


def _is_silenced(
    finding: Diagnostic,
    near: Iterable[tuple[int, Directive]],
    rules: Mapping[str, type[Rule]],
    used: set[tuple[int, str]],
) -> bool:
    rule = rules.get(finding.code)
    if rule is None and finding.is_error:
        return False
    hit = False
    for number, directive in near:
        for selector in directive.selectors:
            if fits(selector, finding.code, rule):
                used.add((number, selector))
                hit = True
    return hit


def _problem(directive: Directive, rules: Mapping[str, type[Rule]]) -> Diagnostic | None:
    rule = MalformedIgnore()
    if directive.verb not in _VERBS:
        return rule.found(
            f"`{directive.verb}` is nothing promo can be told in a comment",
            directive.span,
            help="write `# promo: ignore[CODE] reason`",
        )
    if not directive.selectors:
        return rule.found(
            "nothing is named that is to be ignored",
            directive.span,
            help=f"write `# promo: {directive.verb}[CODE] reason`",
        )
    for selector in directive.selectors:
        if not known_selector(selector, rules):
            near = nearest(selector, [*rules, *(found.name for found in rules.values())])
            help_text = f"did you mean `{near}`?" if near else "`promo rules` lists them"
            return rule.found(f"there is no rule `{selector}`", directive.span, help=help_text)
    return None


def known_selector(selector: str, rules: Mapping[str, type[Rule]]) -> bool:
    """Say whether a selector of a comment names a rule, a category, or a code of reading the workspace."""
    if selector[:1] in _OTHER_FAMILIES and (len(selector) == 4 and selector[1:].isdigit()):
        return True
    return any(fits(selector, code, rule) > 1 for code, rule in rules.items())


_OTHER_FAMILIES = ("S", "M", "Y", "C", "R")


def _unused(
    directive: Directive,
    unused: Collection[str],
    text: SourceText,
    selection: Selection,
    rules: Mapping[str, type[Rule]],
) -> Iterator[Diagnostic]:
    """Report selectors that silenced nothing, unless the rules they name were not asked."""
    asked = [
        selector
        for selector in unused
        if any(selection.has(code) and fits(selector, code, rule) for code, rule in rules.items())
        or selector[:1] in _OTHER_FAMILIES
    ]
    if not asked:
        return
    named = ", ".join(f"`{selector}`" for selector in asked)
    whole = len(asked) == len(directive.selectors)
    yield UnusedIgnore().found(
        f"nothing here has to be silenced: there is no finding of {named}",
        directive.span,
        help="remove the comment" if whole else f"remove {named}",
        fix=_removal(directive, text, [s for s in directive.selectors if s not in asked]),
    )


def _removal(directive: Directive, text: SourceText, kept: list[str]) -> Fix:
    """Return the fix that takes selectors out of a directive, or the whole comment where none is left."""
    if kept:
        reason = f" {directive.reason}" if directive.reason else ""
        written = f"# {MARK} {directive.verb}[{', '.join(kept)}]{reason}"
        return Fix("remove what is not needed", (TextEdit(directive.span, written),))
    number, column = text.position(directive.span.start)
    before = text.line(number)[: column - 1]
    start, end = directive.span.start - (len(before) - len(before.rstrip())), directive.span.end
    if not before.strip():
        # The comment has the line to itself: the line goes, with its break.
        start, end = text.offset(number, 1), max(text.offset(number + 1, 1), end)
    return Fix("remove the comment", (TextEdit(Span(start, end, directive.span.source), ""),))
