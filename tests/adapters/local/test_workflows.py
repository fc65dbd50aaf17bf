"""Runs as processes: what the port promises, and what is left of them when promo or their runner is killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.local.running.folder import runs
from engine.execute.errors import TerminalError
from engine.execute.ports import RunPhase
from tests.adapters.execute_contracts.workflows_contract import WorkflowsContract, run, settled
from tests.support.local_world import LocalWorld, gone, possible, processes_with, there

WAYS = possible("namespaces", "landlock")

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="keepers adopt orphans on Linux only")


@pytest.fixture(params=WAYS or ["none"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LocalWorld]:
    made = LocalWorld(tmp_path, request.param)
    yield made
    for folder in runs(made.state):
        folder.kill_runner()


class TestLocalWorkflows(WorkflowsContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> LocalWorld:
        return LocalWorld(tmp_path, "auto" if WAYS else "none")


STARTER = """
import asyncio, json, sys, time
from pathlib import Path
from adapters.local.workflows import LocalWorkflows
from adapters.local.running.settings import LocalSettings
from engine.execute.ports import WorkflowRun
state, manifests, settings = json.loads(sys.argv[1])
made = LocalWorkflows(Path(state), lambda: manifests, LocalSettings.read(settings))
asyncio.run(made.ensure(WorkflowRun("k/t", "t", "t", {}, False, "", False, "r")))
print("started", flush=True)
time.sleep(float(sys.argv[2]))
"""


def starter(world: LocalWorld, then_sleeps: int) -> subprocess.Popen[str]:
    """Start a process that starts the run of the template `t`, says so, and sleeps."""
    given = json.dumps([str(world.state), world.manifests, world.settings.data()])
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, given, str(then_sleeps)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        text=True,
    )


def test_many_processes_that_ask_at_once_start_one_run(world: LocalWorld) -> None:
    world.template("t", ends=RunPhase.SUCCEEDED)
    asking = [starter(world, 0) for _ in range(4)]
    assert [one.communicate()[0] for one in asking] == ["started\n"] * 4
    assert settled(world, world.asked("t")).phase is RunPhase.SUCCEEDED
    assert world.started("t") == 1
    assert [path.name for path in world.state.iterdir() if path.name != ".gitignore"] == ["t"]


def test_a_run_goes_on_when_its_starter_is_killed(world: LocalWorld) -> None:
    world.script("t", f"while [ ! -e {world.shared}/go ]; do sleep 0.05; done; echo done > {world.shared}/end")
    with starter(world, 600) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "started\n"
        started.kill()
    assert run(world.workflows().ensure(replace(world.asked("t"), started=True))).phase is RunPhase.RUNNING
    (world.shared / "go").touch()
    assert settled(world, world.asked("t")).phase is RunPhase.SUCCEEDED
    assert (world.shared / "end").read_text() == "done\n"


def test_a_run_whose_runner_is_killed_is_an_error_and_its_processes_end(world: LocalWorld) -> None:
    world.script("t", f"echo x > {world.shared}/begun; (setsid sleep 61{os.getpid()} &); sleep 62{os.getpid()}")
    run(world.workflows().ensure(world.asked("t")))
    world.told("begun")
    assert there(f"62{os.getpid()}")
    world.folder("t").kill_runner()
    state = settled(world, replace(world.asked("t"), started=True))
    assert (state.phase, state.message) == (RunPhase.ERROR, "its runner was killed; it is not started again")
    assert processes_with(f"61{os.getpid()}") == [], "the run counts as alive until the last process has ended"
    assert processes_with(f"62{os.getpid()}") == []
    assert (world.shared / "begun").read_text() == "x\n"


def test_a_run_whose_keeper_is_killed_is_an_error_and_its_processes_end(world: LocalWorld) -> None:
    world.script("t", f"echo x > {world.shared}/begun; (setsid sleep 63{os.getpid()} &); sleep 64{os.getpid()}")
    run(world.workflows().ensure(world.asked("t")))
    world.told("begun")
    runner = int((world.state / "t" / "runner.pid").read_text())
    (keeper,) = [int(number) for number in Path(f"/proc/{runner}/task/{runner}/children").read_text().split()]
    os.kill(keeper, signal.SIGKILL)
    assert settled(world, world.asked("t")).phase is RunPhase.ERROR
    assert gone(f"63{os.getpid()}")
    assert gone(f"64{os.getpid()}")


def test_a_frozen_runner_is_killed_when_a_run_is_ended(world: LocalWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.local.workflows._ENDING", 0.2)
    world.script("t", f"echo x > {world.shared}/begun; sleep 65{os.getpid()}")
    run(world.workflows().ensure(world.asked("t")))
    world.told("begun")
    os.kill(int((world.state / "t" / "runner.pid").read_text()), signal.SIGSTOP)
    run(world.workflows().terminate(world.asked("t"), "by Ada"))
    assert run(world.workflows().ensure(world.asked("t"))).phase is RunPhase.ERROR
    assert gone(f"65{os.getpid()}")


def test_a_run_that_outlives_its_time_by_far_is_killed(world: LocalWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.script("t", f"echo x > {world.shared}/begun; sleep 66{os.getpid()}")
    run(world.workflows().ensure(world.asked("t")))
    world.told("begun")
    monkeypatch.setattr("adapters.local.workflows._OVERDUE", -1e9)
    state = run(world.workflows().ensure(world.asked("t")))
    assert (state.phase, state.message) == (RunPhase.ERROR, "it outlived its time and was killed")
    assert gone(f"66{os.getpid()}")


def test_terminating_says_why_and_runs_no_exit_handler(world: LocalWorld) -> None:
    world.add(
        "t",
        f"""
