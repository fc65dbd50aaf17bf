"""From manifests to a program: follows everything that can be reached, and refuses what is not understood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.local.interpret import fields
from adapters.local.interpret.parse_calls import dag, steps
from adapters.local.interpret.reading import Field
from adapters.local.interpret.refusal import RefusedError
from adapters.local.interpret.shapes import (
    Body,
    Call,
    Dag,
    Input,
    Output,
    Process,
    Program,
    Retry,
    Steps,
    Suspend,
    Template,
)
from grammar.suggest import did_you_mean

CLUSTER = "cluster/"
"""What the key of a ClusterWorkflowTemplate begins with."""

_BODIES = ("container", "script", "steps", "dag", "suspend")
_POLICIES = ("OnFailure", "OnError", "Always")


def parse(manifests: Mapping[str, Mapping[str, Any]], key: str) -> Program:
    """Return what a workflow template means.

    Args:
        manifests: by name; those of the cluster with `CLUSTER` before it.
        key: of the one that is run.

    Raises:
        RefusedError: for the first thing that cannot be run, or is not there.
    """
    return _Parser(manifests).program(key)


class _Parser:
    """One program; templates are read when something reaches them."""

    def __init__(self, manifests: Mapping[str, Mapping[str, Any]]) -> None:
        self._manifests = manifests
        self._specs: dict[str, Field] = {}
        self._found: dict[tuple[str, str], Template] = {}
        self._notes: list[str] = []

    def program(self, key: str) -> Program:
        spec = self._spec(key, key)
        entry = spec.text("entrypoint", None)
        self._reach(key, entry, spec.at("entrypoint"))
        leaving = spec.text("onExit")
        if leaving:
            self._reach(key, leaving, spec.at("onExit"))
        metadata = Field(self._manifests[key].get("metadata", {}), f"{key}.metadata")
        return Program(
            entry=(key, entry),
            exit=(key, leaving) if leaving else None,
            templates=self._found,
            parameters=_inputs(spec.child("arguments"), ("parameters",)),
            deadline=spec.text("activeDeadlineSeconds"),
            parallelism=spec.number("parallelism"),
            namespace=metadata.text("namespace"),
            service_account=spec.text("serviceAccountName"),
            notes=tuple(self._notes),
        )

    def _spec(self, key: str, place: str) -> Field:
        if key not in self._specs:
            manifest = self._manifests.get(key)
            if manifest is None:
                kind = "ClusterWorkflowTemplate" if key.startswith(CLUSTER) else "WorkflowTemplate"
                near = did_you_mean(key, list(self._manifests))
                raise RefusedError(f"there is no {kind} `{key.removeprefix(CLUSTER)}` in the workspace", place, near)
            spec = Field(manifest.get("spec"), key)
            spec.only(fields.SPEC, fields.SPEC_OF_PODS, self._notes)
            self._specs[key] = spec
        return self._specs[key]

    def _reach(self, owner: str, name: str, place: str) -> None:
        waiting = [(owner, name, place)]
        while waiting:
            owner, name, place = waiting.pop()
            if (owner, name) in self._found:
                continue
            template = self._template(owner, name, place)
            self._found[owner, name] = template
            calls: tuple[Call, ...] = ()
            if isinstance(template.body, Steps):
                calls = tuple(call for group in template.body.groups for call in group)
            elif isinstance(template.body, Dag):
                calls = template.body.tasks
            waiting += [(call.owner, call.template, call.place) for call in calls]

    def _template(self, owner: str, name: str, place: str) -> Template:
        spec = self._spec(owner, place)
        named = {one.text("name"): one for one in spec.children("templates")}
        if name not in named:
            raise RefusedError(f"there is no template `{name}` in `{owner}`", place, did_you_mean(name, list(named)))
        return self._read(owner, named[name])

    def _read(self, owner: str, given: Field) -> Template:
        given.only(fields.TEMPLATE, fields.TEMPLATE_OF_PODS, self._notes)
        bodies = [kind for kind in _BODIES if kind in given.data and given.data[kind] is not None]
        if len(bodies) != 1:
            what = " and ".join(f"`{kind}`" for kind in bodies) or "nothing to run"
            raise RefusedError(f"has {what}; it needs one of {', '.join(_BODIES)}", given.place)
        given.child("inputs").only({"parameters"})
        given.child("outputs").only({"parameters"})
        composed = bodies[0] in ("steps", "dag")
        timeouts = tuple(given.text(key) for key in ("activeDeadlineSeconds", "timeout") if given.has(key))
        if timeouts and bodies[0] not in ("container", "script"):
            raise RefusedError("only a container or a script has a time limit of its own", given.place)
        return Template(
            name=given.text("name", None),
            owner=owner,
            body=self._body(owner, given, bodies[0]),
            inputs=_inputs(given, ("inputs", "parameters")),
            outputs=tuple(_output(one, composed=composed) for one in given.child("outputs").children("parameters")),
            retry=_retry(given.child("retryStrategy")) if given.data.get("retryStrategy") is not None else None,
            timeouts=timeouts,
            parallelism=given.number("parallelism"),
            place=given.place,
        )

    def _body(self, owner: str, given: Field, kind: str) -> Body:
        match kind:
            case "steps":
                return steps(owner, given)
            case "dag":
                return dag(owner, given.child("dag"))
            case "suspend":
                pause = given.child("suspend")
                pause.only({"duration"})
                return Suspend(pause.text("duration"))
        return self._process(given.child(kind), script=kind == "script")

    def _process(self, given: Field, *, script: bool) -> Process:
        given.only(fields.CONTAINER | ({"source"} if script else set()), fields.CONTAINER_OF_PODS, self._notes)
        environment, referred = [], []
        for one in given.children("env"):
            one.only({"name", "value", "valueFrom"})
            if one.has("valueFrom"):
                referred.append(one.text("name", None))
            else:
                environment.append((one.text("name", None), one.text("value")))
        return Process(
            image=given.text("image"),
            command=given.texts("command"),
            args=given.texts("args"),
            source=given.text("source", None) if script else None,
            environment=tuple(environment),
            folder=given.text("workingDir"),
            referred=tuple(referred),
        )


def _inputs(given: Field, path: tuple[str, ...]) -> tuple[Input, ...]:
    for key in path[:-1]:
        given = given.child(key)
    given.only({"parameters"})
    found: dict[str, Input] = {}
    for one in given.children(path[-1]):
        one.only(fields.PARAMETER)
        name = one.text("name", None)
        if name in found:
            raise RefusedError(f"the parameter `{name}` is declared twice", one.place)
        default = one.optional("value")
        found[name] = Input(name, default if default is not None else one.optional("default"))
    return tuple(found.values())


def _output(given: Field, *, composed: bool) -> Output:
    given.only(fields.OUTPUT)
    origin = given.child("valueFrom")
    known = "parameter" if composed else "path"
    origin.only({known, "default"})
    found = Output(
        name=given.text("name", None),
        path="" if composed else origin.text("path"),
        value=origin.text("parameter") if composed else given.text("value"),
        default=origin.optional("default"),
        global_name=given.text("globalName"),
    )
    if not found.path and not found.value and found.default is None:
        raise RefusedError(f"needs `valueFrom.{known}`", given.place)
    return found


def _retry(given: Field) -> Retry:
    given.only(fields.RETRY)
    backoff = given.child("backoff")
    backoff.only({"duration", "factor", "cap", "maxDuration"})
    policy = given.text("retryPolicy") or "OnFailure"
    if policy not in _POLICIES:
        message = f"the policy `{policy}` is not run locally; there are {', '.join(_POLICIES)}"
        raise RefusedError(message, given.at("retryPolicy"), did_you_mean(policy, list(_POLICIES)))
    return Retry(
        limit=given.optional("limit"),
        policy=policy,
        duration=backoff.text("duration"),
        factor=backoff.text("factor"),
        cap=backoff.text("cap"),
        most=backoff.text("maxDuration"),
    )
