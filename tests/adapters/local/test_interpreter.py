"""What a run of a workflow does, on paper: groups, tasks, items, tries, outputs, the exit handler."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.interpret.leaves import LeafCall, LeafEnd
from adapters.local.interpret.nodes import Node, Phase, Status
from adapters.local.interpret.run import Interpreter
from tests.support.paper_leaves import PaperLeaves, played, program_from

SAY = """
  - name: say
    inputs: {parameters: [{name: m, value: nothing}]}
    container: {image: i, command: [echo], args: ["{{inputs.parameters.m}}"]}
"""


def phases(status: Status) -> dict[str, str]:
    return {node.name: node.phase.value for node in status.nodes.values()}


def node(status: Status, name: str) -> Node:
    return next(node for node in status.nodes.values() if node.name == name)


def steps(groups: str, more: str = "") -> str:
    return f"wf:\n  entrypoint: main\n  templates:\n  - name: main\n    steps:\n{groups}{more}{SAY}"


def tasks(listed: str, more: str = "", options: str = "") -> str:
    return (
        f"wf:\n  entrypoint: main\n  templates:\n  - name: main\n    dag:\n{options}      tasks:\n{listed}{more}{SAY}"
    )


def test_nodes_have_the_names_and_identifiers_that_argo_gives() -> None:
    status = played(steps("    - - {name: a, template: say}\n    - - {name: b, template: say}\n"))
    assert phases(status) == {
        "wf": "Succeeded",
        "wf[0]": "Succeeded",
        "wf[0].a": "Succeeded",
        "wf[1]": "Succeeded",
        "wf[1].b": "Succeeded",
    }
    assert [one.kind for one in status.nodes.values()] == ["Steps", "StepGroup", "Pod", "StepGroup", "Pod"]
    assert node(status, "wf").id == "wf"
    assert node(status, "wf[0]").boundary == "wf"
    assert node(status, "wf[0].a").id in node(status, "wf[0]").children
    assert node(status, "wf[1]").id in node(status, "wf[0].a").children


def test_a_group_that_fails_is_the_last() -> None:
    fails = "    - - {name: a, template: say, arguments: {parameters: [{name: m, value: fail}]}}\n"
    status = played(steps(fails + "    - - {name: b, template: say}\n"))
    assert "wf[1]" not in phases(status)
    assert (status.phase, status.message) == (Phase.FAILED, f"child '{node(status, 'wf[0].a').id}' failed")


@pytest.mark.parametrize(
    ("word", "continues", "phase"),
    [
        ("fail", "{failed: true}", "Succeeded"),
        ("fail", "{error: true}", "Failed"),
        ("error", "{error: true}", "Succeeded"),
        ("error", "{failed: true}", "Failed"),
    ],
)
def test_continue_on_lets_the_rest_go_on(word: str, continues: str, phase: str) -> None:
    arguments = f"arguments: {{parameters: [{{name: m, value: {word}}}]}}"
    first = f"    - - {{name: a, template: say, continueOn: {continues}, {arguments}}}\n"
    assert played(steps(first + "    - - {name: b, template: say}\n")).phase.value == phase


def test_results_pass_from_step_to_step_without_their_last_newline() -> None:
    passed = 'arguments: {parameters: [{name: m, value: "<{{steps.a.outputs.result}}>"}]}'
    passing = f"    - - {{name: b, template: say, {passed}}}\n"
    status = played(steps("    - - {name: a, template: say}\n" + passing))
    assert node(status, "wf[0].a").result == "nothing"
    assert node(status, "wf[1].b").inputs == {"m": "<nothing>"}
    assert node(status, "wf[1].b").result is None, "nobody asks for it"


def test_a_condition_that_does_not_hold_skips_a_step() -> None:
    listed = """\
    - - {name: a, template: say}
    - - {name: b, template: say, when: "{{steps.a.outputs.result}} == something"}
      - {name: c, template: say, when: "{{steps.a.outputs.result}} == nothing"}
    - - {name: d, template: say, when: "{{steps.b.status}} == Skipped"}