entrypoint: main
onExit: bye
templates:
- name: main
  container: {{image: i, command: [sh, -c, "echo x > {world.shared}/begun; sleep 600"]}}
- name: bye
  container: {{image: i, command: [sh, -c, "echo x > {world.shared}/bye"]}}
""",
    )
    run(world.workflows().ensure(world.asked("t")))
    world.told("begun")
    run(world.workflows().terminate(world.asked("t"), "by Ada"))
    state = run(world.workflows().ensure(world.asked("t")))
    assert "Stopped with strategy 'Terminate': by Ada" in state.message
    assert not (world.shared / "bye").exists()


def test_a_suspended_run_goes_on_when_it_is_resumed(world: LocalWorld) -> None:
    world.add("t", "entrypoint: main\ntemplates:\n- {name: main, suspend: {}}\n")
    state = run(world.workflows().ensure(world.asked("t")))
    deadline = time.monotonic() + 30
    while "`t`" not in state.message and time.monotonic() < deadline:
        time.sleep(0.05)
        state = run(world.workflows().ensure(world.asked("t")))
    assert (state.phase, state.message) == (RunPhase.RUNNING, "running `t`")
    world.folder("t").resume("t")
    assert settled(world, world.asked("t")).phase is RunPhase.SUCCEEDED


def test_steps_results_files_and_the_exit_handler_work_together(world: LocalWorld) -> None:
    where = "/tmp/x" if world.settings.isolation == "namespaces" else "x"
    world.add(
        "t",
        f"""
entrypoint: main
onExit: bye
arguments: {{parameters: [{{name: who}}]}}
templates:
- name: main
  steps:
  - - {{name: make, template: make}}
  - - name: use
      template: use
      arguments: {{parameters: [{{name: in, value: "{{{{steps.make.outputs.parameters.x}}}}"}}]}}
- name: make
  script: {{image: i, command: [sh], source: "echo {{{{workflow.parameters.who}}}} > {where}"}}
  outputs: {{parameters: [{{name: x, valueFrom: {{path: {where}}}}}]}}
- name: use
  inputs: {{parameters: [{{name: in}}]}}
  container:
    image: i
    command: [sh, -c]
    args: ['echo "<{{{{inputs.parameters.in}}}}>" > out; echo $V >> out']
    env: [{{name: V, value: v}}]
  outputs: {{parameters: [{{name: out, globalName: OUT, valueFrom: {{path: out}}}}]}}
- name: bye
  container: {{image: i, command: [sh, -c, "echo {{{{workflow.status}}}} > {world.shared}/bye"]}}
