"""Which flow of a list can run, against every commit over a small alphabet."""

from __future__ import annotations

from random import Random

import pytest

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import ALWAYS, Condition, Conjunction, Disjunction, Matching, Membership, Negation
from engine.model.entities import Flow, FlowUse, Product
from engine.model.workspace import Workspace
from engine.resolve.facts import CommitFacts
from engine.verify.question import Questions
from engine.verify.trigger_commits import commit_of, simplest, words
from engine.verify.triggers import Contradictory, Runs, Taken, Triggers, Undecided
from engine.verify.verdict import Unknown
from engine.verify.verification import verify_workspace
from tests.engine.verify import trigger_oracle as oracle
from tests.support.effort import examples

CASES = examples(400, soak=8_000)
GLOBS = ("*", "a*", "*b", "*-*", "a*b", "**", "*a*b*", "-*", "*--*", "ab*", "*ab")
TEXTS = ("", "a", "ab", "-", "a-b", "b*")
FIELDS = ("message", "author", "branch", "revision")


def about(field: str) -> Attribute:
    return Attribute(Subject.COMMIT, field)


def matching(field: str, *globs: str) -> Condition:
    return Matching(about(field), globs)


def member(field: str, *texts: str) -> Condition:
    return Membership(about(field), texts)


def random_condition(random: Random, fields: tuple[str, ...], depth: int = 2) -> Condition:
    kind = random.random()
    if depth == 0 or kind < 0.35:
        field = random.choice(fields)
        if random.random() < 0.6:
            return Matching(about(field), tuple(random.sample(GLOBS, random.randint(1, 2))))
        return Membership(about(field), tuple(random.sample(TEXTS, random.randint(1, 2))))
    if kind < 0.55:
        return Negation(random_condition(random, fields, depth - 1))
    operands = tuple(random_condition(random, fields, depth - 1) for _ in range(random.randint(2, 3)))
    return Conjunction(operands) if kind < 0.8 else Disjunction(operands)


@pytest.fixture(scope="module")
def triggers() -> Triggers:
    return Triggers(Questions(Workspace()))


def test_a_flow_runs_exactly_if_some_commit_over_a_small_alphabet_reaches_it(triggers: Triggers) -> None:
    counts = {Runs: 0, Taken: 0, Contradictory: 0}
    for seed in range(CASES):
        random = Random(seed)
        fields = tuple(random.sample(FIELDS, random.randint(1, 3)))
        conditions = [
            ALWAYS if random.random() < 0.03 else random_condition(random, fields) for _ in range(random.randint(1, 4))
        ]
        expected = oracle.can_run(conditions)
        for position, outcome in enumerate(triggers.outcomes(conditions)):
            assert not isinstance(outcome, Undecided), (seed, outcome)
            counts[type(outcome)] += 1
            # A flow that runs is shown by its commit, below: the alphabet may have no word that is long enough.
            assert isinstance(outcome, Runs) or not expected[position], (seed, position, outcome, conditions)
            match outcome:
                case Runs(commit):
                    revisions = [*commit.branches, *commit.tags, commit.sha]
                    fitting = [
                        oracle.fits_commit(condition, commit.message, commit.author, list(commit.branches), revisions)
                        for condition in conditions[: position + 1]
                    ]
                    assert fitting == [False] * position + [True], (seed, position, commit)
                case Taken(by):
                    assert set(by) < set(range(position)) or by == tuple(range(position))
                    chosen = [conditions[number] for number in by]
                    assert not oracle.can_run([*chosen, conditions[position]])[-1], (seed, position, by)
                case Contradictory(parts):
                    if parts:
                        together = Conjunction(parts) if len(parts) > 1 else parts[0]
                        assert not oracle.can_run([together])[0]
    assert min(counts.values()) > CASES // 20, counts


def test_products_that_share_a_list_share_the_answer() -> None:
    triggers = Triggers(Questions(Workspace()))
    listed = [matching("message", "hotfix*"), ALWAYS]
    assert triggers.outcomes(listed) is triggers.outcomes(list(listed))
    assert (triggers.asked, triggers.worked) == (2, 1)
    assert triggers.outcomes(listed[::-1]) != triggers.outcomes(listed)


def test_a_branch_is_a_revision_but_a_revision_need_not_be_a_branch(triggers: Triggers) -> None:
    outcomes = triggers.outcomes([member("revision", "main"), member("branch", "main")])
    assert outcomes[1] == Taken((0,))
    outcomes = triggers.outcomes([member("branch", "main"), member("revision", "main")])
    assert isinstance(outcomes[1], Runs)
    assert outcomes[1].commit.tags == ("main",)


