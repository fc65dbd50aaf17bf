"""Which parameters a workflow is passed, by the place that names it. Source: domain, promotion workflow and hooks."""

from __future__ import annotations

from engine.lint.material import Material
from engine.lint.workflow_uses import WorkflowUse

ACTION = frozenset({"APP_NAMESPACE", "APP_NAME", "REPO_URL", "BRANCH", "PATH", "RUNTIME"})
"""Passed to every pre-action and post-action."""

COMMIT = frozenset({"COMMIT_SHA", "COMMIT_AUTHOR", "COMMIT_MESSAGE", "COMMIT_DATE"})
"""Passed to a post-action when the action was a commit."""

HOOK = frozenset({"RELEASE_URL", "PRODUCT_NAME", "VERSION", "COMMIT_SHA", "PROMOTION_FLOW_NAME", "RELEASE_ID"})
"""Passed to every hook."""

FAILURE = frozenset({"ERROR_MESSAGE", "FAILED_ENVIRONMENTS"})
"""Passed to hooks that run on failure."""

KNOWN = ACTION | COMMIT | HOOK | FAILURE
"""Every parameter that promo passes by itself."""

CONTEXT = "PROMOTION_CONTEXT"
"""The output that a hook adds parameters to later hooks with."""


def passed(use: WorkflowUse, exported: frozenset[str]) -> frozenset[str]:
    """Return the parameters that may be passed to a workflow in one place.

    Args:
        use: the place.
        exported: what pre-actions can export, which post-actions are passed.
    """
    if use.role == "pre-action":
        return ACTION
    if use.role == "post-action":
        return ACTION | COMMIT | exported
    return HOOK | FAILURE if use.role == "on failure" else HOOK


def exports(material: Material) -> frozenset[str]:
    """Return every global output parameter that some workflow template of the workspace exports."""
    workflows = material.workspace.workflows.values()
    return frozenset(name for workflow in workflows for name in workflow.exports)
