"""What is not run locally is refused before anything begins, by field and template."""

from __future__ import annotations

import pytest

from adapters.local.interpret.parse import parse
from adapters.local.interpret.refusal import RefusedError
from adapters.local.interpret.shapes import Process
from tests.support.paper_leaves import program_from

BASE = """
wf:
  entrypoint: main
  templates:
  - name: main
    inputs: {parameters: [{name: p, value: v}]}
    container: {image: i, command: [x], args: ["{{inputs.parameters.p}}"]}
"""


def changed(old: str, new: str) -> str:
    assert old in BASE
    return BASE.replace(old, new)


def listed(step: str) -> str:
    leaf = BASE.partition("- name: main")[2]
    return f"wf:\n  entrypoint: main\n  templates:\n  - {{name: main, steps: [[{step}]]}}\n  - name: leaf{leaf}"


@pytest.mark.parametrize(
    ("text", "said", "help"),
    [
        (changed("entrypoint: main", "x: 1"), "wf: `x` is not run locally", "remove it, or run"),
        (
            changed("entrypoint: main", "entrypont: main"),
            "wf: `entrypont` is not run locally",
            "did you mean `entrypoint`",
        ),
        (changed("  entrypoint: main\n", ""), "wf: `entrypoint` is missing", ""),
        (
            changed("entrypoint: main", "entrypoint: mian"),
            "wf.entrypoint: there is no template `mian` in `wf`",
            "did you mean `main`",
        ),
        (
            changed("entrypoint: main", "entrypoint: main\n  volumes: [{name: v}]"),
            "wf: `volumes` is not run locally",
            "",
        ),
        (changed("entrypoint: main", "entrypoint: main\n  hooks: {exit: {}}"), "wf: `hooks` is not run locally", ""),
        (
            changed("entrypoint: main", "entrypoint: main\n  onExit: bye"),
            "wf.onExit: there is no template `bye` in `wf`",
            "",
        ),
        (
            changed("image: i,", "image: i, volumeMounts: [{}],"),
            "wf.templates[main].container: `volumeMounts` is not run locally",
            "",
        ),
        (
            changed("container:", "http: {}\n    daemon: true\n    container:"),
            "wf.templates[main]: `daemon` is not run locally",
            "",
        ),
        (changed("container: {", "resource: {"), "wf.templates[main]: `resource` is not run locally", ""),
        (
            changed("container:", "suspend: {}\n    container:"),
            "wf.templates[main]: has `container` and `suspend`; it needs one",
            "",
        ),
        (
            changed("inputs: {", "inputs: {artifacts: [{name: a}], "),
            "wf.templates[main].inputs: `artifacts` is not run locally",
            "",
        ),
        (
            changed("value: v", "valueFrom: {}, value: [1]"),
            "wf.templates[main].inputs.parameters[p].value: must be a text",
            "",
        ),
        (
            changed("{{inputs.parameters.p}}", "{{inputs.parameters.q}}"),
            "nothing is known as `{{inputs.parameters.q}}` here",
            "did you mean `inputs.parameters.p`",
        ),
        (
            changed("{{inputs.parameters.p}}", "{{=sprig.upper('x')}}"),
            "the expression `{{=sprig.upper('x')}}` is not evaluated",
            "",
        ),
        (changed("{{inputs.parameters.p}}", "{{retries}}"), "nothing is known as `{{retries}}` here", ""),
        (
            changed("{{inputs.parameters.p}}", "{{workflow.status}}"),
            "nothing is known as `{{workflow.status}}` here",
            "",
        ),
        (changed("command: [x]", "command: [{a: 1}]"), "wf.templates[main].container.command[0]: must be a text", ""),
        (changed("container:", "outputs: {parameters: [{name: o}]}\n    container:"), "needs `valueFrom.path`", ""),
        (
            changed("container:", "outputs: {parameters: [{name: o, valueFrom: {jqFilter: .}}]}\n    container:"),
            "`jqFilter` is not run locally",
            "",
        ),
        (
            changed("container:", "retryStrategy: {expression: x}\n    container:"),
            "retryStrategy: `expression` is not run locally",
            "",
        ),
        (
            changed("container:", "retryStrategy: {retryPolicy: OnTransientError}\n    container:"),
            "the policy `OnTransientError` is not run locally",
            "",
        ),
        (
            listed("{name: a, template: leaf, arguments: {parameters: [{name: pp, value: 1}]}}"),
            "`leaf` takes no parameter `pp`",
            "did you mean `p`",
        ),
        (
            listed("{name: a, template: leaf, onExit: leaf}"),
            "wf.templates[main].steps[0].a: `onExit` is not run locally",
            "",
        ),
        (listed("{name: a, template: leaf}, {name: a, template: leaf}"), "the step `a` is there twice", ""),
        (
            listed("{name: a, template: leaf, when: '{{steps.a.status}} == x'}"),
            "nothing is known as `{{steps.a.status}}`",
            "",
        ),
        (listed("{name: a, template: leaf, when: '{{item}} == x'}"), "nothing is known as `{{item}}`", ""),
        (
            listed("{name: a, template: leaf, withItems: [1], withParam: '[]'}"),
            "`withItems` and `withParam` do not mix",
            "",
        ),
        (listed("{name: a, template: leaf, withSequence: {format: x}}"), "`format` is not run locally", ""),
        (
            listed("{name: a, templateRef: {name: nope, template: t}}"),
            "there is no WorkflowTemplate `nope` in the workspace",
            "",
        ),
        (
            listed("{name: a, templateRef: {name: c, template: t, clusterScope: true}}"),
            "there is no ClusterWorkflowTemplate `c`",
            "",
        ),
    ],
)
def test_what_is_refused(text: str, said: str, help: str) -> None:
    with pytest.raises(RefusedError) as caught:
        program_from(text)
    assert said in str(caught.value)
    assert help in caught.value.help


