"""The world of scenarios made of fakes: real workspaces, plans and snapshots, and nothing outside the process."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.workspace.loading import Loaded, load
from adapters.yaml import SpliceEditor
from engine.execute.ports import RunPhase
from engine.execute.release import Release, Role, Step, StepId, new_release
from engine.execute.snapshot import snapshot
from engine.execute.store import Request, Wish
from engine.plan.nodes import Plan
from engine.plan.planner import plan_environment, plan_flow
from engine.plan.request import EnvironmentRequest, FlowRequest, Surroundings
from engine.plan.serialize import to_data
from engine.resolve import ApplicationMap, Resolver
from tests.fakes.changes import Decision
from tests.fakes.faults import Fault, Happening, Trouble
from tests.fakes.machine import START, Machine
from tests.fakes.workflows import Script
from tests.scenarios.world import Mishap, Outcome, Seen
from tests.support.memory_repositories import MemoryRepositories, MemoryRepository

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]

_TROUBLES = {
    Mishap.UNREACHABLE: Trouble.UNREACHABLE,
    Mishap.LOST_ANSWER: Trouble.LOST_ANSWER,
    Mishap.REFUSED: Trouble.REFUSED,
    Mishap.TWICE: Trouble.TWICE,
    Mishap.HANGS: Trouble.HANGS,
    Mishap.DIES_BEFORE: Trouble.KILLED_BEFORE,
    Mishap.DIES_AFTER: Trouble.KILLED_AFTER,
    Mishap.DIES_AFTER_ENDING: Trouble.KILLED_AFTER,
    Mishap.DIES_AFTER_SHOWING: Trouble.KILLED_AFTER,
}
_LONG = timedelta(days=30)

Opened = Callable[[Machine], None]
"""Puts another store into a machine."""


class FakeWorld:
    """Implements `tests.scenarios.world.World`."""

    def __init__(self, scratch: Path, opened: Opened | None = None) -> None:
        self._folder = scratch / "workspace"
        self._start = START
        self._opened = opened
        self._given: list[Callable[[Machine], None]] = []
        self._machine: Machine | None = None
        self._repositories: list[MemoryRepository] = []
        self._loaded: Loaded | None = None
        self._releases: list[str] = []

    def finish(self) -> None:
        """Check what must be true after every scenario, and close everything."""
        if self._machine is not None:
            complaints = self._machine.journal.complaints
            unused = [fault for fault in self._machine.journal.faults if fault.times > 0]
            self._machine.close()
            assert complaints == []
            assert unused == [], "something was to go wrong that was never asked for"

    # --- what is given ---------------------------------------------------------------------------

    def use_workspace(self, folder: str, more: Sequence[str]) -> None:
        """Copy a workspace, and add a file to it."""
        source = PROJECT / folder if "/" in folder else HERE / "workspaces" / folder
        shutil.copytree(source, self._folder)
        self._write(more)

    def replace_words(self, before: str, after: str) -> None:
        """Change what the files of the workspace say."""
        found = [file for file in self._folder.glob("*.promo") if before in file.read_text("utf-8")]
        assert found, f"no file of the workspace says `{before}`"
        for file in found:
            file.write_text(file.read_text("utf-8").replace(before, after), "utf-8")

    def set_time(self, moment: datetime) -> None:
        """Begin at a moment."""
        self._start = moment

    def script(self, workflow: str, where: str, outcomes: Sequence[Outcome]) -> None:
        """Say how runs of a workflow go."""
        scripts = [
            Script(
                RunPhase.SUCCEEDED if outcome.good else RunPhase.FAILED,
                outcome.takes.total_seconds(),
                outcome.exports,
                outcome.message,
            )
            for outcome in outcomes
        ]
        place = f"/{where}/" if where else ""
        self._given.append(lambda machine: machine.workflows.plan(workflow, *scripts, where=place))

    def break_application(self, application: str, times: int) -> None:
        """Let the next changes of an application make it unhealthy for good."""

        def given(machine: Machine) -> None:
            condition = machine.applications.condition(_key(application))
            condition.breaks, condition.times = "Degraded: the pods crash", times

        self._given.append(given)

    def decide_pull_requests(self, environment: str, who: str, merges: bool, after: timedelta) -> None:
        """Say what becomes of pull requests."""
        decision = Decision(who, merges, after.total_seconds())
        self._given.append(lambda machine: machine.changes.decide(environment, decision))

    def misfortune(self, mishap: Mishap, role: str, where: str, times: int) -> None:
        """Let calls go wrong."""
        match mishap, role:
            case Mishap.DIES_AFTER_SHOWING, _:
                method, place = "report", ""
            case Mishap.DIES_AFTER_ENDING, _:
                method, place = "withdraw" if Role(role).is_change else "terminate", _pattern(role, where)
            case _, Role.SUPERSEDE.value:
                method, place = "store.supersede", _pattern(role, where)
            case _:
                method, place = "", _pattern(role, where)
        fault = Fault(_TROUBLES[mishap], method, place, times)
        self._given.append(lambda machine: machine.journal.faults.append(fault))

    # --- what happens ----------------------------------------------------------------------------

    def start(self, who: str, product: str, flow: str, name: str) -> None:
        """Start a release along a flow."""
        self._create(who, name, plan_flow(self._surroundings(), FlowRequest(product, flow)))

    def start_into(self, who: str, product: str, environment: str, source: str) -> None:
        """Start a release into one environment."""
        self._create(who, "", plan_environment(self._surroundings(), EnvironmentRequest(product, source, environment)))

    def pass_time(self, duration: timedelta) -> None:
        """Let time pass, and run what becomes due."""
        self.machine.work_for(duration.total_seconds())

    def run_to_end(self) -> None:
        """Run until the release ends."""
        self._run_until(lambda release: release.status.is_final, "the release never ends")

    def run_until(self, environment: str, status: str) -> None:
        """Run until an environment, or a step said like `qa.action`, has a status."""
        self._run_until(
            lambda release: release.environments[environment].status.value == status,
            f"{environment} never becomes {status}",
        )

    def approve(self, who: str, teams: Sequence[str], environment: str) -> None:
        """Approve an environment."""
        self._ask(Request(0, Wish.APPROVE, who, self.machine.clock.now(), environment, tuple(teams)))

    def terminate(self, who: str, reason: str, name: str) -> None:
        """Terminate a release."""
        self._ask(Request(0, Wish.TERMINATE, who, self.machine.clock.now(), reason=reason), name)

    def retry(self, who: str, name: str) -> None:
        """Retry a release."""
        self._ask(Request(0, Wish.RETRY, who, self.machine.clock.now()), name)

    def merge(self, who: str, environment: str) -> None:
        """Merge the open pull requests of an environment."""
        self.machine.changes.merge(environment, who)

    def close(self, who: str, environment: str) -> None:
        """Close the open pull requests of an environment."""
        self.machine.changes.close(environment, who)

    def fall_ill(self, application: str) -> None:
        """Let an application be unhealthy from now on."""
        self.machine.applications.fall_ill(_key(application))

    def recover(self, application: str) -> None:
        """Let an application be healthy again."""
        self.machine.applications.recover(_key(application))

    def push_version(self, application: str, version: str) -> None:
        """Push a commit that changes the version of an application, whoever waits for what."""
        path, text = self._values(application)
        changed = re.sub(r'tag: "[^"]*"', f'tag: "{version}"', text)
        self._repositories[0].commit_files({path: changed}, message=f"feat: {version}", author="Somebody")

    def edit_workspace(self, text: Sequence[str]) -> None:
        """Edit the file that the scenario has added to the workspace."""
        self._write(text)
        self._loaded = None

    def take_database_away(self, duration: timedelta) -> None:
        """Let the store be away from now on, for a while; time passes meanwhile."""
        machine = self.machine
        assert machine.store is machine.memory, "only the store in memory can be taken away"
        machine.memory.away_until = machine.clock.now() + duration
        machine.work_for(duration.total_seconds())

    def forget_run(self, where: str) -> None:
        """Let a run of a workflow disappear."""
        place, _, role = where.rpartition(" ")
        step = self._step(role, place)
        self.machine.workflows.forget(self._release().key(step))

    # --- what is seen ----------------------------------------------------------------------------

    def see_release(self, name: str) -> Seen:
        """Return how a release stands; without a name the last that was started."""
        release = self._release(name)
        return Seen(release.status.value, release.message)

    def see_environment(self, environment: str) -> Seen:
        """Return how an environment of the release stands."""
        state = self._release().environments[environment]
        return Seen(state.status.value, state.message)

    def see_step(self, role: str, where: str) -> Seen:
        """Return how a step of the release stands."""
        step = self._step(role, where)
        return Seen(step.status.value, step.message)

    def count_releases(self, status: str) -> int:
        """Return how many of the releases that were started have a status."""
        return sum(self._release(name).status.value == status for name in self._releases)

    def effects(self) -> list[str]:
        """Return what was changed or run outside, in order."""
        return [_told(happening) for happening in self.machine.journal.happenings]

    def repeated(self) -> list[str]:
        """Return the effects that were made more than once."""
        return [f"{what} {key}" for (what, key), count in self.machine.journal.made().items() if count > 1]

    def passed(self, role: str, where: str) -> Mapping[str, str]:
        """Return the parameters of a step's run."""
        return self.machine.workflows.runs[self._release().key(self._step(role, where))].asked.parameters

    def context(self) -> Mapping[str, str]:
        """Return the promotion context."""
        return self._release().context

    def trail(self) -> list[str]:
        """Return the audit trail of the release, a text for each line."""
        events = self.machine.events(self._releases[-1])
        return [
            " ".join(part for part in (e.actor, e.kind, e.environment, e.application, e.role, e.message) if part)
            for e in events
        ]

    def version(self, application: str) -> str:
        """Return the version in an application's files."""
        found = re.search(r'tag: "?([^"\s]*)"?', self._values(application)[1])
        assert found is not None
        return found[1]

    def commit_status(self) -> Seen:
        """Return what the commit of the release shows."""
        release = self._release()
        shown = self.machine.statuses.shown[release.spec.commit.sha, f"promo/{release.spec.product}"]
        return Seen(shown.state, shown.description)

    def settings(self, environment: str) -> list[str]:
        """Return the settings the release goes by in an environment."""
        return [f"{setting.name} {setting.value}" for setting in self._release().spec.environment(environment).settings]

    # --- inside ----------------------------------------------------------------------------------

    @property
    def machine(self) -> Machine:
        """Return the machine; it begins when it is first needed."""
        if self._machine is None:
            for url in self._load().configuration.checkouts:
                self._repositories.append(MemoryRepository(url))
                self._repositories[-1].commit_files(_files(self._folder), message="feat: gift cards")
            self._machine = Machine(MemoryRepositories(*self._repositories), self._start)
            if self._opened is not None:
                self._opened(self._machine)
            for given in self._given:
                given(self._machine)
        return self._machine

    def _write(self, text: Sequence[str]) -> None:
        (self._folder / "scenario.promo").write_text("\n".join(text) + "\n", "utf-8")

    def _load(self) -> Loaded:
        if self._loaded is None:
            self._loaded = load(self._folder)
            wrong = [str(found.message) for found in self._loaded.diagnostics if found.is_error]
            assert wrong == [], f"the workspace is wrong: {wrong}"
        return self._loaded

    def _surroundings(self) -> Surroundings:
        machine, workspace = self.machine, self._load().workspace
        return Surroundings(
            workspace=workspace,
            resolver=Resolver(workspace),
            applications=ApplicationMap(workspace),
            repositories=MemoryRepositories(*self._repositories),
            editor=SpliceEditor(),
            now=machine.clock.now(),
            zone=ZoneInfo,
            place=lambda span: span.source,
        )

    def _create(self, who: str, name: str, plan: Plan) -> None:
        blockers = [blocker.message for blocker in plan.all_blockers if blocker.clears_at is None]
        assert plan.applyable, f"it cannot be started: {blockers}"
        spec = snapshot(self._surroundings(), plan, (), lambda environment, application: "")
        identifier = name or f"r{len(self._releases) + 1}"
        self._releases.append(identifier)
        release = new_release(spec, identifier, who, self.machine.clock.now())
        self.machine.create(release, json.dumps(to_data(plan)))
        self.machine.work_for(0)

    def _ask(self, request: Request, name: str = "") -> None:
        self.machine.ask(name or self._releases[-1], request)
        self.machine.work_for(0)

    def _release(self, name: str = "") -> Release:
        return self.machine.load(name or self._releases[-1])

    def _run_until(self, reached: Callable[[Release], bool], otherwise: str) -> None:
        end = self.machine.clock.now() + _LONG
        while not reached(self._release()):
            due = self.machine.next_due()
            release = self._release()
            left = (end - self.machine.clock.now()).total_seconds()
            if due is None or due > left:
                raise AssertionError(f"{otherwise}: {release.status.value} {release.message}")
            self.machine.work_for(due)

    def _step(self, role: str, where: str) -> Step:
        release, wanted = self._release(), Role(role)
        if where == "release":
            return release.steps[StepId("", "", wanted)]
        found = [
            step
            for step in release.steps.values()
            if step.id.role is wanted and where in (step.id.environment, step.id.application.rpartition("/")[2])
        ]
        assert len(found) == 1, f"{len(found)} steps are the {role} of {where}"
        return found[0]

    def _values(self, application: str) -> tuple[str, str]:
        source = self._load().workspace.applications[_key(application)].sources[0]
        path = f"{source.path}/values.yaml"
        assert self.machine
        repository = self._repositories[0]
        content = repository.read(repository.resolve("main") or "", path)
        assert content is not None
        return path, content.decode()


def _key(application: str) -> str:
    return f"argocd/{application}"


def _pattern(role: str, where: str) -> str:
    """Return a regular expression for the keys of a step's effect."""
    role = Role(role).value
    if where == "release":
        return f"^[^/]+/{role}/"
    return f"/(?:[^/]+:)?{re.escape(where)}/(?:[^/]+/)?{role}/"


def _files(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): file.read_text("utf-8") for file in sorted(folder.rglob("*")) if file.is_file()
    }


_HOOKS = {"start-hook": "starts", "success-hook": "succeeds", "failure-hook": "fails"}


def _told(happening: Happening) -> str:
    """Return an effect in the words of scenarios."""
    place, role, _ = happening.key.rsplit("/", 2)
    where = place.partition("/")[2].rpartition("/")[2].rpartition(":")[2]
    what = f"{happening.what} {happening.detail}".strip()
    if role in _HOOKS:
        return f"{what} when {where or 'the release'} {_HOOKS[role]}"
    return f"{what} for {where}"