"""
    status = played(steps(listed))
    assert (phases(status)["wf[1].b"], node(status, "wf[1].b").kind) == ("Skipped", "Skipped")
    assert node(status, "wf[1].b").message == "when 'nothing == something' evaluated false"
    assert phases(status)["wf[1].c"] == phases(status)["wf[2].d"] == "Succeeded"


@pytest.mark.parametrize("condition", ["nothing", "1 <", "hello-world == hello-world"])
def test_a_condition_that_is_none_is_an_error(condition: str) -> None:
    status = played(steps(f'    - - {{name: a, template: say, when: "{condition}"}}\n'))
    assert node(status, "wf[0].a").phase is Phase.ERROR
    assert status.phase is Phase.FAILED


def test_items_have_nodes_of_their_own_and_results_as_a_list() -> None:
    listed = """\
    - - {name: a, template: say, withItems: [x, 2, true], arguments: {parameters: [{name: m, value: "{{item}}"}]}}
      - name: b
        template: say
        withItems: [{k: 1, l: two}]
        arguments: {parameters: [{name: m, value: "{{item.l}} {{item}}"}]}
    - - {name: c, template: say, arguments: {parameters: [{name: m, value: "{{steps.a.outputs.result}}"}]}}
"""
    status = played(steps(listed))
    assert {"wf[0].a(0:x)", "wf[0].a(1:2)", "wf[0].a(2:true)", "wf[0].b(0:k:1,l:two)"} <= set(phases(status))
    assert node(status, "wf[0].b(0:k:1,l:two)").inputs == {"m": 'two {"k":1,"l":"two"}'}
    assert json.loads(node(status, "wf[1].c").inputs["m"]) == ["x", "2", "true"]


def test_items_come_from_a_parameter_or_a_sequence() -> None:
    listed = """\
    - - {name: a, template: say, withParam: "{{workflow.parameters.list}}"}
      - {name: b, template: say, withSequence: {count: 2, start: 5}}
      - {name: c, template: say, withSequence: {start: 2, end: 0}}
      - {name: d, template: say, withParam: "[]"}
"""
    text = steps(listed).replace("wf:\n", "wf:\n  arguments: {parameters: [{name: list}]}\n")
    status = played(text, list='["p", {"q": 1}]')
    expected = {"a(0:p)", "a(1:q:1)", "b(0:5)", "b(1:6)", "c(0:2)", "c(1:1)", "c(2:0)"}
    assert {name.removeprefix("wf[0].") for name in phases(status)} == expected | {"wf", "wf[0]", "d"}
    assert (node(status, "wf[0].d").phase, status.phase) == (Phase.SKIPPED, Phase.SUCCEEDED)
    assert node(played(text, list="{}"), "wf[0].a").message == "withParam is no JSON list: `{}`"
    assert node(played(text, list="x y"), "wf[0].a").phase is Phase.ERROR


def test_tasks_wait_for_those_they_depend_on() -> None:
    status = played(
        tasks(
            """\
      - {name: d, template: say, dependencies: [b, c]}
      - {name: b, template: say, depends: a}
      - {name: c, template: say, depends: a.Succeeded}
      - {name: a, template: say}
"""
        )
    )
    assert list(phases(status)) == ["wf", "wf.a", "wf.b", "wf.c", "wf.d"]
    assert node(status, "wf.d").id in node(status, "wf.b").children


def test_what_depends_on_a_failure_runs_after_it_and_decides() -> None:
    listed = """\
      - {name: a, template: say, arguments: {parameters: [{name: m, value: fail}]}}
      - {name: ok, template: say, depends: a}
      - {name: mend, template: say, depends: a.Failed}
      - {name: after, template: say, depends: "mend && (ok.Omitted || ok)"}
"""
    status = played(tasks(listed))
    assert phases(status)["wf.ok"] == "Omitted"
    assert phases(status)["wf.after"] == "Succeeded"
    assert status.phase is Phase.SUCCEEDED, "every target succeeded"
    assert played(tasks("".join(listed.splitlines(keepends=True)[:2]))).phase is Phase.FAILED, (
        "an omitted target inherits"
    )


def test_fail_fast_begins_nothing_new() -> None:
    listed = """\
      - {name: bad, template: say, arguments: {parameters: [{name: m, value: fail}]}}
      - {name: a, template: say}
      - {name: b, template: say, depends: a}
      - {name: c, template: say, depends: b}
"""
    assert "wf.c" not in phases(played(tasks(listed)))
    slow = played(tasks(listed, options="      failFast: false\n"))
    assert (phases(slow)["wf.c"], slow.phase) == ("Succeeded", Phase.FAILED)


def test_only_targets_and_what_they_need_run() -> None:
    listed = """\
      - {name: a, template: say}
      - {name: b, template: say, depends: a}
      - {name: c, template: say}
"""
    assert list(phases(played(tasks(listed, options="      target: b\n")))) == ["wf", "wf.a", "wf.b"]


def test_items_of_a_task_stand_in_a_group() -> None:
    listed = """\
      - {name: a, template: say, withItems: [good, fail], arguments: {parameters: [{name: m, value: "{{item}}"}]}}
      - {name: any, template: say, depends: a.AnySucceeded}
      - {name: all, template: say, depends: a.AllFailed}
