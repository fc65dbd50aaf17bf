"""What the prover answered before: the same report without asking again, and never an answer to another question."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import (
    Always,
    Bound,
    Conjunction,
    Disjunction,
    Matching,
    Membership,
    Negation,
    PassedThrough,
)
from engine.model.workspace import Workspace
from engine.verify.memory import Kept, ProofMemory, condition_text
from engine.verify.report import Report
from engine.verify.verdict import VerificationError
from engine.verify.verification import verify_workspace
from tests.support.verify_workspaces import TEAM
from tests.support.verify_workspaces import verify_workspace as generated


def told(report: Report) -> tuple[object, ...]:
    return report.findings, report.proved, report.unknown


def remembered(workspace: Workspace, known: dict[str, Kept] | None = None) -> tuple[Report, ProofMemory]:
    memory = ProofMemory(known)
    return verify_workspace(workspace, memory=memory), memory


@pytest.mark.parametrize("negations", [False, True])
def test_nothing_is_asked_twice(negations: bool) -> None:
    workspace = generated(60, 3, negations=negations)
    fresh = verify_workspace(workspace)
    first, memory = remembered(workspace)
    second, again = remembered(workspace, memory.made)

    assert told(fresh) == told(first) == told(second)
    assert 0 < first.statistics.solver_calls <= fresh.statistics.solver_calls
    assert second.statistics.solver_calls == second.statistics.by_solver == 0
    assert again.made == {}
    assert again.used == set(memory.made)


def test_an_edit_asks_again_what_it_has_to_do_with() -> None:
    workspace = generated(60, 3)
    _, memory = remembered(workspace)
    name = next(name for name, policy in workspace.policies.items() if policy.priority == 80)
    edited = replace(
        workspace,
        policies={
            **workspace.policies,
            name: replace(workspace.policies[name], when=Membership(TEAM, ("team-1", "another"))),
        },
    )

    fresh = verify_workspace(edited)
    after, _ = remembered(edited, memory.made)

    assert told(after) == told(fresh)
    assert 0 < after.statistics.solver_calls < fresh.statistics.solver_calls / 2


def test_another_world_is_another_question() -> None:
    workspace = generated(60, 3)
    _, memory = remembered(workspace)
    product = next(iter(workspace.products.values()))
    other = replace(product, metadata=replace(product.metadata, labels={"team": "elsewhere"}))
    changed = replace(workspace, products={**workspace.products, product.name: other})

    after, again = remembered(changed, memory.made)

    assert told(after) == told(verify_workspace(changed))
    assert not again.used & set(memory.made)


def test_that_it_gave_up_is_not_kept() -> None:
    workspace = generated(60, 3, negations=True)
    memory = ProofMemory()
    report = verify_workspace(workspace, rlimit=1, memory=memory)
    assert report.unknown

    later, _ = remembered(workspace, memory.made)

    assert told(later) == told(verify_workspace(workspace))


def test_a_model_that_was_kept_is_replayed() -> None:
    workspace = generated(60, 3)
    _, memory = remembered(workspace)
    models = {key: answer for key, answer in memory.made.items() if answer[0] == "model"}
    forged = {key: ("model", ("nobody", ()), ("nowhere", ()), *answer[3:]) for key, answer in models.items()}
    assert forged

    with pytest.raises(VerificationError):
        remembered(workspace, {**memory.made, **forged})


TEAM_IS = Membership(TEAM, ("a",))
CONDITIONS = (
    Always(),
    TEAM_IS,
    Membership(TEAM, ("a", "b")),
    Membership(TEAM, ("a', 'b",)),
    Membership(Attribute(Subject.PRODUCT, "labels", "team2"), ("a",)),
    Matching(TEAM, ("a",)),
    Matching(TEAM, ("a*",)),
    Bound(Attribute(Subject.SETTING, "soak"), ">=", 1),
    Bound(Attribute(Subject.SETTING, "soak"), ">", 1),
    Bound(Attribute(Subject.SETTING, "soak"), ">=", 2),
    PassedThrough("a"),
    PassedThrough("b"),
    Negation(TEAM_IS),
    Negation(Negation(TEAM_IS)),
    Conjunction((TEAM_IS, PassedThrough("a"))),
    Conjunction((PassedThrough("a"), TEAM_IS)),
    Disjunction((TEAM_IS, PassedThrough("a"))),
    Negation(Conjunction((TEAM_IS, PassedThrough("a")))),
    Conjunction((Negation(TEAM_IS), PassedThrough("a"))),
    Conjunction((TEAM_IS, Conjunction((TEAM_IS, PassedThrough("a"))))),
)


def test_conditions_that_are_written_differently_have_different_texts() -> None:
    assert len({condition_text(found) for found in CONDITIONS}) == len(CONDITIONS)


def test_the_solver_is_not_loaded_where_nothing_is_new() -> None:
    program = """
import sys
from engine.verify.memory import ProofMemory
from engine.verify.verification import verify_workspace
from tests.support.verify_workspaces import verify_workspace as generated
memory = ProofMemory()
verify_workspace(generated(10), memory=memory)
assert "z3" in sys.modules
for name in [name for name in sys.modules if name.partition(".")[0] in ("z3", "engine")]:
    del sys.modules[name]
from engine.verify.memory import ProofMemory
from engine.verify.verification import verify_workspace
import importlib, tests.support.verify_workspaces as support
again = importlib.reload(support).verify_workspace(10)
report = verify_workspace(again, memory=ProofMemory(memory.made))
print(report.statistics.solver_calls, "z3" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "0 False\n"
