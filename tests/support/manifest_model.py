"""Hypothesis strategies for entities that a manifest can say."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import ALWAYS, Condition, Conjunction, Matching, Membership, Negation
from engine.model.entities import (
    Cluster,
    Concurrency,
    Environment,
    EnvironmentKind,
    Flow,
    FlowUse,
    Hooks,
    Metadata,
    Policy,
    Product,
    PromotedFile,
    PromotionSpec,
    Setting,
    Step,
    Template,
    VersionSource,
)
from engine.model.values import Action, Workflow
from tests.support import manifest_data as md


def _few(element: st.SearchStrategy[Any], at_least: int = 1) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(element, min_size=at_least, max_size=3, unique=True).map(tuple)


def _all_of(parts: list[Condition]) -> Condition:
    return Conjunction(tuple(parts)) if len(parts) > 1 else parts[0] if parts else ALWAYS


_metadata = st.builds(
    Metadata,
    description=st.none() | md.texts,
    labels=st.dictionaries(md.label_keys, md.label_values, max_size=3),
    annotations=st.dictionaries(md.label_keys.filter(lambda key: key != "description"), md.texts, max_size=3),
    namespace=st.none() | md.object_names.filter(lambda name: "." not in name),
)
_environments = st.builds(
    Environment,
    name=md.object_names,
    kind=st.sampled_from(EnvironmentKind),
    clusters=st.lists(
        st.builds(Cluster, md.names, _few(md.names, 0)), max_size=3, unique_by=lambda cluster: cluster.name
    ).map(tuple),
    tags=_few(md.names, 0),
    metadata=_metadata,
)

_files = st.lists(
    st.builds(PromotedFile, md.files, st.just(("*",)) | _few(md.json_paths)),
    min_size=1,
    max_size=3,
    unique_by=lambda promoted: promoted.file,
).map(tuple)
_promotions = st.builds(
    PromotionSpec, st.none() | st.builds(VersionSource, md.files, md.json_paths), st.none() | _files
)

_commit = st.sampled_from(["message", "revision"]).map(lambda field: Attribute(Subject.COMMIT, field))
_literals = md.texts.filter(lambda text: "*" not in text)
_commit_tests = st.builds(Membership, _commit, _few(_literals)) | st.builds(
    Matching, _commit, _few(md.texts).filter(lambda globs: any("*" in glob for glob in globs))
)
_triggers = st.lists(_commit_tests | st.builds(Negation, _commit_tests), max_size=3, unique=True).map(_all_of)


@st.composite
def _products(draw: st.DrawFn) -> Product:
    concurrency = draw(st.none() | st.sampled_from(Concurrency))
    return Product(
        name=draw(md.object_names),
        flows=draw(st.lists(st.builds(FlowUse, md.names, _triggers), max_size=3).map(tuple)),
        template=draw(st.none() | md.names),
        promotion=draw(_promotions),
        concurrency=concurrency,
        api_version=draw(st.none() | st.just("v1beta2")) if concurrency is None else None,
        metadata=draw(_metadata),
    )


_label = md.label_keys.map(lambda key: Attribute(Subject.APPLICATION, "labels", key))
_label_tests = st.builds(Membership, _label, _few(md.texts)) | st.builds(Matching, _label, st.just(("*",)))
_templates = st.builds(
    Template,
    name=md.object_names,
    priority=st.integers(-1000, 1000),
    when=st.lists(_label_tests | st.builds(Negation, _label_tests), max_size=4, unique=True).map(_all_of),
    promotion=_promotions,
    metadata=_metadata,
)

_ASKED = {
    Attribute(Subject.PRODUCT, "name"): md.names,
    Attribute(Subject.PRODUCT, "tags"): md.names,
    Attribute(Subject.ENVIRONMENT, "name"): md.names,
    Attribute(Subject.ENVIRONMENT, "kind"): st.sampled_from(["prod", "non-prod"]),
    Attribute(Subject.ENVIRONMENT, "tags"): md.names,
}


@st.composite
def _selectors(draw: st.DrawFn) -> Condition:
    asked = draw(st.lists(st.sampled_from(list(_ASKED)), max_size=5, unique=True))
    return _all_of([Membership(attribute, draw(_few(_ASKED[attribute]))) for attribute in asked])


_settings = st.lists(
    st.builds(Setting, st.just("action"), st.sampled_from(Action))
    | st.builds(Setting, st.sampled_from(["pre-action", "post-action"]), st.builds(Workflow, md.names)),
    max_size=3,
    unique_by=lambda setting: setting.name,
).map(tuple)
_policies = st.builds(
    Policy,
    name=md.object_names,
    priority=st.integers(-1000, 1000),
    when=_selectors(),
    settings=_settings,
    metadata=_metadata,
)

_workflows = st.none() | st.builds(Workflow, md.names)
_hooks = st.builds(Hooks, _workflows, _workflows, _workflows)


@st.composite
def _flows(draw: st.DrawFn) -> Flow:
    environments = draw(st.lists(md.names, min_size=1, max_size=4, unique=True))
    steps = [
        Step(name, draw(_few(st.sampled_from(environments[:position]))), draw(_settings), draw(_hooks))
        for position, name in enumerate(environments[1:], 1)
    ]
    post = st.builds(Setting, st.just("post-action"), st.builds(Workflow, md.names))
    return Flow(
        name=draw(md.object_names),
        trigger=environments[0],
        steps=tuple(steps),
        trigger_settings=draw(st.just(()) | st.tuples(post)),
        hooks=draw(_hooks),
        timeout=draw(st.none() | st.integers(1, 1440).map(lambda minutes: minutes * 60)),
        metadata=draw(_metadata),
    )


entities = _environments | _products() | _templates | _policies | _flows()
