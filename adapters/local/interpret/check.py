"""Finds, before a run begins, tags that never have a value and arguments that do not fit. Source: Argo, `validate`."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.local.interpret.depends import named
from adapters.local.interpret.refusal import RefusedError
from adapters.local.interpret.shapes import Call, Dag, Process, Program, Steps, Suspend, Template
from adapters.local.interpret.tags import tags
from grammar.suggest import did_you_mean

_WORKFLOW = frozenset(
    f"workflow.{name}"
    for name in (
        "name", "namespace", "uid", "serviceAccountName", "creationTimestamp", "parameters", "parameters.json",
    )
)  # fmt: skip
_LEAVING = frozenset({"workflow.status", "workflow.failures", "workflow.duration"})
_RETRYING = frozenset({"retries", "lastRetry.exitCode", "lastRetry.status", "lastRetry.message"})
_STEP = ("id", "status", "startedAt", "finishedAt", "exitCode", "outputs.result", "outputs.parameters")


def check(program: Program) -> None:
    """Check every template that can be reached.

    Raises:
        RefusedError: for the first thing that is wrong, by place.
    """
    workflow = _WORKFLOW | {f"workflow.parameters.{one.name}" for one in program.parameters}
    leaving = _reachable(program, program.exit) if program.exit else set()
    for key, template in program.templates.items():
        _Checker(program, template, workflow | (_LEAVING if key in leaving else frozenset())).run()
    manifest = program.entry[0]
    _known(program.deadline, workflow, f"{manifest}.activeDeadlineSeconds")
    for parameter in program.parameters:
        _known(parameter.default or "", frozenset(), f"{manifest}.arguments.parameters[{parameter.name}]")
    given = {parameter.name for parameter in program.parameters}
    starts = [("entrypoint", program.entry), *([("onExit", program.exit)] if program.exit else [])]
    for place, key in starts:
        for one in program.templates[key].inputs:
            if one.default is None and one.name not in given:
                help = "add it to the `arguments` of the workflow"
                raise RefusedError(f"`{key[1]}` needs the parameter `{one.name}`", f"{manifest}.{place}", help)


def _reachable(program: Program, start: tuple[str, str]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    waiting = [start]
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += [(call.owner, call.template) for call in calls_of(program.templates[key])]
    return found


def calls_of(template: Template) -> tuple[Call, ...]:
    """Return the steps or tasks of a template, in order."""
    match template.body:
        case Steps(groups=groups):
            return tuple(call for group in groups for call in group)
        case Dag(tasks=tasks):
            return tasks
    return ()


class _Checker:
    """One template."""

    def __init__(self, program: Program, template: Template, workflow: frozenset[str]) -> None:
        self._program, self._template, self._workflow = program, template, workflow
        inputs = {f"inputs.parameters.{one.name}" for one in template.inputs}
        self._base = workflow | inputs | {"node.name", "pod.name"} | (_RETRYING if template.retry else frozenset())

    def run(self) -> None:
        template = self._template
        for given in template.inputs:
            _known(given.default or "", self._workflow, f"{template.place}.inputs.parameters[{given.name}]")
        match template.body:
            case Process():
                self._process(template.body)
                outputs = self._base
            case Suspend(duration=duration):
                _known(duration, self._base, f"{template.place}.suspend.duration")
                outputs = self._base
            case Steps():
                outputs = self._steps(template.body)
            case Dag():
                outputs = self._dag(template.body)
        for one in template.outputs:
            place = f"{template.place}.outputs.parameters[{one.name}]"
            for text in (one.value, one.default or "", one.global_name):
                _known(text, outputs, place)
        retry = template.retry
        if retry is not None:
            for text in (retry.limit or "", retry.duration, retry.factor, retry.cap, retry.most):
                _known(text, self._base, f"{template.place}.retryStrategy")

    def _process(self, body: Process) -> None:
        known = self._base | {f"outputs.parameters.{one.name}.path" for one in self._template.outputs if one.path}
        for text, place in _texts(self._template, body):
            _known(text, known, place)

    def _steps(self, body: Steps) -> frozenset[str]:
        known = self._base
        for group in body.groups:
            for call in group:
                self._call(call, known)
            known = known.union(*(self._published("steps", call) for call in group))
        return known

    def _dag(self, body: Dag) -> frozenset[str]:
        tasks = {call.name: call for call in body.tasks}
        for call in body.tasks:
            before: set[str] = set()
            waiting = list(named(call.depends)) if call.depends else []
            while waiting:
                name = waiting.pop()
                if name not in before:
                    before.add(name)
                    depends = tasks[name].depends
                    waiting += named(depends) if depends else ()
            self._call(call, self._base.union(*(self._published("tasks", tasks[name]) for name in before)))
        return self._base.union(*(self._published("tasks", call) for call in body.tasks))

    def _published(self, kind: str, call: Call) -> frozenset[str]:
        """Return the tags that a step has once it has ended."""
        callee = self._program.templates[call.owner, call.template]
        found = {f"{kind}.{call.name}.{field}" for field in _STEP}
        return frozenset(found | {f"{kind}.{call.name}.outputs.parameters.{one.name}" for one in callee.outputs})

    def _call(self, call: Call, known: frozenset[str]) -> None:
        self._fitting(call)
        for text in (call.items_from, *(call.sequence or {}).values(), *_strings(call.items)):
            _known(text, known, call.place)
        if call.repeated:
            known = known | {"item"}
        for text in (call.when, *(value for _, value in call.arguments)):
            _known(text, known, call.place, items=call.repeated)

    def _fitting(self, call: Call) -> None:
        """Refuse arguments that the template does not take, and find those it needs."""
        inputs = {one.name: one.default for one in self._program.templates[call.owner, call.template].inputs}
        passed = dict(call.arguments)
        for name in passed:
            if name not in inputs:
                hint = did_you_mean(name, list(inputs))
                raise RefusedError(f"`{call.template}` takes no parameter `{name}`", call.place, hint)
        for name, default in inputs.items():
            if default is None and name not in passed:
                raise RefusedError(
                    f"`{call.template}` needs the parameter `{name}`", call.place, "add it to `arguments`"
                )


def _texts(template: Template, body: Process) -> Iterator[tuple[str, str]]:
    """Yield the texts of a process, and where each stands."""
    what = "container" if body.source is None else "script"
    place = f"{template.place}.{what}"
    yield body.image, f"{place}.image"
    yield body.folder, f"{place}.workingDir"
    yield body.source or "", f"{place}.source"
    for name, texts in (("command", body.command), ("args", body.args)):
        for index, text in enumerate(texts):
            yield text, f"{place}.{name}[{index}]"
    for name, value in body.environment:
        yield value, f"{place}.env[{name}]"
    for text in template.timeouts:
        yield text, f"{template.place}.activeDeadlineSeconds"
    for one in template.outputs:
        yield one.path, f"{template.place}.outputs.parameters[{one.name}].valueFrom.path"


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)


def _known(text: str, known: frozenset[str], place: str, *, items: bool = False) -> None:
    for tag in tags(text):
        if tag in known or (items and tag.startswith("item.")):
            continue
        # Outputs of the workflow exist once something has set them, which only the run can tell.
        if tag.startswith("workflow.outputs.parameters."):
            continue
        raise RefusedError(f"nothing is known as `{{{{{tag}}}}}` here", place, did_you_mean(tag, sorted(known)))