"""
    status = played(tasks(listed, options="      failFast: false\n"))
    assert (node(status, "wf.a").kind, node(status, "wf.a").phase) == ("TaskGroup", Phase.FAILED)
    assert phases(status)["wf.a(1:fail)"] == "Failed"
    assert (phases(status)["wf.any"], phases(status)["wf.all"]) == ("Succeeded", "Omitted")


RETRIED = """
wf:
  entrypoint: main
  templates:
  - name: main
    retryStrategy: {limit: 3, %s}
    container: {image: i, command: [x], args: ["{{retries}}", "%s"]}
"""


def test_a_failure_is_tried_again_up_to_the_limit() -> None:
    leaves = PaperLeaves()
    status = played(RETRIED % ("backoff: {duration: 10, factor: 2, cap: 25s}", "fail"), leaves)
    assert list(phases(status)) == ["wf", "wf(0)", "wf(1)", "wf(2)", "wf(3)"]
    assert leaves.pauses == [10, 20, 25]
    assert [call.args[0] for call in leaves.calls] == ["0", "1", "2", "3"]
    assert (status.phase, status.message) == (Phase.FAILED, "No more retries left: Error (exit code 1)")


def test_tries_end_with_success_with_time_and_by_policy() -> None:
    def third(call: LeafCall) -> LeafEnd:
        return LeafEnd(Phase.SUCCEEDED if call.args[0] == "2" else Phase.FAILED, "", 0)

    assert list(phases(played(RETRIED % ("", "x"), PaperLeaves(third)))) == ["wf", "wf(0)", "wf(1)", "wf(2)"]
    timed = played(RETRIED % ("backoff: {duration: 1m, maxDuration: 90s}", "fail"))
    assert (len(timed.nodes), timed.message) == (3, "Max duration limit exceeded: Error (exit code 1)")
    assert len(played(RETRIED % ("retryPolicy: OnFailure", "error")).nodes) == 2
    assert len(played(RETRIED % ("retryPolicy: OnError", "error")).nodes) == 5
    assert len(played(RETRIED % ("retryPolicy: Always", "error")).nodes) == 5


OUTPUTS = """
wf:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: gives, arguments: {parameters: [{name: word, value: "%s"}]}}
    outputs:
      parameters:
      - {name: up, globalName: UP, valueFrom: {parameter: "{{steps.a.outputs.parameters.p}}"}}
  - name: gives
    inputs: {parameters: [{name: word}]}
    container: {image: i, command: [x], args: ["{{inputs.parameters.word}}"]}
    outputs:
      parameters:
      - {name: p, globalName: CONTEXT, valueFrom: {path: /tmp/p}}
      - {name: q, valueFrom: {path: /tmp/q, default: spare}}
"""


def test_outputs_are_exported_by_leaves_in_any_phase_and_by_others_only_on_success() -> None:
    assert played(OUTPUTS % "x").outputs == {"CONTEXT": "p", "UP": "p"}
    failed = played(OUTPUTS % "fail")
    assert (failed.phase, failed.outputs) == (Phase.FAILED, {"CONTEXT": "of a failure"})


def test_a_file_that_is_missing_is_an_error_without_a_default() -> None:
    def nothing(call: LeafCall) -> LeafEnd:
        return LeafEnd(Phase.SUCCEEDED, "", 0)

    status = played(OUTPUTS % "x", PaperLeaves(nothing))
    leaf = node(status, "wf[0].a")
    assert (leaf.phase, leaf.outputs) == (Phase.ERROR, {"q": "spare"})
    assert leaf.message == "the output parameter `p`: there is no file `/tmp/p`"


def test_the_last_writer_of_a_global_name_wins() -> None:
    text = """
wf:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: gives}
    - - {name: b, template: gives}
    - - {name: c, template: say, arguments: {parameters: [{name: m, value: "{{workflow.outputs.parameters.G}}"}]}}
  - name: gives
    container: {image: i, command: [x]}
    outputs: {parameters: [{name: p, globalName: G, valueFrom: {path: p}}]}
"""
    count = iter("12345")

    def numbered(call: LeafCall) -> LeafEnd:
        return LeafEnd(Phase.SUCCEEDED, "", 0, "", dict.fromkeys(call.paths, next(count)) if call.paths else {})

    status = played(text + SAY, PaperLeaves(numbered))
    assert status.outputs == {"G": "2"}
    assert node(status, "wf[2].c").inputs == {"m": "2"}


def test_an_argument_without_a_value_takes_the_default_of_the_template() -> None:
    listed = """\
    - - {name: a, template: gives, when: "1 == 2"}
    - - {name: b, template: say, arguments: {parameters: [{name: m, value: "{{steps.a.outputs.parameters.p}}"}]}}
      - {name: c, template: needs, arguments: {parameters: [{name: m, value: "{{steps.a.outputs.parameters.p}}"}]}}
