"""Checks comparisons: which side asks, whether the operator fits, and whether the values do."""

from __future__ import annotations

from engine.model.attributes import Attribute, Scope, Subject, ValueType
from engine.model.check.findings import Findings, Mention, replacement
from engine.model.check.literals import text_of, value_of, written
from engine.model.check.references import asks, meant_to_ask, resolve, spec_of
from engine.model.conditions import Bound, Condition, Matching, Membership, Negation
from engine.model.glob import is_literal
from engine.model.values import Scalar
from grammar.diagnostics import Diagnostic, error
from grammar.expressions import Alternatives, Comparison, Literal, Operand, Path, Text, Word
from grammar.lexical import quote
from grammar.quick_make import quick_make

_make_membership = quick_make(Membership)

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_NAMES = {
    (Subject.PRODUCT, "name"),
    (Subject.ENVIRONMENT, "name"),
    (Subject.FLOW, "name"),
    (Subject.SETTING, "window"),
}
"""Attributes whose values are names of declarations."""


class Comparisons:
    """Checks the comparisons of one condition."""

    def __init__(self, scope: Scope, findings: Findings) -> None:
        """Check in a scope.

        Args:
            scope: where the condition stands.
            findings: receives the diagnostics and the mentions.
        """
        self.scope = scope
        self.findings = findings

    def condition(self, node: Comparison) -> Condition | None:
        """Return what a comparison means; None when it has an error, which is reported."""
        sides = self._sides(node)
        if sides is None:
            return None
        asking, other, turned = sides
        attribute = resolve(asking, self.scope, self.findings)
        if attribute is None:
            return None
        if attribute.key is not None:
            self.findings.mentions.append(Mention(attribute, None, asking.span))
        operator = node.operator.removeprefix("not ")
        made = self._test(node, operator, attribute, other, turned)
        negated = node.operator == "!=" or operator != node.operator
        return Negation(made, node.span) if made is not None and negated else made

    def _test(
        self, node: Comparison, operator: str, attribute: Attribute, other: Operand, turned: bool
    ) -> Condition | None:
        """Check one comparison as if it were not negated."""
        match operator:
            case "==" | "!=":
                return self._equality(node, attribute, other)
            case "in":
                if turned:
                    return self._contains(node, attribute, other)
                return self._membership(node, attribute, other)
            case "matches":
                return self._matching(node, attribute, other)
            case _:
                return self._bound(node, _FLIPPED[operator] if turned else operator, attribute, other)

    def _sides(self, node: Comparison) -> tuple[Word | Path, Operand, bool] | None:
        """Return the side that asks, the side that is a value, and whether they stand the other way round."""
        left, right = node.left, node.right
        left_asks, right_asks = asks(left, self.scope), asks(right, self.scope)
        if left_asks and right_asks:
            self._report(_two_attributes(node))
            return None
        if isinstance(left, Word | Path) and left_asks:
            return left, right, False
        if isinstance(right, Word | Path) and right_asks:
            return right, left, True
        meant = meant_to_ask(left, right)
        if meant is None:
            self._report(
                error(
                    "M023",
                    f"`{written(left)}` and `{written(right)}` are both values: nothing is asked",
                    node.span,
                    help="one side names an attribute, such as `environment.kind`",
                )
            )
            return None
        return meant, right if meant is left else left, meant is not left

    def _equality(self, node: Comparison, attribute: Attribute, other: Operand) -> Condition | None:
        if isinstance(other, Alternatives):
            operator = "in" if node.operator == "==" else "not in"
            self._report(
                error(
                    "M029",
                    f"`{node.operator}` compares with one value, not with a list",
                    other.span,
                    help=f"write `{attribute} {operator} {written(other)}`",
                )
            )
            return None
        value = self._value(other, attribute)
        return None if value is None else _make_membership(attribute, (value,), node.span)

    def _membership(self, node: Comparison, attribute: Attribute, other: Operand) -> Condition | None:
        if not isinstance(other, Alternatives):
            listed = f"[{written(other)}]"
            self._report(
                error(
                    "M029",
                    f"`{node.operator}` needs a list",
                    other.span,
                    help=f"write `{attribute} {node.operator} {listed}`",
                    fix=replacement(other.span, listed),
                )
            )
            return None
        items = self._items(node, other)
        values = [self._value(item, attribute) for item in items]
        good = tuple(value for value in values if value is not None)
        return _make_membership(attribute, good, node.span) if good and len(good) == len(values) else None

    def _contains(self, node: Comparison, attribute: Attribute, other: Operand) -> Condition | None:
        """Check ``value in attribute``."""
        if spec_of(attribute).many and not isinstance(other, Alternatives):
            return self._equality(node, attribute, other)
        equal = "==" if node.operator == "in" else "!="
        hint = f"write `{attribute} {equal} {written(other)}`"
        if spec_of(attribute).type is ValueType.TEXT and isinstance(other, Text | Word):
            text = other.value if isinstance(other, Text) else other.text
            operator = "matches" if node.operator == "in" else "not matches"
            hint += f"; to look inside the text, `{attribute} {operator} {quote(f'*{text}*')}`"
        elif isinstance(other, Alternatives):
            hint = f"write `{attribute} {node.operator} {written(other)}`"
        self._report(error("M026", f"`{attribute}` holds one value, not a list", node.span, help=hint))
        return None

    def _matching(self, node: Comparison, attribute: Attribute, other: Operand) -> Condition | None:
        kind = spec_of(attribute).type
        if kind not in (ValueType.NAME, ValueType.TEXT, ValueType.WORKFLOW):
            operator = "==" if node.operator == "matches" else "!="
            self._report(
                error(
                    "M026",
                    f"`{node.operator}` is for names and texts; `{attribute}` is {kind.value}",
                    node.span,
                    help=f"compare with `{operator}`",
                )
            )
            return None
        items = self._items(node, other) if isinstance(other, Alternatives) else (other,)
        patterns = [text_of(item, attribute, self.findings) for item in items]
        globs = tuple(pattern for pattern in patterns if pattern is not None)
        if not globs or len(globs) < len(patterns):
            return None
        if not all(is_literal(glob) for glob in globs):
            return Matching(attribute, globs, node.span)
        for glob, item in zip(globs, items, strict=True):
            self._mention(attribute, glob, item)
        return Membership(attribute, globs, node.span)

    def _bound(self, node: Comparison, operator: str, attribute: Attribute, other: Operand) -> Condition | None:
        kind = spec_of(attribute).type
        if kind not in (ValueType.NUMBER, ValueType.DURATION):
            self._report(
                error(
                    "M026",
                    f"`{node.operator}` is for numbers and durations; `{attribute}` is {kind.value}",
                    node.span,
                    help="compare with `==`, `in` or `matches`",
                )
            )
            return None
        value = self._value(other, attribute)
        return Bound(attribute, operator, value, node.span) if isinstance(value, int) else None

    # --- values ----------------------------------------------------------------------------------

    def _items(self, node: Comparison, alternatives: Alternatives) -> tuple[Literal, ...]:
        if not alternatives.items:
            self._report(
                error("M028", f"`{node.operator} []` has no alternatives", alternatives.span, help="list one or more")
            )
        return alternatives.items

    def _value(self, operand: Operand, attribute: Attribute) -> Scalar | None:
        value = value_of(operand, attribute, self.findings)
        if isinstance(value, str):
            self._mention(attribute, value, operand)
        return value

    def _mention(self, attribute: Attribute, value: str, operand: Operand) -> None:
        if (attribute.subject, attribute.field) in _NAMES:
            self.findings.mentions.append(Mention(attribute, value, operand.span))

    def _report(self, diagnostic: Diagnostic) -> None:
        self.findings.report(diagnostic)


def _two_attributes(node: Comparison) -> Diagnostic:
    left, right = written(node.left), written(node.right)
    hint = "compare each with a value"
    if isinstance(node.right, Word):
        hint = f"if `{right}` is a value here, put it in quotes: {quote(right)}"
    return error("M024", f"`{left}` and `{right}` are both attributes, which cannot be compared", node.span, help=hint)
