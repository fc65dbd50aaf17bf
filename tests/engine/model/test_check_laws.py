"""Laws of the condition checker: total, typed, and independent of how a comparison is turned."""

from dataclasses import fields, is_dataclass

from hypothesis import example, given
from hypothesis import strategies as st

from engine.model.attributes import (
    ACCESS_SCOPE,
    ATTRIBUTES,
    FREEZE_SCOPE,
    POLICY_SCOPE,
    REQUIRE_THAT_SCOPE,
    REQUIRE_WHEN_SCOPE,
    TEMPLATE_SCOPE,
    TRIGGER_SCOPE,
    WORDS,
    Attribute,
    ValueType,
)
from engine.model.check import check_condition
from engine.model.conditions import Bound, Condition, Matching, Membership, PassedThrough, atoms
from engine.model.values import NoWorkflow
from grammar import expressions as ex
from tests.support.ast_strategies import conditions

SCOPES = (
    POLICY_SCOPE,
    TEMPLATE_SCOPE,
    TRIGGER_SCOPE,
    FREEZE_SCOPE,
    REQUIRE_WHEN_SCOPE,
    REQUIRE_THAT_SCOPE,
    ACCESS_SCOPE,
)
scopes = st.sampled_from(SCOPES)

_words = st.sampled_from(
    ["prod", "non-prod", "pr", "none", "never", "action", "window", "soak", "message", "kind", "product", "x", "*"]
)
_literals = (
    st.builds(ex.Word, _words)
    | st.builds(ex.Text, _words | st.text(max_size=4))
    | st.builds(ex.Number, st.integers(-3, 3))
    | st.builds(ex.Duration, st.integers(0, 90_000))
)
_paths = st.builds(
    ex.Path,
    st.tuples(
        st.sampled_from(["product", "environment", "application", "flow", "commit", "poduct"]),
        st.sampled_from(["name", "labels", "tags", "kind", "clusters", "message", "nmae"]),
    )
    | st.lists(st.sampled_from(["product", "labels", "a.b", ""]), max_size=4).map(tuple),
)
_operands = _literals | _paths | st.builds(ex.Alternatives, st.lists(_literals, max_size=3).map(tuple))
_any_comparison = st.builds(ex.Comparison, _operands, st.sampled_from(ex.COMPARISONS), _operands)
wild = st.recursive(
    _any_comparison | st.builds(ex.Passed, _words),
    lambda inner: (
        st.builds(ex.Not, inner)
        | st.builds(ex.And, st.lists(inner, max_size=3).map(tuple))
        | st.builds(ex.Or, st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=6,
)
"""Expressions of any shape, also those no text parses to."""


def _well_typed(condition: Condition, subjects: frozenset[object], passed: bool) -> bool:
    return all(_atom_fits(atom, subjects, passed) for atom in atoms(condition))


def _atom_fits(atom: Membership | Matching | Bound | PassedThrough, subjects: frozenset[object], passed: bool) -> bool:
    if isinstance(atom, PassedThrough):
        return passed
    spec = ATTRIBUTES[atom.attribute.subject, atom.attribute.field]
    if atom.attribute.subject not in subjects or (atom.attribute.key is not None) != spec.keyed:
        return False
    match atom:
        case Bound():
            return spec.type in (ValueType.NUMBER, ValueType.DURATION)
        case Matching():
            return bool(atom.globs) and any("*" in glob for glob in atom.globs) and spec.type not in WORDS
        case Membership():
            return bool(atom.values) and all(_value_fits(value, spec.type) for value in atom.values)


def _value_fits(value: object, kind: ValueType) -> bool:
    if kind in (ValueType.NUMBER, ValueType.DURATION):
        return type(value) is int
    if isinstance(value, NoWorkflow):
        return kind is ValueType.WORKFLOW
    return isinstance(value, str) and (kind not in WORDS or value in WORDS[kind])


def _is_broken(node: object) -> bool:
    """Whether a path of one part is in it: the parser makes those of broken texts only, and reports them itself."""
    if isinstance(node, ex.Path):
        return len(node.parts) < 2
    if isinstance(node, tuple):
        return any(map(_is_broken, node))
    return is_dataclass(node) and any(_is_broken(getattr(node, field.name)) for field in fields(node))


@given(conditions | wild, scopes)
@example(ex.Comparison(ex.Word("prod"), "==", ex.Path(())), POLICY_SCOPE)
def test_a_condition_is_either_typed_or_has_an_error(expression: ex.Expression, scope: object) -> None:
    checked = check_condition(expression, scope)
    has_error = any(diagnostic.is_error for diagnostic in checked.diagnostics)
    if has_error or _is_broken(expression):
        # A comparison with an error is never part of a meaning, and so neither is what contains it.
        assert checked.condition is None
    else:
        assert checked.condition is not None
        assert _well_typed(checked.condition, scope.subjects, scope.passed)


@given(_paths | st.builds(ex.Word, _words), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), _literals, scopes)
def test_a_comparison_may_stand_the_other_way_round(asking, operator, value, scope) -> None:
    straight = check_condition(ex.Comparison(asking, operator, value), scope)
    flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)
    turned = check_condition(ex.Comparison(value, flipped, asking), scope)
    if straight.condition is not None:
        assert turned.condition == straight.condition or any(d.code == "M024" for d in turned.diagnostics)


@given(conditions | wild, scopes)
def test_a_negation_is_as_right_as_what_it_negates(expression: ex.Expression, scope: object) -> None:
    plain, negated = check_condition(expression, scope), check_condition(ex.Not(expression), scope)
    assert (plain.condition is None) == (negated.condition is None)
    assert plain.diagnostics == negated.diagnostics


def _written(attribute: Attribute) -> ex.Path | ex.Word:
    if attribute.subject.value in ("commit", "setting"):
        return ex.Word(attribute.field)
    return ex.Path((attribute.subject.value, attribute.field, *([attribute.key] if attribute.key else [])))


def test_every_attribute_can_be_asked_about_where_its_subject_is_known() -> None:
    values = {
        ValueType.NUMBER: ex.Number(2),
        ValueType.DURATION: ex.Duration(60),
        ValueType.ACTION: ex.Word("pr"),
        ValueType.ROLLBACK: ex.Word("never"),
        ValueType.KIND: ex.Word("prod"),
    }
    for scope in SCOPES:
        for (subject, field), spec in ATTRIBUTES.items():
            attribute = Attribute(subject, field, "team" if spec.keyed else None)
            comparison = ex.Comparison(_written(attribute), "==", values.get(spec.type, ex.Text("x")))
            checked = check_condition(comparison, scope)
            if subject in scope.subjects:
                assert isinstance(checked.condition, Membership), (scope.place, attribute, checked.diagnostics)
                assert checked.condition.attribute == attribute
            else:
                assert [diagnostic.code for diagnostic in checked.diagnostics] == ["M021"]
