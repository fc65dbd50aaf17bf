"""Random conditions of the kinds that rules have fixes for, as text."""

from __future__ import annotations

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]

_PATTERNS = st.sampled_from(["a", "b", '"c*"', '"a**b"', '"*"'])
_NAMES = st.sampled_from(["a", "b", "c"])
_SINGLE = st.sampled_from(["environment.name", "product.name", "product.labels.team", "environment.labels.region"])
_MANY = st.sampled_from(["product.tags", "environment.tags"])
_KINDS = st.sampled_from(["prod", "non-prod"])
_EQUAL, _IN = st.sampled_from(["==", "!="]), st.sampled_from(["in", "not in"])
_MATCHES = st.sampled_from(["matches", "not matches"])


def written_conditions() -> Texts:
    """Return a strategy of conditions about products and environments."""
    return st.recursive(_tests(), _combined, max_leaves=5)


def _tests() -> Texts:
    kind = st.just("environment.kind")
    return st.one_of(
        st.tuples(_SINGLE | _MANY, _EQUAL, _quoted(_NAMES)),
        st.tuples(_quoted(_NAMES), _EQUAL, _SINGLE),
        st.tuples(_SINGLE | _MANY, _IN, _listed(_quoted(_NAMES))),
        st.tuples(_SINGLE | _MANY, _MATCHES, _quoted(_PATTERNS)),
        st.tuples(_SINGLE | _MANY, _MATCHES, _listed(_quoted(_PATTERNS))),
        st.tuples(kind, _EQUAL, _KINDS),
        st.tuples(_KINDS, _EQUAL, kind),
        st.tuples(kind, _IN, _listed(_KINDS)),
    ).map(" ".join)


def _combined(inner: Texts) -> Texts:
    return st.one_of(
        inner.map(lambda one: f"not {one}" if " and " not in one and " or " not in one else f"not ({one})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda found: f"({' or '.join(found)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda found: " and ".join(f"({one})" for one in found)),
    )


def _listed(items: Texts) -> Texts:
    return st.lists(items, min_size=1, max_size=3).map(lambda found: f"[{', '.join(found)}]")


def _quoted(items: Texts) -> Texts:
    return items.map(lambda name: name if name.startswith('"') else f'"{name}"')
