"""From a run to the Workflow object that is created for it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from adapters.workflows.transport import DIGEST_ANNOTATION, RELEASE_LABEL, STEP_ANNOTATION, FoundTemplate
from adapters.workflows.wire import TemplateSpec, Workflow
from engine.execute.errors import TerminalError
from engine.execute.ports import WorkflowRun
from grammar.suggest import did_you_mean

_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_TEMPLATE = re.compile(r"[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?")
_LABEL = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")


def check_names(run: WorkflowRun) -> None:
    """Refuse names that Kubernetes does not have, before they become a part of an address.

    Raises:
        TerminalError: when the run's has more than 63 characters, or one of both is none.
    """
    if not _TEMPLATE.fullmatch(run.template):
        raise TerminalError(f"`{run.template}` is not the name of a workflow template", "correct the policy")
    if not _NAME.fullmatch(run.name):
        raise TerminalError(f"`{run.name}` is not the name of a workflow: lower case, digits, hyphens, at most 63")


def digest_of(run: WorkflowRun) -> str:
    """Return what two calls with the same template and the same parameters on offer have in common."""
    text = json.dumps([run.template, sorted(run.parameters.items())], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_another(workflow: Workflow, run: WorkflowRun) -> None:
    """Refuse a workflow that has a run's name and is another.

    Raises:
        TerminalError: when it belongs to another step, or was started with something else.
    """
    marks = workflow.metadata.annotations
    owner = marks.get(STEP_ANNOTATION)
    if owner is None:
        raise TerminalError(
            f"there is a workflow `{run.name}` that no release started", "delete it, and retry the release"
        )
    if owner != run.key:
        raise TerminalError(f"the workflow `{run.name}` belongs to `{owner}`, not to `{run.key}`")
    if marks.get(DIGEST_ANNOTATION) != digest_of(run):
        raise TerminalError(f"the workflow `{run.name}` was started with another template or other parameters")


def document_of(run: WorkflowRun, found: FoundTemplate, namespace: str, service_account: str) -> dict[str, Any]:
    """Return the Workflow that runs a template.

    Raises:
        TerminalError: when the parameters do not fit the template.
    """
    passed = _passed(run, found.template.spec)
    reference: dict[str, Any] = {"name": run.template}
    if found.cluster:
        reference["clusterScope"] = True
    spec: dict[str, Any] = {"workflowTemplateRef": reference}
    if passed:
        spec["arguments"] = {"parameters": [{"name": name, "value": value} for name, value in passed.items()]}
    if service_account:
        spec["serviceAccountName"] = service_account
    metadata: dict[str, Any] = {
        "name": run.name,
        "namespace": namespace,
        "annotations": {STEP_ANNOTATION: run.key, DIGEST_ANNOTATION: digest_of(run)},
    }
    if _LABEL.fullmatch(run.release):
        metadata["labels"] = {RELEASE_LABEL: run.release}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": metadata, "spec": spec}


def _passed(run: WorkflowRun, spec: TemplateSpec) -> dict[str, str]:
    """Return the parameters that are passed; the server would drop or ignore those it does not know in silence."""
    declared = _declared(spec)
    for name in run.parameters:
        if name not in declared and not run.open_ended:
            known = ", ".join(f"`{one}`" for one in declared)
            hint = did_you_mean(name, list(declared)) or (f"it takes {known}" if known else "it takes none")
            raise TerminalError(f"the workflow template `{run.template}` has no parameter `{name}`", hint)
    passed: Mapping[str, str] = {name: value for name, value in run.parameters.items() if name in declared}
    missing = [f"`{name}`" for name, given in declared.items() if not given and name not in passed]
    if missing:
        what = "the parameter" if len(missing) == 1 else "the parameters"
        raise TerminalError(
            f"the workflow template `{run.template}` needs {what} {', '.join(missing)}, which nothing passes",
            "give a default there, or let an earlier step export it",
        )
    return dict(passed)


def _declared(spec: TemplateSpec) -> dict[str, bool]:
    """Return what can be passed, and whether it has a value anyway: arguments are inputs of the first template."""
    declared: dict[str, bool] = {}
    for template in spec.templates:
        if template.name == spec.entrypoint and template.inputs is not None:
            declared |= {one.name: one.has_value for one in template.inputs.parameters}
    arguments = spec.arguments.parameters if spec.arguments else []
    return declared | {one.name: one.has_value or declared.get(one.name, False) for one in arguments}
