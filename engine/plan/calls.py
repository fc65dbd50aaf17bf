"""Which parameters a workflow would be passed. Source: domain, promotion workflow and hooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.model.argo import Application, WorkflowTemplate
from engine.model.values import Action
from engine.plan.nodes import Argument, Blocker, BlockerCode, WorkflowCall
from engine.plan.world import Location

AFTER_COMMIT = "after the commit"
DURING_RELEASE = "during the release"
AFTER_FAILURE = "when something failed"
FROM_PRE_ACTION = "if the pre-action exports it"
FROM_CONTEXT = "if an earlier hook adds it to the promotion context"

COMMIT_PARAMETERS = ("COMMIT_SHA", "COMMIT_AUTHOR", "COMMIT_MESSAGE", "COMMIT_DATE")


@dataclass(frozen=True, slots=True)
class Offer:
    """What is on offer to a workflow: parameters by name, in order of documentation.

    Attributes:
        arguments: what is passed if it is declared.
        open_ended: why a declared parameter that is not on offer may still arrive; empty when it cannot.
    """

    arguments: Mapping[str, Argument]
    open_ended: str = ""


def action_offer(application: Application, location: Location | None, *, post: bool, action: Action | None) -> Offer:
    """Return what a pre-action or post-action is offered for one application."""
    known = {
        "APP_NAMESPACE": application.namespace,
        "APP_NAME": application.name,
        "REPO_URL": location.repo_url if location else None,
        "BRANCH": location.branch if location else None,
        "PATH": location.folder if location else None,
    }
    arguments = {
        name: Argument(name, value, "" if value is not None else DURING_RELEASE) for name, value in known.items()
    }
    arguments["RUNTIME"] = Argument("RUNTIME", None, DURING_RELEASE)
    if post and action is Action.COMMIT:
        arguments |= {name: Argument(name, None, AFTER_COMMIT) for name in COMMIT_PARAMETERS}
    return Offer(arguments)


def exported_by(offer: Offer, workflow: WorkflowTemplate | None, *, unknown: bool) -> Offer:
    """Add what the pre-action exports to what the post-action is offered.

    Args:
        offer: the post-action's own.
        workflow: the pre-action's template, where the workspace has it.
        unknown: whether there is a pre-action whose template the workspace does not have.
    """
    exports = workflow.exports if workflow else ()
    arguments = dict(offer.arguments) | {name: Argument(name, None, FROM_PRE_ACTION) for name in exports}
    return Offer(arguments, FROM_PRE_ACTION if unknown else "")


def hook_offer(product: str, flow: str | None, version: str | None, commit: str | None, event: str) -> Offer:
    """Return what a hook is offered."""
    arguments = {
        "RELEASE_URL": Argument("RELEASE_URL", None, DURING_RELEASE),
        "PRODUCT_NAME": Argument("PRODUCT_NAME", product),
        "VERSION": Argument("VERSION", version, "" if version is not None else DURING_RELEASE),
        "COMMIT_SHA": Argument("COMMIT_SHA", commit, "" if commit is not None else DURING_RELEASE),
        "PROMOTION_FLOW_NAME": Argument("PROMOTION_FLOW_NAME", flow or ""),
        "RELEASE_ID": Argument("RELEASE_ID", None, DURING_RELEASE),
    }
    if event == "failure":
        for name in ("ERROR_MESSAGE", "FAILED_ENVIRONMENTS"):
            arguments[name] = Argument(name, None, AFTER_FAILURE)
    return Offer(arguments, FROM_CONTEXT)


def call(
    name: str, templates: Mapping[str, WorkflowTemplate], offer: Offer, role: str, unblock_place: str = ""
) -> tuple[WorkflowCall, tuple[Blocker, ...]]:
    """Return a workflow call with the parameters its template declares, and what stops it.

    Args:
        name: the workflow.
        templates: those of the workspace, by name.
        offer: what it can be passed.
        role: how messages call it, e.g. ``pre-action``.
        unblock_place: ``file:line`` for blockers.
    """
    template = templates.get(name)
    if template is None:
        return WorkflowCall(name, tuple(offer.arguments.values()), known=False), ()
    arguments: list[Argument] = []
    blockers: list[Blocker] = []
    for parameter in template.parameters:
        offered = offer.arguments.get(parameter.name)
        if offered is not None:
            arguments.append(offered)
        elif offer.open_ended and not parameter.has_value:
            arguments.append(Argument(parameter.name, None, offer.open_ended))
        elif not parameter.has_value:
            blockers.append(
                Blocker(
                    BlockerCode.WORKFLOW_PARAMETER,
                    f"{role} `{name}` declares the parameter `{parameter.name}`, which nothing passes to it",
                    f"give `{parameter.name}` a value in the workflow template, or remove it",
                    place=unblock_place,
                )
            )
    return WorkflowCall(name, tuple(arguments), known=True), tuple(blockers)
