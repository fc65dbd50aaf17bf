"""Reads steps and tasks: what calls which template, when, and for which items."""

from __future__ import annotations

import json
from typing import Any

from adapters.local.interpret import fields
from adapters.local.interpret.conditions import ConditionError
from adapters.local.interpret.depends import Both, Depends, after, named, parse
from adapters.local.interpret.reading import Field, checked
from adapters.local.interpret.refusal import RefusedError
from adapters.local.interpret.shapes import Call, Dag, Steps
from grammar.suggest import did_you_mean


def steps(owner: str, given: Field) -> Steps:
    """Read the steps of a template; a group is a list, or a single step.

    Raises:
        RefusedError: for what is not understood.
    """
    groups: list[tuple[Call, ...]] = []
    seen: set[str] = set()
    for index, group in enumerate(given.items("steps")):
        place = f"{given.place}.steps[{index}]"
        listed = group if isinstance(group, list) else [group]
        calls = tuple(_call(owner, _named(step, place), fields.CALL) for step in listed)
        for call in calls:
            if call.name in seen:
                raise RefusedError(f"the step `{call.name}` is there twice", call.place)
            seen.add(call.name)
        groups.append(calls)
    if not any(groups):
        raise RefusedError("has no steps", given.place)
    return Steps(tuple(groups))


def _named(step: Any, place: str) -> Field:
    name = step.get("name") if isinstance(step, dict) else None
    return Field(step, f"{place}.{name}" if isinstance(name, str) else place)


def dag(owner: str, given: Field) -> Dag:
    """Read the tasks of a template.

    Raises:
        RefusedError: for what is not understood, tasks that are not there, and circles.
    """
    given.only({"tasks", "failFast", "target"})
    listed = list(given.children("tasks"))
    if not listed:
        raise RefusedError("has no tasks", given.place)
    tasks: dict[str, Call] = {}
    for one in listed:
        call = _call(owner, one, fields.TASK)
        if call.name in tasks:
            raise RefusedError(f"the task `{call.name}` is there twice", call.place)
        tasks[call.name] = call
    waiting = {one.text("name"): _depends(one, tasks) for one in listed}
    made = tuple(_with(call, waiting[name]) for name, call in tasks.items())
    _refuse_circle(made)
    targets = tuple(given.text("target").split())
    for target in targets:
        if target not in tasks:
            raise RefusedError(f"there is no task `{target}`", given.at("target"), did_you_mean(target, list(tasks)))
    return Dag(made, given.flag("failFast", True), targets)


def _with(call: Call, depends: Depends | None) -> Call:
    from dataclasses import replace

    return replace(call, depends=depends)


def _depends(given: Field, tasks: dict[str, Call]) -> Depends | None:
    listed, text = given.texts("dependencies"), given.text("depends")
    if listed and text:
        raise RefusedError("`depends` and `dependencies` do not mix", given.place, "write everything into `depends`")
    found: Depends | None = None
    if text:
        if given.has("continueOn"):
            raise RefusedError(
                "`continueOn` and `depends` do not mix", given.place, "write e.g. `depends: a || a.Failed`"
            )
        try:
            found = parse(text)
        except ConditionError as wrong:
            raise RefusedError(f"`{text}`: {wrong}", given.at("depends")) from wrong
    for name in listed:
        call = tasks.get(name)
        one = after(name, failed=bool(call and call.continue_failed), errored=bool(call and call.continue_error))
        found = one if found is None else Both(found, one)
    for name in named(found) if found is not None else ():
        if name not in tasks:
            at = given.at("depends" if text else "dependencies")
            raise RefusedError(f"there is no task `{name}`", at, did_you_mean(name, list(tasks)))
    return found


def _refuse_circle(tasks: tuple[Call, ...]) -> None:
    after_which = {call.name: set(named(call.depends)) if call.depends else set() for call in tasks}
    while after_which:
        ready = [name for name, waits in after_which.items() if not waits & after_which.keys()]
        if not ready:
            first = next(call for call in tasks if call.name in after_which)
            raise RefusedError(f"tasks wait for each other: {', '.join(sorted(after_which))}", first.place)
        for name in ready:
            del after_which[name]


def _call(owner: str, given: Field, known: frozenset[str]) -> Call:
    given.only(known)
    callee, template = _callee(owner, given)
    repeated = [key for key in ("withItems", "withParam", "withSequence") if given.has(key)]
    if len(repeated) > 1:
        raise RefusedError(f"`{repeated[0]}` and `{repeated[1]}` do not mix", given.place)
    continues = given.child("continueOn")
    continues.only({"failed", "error"})
    return Call(
        name=given.text("name", None),
        owner=callee,
        template=template,
        arguments=_arguments(given.child("arguments")),
        when=given.text("when"),
        items=_items(given) if given.has("withItems") else None,
        items_from=given.text("withParam"),
        sequence=_sequence(given.child("withSequence")) if given.has("withSequence") else None,
        continue_failed=continues.flag("failed"),
        continue_error=continues.flag("error"),
        place=given.place,
    )


def _callee(owner: str, given: Field) -> tuple[str, str]:
    """Return the manifest and the template that a step calls."""
    if given.has("templateRef"):
        if given.has("template"):
            raise RefusedError("`template` and `templateRef` do not mix", given.place)
        other = given.child("templateRef")
        other.only({"name", "template", "clusterScope"})
        prefix = "cluster/" if other.flag("clusterScope") else ""
        return prefix + other.text("name", None), other.text("template", None)
    return owner, given.text("template", None)


def _arguments(given: Field) -> tuple[tuple[str, str], ...]:
    given.only({"parameters"})
    found: dict[str, str] = {}
    for one in given.children("parameters"):
        one.only({"name", "value"})
        found[one.text("name", None)] = one.text("value", None)
    return tuple(found.items())


def _items(given: Field) -> tuple[Any, ...]:
    items = given.items("withItems")
    checked(json.dumps(items), given.at("withItems"))
    return tuple(items)


def _sequence(given: Field) -> dict[str, str]:
    given.only({"count", "start", "end"})
    if given.has("count") == given.has("end"):
        raise RefusedError("needs `count` or `end`, and not both", given.place)
    return {key: given.text(key) for key in ("count", "start", "end") if given.has(key)}
