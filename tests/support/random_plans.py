"""Arbitrary plans: every shape the types allow, sensible or not."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.plan.nodes import (
    Argument,
    Blocker,
    BlockerCode,
    FileChange,
    Gate,
    GateKind,
    HookCall,
    InputDigest,
    Origin,
    Plan,
    PlannedApplication,
    PlannedSetting,
    PlannedStep,
    PlannedTrigger,
    WorkflowCall,
)
from engine.plan.ports import ChangeKind, CommitInfo, ValueChange
from tests.support.plans import EVIL, REPOSITORY, tag_change

_AWKWARD = (
    EVIL,
    "",
    " ",
    "`",
    "\n",
    "@a",
    "a|b",
    "\x00\x1b]0;x\x07",
    "1. x",
    "- x",
    "https://u:p@h/x",
    "]]>",
    "\ud800",
)
TEXTS = st.one_of(st.sampled_from(_AWKWARD), st.text(max_size=12))
NAMES = st.one_of(
    st.sampled_from(("dev", "qa", "prod", "prod-eu", "a-very-long-environment-name-in-some-region-1")), TEXTS
)
"""Few enough that steps depend on each other, on themselves and in circles, and share names."""


def _several(items: st.SearchStrategy[object], most: int = 2) -> st.SearchStrategy[object]:
    return st.lists(items, max_size=most).map(tuple)


_optional = st.one_of(st.none(), TEXTS)
_commits = st.builds(CommitInfo, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, _several(TEXTS))
_blockers = st.builds(Blocker, st.sampled_from(BlockerCode), TEXTS, TEXTS, _optional, TEXTS)
_calls = st.builds(WorkflowCall, TEXTS, _several(st.builds(Argument, TEXTS, _optional, TEXTS)), st.booleans())
_maybe_call = st.one_of(st.none(), _calls)
_hooks = _several(st.builds(HookCall, st.one_of(st.sampled_from(("start", "success", "failure")), TEXTS), _calls), 1)
_values = st.builds(ValueChange, TEXTS, st.sampled_from(ChangeKind), _optional, _optional)
_files = st.one_of(
    st.just(tag_change("apps", "1", "2")),
    st.builds(FileChange, TEXTS, TEXTS, st.booleans(), _several(_values), TEXTS, TEXTS),
)
_origins = st.builds(Origin, TEXTS, NAMES, st.one_of(st.just(REPOSITORY), TEXTS), TEXTS, TEXTS, st.booleans())
_applications = st.builds(
    PlannedApplication,
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
    st.one_of(st.none(), _origins),
    _optional,
    _optional,
    _maybe_call,
    _maybe_call,
    _several(_files),
    _several(TEXTS, 1),
    _several(_blockers, 1),
)
_steps = st.builds(
    PlannedStep,
    NAMES,
    st.one_of(st.sampled_from(("prod", "non-prod")), TEXTS),
    _several(NAMES, 3),
    st.one_of(st.sampled_from(("commit", "pr", "none", None)), TEXTS),
    _several(st.builds(PlannedSetting, TEXTS, TEXTS, TEXTS, TEXTS)),
    _several(st.builds(Gate, st.sampled_from(GateKind), TEXTS, st.sampled_from((True, False, None)), _optional)),
    _hooks,
    _several(_applications),
    _several(TEXTS, 1),
    _several(_blockers, 1),
    TEXTS,
)
_triggers = st.builds(
    PlannedTrigger, NAMES, _optional, st.one_of(st.none(), _commits), _several(st.tuples(TEXTS, _calls), 1)
)
PLANS = st.builds(
    Plan,
    TEXTS,
    _optional,
    TEXTS,
    _triggers,
    _several(_steps, 5),
    _hooks,
    st.integers(0, 10**9),
    TEXTS,
    _optional,
    _several(st.builds(InputDigest, TEXTS, TEXTS, TEXTS)),
    _several(TEXTS, 1),
    _several(_blockers, 1),
)
"""Plans of at most five steps."""
