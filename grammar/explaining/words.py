"""Words that begin nothing here: misspelt, from elsewhere, or in the wrong block."""

from __future__ import annotations

from grammar.diagnostics import Diagnostic, Label
from grammar.explaining.place import Place
from grammar.explaining.quoting import shown
from grammar.lexical import quote
from grammar.suggest import nearest
from grammar.vocabulary import AFTER, DECLARATIONS, MISPLACED, SETTINGS, SYNONYMS, listing, word_for

_COMPARISONS = {"EQ", "NE", "LT", "LE", "GT", "GE"}


def unknown_declaration(place: Place) -> Diagnostic | None:
    """Explain a word at the top level that begins no declaration."""
    if place.context.keyword or place.at_end:
        return None
    word = place.found
    if word in {"import", "include", "use", "load"}:
        help_text, meant = "files need no import: every file of the workspace is read", None
    else:
        meant = _meant(word, list(DECLARATIONS))
        listed = listing([f"`{known}`" for known in DECLARATIONS])
        help_text = f"did you mean `{meant}`? as in `{DECLARATIONS[meant]}`" if meant else ""
        help_text = help_text or f"a declaration begins with {listed}"
    return place.error("S002", f"`{shown(word)}` does not begin a declaration", help=help_text, write=meant)


def header(place: Place) -> Diagnostic | None:
    """Explain what stands between a declaration's name and its ``{``."""
    context = place.context
    if context.brace is not None or "LBRACE" not in place.expected or not context.title_at or not place.found:
        return None
    word = place.found
    if word.isdigit() and "PRIORITY" in place.expected:
        return place.error(
            "S001",
            f"expected `{{` or `priority`, found `{word}`",
            help=f"write `priority {word}`",
            write=f"priority {word}",
        )
    name_start = context.title_at[0] + len(context.keyword)
    line_end = min((i for i in (place.text.find(c, place.start) for c in "{\n\r#") if i >= 0), default=len(place.text))
    whole = place.text[name_start:line_end].strip()
    on_line = "\n" not in place.text[name_start : place.start]
    if word[0].isalnum() and word not in AFTER and on_line and '"' not in whole and len(whole) < 100:
        return place.error(
            "S019",
            f"`{whole}` must stand in quotes: it has a space",
            span=place.span(
                place.text.index(whole, name_start),
                line_end - (len(place.text[name_start:line_end]) - len(place.text[name_start:line_end].rstrip())),
            ),
            help=f"write {quote(whole)}",
            write=quote(whole),
        )
    return None


def unknown_keyword(place: Place) -> Diagnostic | None:
    """Explain a word between items that is no attribute of its block."""
    context = place.context
    word = place.found
    if not place.keywords or not word or not word[0].isalpha() or place.expected & {"NAME", "PATH"}:
        return None
    if not context.at_item(place.expected):
        return None
    block = f" of {context.block}" if context.block else ""
    advice = _misplaced(place, word)
    meant = None if advice else _meant(word, place.keywords)
    listed = listing([f"`{known}`" for known in context.items(place.expected)])
    help_text = advice or (f"did you mean `{meant}`?" if meant else f"its attributes are {listed}")
    before = place.previous
    if not advice and not meant and before is not None and before.type == "NAME":
        between = place.text[before.end - place.base : place.start]
        if f"{before.text}-{word}" in {"on-failure", "non-prod"}:
            help_text = f"write `{before.text}-{word}`"
        elif between.strip(" ") == "":
            help_text += f"; a name with a space stands in quotes: {quote(f'{before.text} {word}')}"
    return place.error("S003", f"`{shown(word)}` is not an attribute{block}", help=help_text, write=meant)


def _misplaced(place: Place, word: str) -> str:
    """Return where a word belongs that is known elsewhere; empty when it is not."""
    context = place.context
    block = context.block_keyword
    advice = MISPLACED.get((block, word), "")
    if not advice and word in SETTINGS and block in {"flow", "product", "environment"}:
        advice = (
            f"settings belong to a step, as in `step qa after dev {{ {word} ... }}`, or to a policy"
            if block == "flow"
            else f"settings belong to a policy, as in `policy NAME {{ {word} ... }}`"
        )
    return advice.replace("NAME", context.name or "NAME")


def _meant(word: str, candidates: list[str]) -> str | None:
    synonym = next((known for known in SYNONYMS.get(word.lower(), ()) if known.split()[0] in candidates), None)
    return synonym or nearest(word, candidates)


def wrong_word(place: Place) -> Diagnostic | None:
    """Explain a word where one of a few keywords or operators must stand."""
    if place.at_end or "RBRACE" in place.expected:
        return None
    if place.expected == {"TO"} and place.found[0] in "-.":
        return place.error("S001", _expected(place), help="write `to`", write="to")
    if not place.found[0].isalpha() and place.found != "[":
        return None
    if _COMPARISONS <= place.expected:
        return _no_comparison(place)
    fields = ["message", "revision", "author", "branch"] if "COMMIT_FIELD" in place.expected else []
    words = [*place.keywords, *fields]
    if not words or len(words) > 8 or place.expected & {"NAME", "PATH"}:
        return None
    meant = _meant(place.found, words)
    if meant is None:
        return None
    return place.error("S001", _expected(place), help=f"did you mean `{meant}`?", write=meant)


def _no_comparison(place: Place) -> Diagnostic | None:
    """Explain a condition without a comparison, or one that begins with a conjunction."""
    before = place.previous
    if before is not None and before.type == "NAME" and before.text in {"and", "or"} and place.context.empty_before:
        at = place.offset_of(before)
        return place.error(
            "S001",
            f"expected a condition before `{before.text}`",
            span=place.span(at, at + len(before.text)),
            help=f"`{before.text}` joins two conditions",
        )
    if place.found == "[":
        help_text = 'a key stands in quotes, as in `product.labels["team"]`'
        return place.error("S001", _expected(place), help=help_text)
    meant = {"is": "==", "equals": "==", "eq": "==", "ne": "!=", "contains": "matches", "like": "matches"}.get(
        place.found
    )
    return place.error(
        "S001",
        f"expected a comparison such as `==`, `!=`, `in` or `matches`, found `{shown(place.found)}`",
        help=f"write `{meant}`" if meant else "a condition compares, as in `environment.kind == prod`",
        write=meant,
    )


def anything_else(place: Place) -> Diagnostic:
    """Say what was expected and what was found."""
    context = place.context
    labels = []
    if context.title and context.title_at is not None:
        labels.append(Label(place.span(*context.title_at), f"in this {context.keyword}"))
    return place.error("S001", _expected(place), labels=labels, help=context.shape(place.expected, place.found))


def _expected(place: Place) -> str:
    found = f"found `{shown(place.found)}`" if place.found else "but the text ends"
    context = place.context
    if place.expected == {"STRING"} and context.after in {"version", "promote"} and not context.empty_item:
        return f"expected a JSONPath in double quotes after the file, {found}"
    if context.wants_value(place.expected):
        return f"expected {AFTER[context.after]} after `{context.after}`, {found}"
    if _COMPARISONS <= place.expected:
        return f"expected a comparison such as `==`, `!=`, `in` or `matches`, {found}"
    if "RBRACE" in place.expected and context.block:
        going_on = [word_for(name) for name in ("COMMA", "AND", "OR") if name in place.expected]
        return f"expected {listing([*going_on, f'an attribute of {context.block}', '`}`'])}, {found}"
    return f"expected {listing([word_for(name) for name in context.ranked(place.expected)])}, {found}"
