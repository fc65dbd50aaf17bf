"""What went wrong, in the domain's words: from the parser's state to one diagnostic."""

from __future__ import annotations

import re

from grammar.diagnostics import Diagnostic, Fix, FixSafety, Label, TextEdit, error
from grammar.lexical import quote
from grammar.parse_context import Context, context_of
from grammar.parsing.driver import Stop, acceptable
from grammar.parsing.tables import Tables
from grammar.span import Span
from grammar.suggest import nearest
from grammar.vocabulary import AFTER, DECLARATIONS, TERMINAL_WORDS, keyword_of, listing, word_for

_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
_YAML = re.compile(r"^(?:---\s*$|apiVersion\s*:|kind\s*:\s*[A-Z])", re.MULTILINE)
_JSON = re.compile(r'\s*\{\s*"')
_FOREIGN = {
    "&": ("&&", "and"),
    "|": ("||", "or"),
    "!": ("!", "not"),
    "=": ("=", "=="),
    "~": ("=~", "matches"),
}


def foreign_language(text: str, source: str) -> Diagnostic | None:
    """Return a diagnostic when a text is not `.promo` at all but YAML or JSON; None otherwise."""
    first = _WORD.search(text)
    if first and first[0] in DECLARATIONS:
        return None
    match = _YAML.search(text)
    if match:
        return error(
            "S015",
            "this is YAML where `.promo` is expected",
            Span(match.start(), match.end(), source),
            help="name the file `.yaml`: manifests load beside `.promo` files; or convert it with "
            "`promo import FILE -o DIR`",
        )
    if _JSON.match(text):
        start = len(text) - len(text.lstrip())
        return error(
            "S015",
            "this is JSON where `.promo` is expected",
            Span(start, start + 1, source),
            help="a `.promo` file holds declarations such as `environment dev { ... }`",
        )
    return None


def explain(stop: Stop, tables: Tables, text: str, source: str, base: int) -> Diagnostic:
    """Turn what the parser stumbled over into a diagnostic.

    Args:
        stop: where and how the parser stopped.
        tables: its tables.
        text: the text it parsed.
        source: the source's name.
        base: offset of the text in the source.
    """
    return _Explanation(stop, tables, text, source, base).diagnostic()


