"""What promotions write, and where two of them meet: JSONPaths against a library that runs them on documents."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import jsonpath_rfc9535
import pytest

from engine.model.argo import Application, Hydrator, Source
from engine.model.conditions import ALWAYS
from engine.model.entities import Cluster, Environment, EnvironmentKind, Flow, FlowUse, Policy, Product, Setting, Step
from engine.model.values import Action
from engine.model.workspace import Workspace
from engine.resolve import ApplicationMap, Resolver
from engine.verify.collisions import Collision, collisions
from engine.verify.json_path_overlap import Overlap, overlap_of, segments
from engine.verify.verification import verify_workspace
from engine.verify.write_sets import WriteSet, plain_address, write_sets
from tests.support.effort import examples

CASES = examples(1_500, soak=20_000)
KEYS = ("a", "b", "a-b")


# --- JSONPaths ---------------------------------------------------------------------------------------------


def random_path(random: Random) -> str:
    steps = (".a", ".b", "['a-b']", '["a"]', "[0]", "[1]", "[-1]", "[*]", ".*", "..a", "..b", "..*", "[0, 'b']")
    steps += ("[0:1]", "[?@.a]", "[?@['b'] == ']']", "..[0]")
    return "$" + "".join(random.choice(steps) for _ in range(random.randint(0, 3)))


def random_document(random: Random, depth: int = 4) -> Any:
    kind = random.random()
    if depth == 0 or kind < 0.15:
        return random.choice((1, "]", None))
    if kind < 0.7:
        return {key: random_document(random, depth - 1) for key in KEYS if random.random() < 0.75}
    return [random_document(random, depth - 1) for _ in range(random.randint(0, 3))]


def places(path: str, document: Any) -> set[tuple[str | int, ...]]:
    return {tuple(node.location) for node in jsonpath_rfc9535.find(path, document)}


def meet(one: set[tuple[str | int, ...]], other: set[tuple[str | int, ...]]) -> bool:
    return any(left[: len(right)] == right or right[: len(left)] == left for left in one for right in other)


def test_paths_that_never_overlap_meet_in_no_document_and_paths_that_do_in_some() -> None:
    counts = dict.fromkeys(Overlap, 0)
    shown = 0
    for seed in range(CASES):
        random = Random(seed)
        one, other = random_path(random), random_path(random)
        told = overlap_of(one, other)
        assert told is overlap_of(other, one)
        counts[told] += 1
        found = [(places(one, document), places(other, document)) for document in _documents(random)]
        met = [meet(left, right) for left, right in found]
        if told is Overlap.NO:
            assert not any(met), (one, other)
        elif told is Overlap.YES:
            assert all(together for (left, right), together in zip(found, met, strict=True) if left and right)
        else:
            shown += any(met)
    assert min(counts.values()) > CASES // 20, counts
    assert shown > counts[Overlap.MAYBE] * 0.5, "may overlap is said of paths that really do"


def _documents(random: Random) -> Iterator[Any]:
    return (random_document(random) for _ in range(12))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("$.image.tag", "$['image'][\"tag\"]", Overlap.YES),
        ("$.image", "$.image.tag", Overlap.YES),
        ("$.image.tag", "$.image.digest", Overlap.NO),
        ("$..tag", "$..tag", Overlap.YES),
        ("$..tag", "$.image.tag", Overlap.MAYBE),
        ("$.images[*].tag", "$.images[0].name", Overlap.NO),
        ("$.images[?@.name == 'a,b]'].tag", "$.images[0].tag", Overlap.MAYBE),
        ("$['a\\u0062']", "$.ab", Overlap.MAYBE),
        ("$.x[?@.a].tag", "$.x[?@.b].tag", Overlap.MAYBE),
        ("$.x[?@.a].tag", "$.x[?@.a].tag", Overlap.YES),
        ("*", "$.a", Overlap.YES),
        ("no path", "$.a", Overlap.MAYBE),
        ("$[unclosed", "$.a", Overlap.MAYBE),
        ("$.", "$.a", Overlap.MAYBE),
        ("$['open", "$.a", Overlap.MAYBE),
    ],
)
def test_overlap(one: str, other: str, expected: Overlap) -> None:
    assert overlap_of(one, other) is expected


def test_a_path_with_many_descents_is_answered_at_once() -> None:
    assert segments("$" + "..a" * 400) is not None
    assert overlap_of("$" + "..a" * 200, "$" + "..b" * 200) is Overlap.MAYBE
    assert overlap_of("$" + ".a" * 4000, "$" + ".a" * 3999 + ".b") is Overlap.NO


# --- write sets --------------------------------------------------------------------------------------------


def written(key: str, product: str, files: tuple[tuple[str, tuple[str, ...]], ...] | None, **more: Any) -> WriteSet:
    defaults = {"environment": "prod", "repository": "r", "branch": "main", "folder": "apps", "flows": ("f",)}
    return WriteSet(application=key, product=product, files=files, **(defaults | more))


def hits(*found: WriteSet) -> list[tuple[str, str, str, bool]]:
    return [(hit.first.application, hit.second.application, hit.file, hit.certain) for hit in collisions(found)]


TAG = (("apps/values.yaml", ("$.tag",)),)


def test_two_products_that_write_the_same_value_collide() -> None:
    assert hits(written("x", "one", TAG), written("y", "two", TAG)) == [("x", "y", "apps/values.yaml", True)]


def test_different_repositories_branches_or_files_do_not_collide() -> None:
    one = written("x", "one", TAG)
    assert not hits(one, written("y", "two", TAG, repository="s"))
    assert not hits(one, written("y", "two", TAG, branch="next"))
    assert not hits(one, written("y", "two", (("apps/other.yaml", ("$.tag",)),)))


def test_a_branch_that_only_the_repository_knows_may_be_the_same() -> None:
    assert hits(written("x", "one", TAG, branch="HEAD"), written("y", "two", TAG)) == [
        ("x", "y", "apps/values.yaml", False)
    ]


def test_applications_of_one_product_in_one_environment_may_share_a_folder() -> None:
    assert not hits(written("x", "one", TAG), written("y", "one", TAG))
    assert hits(written("x", "one", TAG), written("y", "one", TAG, environment="qa"))


def test_a_whole_folder_collides_with_what_is_in_it_and_around_it() -> None:
    whole = written("x", "one", None)
    assert hits(whole, written("y", "two", TAG))[0][2] == "apps/values.yaml"
    assert hits(written("a", "two", TAG), whole)[0][2] == "apps/values.yaml"
    assert hits(whole, written("y", "two", None, folder="apps/inner"))[0][2] == "apps/inner/"
    assert hits(written("a", "two", None, folder="apps/inner"), whole)[0][2] == "apps/inner/"
    assert hits(whole, written("y", "two", None, folder=""))[0][2] == "apps/"
    assert not hits(whole, written("y", "two", None, folder="apps-2"))


def test_each_application_is_reported_once_with_a_certain_collision_before_a_possible_one() -> None:
    may = (("apps/a.yaml", ("$..tag",)),)
    both = (("apps/a.yaml", ("$.tag",)), ("apps/values.yaml", ("$.tag",)))
    found = collisions([written("a", "one", may), written("b", "two", TAG), written("c", "three", both)])
    assert [(hit.first.application, hit.certain) for hit in found] == [("b", True)]
    crowd = collisions([written(f"x{number}", f"p{number}", TAG) for number in range(50)])
    assert len(crowd) == 49
    assert all(isinstance(hit, Collision) for hit in crowd)


def _workspace(applications: dict[str, Application], action: Action = Action.COMMIT) -> Workspace:
    environments = {
        name: Environment(name, EnvironmentKind.NON_PROD, (Cluster("in-cluster", (name,)),)) for name in ("dev", "qa")
    }
    return Workspace(
        environments=environments,
        flows={"f": Flow("f", "dev", (Step("qa", ("dev",)),))},
        products={"one": Product("one", (FlowUse("f"),)), "two": Product("two", (FlowUse("f"),))},
        policies={"p": Policy("p", 0, ALWAYS, (Setting("action", action),))},
        applications=applications,
    )


def _application(name: str, product: str, environment: str, *sources: Source, **more: Any) -> Application:
    annotations = {"codefresh.io/product": product}
    return Application(
        name, cluster="in-cluster", target_namespace=environment, sources=sources, annotations=annotations, **more
    )


def _sets(*found: Application, action: Action = Action.COMMIT) -> tuple[WriteSet, ...]:
    workspace = _workspace({one.key: one for one in found}, action)
    return write_sets(workspace, ApplicationMap(workspace), Resolver(workspace))


def test_what_no_promotion_writes_is_left_out() -> None:
    git = Source("https://h/r.git", "/apps//x/", "main")
    assert [one.folder for one in _sets(_application("x", "one", "qa", git))] == ["apps/x"]
    assert not _sets(_application("x", "one", "qa", git), action=Action.NONE)
    assert not _sets(_application("x", "one", "qa", git, git))
    assert not _sets(_application("x", "one", "qa", Source("https://h/charts", chart="x")))
    assert not _sets(_application("x", "nobody", "qa", git))


def test_a_hydrated_application_is_written_at_its_dry_source() -> None:
    hydrator = Hydrator(Source("r", "dry", "main"), "env/qa", "out")
    (found,) = _sets(_application("x", "one", "qa", hydrator=hydrator))
    assert (found.folder, found.flows) == ("dry", ("f",))


def test_a_trigger_environment_is_written_by_hand_only() -> None:
    (found,) = _sets(_application("x", "one", "dev", Source("r", "dev", "main")))
    assert found.flows == ()


def test_repositories_are_told_apart_as_the_caller_says() -> None:
    assert plain_address("https://h/r.git/") == plain_address("https://h/r")
    applications = {
        "x": _application("x", "one", "qa", Source("git@h:r", "apps", "main")),
        "y": _application("y", "two", "qa", Source("https://h/r", "apps", "main")),
    }
    workspace = _workspace(applications)
    assert not verify_workspace(workspace, only=["V801"]).findings
    told = verify_workspace(workspace, only=["V801"], same_repository=lambda url: "one")
    assert [finding.severity.value for finding in told.findings] == ["error"]


def test_what_only_a_promotion_by_hand_writes_is_a_warning() -> None:
    applications = {
        "x": _application("x", "one", "dev", Source("r", "apps", "main")),
        "y": _application("y", "two", "qa", Source("r", "apps", "main")),
    }
    (finding,) = verify_workspace(_workspace(applications), only=["V801"]).findings
    assert finding.severity.value == "warning"
    assert not finding.now
    assert finding.message.endswith("; into `dev` only by hand")