def test_every_commit_has_an_object_name(triggers: Triggers) -> None:
    (outcome,) = triggers.outcomes([Negation(matching("revision", "*"))])
    assert isinstance(outcome, Contradictory)
    (outcome,) = triggers.outcomes([Negation(matching("revision", "*0*", "*1*", "*e*"))])
    assert isinstance(outcome, Runs)
    assert len(outcome.commit.sha) == 40


def test_an_absent_author_fits_nothing(triggers: Triggers) -> None:
    outcomes = triggers.outcomes([matching("author", "*"), ALWAYS])
    assert isinstance(outcomes[1], Runs)
    assert outcomes[1].commit.author == ""


def test_two_earlier_flows_together_can_take_everything(triggers: Triggers) -> None:
    outcomes = triggers.outcomes(
        [
            matching("message", "fix*"),
            member("branch", "main"),
            Conjunction(
                (member("author", "ada"), Disjunction((matching("message", "fix:*"), member("branch", "main"))))
            ),
        ]
    )
    assert outcomes[2] == Taken((0, 1))


def test_a_commit_that_a_promotion_made_is_never_a_witness(triggers: Triggers) -> None:
    (outcome,) = triggers.outcomes([matching("message", "*\nPromo-Step: *")])
    assert isinstance(outcome, Undecided)


def test_a_witness_is_as_ordinary_as_it_can_be(triggers: Triggers) -> None:
    outcomes = triggers.outcomes([matching("message", "hotfix*"), Negation(matching("message", "*wip*"))])
    assert isinstance(outcomes[0], Runs)
    assert isinstance(outcomes[1], Runs)
    assert words(outcomes[1].commit) == "a commit with the message `update`, on `main`"
    assert words(outcomes[0].commit).startswith("a commit with the message `hotfix")


def test_what_does_not_matter_is_left_out_of_a_commit() -> None:
    commit = CommitFacts("x\ny", ("b", "c"), ("t",), "0" * 40, "ada")
    assert words(commit) == "a commit with the message `x ...`, by `ada`, on `b` and `c`, tagged `t`"
    kept = simplest(commit, lambda found: "c" in found.branches)
    assert (kept.message, kept.author, kept.branches, kept.tags) == ("update", "", ("c",), ())
    assert commit_of({}, lambda found: False) is None


def test_a_hundred_flows_of_one_product_are_answered_with_few_questions() -> None:
    questions = Questions(Workspace())
    listed: list[Condition] = [
        Conjunction((matching("message", f"*[{number}]*"), Negation(matching("message", f"wip {number}*"))))
        for number in range(60)
    ]
    covered: list[Condition] = [matching("message", f"fix [{number}]*") for number in range(40)]
    outcomes = Triggers(questions).outcomes([*listed, *covered])
    assert all(isinstance(outcome, Runs) for outcome in outcomes[:60])
    assert [outcome for outcome in outcomes[60:]] == [Taken((number,)) for number in range(40)]
    assert questions.statistics.solver_calls < 600


def test_what_the_prover_gives_up_is_undecided_and_says_why() -> None:
    words = ("fix", "wip", "doc", "api", "net", "ops")
    tangled = Conjunction(
        tuple(
            Disjunction((matching("message", f"*{one}*"), Negation(matching("message", f"*{other}*"))))
            for one in words
            for other in words
            if one != other
        )
    )
    (outcome,) = Triggers(Questions(Workspace(), rlimit=1)).outcomes([tangled])
    assert isinstance(outcome, Undecided)
    assert "gave up" in outcome.reason
    product = Product("shop", (FlowUse("standard", tangled),))
    workspace = Workspace(products={"shop": product}, flows={"standard": Flow("standard", "dev")})
    report = verify_workspace(workspace, only=["V601", "V602"], rlimit=1)
    assert not report.findings
    assert not report.proved
    assert [finding.verdict for finding in report.unknown] == [Unknown(outcome.reason)]


def test_many_patterns_in_one_condition_get_a_commit_that_fits_them_all(triggers: Triggers) -> None:
    words = ("fix", "wip", "hot", "rel", "doc", "ci", "api", "ui", "db", "net", "sec", "ops")
    condition = Conjunction(tuple(matching("message", f"*{word}*") for word in words))
    (outcome,) = triggers.outcomes([condition])
    assert isinstance(outcome, Runs)
    assert all(word in outcome.commit.message for word in words)
