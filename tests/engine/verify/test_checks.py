"""What each check says, by example."""

from __future__ import annotations

import pytest

from engine.model.workspace import PriorityOrder
from engine.verify import Proved, Refuted
from tests.engine.verify.promo_text import messages, verified

WORLD = """
environment dev  { kind non-prod }
environment qa   { kind non-prod }
environment prod { kind prod  labels region = "eu" }
product trio { labels team = "payments"  flow standard }
flow standard { trigger dev  step qa after dev  step prod after qa }
"""


# --- V101 ------------------------------------------------------------------------------------------


def test_a_tie_on_a_declared_pair_is_an_error() -> None:
    text = (
        WORLD
        + """
    policy a { when product.labels.team == payments  action pr }
    policy b { when environment.kind == prod  action commit }
    """
    )
    assert messages(text, "V101") == [
        "error: `action` of product `trio` in environment `prod` is `pr` or `commit`: policies `a` and `b` both match "
        "with priority 0"
    ]


def test_a_tie_that_is_only_possible_is_a_warning_and_says_so() -> None:
    text = (
        WORLD
        + """
    policy a { when product.labels.team == core  action pr }
    policy b { when environment.kind == prod  action commit }
    """
    )
    (found,) = verified(text, "V101").findings
    assert found.severity.value == "warning"
    assert not found.now
    assert "names that are not declared yet" in found.message
    assert found.witness is not None
    assert found.witness.given() == (
        "product.name=new-product",
        "product.labels.team=core",
        "environment.name=prod",
    )
    assert messages(text, "V101", closed=True) == []


@pytest.mark.parametrize(
    "second",
    [
        "policy b { when environment.kind == prod  action pr }",  # the same value
        "policy b priority 1 { when environment.kind == prod  action commit }",  # another priority
        "policy b { when product.labels.team == core  action commit }",  # never both
        "policy b { when environment.kind == prod  post-action watch }",  # another setting
        "policy b { when environment.kind == prod  action commit }\n policy c priority 5 { action pr }",  # masked
    ],
)
def test_what_is_no_tie(second: str) -> None:
    text = WORLD + "policy a { when product.labels.team == payments  action pr }\n" + second
    assert messages(text, "V101", "V102") == []


def test_no_workflow_and_a_workflow_are_different_values() -> None:
    text = WORLD + "policy a { pre-action none }\npolicy b { when environment.kind == prod  pre-action smoke }"
    assert "is `none` or `smoke`" in messages(text, "V101")[0]


def test_a_mask_of_the_worse_priority_is_none() -> None:
    text = WORLD + "policy a priority 5 { action pr }\npolicy b priority 5 { action commit }\npolicy c { action none }"
    (found,) = verified(text, "V101").findings
    assert found.now
    assert verified(text, "V101", order=PriorityOrder.LOWEST_WINS).findings == ()


# --- V201, V202, V203 ------------------------------------------------------------------------------


def test_a_dead_setting_names_who_comes_first() -> None:
    text = (
        WORLD
        + """
    policy gate priority 10 { when environment.kind == prod  action pr }
    policy loose { when environment.kind == prod and product.labels.team == core  action commit  post-action watch }
    """
    )
    (found,) = verified(text, "V201", "V202").findings
    assert (found.code, found.message) == (
        "V201",
        "`action` of policy `loose` is never in force, because of policy `gate`",
    )
    assert [str(reason) for reason in found.core] == ["policy `gate`"]


def test_two_policies_together_can_leave_nothing() -> None:
    text = (
        WORLD
        + """
    policy prods priority 10 { when environment.kind == prod  action pr }
    policy others priority 20 { when environment.kind == non-prod  action commit }
    policy never { when product.tags == x  action none }
    """
    )
    (found,) = verified(text, "V201", "V202").findings
    assert found.code == "V202"
    assert [reason.name for reason in found.core] == ["others", "prods"]


def test_what_is_dead_among_declared_pairs_only() -> None:
    text = (
        WORLD
        + """
    policy all priority 10 { when product.labels.team == payments  action pr }
    policy rest { when environment.kind == prod  action commit }
    """
    )
    assert messages(text, "V201", "V202") == []
    assert messages(text, "V201", "V202", closed=True) == [
        "warning: policy `rest` never decides anything among what is declared"
    ]


