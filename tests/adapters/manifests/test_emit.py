"""Emitted YAML: what it looks like, and that every reader takes it for what it is."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from adapters.manifests.compose import compose
from adapters.manifests.data import plain_data
from adapters.manifests.emit import emit, emit_all
from adapters.manifests.limits import DEFAULT_MANIFEST_LIMITS
from tests.support.manifest_data import texts

values = st.recursive(
    texts | st.integers(-(10**12), 10**12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def as_kubernetes_reads(text: str) -> object:
    composed = compose(text, "x.yaml", DEFAULT_MANIFEST_LIMITS)
    assert composed.fault is None
    (document,) = composed.documents
    found: list[object] = []
    data = plain_data(document, "x.yaml", found)  # type: ignore[arg-type]
    assert found == []
    return data


@given(st.dictionaries(texts, values.filter(lambda value: not _nested(value)), min_size=1, max_size=3))
def test_both_readers_take_it_for_what_it_is(data: dict[str, object]) -> None:
    text = emit(data)
    assert yaml.safe_load(text) == data
    assert as_kubernetes_reads(text) == data


def _nested(value: object) -> bool:
    """Say whether a list stands directly in a list, which no manifest has."""
    if isinstance(value, list):
        return any(isinstance(item, list) and item for item in value) or any(map(_nested, value))
    return isinstance(value, dict) and any(map(_nested, value.values()))


def test_the_layout() -> None:
    data = {
        "apiVersion": "codefresh.io/v1beta1",
        "metadata": {
            "annotations": {"description": "One line.\n\nAnother.\n", "version": "1.0", "on": "yes", "at": "12:30"},
            "labels": {},
        },
        "spec": {"steps": [{"environment": "qa", "dependsOn": ["dev"]}, {}], "limit": 5, "none": []},
    }
    assert (
        emit(data)
        == """\
apiVersion: codefresh.io/v1beta1
metadata:
  annotations:
    description: |
      One line.

      Another.
    version: "1.0"
    "on": "yes"
    at: "12:30"
  labels: {}
spec:
  steps:
  - environment: qa
    dependsOn:
    - dev
  - {}
  limit: 5
  none: []
"""
    )


def test_a_key_longer_than_readers_look_ahead() -> None:
    data = {"promotion": {"x" * 3000: {"jsonPaths": ["*"]}}}
    assert yaml.safe_load(emit(data)) == data
    assert as_kubernetes_reads(emit(data)) == data


def test_several_documents() -> None:
    assert emit_all([{"a": "b"}, {"c": "d"}]) == "a: b\n---\nc: d\n"