"""
    more = """
  - name: gives
    container: {image: i, command: [x]}
    outputs: {parameters: [{name: p, valueFrom: {path: p}}]}
  - name: needs
    inputs: {parameters: [{name: m}]}
    container: {image: i, command: [x]}
"""
    status = played(steps(listed, more))
    assert node(status, "wf[1].b").inputs == {"m": "nothing"}
    assert node(status, "wf[1].c").phase is Phase.ERROR
    assert node(status, "wf[1].c").message == "failed to resolve {{steps.a.outputs.parameters.p}}"


EXIT = """
wf:
  entrypoint: main
  onExit: bye
  arguments: {parameters: [{name: word, value: x}, {name: leaving, value: y}]}
  templates:
  - name: main
    container: {image: i, command: [x], args: ["{{workflow.parameters.word}}"]}
  - name: bye
    container: {image: i, command: [x], args: ["{{workflow.status}}", "{{workflow.parameters.leaving}}"]}
"""


@pytest.mark.parametrize(
    ("word", "leaving", "said", "phase"),
    [("x", "y", "Succeeded", "Succeeded"), ("fail", "y", "Failed", "Failed"), ("x", "fail", "Succeeded", "Failed")],
)
def test_the_exit_handler_runs_last_and_can_fail_the_run(word: str, leaving: str, said: str, phase: str) -> None:
    leaves = PaperLeaves()
    status = played(EXIT, leaves, word=word, leaving=leaving)
    assert leaves.calls[-1].args[0] == said
    assert (node(status, "wf.onExit").display, status.phase.value) == ("wf.onExit", phase)


def test_templates_of_other_manifests_are_run() -> None:
    text = """
wf:
  entrypoint: main
  templates:
  - name: main
    steps: [[{name: a, templateRef: {name: other, template: t}}]]
other:
  templates:
  - {name: t, steps: [[{name: b, template: u}]]}
  - {name: u, container: {image: i, command: [x]}}
"""
    assert "wf[0].a[0].b" in phases(played(text))


def test_a_pause_lasts_as_long_as_it_says() -> None:
    leaves = PaperLeaves()
    status = played(
        steps("    - - {name: a, template: wait}\n", "  - {name: wait, suspend: {duration: 1h30m}}\n"), leaves
    )
    assert node(status, "wf[0].a").kind == "Suspend"
    assert (node(status, "wf[0].a").started, status.finished) == ("2026-01-01T00:00:00Z", "2026-01-01T01:30:00Z")


def test_only_so_many_run_at_once_and_only_so_many_nodes_are_made() -> None:
    listed = "    - - {name: a, template: say, withSequence: {count: 30}}\n"
    leaves = PaperLeaves()
    played(steps(listed).replace("wf:\n", "wf:\n  parallelism: 3\n"), leaves)
    assert leaves.most == 3
    leaves = PaperLeaves()
    played(steps(listed).replace("- name: main\n", "- name: main\n    parallelism: 2\n"), leaves)
    assert leaves.most == 2
    program = program_from(steps(listed))
    status = asyncio.run(Interpreter(program, "wf", {}, PaperLeaves(), most_nodes=10).run())
    assert (status.phase, status.message) == (Phase.ERROR, "the workflow has more than 10 nodes")
    assert all(one.phase is not Phase.RUNNING for one in status.nodes.values())


def test_values_are_not_looked_at_for_tags_again() -> None:
    text = steps(
        "    - - {name: a, template: say, arguments: {parameters: [{name: m, value: '{{workflow.parameters.p}}'}]}}\n"
    )
    status = played(text.replace("wf:\n", "wf:\n  arguments: {parameters: [{name: p}]}\n"), p="{{workflow.name}}")
    assert node(status, "wf[0].a").inputs == {"m": "{{workflow.name}}"}


def test_a_cancelled_run_has_no_running_node() -> None:
    class Slow(PaperLeaves):
        async def run(self, call: LeafCall) -> LeafEnd:
            await asyncio.sleep(3600)
            raise AssertionError

    async def cancelled() -> Interpreter:
        made = Interpreter(program_from(steps("    - - {name: a, template: say}\n")), "wf", {}, Slow())
        work = asyncio.ensure_future(made.run())
        await asyncio.sleep(0.01)
        made.stopping = "enough"
        work.cancel()
        await asyncio.wait([work])
        return made

    found = asyncio.run(cancelled()).book.status
    assert {(one.phase, one.message) for one in found.nodes.values()} == {(Phase.FAILED, "enough")}


def test_the_time_of_the_whole_is_limited() -> None:
    class Slow(PaperLeaves):
        async def run(self, call: LeafCall) -> LeafEnd:
            await asyncio.sleep(3600)
            raise AssertionError

    text = steps("    - - {name: a, template: say}\n").replace("wf:\n", "wf:\n  activeDeadlineSeconds: 0.05\n")
    status = played(text, Slow())
    assert status.message == "it ran for longer than its activeDeadlineSeconds, 0.05 s"
    assert {one.phase for one in status.nodes.values()} == {Phase.FAILED}


def test_the_status_is_written_as_argo_writes_one() -> None:
    data = played(OUTPUTS % "x").data()
    leaf = next(one for one in data["nodes"].values() if one["type"] == "Pod")
    assert json.loads(json.dumps(data)) == data
    assert leaf["outputs"] == {
        "parameters": [{"name": "p", "value": "p"}, {"name": "q", "value": "q"}],
        "exitCode": "0",
    }
    assert data["outputs"]["parameters"] == [{"name": "CONTEXT", "value": "p"}, {"name": "UP", "value": "p"}]


def test_arguments_of_the_workflow_are_inputs_of_its_first_template_and_of_the_exit_handler() -> None:
    text = """