def test_facts_of_declared_names_are_part_of_a_proof() -> None:
    text = (
        WORLD
        + """
    policy team priority 10 { when product.labels.team == payments  action pr }
    policy mine { when product.name == trio  action commit }
    """
    )
    (found,) = verified(text, "V202").findings
    assert [str(reason) for reason in found.core] == ["policy `team`", "product `trio`"]


@pytest.mark.parametrize(
    "condition",
    [
        'product.labels.team == a and product.labels.team == "b"',
        "environment.kind == prod and environment.kind == non-prod",
        'product.labels.team == a and product.labels.team not matches "*"',
        'product.name matches "a*" and product.name not matches "*"',
        'product.name == trio and product.labels.team == "core"',
        'product.name matches "*/x"',
        "environment.tags == x and environment.tags not in [x, y]",
        'not (product.name matches "*")',
    ],
)
def test_a_condition_that_holds_for_nothing(condition: str) -> None:
    text = WORLD + f"policy p {{ when {condition}  action pr }}"
    assert [found.code for found in verified(text, "V201", "V202", "V203").findings] == ["V203"]


@pytest.mark.parametrize(
    "condition",
    [
        "product.tags == a and product.tags == b",
        'product.labels.team != a and product.labels.team != "b"',
        'product.labels.team not matches "*"',
        'product.name matches "*-x-*" and product.name not matches "a*"',
        'product.name not in [trio] and product.name not matches "new-*"',
    ],
)
def test_a_condition_that_holds_for_something(condition: str) -> None:
    assert messages(WORLD + f"policy p {{ when {condition}  action pr }}", "V201", "V202", "V203") == []


def test_every_kind_of_condition_is_looked_at() -> None:
    never = "when environment.kind == prod and environment.kind == non-prod"
    text = (
        WORLD
        + f"""
    require r {{ {never}  that action == pr }}
    freeze f {{ from 2026-01-01 to 2026-01-02  {never} }}
    access a {{ teams sre  allow approve  {never} }}
    """
    )
    assert sorted(found.subject for found in verified(text, "V203").findings) == [
        "`when` of access rule `a`",
        "`when` of freeze `f`",
        "`when` of requirement `r`",
    ]


# --- V301, V302, V303 ------------------------------------------------------------------------------


def test_a_step_without_an_action() -> None:
    text = WORLD + "policy p { when environment.kind == non-prod  action commit }"
    (found,) = verified(text, "V301").findings
    assert found.severity.value == "error"
    assert "product `trio` in environment `prod`" in found.message
    assert "nothing sets `action`" in found.message


def test_a_step_without_an_action_for_products_to_come() -> None:
    text = WORLD + "policy p { when product.labels.team == payments  action commit }"
    assert [found.severity.value for found in verified(text, "V301").findings] == ["warning", "warning"]
    assert messages(text, "V301", closed=True) == []


def test_an_inline_action_is_an_action() -> None:
    text = WORLD.replace("step prod after qa", "step prod after qa { action pr }")
    assert messages(text + "policy p { when environment.kind == non-prod  action commit }", "V301") == []


def test_declared_products_reach_only_the_flows_they_list() -> None:
    text = (
        WORLD
        + """
    product other { labels team = "core" }
    policy p { when product.labels.team != core  action commit }
    """
    )
    findings = verified(text, "V301").findings
    assert [found.severity.value for found in findings] == ["warning", "warning"]
    assert all(found.witness is not None and found.witness.product.name == "new-product" for found in findings)


def test_none_needs_a_pre_action_and_no_workflow_is_none() -> None:
    text = WORLD + "policy p { action none }\npolicy q priority 1 { when environment.kind == prod  pre-action none }"
    found = verified(text, "V302").findings
    assert {one.severity.value for one in found} == {"error"}
    assert verified(text + "policy r priority 2 { pre-action smoke }", "V302").findings == ()


def test_approvals_that_nobody_may_give() -> None:
    rules = "access a { teams sre  allow approve  when environment.kind == non-prod }"
    text = WORLD + rules + "policy p { when environment.kind == prod  approvals 1 from sre }"
    (found,) = verified(text, "V303").findings
    assert "no team of `sre` may approve for product `trio` in environment `prod`" in found.message
    assert messages(text + "access b { teams sre, core  allow approve }", "V303") == []
    assert messages(text.replace(rules, ""), "V303") == []


def test_approvals_of_a_step() -> None:
    text = WORLD.replace("step prod after qa", "step prod after qa { approvals 1 from core }")
    (found,) = verified(text + "access a { teams sre  allow approve }", "V303").findings
    assert found.subject == "approvals in flow `standard`, step `prod`"


