"""What can be written at a place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types

from adapters.lsp import candidates
from adapters.lsp.analysis import Analysis
from adapters.lsp.candidates import Candidate
from adapters.lsp.cursor import Cursor, cursor_at
from adapters.lsp.document import Document
from adapters.lsp.vocabulary import about_keyword
from adapters.workspace.zones import KnownZones
from engine.model.attributes import Subject
from grammar.lexical import name_token, quote
from grammar.parsing.tables import tables
from grammar.span import Span
from grammar.vocabulary import DECLARATIONS

TRIGGERS = (".", '"', "[", " ")
"""Characters after which the editor asks by itself."""

_KINDS = {
    "name": types.CompletionItemKind.Reference,
    "value": types.CompletionItemKind.Value,
    "workflow": types.CompletionItemKind.Function,
    "attribute": types.CompletionItemKind.Property,
    "word": types.CompletionItemKind.EnumMember,
}
_SNIPPETS = {
    "environment": "environment ${1:name} {\n  kind ${2|non-prod,prod|}\n  cluster ${3:in-cluster}\n}",
    "product": 'product ${1:name} {\n  labels team = "${2:team}"\n  flow ${3:standard}\n}',
    "template": 'template ${1:name} {\n  promote "${2:values.yaml}" "${3:\\$.image.tag}"\n}',
    "policy": "policy ${1:name} priority ${2:100} {\n  when ${3:environment.kind == prod}\n  ${0:action pr}\n}",
    "flow": "flow ${1:standard} {\n  trigger ${2:dev}\n  step ${3:qa} after ${2:dev}\n  timeout ${4:8h}\n}",
    "require": 'require ${1:name} "${2:title}" {\n  when ${3:environment.kind == prod}\n  that ${0:action == pr}\n}',
    "window": 'window ${1:name} {\n  days ${2:mon to fri}\n  from ${3:09:00} to ${4:17:00}\n  zone "${5:UTC}"\n}',
    "freeze": "freeze ${1:name} {\n  from ${2:2026-12-20} to ${3:2027-01-02}\n  when ${4:environment.kind == prod}\n}",
    "access": "access ${1:name} {\n  teams ${2:team}\n  allow ${3:promote}\n}",
    "test": 'test "${1:what is shown}" {\n  product ${2:name}\n  expect ${3:prod} { ${0:action pr} }\n}',
}
_DURATIONS = ("30m", "2h", "1d")
_COMPARISONS = {"==", "!=", "in", "matches", "<", "<=", ">", ">="}


def complete(
    document: Document, offset: int, analysis: Analysis | None, *, snippets: bool
) -> list[types.CompletionItem]:
    """Return what can be written at a place of a `.promo` text.

    Args:
        document: the text, as broken as texts are while they are written.
        offset: of the cursor.
        analysis: of the workspace, perhaps of a moment ago; without one there are only keywords.
        snippets: whether the editor understands placeholders.
    """
    if document.pieces is None:
        return []
    cursor = cursor_at(document.pieces, offset)
    if cursor.comment:
        return []
    # Editors write the closing quote with the opening one: it belongs to what is replaced.
    closed = cursor.in_string and document.text[offset : offset + 1] == '"'
    place = document.lines.range(Span(cursor.start, offset + closed, document.name))
    items = [] if cursor.in_string else [_keyword(word, place, snippets) for word in _keywords(cursor)]
    if analysis is not None:
        items += [_item(found, cursor, place) for found in _distinct(_found(cursor, analysis))]
    return items


def _keywords(cursor: Cursor) -> list[str]:
    """Return the keywords that the grammar has here, and examples of a duration where nothing else may stand."""
    known = sorted(word for word, terminal in tables().keywords.items() if terminal in cursor.expected)
    if _head(cursor.tokens) in _COMPARISONS:
        # What is compared is a value; the words that could negate or group come before it.
        known = [word for word in known if word in ("matches", "in")]
    return [*known, *(_DURATIONS if cursor.expected == {"DURATION"} else ())]


def _found(cursor: Cursor, analysis: Analysis) -> Iterator[Candidate]:
    """Yield names, values and attributes that fit."""
    expected = cursor.expected
    head = _head(cursor.tokens)
    if head in _COMPARISONS:
        found = list(candidates.values(analysis, _asked(cursor.tokens)))
        # A value that stands before the attribute it may be one of: `urgent in product.tags`.
        yield from found or (candidates.attributes(analysis, cursor) if "PATH" in expected else ())
        return
    if "PATH" in expected and not cursor.in_string:
        yield from candidates.attributes(analysis, cursor)
        return
    if not ({"NAME", "STRING"} & expected) and not cursor.in_string:
        return
    if head == "zone":
        yield from (Candidate(zone, "value", "time zone") for zone in KnownZones())
    elif head == "=" and len(cursor.tokens) > 1:
        yield from candidates.label_values(analysis, _subject(cursor), _plain(cursor.tokens[-2]))
    elif head == "labels":
        yield from candidates.label_keys(analysis, _subject(cursor))
    elif head in candidates.AFTER_KEYWORD and not _declares(cursor):
        yield from candidates.AFTER_KEYWORD[head](analysis)


def _declares(cursor: Cursor) -> bool:
    """Say whether the name of a new declaration is written here, which is nobody else's."""
    return len(cursor.tokens) == 1