""",
    )
    state = world.run("t", who="Ada")
    assert (state.phase, state.message, dict(state.outputs)) == (RunPhase.SUCCEEDED, "", {"OUT": "<Ada>\nv"})
    assert (world.shared / "bye").read_text() == "Succeeded\n"


def test_an_image_is_run_by_the_program_configured_for_it(world: LocalWorld, tmp_path: Path) -> None:
    wrapper = Path(os.path.realpath(tmp_path)) / "wrapper"
    wrapper.write_text('#!/bin/sh\necho "$@"\n')
    wrapper.chmod(0o755)
    world.settings = replace(world.settings, images=(("registry.example.com/*:2", str(wrapper)), ("i", "host")))
    world.add(
        "t", "entrypoint: main\ntemplates:\n- {name: main, container: {image: 'registry.example.com/a:2', args: [x]}}\n"
    )
    assert world.run("t").phase is RunPhase.SUCCEEDED
    assert world.log("t") == "registry.example.com/a:2 x\n"


@pytest.mark.parametrize(
    ("image", "said"),
    [("other", "no way is configured to run the image `other` here"), ("i", "there is no `command`")],
)
def test_an_image_that_nobody_can_run_is_refused(world: LocalWorld, image: str, said: str) -> None:
    world.add("t", f"entrypoint: main\ntemplates:\n- {{name: main, container: {{image: {image}}}}}\n")
    with pytest.raises(TerminalError) as caught:
        world.run("t")
    assert said in caught.value.reason
    assert not (world.state / "t").exists()


def test_paths_of_the_machine_are_no_outputs_without_a_root_of_ones_own(world: LocalWorld) -> None:
    if world.settings.isolation == "namespaces":
        pytest.skip("there the path is the process's own")
    world.script("t", "true", "{name: x, valueFrom: {path: /tmp/x}}")
    with pytest.raises(TerminalError, match="the file `/tmp/x` lies outside of the process's folder") as caught:
        world.run("t")
    assert "relative path" in caught.value.help


def test_a_folder_that_is_damaged_is_said_so(world: LocalWorld) -> None:
    world.script("t", "true")
    world.run("t")
    (world.state / "t" / "run.json").write_text("{}")
    with pytest.raises(TerminalError, match="the folder of the run `t` is damaged"):
        asyncio.run(world.workflows().ensure(world.asked("t")))


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "-x", "a\0b"])
def test_names_that_would_leave_the_folder_are_refused(world: LocalWorld, name: str) -> None:
    world.script("t", "true")
    with pytest.raises(TerminalError, match="is no name of a run"):
        asyncio.run(world.workflows().ensure(replace(world.asked("t"), name=name)))


def test_what_may_be_written_never_holds_the_runs_themselves(world: LocalWorld) -> None:
    world.script("t", "true")
    for path in (world.state.parent, world.state / "t"):
        world.settings = replace(world.settings, writable=(os.path.realpath(path),))
        path.mkdir(parents=True, exist_ok=True)
        with pytest.raises(TerminalError, match="where runs are kept"):
            world.run("t")
        if path != world.state.parent:
            path.rmdir()


def test_folders_that_are_not_there_are_named(world: LocalWorld) -> None:
    world.script("t", "true")
    world.settings = replace(world.settings, readable=("/nowhere/at/all",))
    with pytest.raises(TerminalError, match=r"`readable` of .*: there is no `/nowhere/at/all`"):
        world.run("t")


@pytest.mark.parametrize("key", ["readable", "writable", "images"])
def test_what_a_step_could_replace_by_a_link_is_not_given_to_the_next(world: LocalWorld, key: str) -> None:
    inner = world.shared / "inner"
    inner.write_text("#!/bin/sh\n")
    inner.chmod(0o755)
    given = (("i", "host"), ("j", str(inner))) if key == "images" else (str(inner), str(world.shared))
    world.settings = replace(world.settings, writable=(str(world.shared),))
    world.settings = replace(world.settings, **{key: given if key != "readable" else given[:1]})  # type: ignore[arg-type]
    world.script("t", "true")
    with pytest.raises(TerminalError, match="where steps may write"):
        world.run("t")


def test_git_leaves_the_runs_alone(world: LocalWorld) -> None:
    world.script("t", "true")
    world.run("t")
    assert (world.state / ".gitignore").read_text() == "*\n"


def test_another_process_that_has_the_number_of_a_runner_is_left_alone(world: LocalWorld) -> None:
    world.script("t", f"echo x > {world.shared}/begun; sleep 67{os.getpid()}")
    run(world.workflows().ensure(world.asked("t")))
    world.told("begun")
    number = (world.state / "t" / "runner.pid").read_text()
    with subprocess.Popen(["sleep", "600"]) as bystander:
        (world.state / "t" / "runner.pid").write_text(str(bystander.pid))
        world.folder("t").kill_runner()
        time.sleep(0.1)
        assert bystander.poll() is None
        bystander.kill()
    (world.state / "t" / "runner.pid").write_text(number)
    run(world.workflows().terminate(world.asked("t"), ""))
    assert processes_with(f"67{os.getpid()}") == []
