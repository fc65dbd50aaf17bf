"""The workspaces that are shipped are right: without findings, formatted, and what their tests say."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from adapters.workspace import Loaded, load
from engine.model.conditions import Membership, conjuncts
from engine.model.entities import Hooks, Policy, Setting
from engine.model.values import Workflow
from engine.model.workspace import Workspace
from engine.resolve import ApplicationMap, Resolver
from grammar.format import format_text
from grammar.render import render
from tests.policies.running import failed_requirements, failures

POLICIES = Path(__file__).parents[2] / "policies"
TEMPLATES = ("quickstart", "multi-region", "enterprise", "library")
PROMO_FILES = sorted(POLICIES.rglob("*.promo"))
MANY_VALUED = {"tags", "clusters"}

every_template = pytest.mark.parametrize("template", TEMPLATES)


@cache
def loaded(template: str) -> Loaded:
    return load(POLICIES / template, check_json_paths=True)


def workspace(template: str) -> Workspace:
    return loaded(template).workspace


EXAMPLES = [
    pytest.param(template, number, id=f"{template}: {test.title.text}")
    for template in TEMPLATES
    for number, test in enumerate(workspace(template).tests)
]


@every_template
def test_loads_without_a_finding(template: str) -> None:
    found = loaded(template)
    assert [render(diagnostic, found.sources) for diagnostic in found.diagnostics] == []
    assert found.workspace.tests
    assert found.workspace.requires


@pytest.mark.parametrize("path", PROMO_FILES, ids=lambda path: path.relative_to(POLICIES).as_posix())
def test_is_formatted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert format_text(text, str(path)).text == text


@every_template
def test_every_file_is_read(template: str) -> None:
    folder = POLICIES / template
    read = {Path(name).resolve() for name in loaded(template).sources}
    written = {path.resolve() for pattern in ("*.promo", "*.yaml") for path in folder.rglob(pattern)}
    unread = {path.relative_to(folder.resolve()).as_posix() for path in written - read}
    assert all(path.startswith(("apps/", "deploy/")) for path in unread)
    assert loaded(template).passed_over == {}


@pytest.mark.parametrize(("template", "number"), EXAMPLES)
def test_the_engine_says_what_the_test_expects(template: str, number: int) -> None:
    found = workspace(template)
    assert failures(found, found.tests[number]) == []


@every_template
def test_every_requirement_holds(template: str) -> None:
    assert failed_requirements(workspace(template)) == []


@every_template
def test_every_requirement_can_fail(template: str) -> None:
    """Without policies, inline settings and the order of the flows, each requirement is broken somewhere."""
    found = workspace(template)
    flows = {
        name: replace(flow, steps=tuple(replace(step, after=(flow.trigger,), settings=()) for step in flow.steps))
        for name, flow in found.flows.items()
    }
    bare = replace(found, policies={}, flows=flows)
    assert {failure.partition(":")[0] for failure in failed_requirements(bare)} == set(found.requires)


@every_template
def test_policies_of_one_priority_never_disagree(template: str) -> None:
    """For whatever could be declared, not only for what is: their conditions exclude each other."""
    disagreeing = [
        f"{one.name} and {other.name}: {setting.name}"
        for one, other in combinations(workspace(template).policies.values(), 2)
        if one.priority == other.priority and not exclusive(one, other)
        for setting in one.settings
        if differs(setting, other)
    ]
    assert disagreeing == []


def exclusive(one: Policy, other: Policy) -> bool:
    """Say whether both ask for different values of something that has only one."""
    asked = {
        part.attribute: set(part.values)
        for part in conjuncts(one.when)
        if isinstance(part, Membership) and part.attribute.field not in MANY_VALUED
    }
    return any(
        isinstance(part, Membership) and part.attribute in asked and asked[part.attribute].isdisjoint(part.values)
        for part in conjuncts(other.when)
    )


def differs(setting: Setting, other: Policy) -> bool:
    return any(found.name == setting.name and found.value != setting.value for found in other.settings)


@every_template
def test_every_step_has_something_to_promote_and_an_action(template: str) -> None:
    found = workspace(template)
    resolver = Resolver(found)
    applications = ApplicationMap(found)
    assert applications.diagnostics == ()
    assert applications.unassigned == ()
    for product in found.products.values():
        for use in product.flows:
            flow = found.flows[use.flow]
            for environment in (flow.trigger, *(step.environment for step in flow.steps)):
                assert applications.of(product.name, environment), (product.name, environment)
                decision = resolver.decide(product.name, environment, flow=flow.name)
                assert decision.ambiguous == ()
                if environment != flow.trigger:
                    assert decision.value("action") is not None


@every_template
def test_every_workflow_that_is_used_is_declared_and_the_other_way_round(template: str) -> None:
    found = workspace(template)
    settings = [setting for policy in found.policies.values() for setting in policy.settings]
    hooks: list[Hooks] = []
    for flow in found.flows.values():
        settings += flow.trigger_settings
        hooks += [flow.hooks, *(step.hooks for step in flow.steps)]
        settings += [setting for step in flow.steps for setting in step.settings]
    used = {setting.value.name for setting in settings if isinstance(setting.value, Workflow)}
    used |= {hook.name for each in hooks for hook in (each.start, each.success, each.failure) if hook is not None}
    assert {workflow.name for workflow in found.workflows.values()} == used
    assert all(workflow.promotion for workflow in found.workflows.values())


@every_template
def test_every_flow_window_and_product_is_used(template: str) -> None:
    found = workspace(template)
    assert {use.flow for product in found.products.values() for use in product.flows} == set(found.flows)
    settings = [setting for policy in found.policies.values() for setting in policy.settings]
    settings += [setting for flow in found.flows.values() for step in flow.steps for setting in step.settings]
    windows = {setting.value.name for setting in settings if setting.name == "window"}  # type: ignore[union-attr]
    assert windows - set(found.windows) == set()
    if template != "library":  # whose American window is there to be copied
        assert windows == set(found.windows)


@every_template
def test_has_a_readme_that_names_its_files(template: str) -> None:
    readme = (POLICIES / template / "README.md").read_text(encoding="utf-8")
    for path in (POLICIES / template).glob("*.promo"):
        assert template == "multi-region" or path.name in readme


def test_the_enterprise_is_as_large_as_it_says() -> None:
    found = workspace("enterprise")
    assert (len(found.products), len(found.environments), len(found.policies)) == (40, 12, 60)
    assert len(found.applications) > 250
    assert len({product.metadata.labels["team"] for product in found.products.values()}) == 11


def test_the_regions_fan_out_and_in() -> None:
    flow = workspace("multi-region").flows["worldwide"]
    assert [step.environment for step in flow.steps if step.after == ("staging",)] == ["prod-eu", "prod-us"]
    last = flow.step("prod-ap")
    assert last is not None
    assert last.after == ("prod-eu", "prod-us")