def _head(tokens: tuple[str, ...]) -> str:
    """Return the word that decides what stands here: before a list, the word in front of it."""
    at = len(tokens) - 1
    while at > 0 and tokens[at] in (",", "["):
        if tokens[at] == "[":
            at -= 1
        elif tokens[at - 2 : at - 1] == ("=",):
            at -= 4
        else:
            at -= 2
    return tokens[at] if at >= 0 else ""


def _asked(tokens: tuple[str, ...]) -> str:
    """Return the attribute before the last comparison."""
    at = max(index for index, token in enumerate(tokens) if token in _COMPARISONS)
    before = at - 1
    if before >= 0 and tokens[before] == "not":
        before -= 1
    return tokens[before] if before >= 0 else ""


def _subject(cursor: Cursor) -> Subject:
    return Subject.ENVIRONMENT if cursor.declaration == "environment" else Subject.PRODUCT


def _plain(token: str) -> str:
    return token[1:-1] if token.startswith('"') else token


def _distinct(found: Iterable[Candidate]) -> Iterator[Candidate]:
    seen: set[str] = set()
    for one in found:
        if one.name not in seen:
            seen.add(one.name)
            yield one


def _keyword(word: str, place: types.Range, snippets: bool) -> types.CompletionItem:
    about = about_keyword(word)
    snippet = _SNIPPETS.get(word) if snippets and word in DECLARATIONS else None
    return types.CompletionItem(
        label=word,
        kind=types.CompletionItemKind.Snippet if snippet else types.CompletionItemKind.Keyword,
        detail=DECLARATIONS.get(word),
        documentation=types.MarkupContent(types.MarkupKind.Markdown, about) if about else None,
        text_edit=types.TextEdit(place, snippet or word),
        insert_text_format=types.InsertTextFormat.Snippet if snippet else None,
        sort_text=f"1{word}",
    )


def _item(found: Candidate, cursor: Cursor, place: types.Range) -> types.CompletionItem:
    text = found.name if found.kind in ("attribute", "word") else name_token(found.name)
    if cursor.in_string or ("STRING" in cursor.expected and "NAME" not in cursor.expected):
        text = quote(found.name)
    return types.CompletionItem(
        label=found.name,
        kind=_KINDS[found.kind],
        detail=found.detail or None,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, found.documentation)
        if found.documentation
        else None,
        text_edit=types.TextEdit(place, text),
        filter_text=text if cursor.in_string else found.name,
        sort_text=f"0{found.name}",
    )