class _Explanation:
    """One syntax error, with all that is known about its place."""

    def __init__(self, stop: Stop, tables: Tables, text: str, source: str, base: int) -> None:
        self.text = text
        self.source = source
        self.base = base
        self.expected = acceptable(tables, stop)
        self.at_end = stop.at_end
        self.start = len(text.rstrip()) if stop.at_end else stop.offset
        self.found = "" if self.at_end else _lexeme(text, self.start)
        self.context: Context = context_of(stop.values, base)

    def span(self, start: int | None = None, length: int | None = None) -> Span:
        start = self.start if start is None else start
        length = max(len(self.found), 1) if length is None else length
        return Span(self.base + start, self.base + start + length, self.source)

    def diagnostic(self) -> Diagnostic:
        for attempt in (
            self.unclosed_string,
            self.unclosed_declaration,
            self.stray_brace,
            self.unknown_declaration,
            self.foreign_operator,
            self.name_needs_quotes,
            self.text_needs_quotes,
            self.unknown_keyword,
        ):
            made = attempt()
            if made is not None:
                return made
        return self.wrong_value()

    # --- the common mistakes, most certain first ---------------------------------------------------

    def unclosed_string(self) -> Diagnostic | None:
        if not self.found.startswith('"') or (len(self.found) > 1 and self.found.endswith('"')):
            return None
        return error(
            "S012",
            "string is not closed on its line",
            self.span(),
            help='end it with `"`; a line break inside is written \\n',
        )

    def unclosed_declaration(self) -> Diagnostic | None:
        if not self.at_end or self.context.brace is None:
            return None
        brace = self.context.brace
        opened = Span(self.base + brace, self.base + brace + 1, self.source)
        return error(
            "S011",
            f"{self.context.title} is not closed",
            opened,
            help="add the `}` that is missing",
            labels=[Label(self.span(length=1), "the declaration ends here without `}`")],
        )

    def stray_brace(self) -> Diagnostic | None:
        if self.found != "}" or self.context.keyword:
            return None
        return error("S013", "`}` closes nothing", self.span(), help="remove it, or restore the `{` it belongs to")

    def unknown_declaration(self) -> Diagnostic | None:
        if self.context.keyword or self.at_end:
            return None
        meant = nearest(self.found, DECLARATIONS)
        help_text = (
            f"did you mean `{meant}`? as in `{DECLARATIONS[meant]}`"
            if meant
            else (f"a declaration begins with {listing([f'`{word}`' for word in DECLARATIONS])}")
        )
        return error(
            "S002",
            f"`{self.found}` does not begin a declaration",
            self.span(),
            help=help_text,
            fix=self.replacement(meant),
        )

    def foreign_operator(self) -> Diagnostic | None:
        if not self.found:
            return None
        if self.found[0] == "'":
            return error("S018", "strings stand in double quotes, not single ones", self.span(), help='write "..."')
        if self.text.startswith(("//", "/*"), self.start):
            return error("S018", "comments begin with `#`", self.span(length=2), help="write `# ...`")
        if self.found[0] in ":;":
            return error(
                "S018",
                f"`{self.found[0]}` has no place in `.promo`",
                self.span(length=1),
                help="a keyword and its value stand side by side, as in `action pr`; items need no separator",
            )
        if self.found[0] not in _FOREIGN or not self.context.in_condition:
            return None
        theirs, ours = _FOREIGN[self.found[0]]
        return error(
            "S018",
            f"`{theirs}` is not an operator of conditions",
            self.span(length=len(theirs) if self.text.startswith(theirs, self.start) else 1),
            help=f"write `{ours}`",
        )

    def name_needs_quotes(self) -> Diagnostic | None:
        before = self.context.previous
        if (
            before is None
            or before.type not in {"NAME", "PATH"}
            or before.end - self.base != self.start
            or not self.found
        ):
            return None
        if self.found[0] not in "._/:@-":
            return None
        whole = _lexeme(self.text, before.start - self.base, re.compile(r"[A-Za-z0-9_./:@*-]+"))
        span = self.span(before.start - self.base, len(whole))
        return error(
            "S019",
            f"`{whole}` must stand in quotes",
            span,
            help=f"bare names hold letters, digits and inner hyphens only; write {quote(whole)}",
            fix=Fix("quote the name", (TextEdit(span, quote(whole)),)),
        )

    def text_needs_quotes(self) -> Diagnostic | None:
        word = _WORD.match(self.text, self.start)
        if self.expected != {"STRING"} or word is None:
            return None
        span = self.span(length=len(word[0]))
        what = (
            "label values are strings" if self.context.after in {"labels", "annotations"} else "a string belongs here"
        )
        return error(
            "S019",
            f"`{word[0]}` must stand in quotes: {what}",
            span,
            help=f"write {quote(word[0])}",
            fix=Fix("quote the text", (TextEdit(span, quote(word[0])),)),
        )

    def unknown_keyword(self) -> Diagnostic | None:
        keywords = [keyword_of(name) for name in sorted(self.expected) if name not in TERMINAL_WORDS]
        if not keywords or not self.found or self.found[0] in '{}"=,[](':
            return None
        if self.expected & {"NAME", "PATH"} or not self.context.at_item(self.expected):
            return None
        meant = nearest(self.found, keywords)
        place = f"of {self.context.block}" if self.context.block else ""
        listed = listing([f"`{word}`" for word in self.context.items(self.expected)])
        return error(
            "S003",
            f"`{self.found}` is not an attribute {place}".rstrip(),
            self.span(),
            help=f"did you mean `{meant}`?" if meant else f"its attributes are {listed}",
            fix=self.replacement(meant),
        )

    def wrong_value(self) -> Diagnostic:
        found = f"found `{self.found}`" if self.found else "but the text ends"
        after = self.context.after
        if after and self.context.wants_value(self.expected):
            wanted = AFTER[after]
            message = f"expected {wanted} after `{after}`, {found}"
        else:
            wanted = listing([word_for(name) for name in self.context.ranked(self.expected)])
            message = f"expected {wanted}, {found}"
        labels = []
        if self.context.title and self.context.title_at is not None:
            at = self.context.title_at
            labels.append(Label(self.span(at[0], at[1] - at[0]), f"in this {self.context.keyword}"))
        return error("S001", message, self.span(), labels=labels, help=self.context.shape())

    def replacement(self, meant: str | None) -> Fix | None:
        if not meant:
            return None
        return Fix(f"replace it by `{meant}`", (TextEdit(self.span(), meant),), FixSafety.UNSAFE)


def _lexeme(text: str, start: int, word: re.Pattern[str] = _WORD) -> str:
    """Return what a person sees as one thing at an offset: a word, a string, or one character."""
    if start >= len(text):
        return ""
    if text[start] == '"':
        line_end = re.compile(r'"(?:[^"\\\r\n]|\\[^\r\n])*"?').match(text, start)
        return line_end[0] if line_end else '"'
    match = word.match(text, start)
    return match[0] if match else text[start]
