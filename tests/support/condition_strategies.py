"""Conditions of every shape about few attributes and values, so that they often contradict each other."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Conjunction, Disjunction, Matching, Membership, Negation

NAME = Attribute(Subject.ENVIRONMENT, "name")
KIND = Attribute(Subject.ENVIRONMENT, "kind")
LABEL = Attribute(Subject.PRODUCT, "labels", "team")
TAGS = Attribute(Subject.PRODUCT, "tags")
VALUES = ("a", "ab", "b", "ba", "bab")
GLOBS = ("*", "a*", "*a", "a*b", "*b*", "b*a", "**")

leaf = st.one_of(
    st.builds(
        Membership, st.sampled_from([NAME, LABEL, TAGS]), st.lists(st.sampled_from(VALUES), min_size=1).map(tuple)
    ),
    st.builds(Matching, st.sampled_from([NAME, LABEL, TAGS]), st.lists(st.sampled_from(GLOBS), min_size=1).map(tuple)),
    st.builds(Membership, st.just(KIND), st.lists(st.sampled_from(["prod", "non-prod"]), min_size=1).map(tuple)),
)
conditions = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.builds(Negation, inner),
        st.builds(Conjunction, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Disjunction, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
