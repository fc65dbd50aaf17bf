"""Builds the AST while the parser runs: one method a rule of `promo.lark`.

The parser calls a method with the rule's tokens and finished children, so no parse tree is ever
held. Spans come from the tokens. What is grammatical but wrong in itself (a bad escape, a name that
is too long) is collected in `AstBuilder.found`, and the AST is built all the same.
"""

from __future__ import annotations

from typing import Any

from lark import Token, Transformer

from grammar import expressions as ex
from grammar import nodes
from grammar.diagnostics import Diagnostic, error
from grammar.lexical import BadEscape, duration_seconds, unquote
from grammar.limits import Limits
from grammar.path_parts import path_parts
from grammar.span import Span

Children = list[Any]


class NestingTooDeep(Exception):
    """A condition is nested deeper than the limit allows; ``span`` is where."""

    def __init__(self, span: Span) -> None:
        super().__init__("nesting")
        self.span = span


class AstBuilder(Transformer[Token, Any]):
    """Turns reductions of the parser into AST nodes.

    Set `source`, `base` and `found` before each parse: the name of the source, the offset of the parsed
    text in it, and the list that receives diagnostics.
    """

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits = limits
        self.source = ""
        self.base = 0
        self.found: list[Diagnostic] = []
        self._depths: dict[int, int] = {}

    def begin(self, source: str, base: int, found: list[Diagnostic]) -> None:
        """Prepare for the parse of one text."""
        self.source = source
        self.base = base
        self.found = found
        self._depths.clear()

    # --- places and words ------------------------------------------------------------------------

    def _at(self, first: Any, last: Any) -> Span:
        """Return the span from one token or node to another."""
        start: int = first.start_pos + self.base if type(first) is Token else first.span.start  # type: ignore[operator]
        end: int = last.end_pos + self.base if type(last) is Token else last.span.end  # type: ignore[operator]
        return Span(start, end, self.source)

    def _text_of(self, token: Token) -> str:
        span = self._at(token, token)
        if span.end - span.start - 2 > self.limits.string_length:
            self.found.append(
                error(
                    "S006",
                    f"string is longer than {self.limits.string_length} characters",
                    span,
                    help="keep long texts out of policies and refer to them",
                )
            )
        try:
            return unquote(token)
        except BadEscape as bad:
            at = Span(span.start + bad.offset, span.start + bad.offset + len(bad.text), self.source)
            self.found.append(
                error(
                    "S004",
                    f"`{bad.text}` is not an escape",
                    at,
                    help='the escapes are \\" \\\\ \\n \\t \\r \\u{...}; write \\\\ for a backslash',
                )
            )
            return str(token[1:-1])

    def _name_node(self, token: Token) -> nodes.Name:
        quoted = token.startswith('"')
        text = self._text_of(token) if quoted else str(token)
        span = self._at(token, token)
        if quoted and not text:
            self.found.append(error("S007", "a name must not be empty", span))
        elif len(text) > self.limits.name_length:
            self.found.append(error("S005", f"name is longer than {self.limits.name_length} characters", span))
        return nodes.Name(text, span, quoted)

    def _name_nodes(self, tokens: Children) -> tuple[nodes.Name, ...]:
        return tuple([self._name_node(token) for token in tokens])

    def string(self, children: Children) -> nodes.StringValue:
        token = children[0]
        return nodes.StringValue(self._text_of(token), self._at(token, token))

    def pair(self, children: Children) -> nodes.Pair:
        return nodes.Pair(self._name_node(children[0]), children[1])

    # --- shared items ----------------------------------------------------------------------------

    def description(self, children: Children) -> nodes.Description:
        return nodes.Description(children[1], self._at(children[0], children[1]))

    def labels(self, children: Children) -> nodes.Labels:
        return nodes.Labels(tuple(children[1:]), self._at(children[0], children[-1].value))

    def annotations(self, children: Children) -> nodes.Annotations:
        return nodes.Annotations(tuple(children[1:]), self._at(children[0], children[-1].value))

    def tags(self, children: Children) -> nodes.Tags:
        return nodes.Tags(self._name_nodes(children[1:]), self._at(children[0], children[-1]))

    def namespace(self, children: Children) -> nodes.Namespace:
        return nodes.Namespace(self._name_node(children[1]), self._at(children[0], children[1]))

    def when(self, children: Children) -> nodes.When:
        return nodes.When(children[1], self._at(children[0], children[1]))

    # --- environment, template, product ----------------------------------------------------------

    def environment(self, children: Children) -> nodes.Environment:
        return nodes.Environment(
            self._name_node(children[1]), tuple(children[3:-1]), self._at(children[0], children[-1])
        )

    def kind(self, children: Children) -> nodes.Kind:
        return nodes.Kind(self._name_node(children[1]), self._at(children[0], children[1]))

    def cluster(self, children: Children) -> nodes.Cluster:
        return nodes.Cluster(
            self._name_node(children[1]), self._name_nodes(children[3:]), self._at(children[0], children[-1])
        )

    def template(self, children: Children) -> nodes.Template:
        priority, items = self._priority(children)
        return nodes.Template(self._name_node(children[1]), priority, items, self._at(children[0], children[-1]))

    def _priority(self, children: Children) -> tuple[int | None, tuple[Any, ...]]:
        """Split ``KEYWORD name [PRIORITY INT] { items }`` into the priority and the items."""
        if children[2].type == "PRIORITY":
            return self._integer(children[3]), tuple(children[5:-1])
        return None, tuple(children[3:-1])

    def _integer(self, token: Token) -> int:
        if len(token) > 12:
            self.found.append(error("S008", "number is too large", self._at(token, token)))
            return 0
        return int(token)

    def version(self, children: Children) -> nodes.VersionSource:
        return nodes.VersionSource(children[1], children[2], self._at(children[0], children[2]))

    def promote(self, children: Children) -> nodes.Promote:
        return nodes.Promote(children[1], tuple(children[2:]), self._at(children[0], children[-1]))

    def product(self, children: Children) -> nodes.Product:
        return nodes.Product(self._name_node(children[1]), tuple(children[3:-1]), self._at(children[0], children[-1]))

    def template_ref(self, children: Children) -> nodes.TemplateReference:
        return nodes.TemplateReference(self._name_node(children[1]), self._at(children[0], children[1]))

    def applications(self, children: Children) -> nodes.Applications:
        return nodes.Applications(self._name_nodes(children[1:]), self._at(children[0], children[-1]))

    def flow_use(self, children: Children) -> nodes.FlowUse:
        condition = children[3] if len(children) > 2 else None
        return nodes.FlowUse(self._name_node(children[1]), condition, self._at(children[0], children[-1]))

    def concurrency(self, children: Children) -> nodes.Concurrency:
        return nodes.Concurrency(self._name_node(children[1]), self._at(children[0], children[1]))

    def api_version(self, children: Children) -> nodes.ApiVersion:
        return nodes.ApiVersion(self._name_node(children[1]), self._at(children[0], children[1]))

    # --- policy, flow ----------------------------------------------------------------------------

    def policy(self, children: Children) -> nodes.Policy:
        priority, items = self._priority(children)
        return nodes.Policy(self._name_node(children[1]), priority, items, self._at(children[0], children[-1]))

    def name_setting(self, children: Children) -> nodes.Setting:
        keyword, token = children
        return nodes.Setting(
            str(keyword), nodes.NameValue(self._name_node(token)), self._at(keyword, token), self._at(keyword, keyword)
        )

    def soak(self, children: Children) -> nodes.Setting:
        keyword, token = children
        value = nodes.DurationValue(self._seconds(token), self._at(token, token))
        return nodes.Setting(str(keyword), value, self._at(keyword, token), self._at(keyword, keyword))

    def _seconds(self, token: Token) -> int:
        if len(token) > 32:
            self.found.append(error("S008", "duration is too large", self._at(token, token)))
            return 0
        return duration_seconds(token)

    def approvals(self, children: Children) -> nodes.Setting:
        keyword, count = children[0], children[1]
        value = nodes.ApprovalsValue(
            self._integer(count), self._name_nodes(children[3:]), self._at(count, children[-1])
        )
        return nodes.Setting(str(keyword), value, self._at(keyword, children[-1]), self._at(keyword, keyword))

    def flow(self, children: Children) -> nodes.Flow:
        return nodes.Flow(self._name_node(children[1]), tuple(children[3:-1]), self._at(children[0], children[-1]))

    def trigger(self, children: Children) -> nodes.Trigger:
        return nodes.Trigger(self._name_node(children[1]), tuple(children[3:-1]), self._at(children[0], children[-1]))

    def step(self, children: Children) -> nodes.Step:
        brace = next((i for i, child in enumerate(children) if getattr(child, "type", "") == "LBRACE"), None)
        after = children[3:brace]
        items = () if brace is None else tuple(children[brace + 1 : -1])
        return nodes.Step(
            self._name_node(children[1]), self._name_nodes(after), items, self._at(children[0], children[-1])
        )

    def hook(self, children: Children) -> nodes.Hook:
        return nodes.Hook(str(children[1]), self._name_node(children[2]), self._at(children[0], children[2]))

    def timeout(self, children: Children) -> nodes.Timeout:
        return nodes.Timeout(self._seconds(children[1]), self._at(children[0], children[1]))

    # --- require, window, freeze, access ---------------------------------------------------------

    def require(self, children: Children) -> nodes.Require:
        titled = type(children[2]) is nodes.StringValue
        items = tuple(children[4 if titled else 3 : -1])
        title = children[2] if titled else None
        return nodes.Require(self._name_node(children[1]), title, items, self._at(children[0], children[-1]))

    def that(self, children: Children) -> nodes.That:
        return nodes.That(children[1], self._at(children[0], children[1]))

    def window(self, children: Children) -> nodes.Window:
        return nodes.Window(self._name_node(children[1]), tuple(children[3:-1]), self._at(children[0], children[-1]))

    def days(self, children: Children) -> nodes.Days:
        last = children[-1].last or children[-1].first
        return nodes.Days(tuple(children[1:]), self._at(children[0], last))

    def day_range(self, children: Children) -> nodes.DayRange:
        return nodes.DayRange(self._name_node(children[0]), self._name_node(children[2]) if len(children) > 1 else None)

    def hours(self, children: Children) -> nodes.Hours:
        return nodes.Hours(str(children[1]), str(children[3]), self._at(children[0], children[3]))

    def zone(self, children: Children) -> nodes.Zone:
        return nodes.Zone(children[1], self._at(children[0], children[1]))

    def freeze(self, children: Children) -> nodes.Freeze:
        return nodes.Freeze(self._name_node(children[1]), tuple(children[3:-1]), self._at(children[0], children[-1]))

    def dates(self, children: Children) -> nodes.Dates:
        return nodes.Dates(str(children[1]), str(children[3]), self._at(children[0], children[3]))

    def access(self, children: Children) -> nodes.Access:
        return nodes.Access(self._name_node(children[1]), tuple(children[3:-1]), self._at(children[0], children[-1]))

    def teams(self, children: Children) -> nodes.Teams:
        return nodes.Teams(self._name_nodes(children[1:]), self._at(children[0], children[-1]))

    def allow(self, children: Children) -> nodes.Allow:
        return nodes.Allow(self._name_nodes(children[1:]), self._at(children[0], children[-1]))

    # --- test ------------------------------------------------------------------------------------

    def test(self, children: Children) -> nodes.Test:
        return nodes.Test(children[1], tuple(children[3:-1]), self._at(children[0], children[-1]))

    def given_product(self, children: Children) -> nodes.GivenProduct:
        return nodes.GivenProduct(self._name_node(children[1]), self._at(children[0], children[1]))

    def given_commit(self, children: Children) -> nodes.GivenCommit:
        fields = tuple((str(children[i]), children[i + 1]) for i in range(1, len(children), 2))
        return nodes.GivenCommit(fields, self._at(children[0], children[-1]))

    def given_time(self, children: Children) -> nodes.GivenTime:
        return nodes.GivenTime(str(children[1]), self._at(children[0], children[1]))

    def expect_flow(self, children: Children) -> nodes.ExpectFlow:
        return nodes.ExpectFlow(self._name_node(children[2]), self._at(children[0], children[2]))

    def expect_no_flow(self, children: Children) -> nodes.ExpectFlow:
        return nodes.ExpectFlow(None, self._at(children[0], children[2]))

    def expect_order(self, children: Children) -> nodes.ExpectOrder:
        return nodes.ExpectOrder(self._name_nodes(children[2:]), self._at(children[0], children[-1]))

    def expect_blocked(self, children: Children) -> nodes.ExpectBlocked:
        return nodes.ExpectBlocked(
            self._name_node(children[2]), self._name_node(children[4]), self._at(children[0], children[4])
        )

    def expect_settings(self, children: Children) -> nodes.ExpectSettings:
        return nodes.ExpectSettings(
            self._name_node(children[1]), tuple(children[3:-1]), self._at(children[0], children[-1])
        )

    # --- expressions -----------------------------------------------------------------------------

    def _deeper(self, node: ex.And | ex.Or | ex.Not, operands: Children) -> ex.And | ex.Or | ex.Not:
        """Record a compound condition's depth, refusing one beyond the limit."""
        depth = 1 + max(self._depths.get(id(operand), 0) for operand in operands)
        if depth > self.limits.nesting:
            raise NestingTooDeep(node.span)
        self._depths[id(node)] = depth
        return node

    def or_(self, children: Children) -> Any:
        operands = children[::2]
        return self._deeper(ex.Or(tuple(operands), self._at(children[0], children[-1])), operands)

    def and_(self, children: Children) -> Any:
        operands = children[::2]
        return self._deeper(ex.And(tuple(operands), self._at(children[0], children[-1])), operands)

    def not_(self, children: Children) -> Any:
        return self._deeper(ex.Not(children[1], self._at(children[0], children[1])), children[1:])

    def passed(self, children: Children) -> ex.Passed:
        name = self._name_node(children[1])
        return ex.Passed(name.text, self._at(children[0], children[1]))

    def comparison(self, children: Children) -> ex.Comparison:
        return self._comparison(children, str(children[1]))

    def _comparison(self, children: Children, operator: str) -> ex.Comparison:
        return ex.Comparison(children[0], operator, children[-1], self._at(children[0], children[-1]))

    def in_(self, children: Children) -> ex.Comparison:
        return self._comparison(children, "in")

    def not_in(self, children: Children) -> ex.Comparison:
        return self._comparison(children, "not in")

    def matches(self, children: Children) -> ex.Comparison:
        return self._comparison(children, "matches")

    def not_matches(self, children: Children) -> ex.Comparison:
        return self._comparison(children, "not matches")

    def alternatives(self, children: Children) -> ex.Alternatives:
        return ex.Alternatives(tuple(children[1:-1]), self._at(children[0], children[-1]))

    def word(self, children: Children) -> ex.Word:
        token = children[0]
        return ex.Word(str(token), self._at(token, token))

    def text(self, children: Children) -> ex.Text:
        token = children[0]
        return ex.Text(self._text_of(token), self._at(token, token))

    def number(self, children: Children) -> ex.Number:
        token = children[0]
        return ex.Number(self._integer(token), self._at(token, token))

    def duration(self, children: Children) -> ex.Duration:
        token = children[0]
        return ex.Duration(self._seconds(token), self._at(token, token))

    def path(self, children: Children) -> ex.Path:
        token = children[0]
        span = self._at(token, token)
        if len(token) > self.limits.string_length:
            self.found.append(error("S006", f"reference is longer than {self.limits.string_length} characters", span))
            return ex.Path(("product",), span)
        try:
            return ex.Path(path_parts(token), span)
        except BadEscape as bad:
            self.found.append(error("S004", f"`{bad.text}` is not an escape", span))
            return ex.Path((str(token),), span)