wf:
  entrypoint: main
  onExit: main
  arguments: {parameters: [{name: word, value: x}, {name: other, value: "1"}]}
  templates:
  - name: main
    inputs: {parameters: [{name: word}, {name: own, value: "of {{workflow.name}}"}]}
    container: {image: i, command: [x], args: ["{{inputs.parameters.word}}", "{{inputs.parameters.own}}"]}
"""
    leaves = PaperLeaves()
    played(text, leaves, word="y")
    assert [call.args for call in leaves.calls] == [("y", "of wf")] * 2


WAYS = {
    "": ("Succeeded", "Skipped"), ".Succeeded": ("Succeeded",), ".Failed": ("Failed",), ".Skipped": ("Skipped",),
    ".Omitted": ("Omitted",), ".Errored": ("Error",),
}  # fmt: skip


@st.composite
def graphs(draw: st.DrawFn) -> list[tuple[str, list[tuple[int, str]]]]:
    """Draw tasks: what each does, and which results of tasks before it it asks for."""
    found = []
    for index in range(draw(st.integers(1, 7))):
        does = draw(st.sampled_from(["good", "fail", "error", "skip"]))
        other = st.tuples(st.integers(0, max(index - 1, 0)), st.sampled_from(sorted(WAYS)))
        found.append((does, draw(st.lists(other, max_size=3 if index else 0))))
    return found


@given(graphs(), st.booleans())
def test_any_graph_of_tasks_ends_as_its_conditions_say(
    graph: list[tuple[str, list[tuple[int, str]]]], all_of: bool
) -> None:
    listed, ends, branch = "", [], []
    for index, (does, after) in enumerate(graph):
        sign = " && " if all_of else " || "
        depends = sign.join(f"t{other}{way}" for other, way in after)
        clause = f", depends: '{depends}'" if after else ""
        when = ", when: 'a == b'" if does == "skip" else ""
        passed = f"arguments: {{parameters: [{{name: m, value: {does}}}]}}"
        listed += f"      - {{name: t{index}, template: say{clause}{when}, {passed}}}\n"
        met = [ends[other] in WAYS[way] for other, way in after]
        runs = not after or (all(met) if all_of else any(met))
        own = {"good": "Succeeded", "fail": "Failed", "error": "Error", "skip": "Skipped"}[does]
        ends.append(own if runs else "Omitted")
        before = [branch[other] for other, _ in after]
        inherited = next((phase for phase in ("Error", "Failed") if phase in before), "Succeeded")
        branch.append(ends[-1] if ends[-1] in ("Succeeded", "Failed", "Error") else inherited)
    status = played(tasks(listed, options="      failFast: false\n"))
    assert [phases(status)[f"wf.t{index}"] for index in range(len(graph))] == ends
    needed = {other for _, after in graph for other, _ in after}
    targets = [branch[index] for index in range(len(graph)) if index not in needed]
    assert (status.phase is Phase.SUCCEEDED) is all(phase == "Succeeded" for phase in targets)
    begun = list(phases(status))
    for index, (_, after) in enumerate(graph):
        assert all(begun.index(f"wf.t{other}") < begun.index(f"wf.t{index}") for other, _ in after)