def test_a_freeze_without_end() -> None:
    text = WORLD + "freeze f { from 2026-01-01 to 2028-01-01 }\nfreeze g { from 2026-01-01 to 2026-06-01 }"
    assert [found.subject for found in verified(text, "V303").findings] == ["freeze `f`"]


# --- V401 ------------------------------------------------------------------------------------------

REVIEWED = 'require reviewed "people look" { when environment.kind == prod  that action == pr }\n'


def test_a_requirement_that_holds_everywhere_is_proved() -> None:
    rules = "policy p { action commit }\npolicy q priority 1 { when environment.kind == prod  action pr }"
    text = WORLD + REVIEWED + rules
    report = verified(text, "V401")
    assert report.findings == ()
    assert [(held.code, held.subject) for held in report.proved] == [("V401", "requirement `reviewed`")]


def test_a_requirement_that_a_declared_pair_breaks() -> None:
    text = (
        WORLD
        + REVIEWED
        + """
    policy p { when environment.kind == prod  action pr }
    policy lane priority 3 { when product.labels.team == payments  action commit }
    """
    )
    found = verified(text, "V401").findings
    assert [one.subject for one in found] == [
        "requirement `reviewed` for flow `standard`, step `prod`",
        "requirement `reviewed` for a promotion by hand",
    ]
    assert all("`action` is `commit` by policy `lane` (priority 3)" in one.message for one in found)
    assert {one.severity.value for one in found} == {"error"}


def test_an_inline_setting_breaks_a_requirement_in_its_flow_only() -> None:
    text = WORLD.replace("step prod after qa", "step prod after qa { action commit }") + REVIEWED
    (found,) = verified(text + "policy p { action pr }", "V401").findings
    assert found.subject == "requirement `reviewed` for flow `standard`, step `prod`"
    assert "by the step of flow `standard`" in found.message


def test_nothing_set_fits_no_demand() -> None:
    report = verified(WORLD + REVIEWED, "V401")
    assert "nothing sets `action`" in report.findings[0].message


def test_a_requirement_about_a_flow_is_not_about_hands() -> None:
    rule = "require r { when flow.name == standard  that approvals >= 2 }\n"
    (qa, prod) = verified(WORLD + rule + "policy p { approvals 1 }", "V401").findings
    assert [one.witness.flow for one in (qa, prod) if one.witness] == ["standard", "standard"]
    assert messages(WORLD + rule + "policy p { approvals 2 }", "V401") == []


def test_passed_is_asked_of_flows() -> None:
    rule = "require staged { when environment.kind == prod  that passed qa }\n"
    assert messages(WORLD + rule, "V401") == []
    skipping = WORLD + "flow fast { trigger dev  step prod after dev }\n"
    (found,) = verified(skipping + rule, "V401").findings
    assert found.severity.value == "warning"
    assert found.witness is not None
    assert found.witness.flow == "fast"


def test_durations_and_workflows_in_demands() -> None:
    rule = 'require r { when environment.labels.region == "eu"  that soak >= 1h and pre-action matches "smoke*" }\n'
    good = "policy p { soak 2h  pre-action smoke-tests }\n"
    assert messages(WORLD + rule + good, "V401") == []
    assert messages(WORLD + rule + good + "policy q priority 1 { when product.tags == x  pre-action none }", "V401")
    assert messages(WORLD + rule + good + "policy q priority 1 { when product.tags == x  soak 59m }", "V401")


def test_a_mask_saves_a_requirement() -> None:
    text = (
        WORLD
        + REVIEWED
        + """
    policy base { action pr }
    policy lane priority 1 { when product.tags == quick  action commit }
    policy guard priority 2 { when environment.kind == prod  action pr }
    """
    )
    assert messages(text, "V401") == []


# --- all together ----------------------------------------------------------------------------------


def test_verdicts_are_what_findings_say() -> None:
    text = WORLD + "policy a { action pr }\npolicy b { action commit }\npolicy c priority -1 { action none }"
    for found in verified(text).findings:
        assert isinstance(found.verdict, Proved) == (found.witness is None)
        assert found.diagnostic().code == found.code
        if isinstance(found.verdict, Refuted):
            assert found.verdict.witness == found.witness


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError, match="V999"):
        verified(WORLD, "V999")