DAG = (
    "wf:\n  entrypoint: main\n  templates:\n  - {{name: main, dag: {{tasks: [{}]}}}}\n  - {{name: t, suspend: {{}}}}\n"
)


@pytest.mark.parametrize(
    ("tasks", "said"),
    [
        ("{name: a, template: t, depends: b}, {name: b, template: t, depends: a}", "tasks wait for each other: a, b"),
        ("{name: a, template: t, depends: a}", "tasks wait for each other: a"),
        ("{name: a, template: t, depends: b}", "there is no task `b`"),
        ("{name: a, template: t}, {name: b, template: t, depends: a, dependencies: [a]}", "do not mix"),
        ("{name: a, template: t}, {name: b, template: t, depends: a, continueOn: {failed: true}}", "do not mix"),
        (
            "{name: a, template: t}, {name: b, template: t, depends: 'a ++'}",
            "`a ++`: `++` at character 3 is not understood",
        ),
        ("{name: a, template: t}, {name: b, template: t, when: '{{tasks.a.status}} == x'}", "nothing is known as"),
    ],
)
def test_tasks_that_are_refused(tasks: str, said: str) -> None:
    with pytest.raises(RefusedError) as caught:
        program_from(DAG.format(tasks))
    assert said in str(caught.value)


def test_fields_about_pods_are_noted() -> None:
    program = program_from(changed("entrypoint: main", "entrypoint: main\n  serviceAccountName: robot"))
    assert program.notes == ("wf.serviceAccountName has no meaning here",)
    assert program.service_account == "robot"


def test_templates_that_nothing_reaches_are_not_looked_at() -> None:
    program = program_from(BASE + "  - {name: other, http: {url: x}}\n")
    assert list(program.templates) == [("wf", "main")]


def test_a_circle_of_templates_is_read_once() -> None:
    program = program_from("wf:\n  entrypoint: a\n  templates:\n  - {name: a, steps: [[{name: s, template: a}]]}\n")
    assert list(program.templates) == [("wf", "a")]


def test_scalars_become_the_texts_that_argo_passes() -> None:
    program = program_from(changed("args: [", "args: [1, true, 1.5, "))
    body = program.templates["wf", "main"].body
    assert isinstance(body, Process)
    assert body.args == ("1", "true", "1.5", "{{inputs.parameters.p}}")


@pytest.mark.parametrize(
    "spec", [None, [], "x", {"entrypoint": "a", "templates": {}}, {"entrypoint": "a", "templates": [1]}]
)
def test_any_manifest_is_refused_and_not_a_fault(spec: object) -> None:
    with pytest.raises(RefusedError):
        parse({"wf": {"spec": spec}}, "wf")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (changed("[{name: p, value: v}]", "[{name: p}]"), "wf.entrypoint: `main` needs the parameter `p`"),
        (changed("value: v", "value: '{{inputs.parameters.q}}'"), "nothing is known as `{{inputs.parameters.q}}` here"),
        (
            changed("entrypoint: main", "entrypoint: main\n  arguments: {parameters: [{name: a, value: '{{x}}'}]}"),
            "wf.arguments.parameters[a]: nothing is known as `{{x}}` here",
        ),
    ],
)
def test_parameters_that_never_have_a_value_are_refused(text: str, said: str) -> None:
    with pytest.raises(RefusedError) as caught:
        program_from(text)
    assert said in str(caught.value)
