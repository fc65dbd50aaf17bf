"""What is right although it looks like something a rule finds: no rule may cry wolf."""

from __future__ import annotations

import pytest

from tests.support.lint_world import findings

PLACES = """
environment dev { kind non-prod }
environment qa { kind non-prod }
environment prod { kind prod tags live }
product shop { labels team = "storefront", tier = "1" tags stateful flow standard }
flow standard { trigger dev step qa after dev step prod after qa timeout 8h }
"""
WORKFLOW = """# file: w.yaml
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: {name}
  annotations: {{codefresh.io/workflow-origin: promotion}}
spec:
  arguments:
    parameters: [{parameters}]
"""


def workflow(name: str, parameters: str = "") -> str:
    return WORKFLOW.format(name=name, parameters=parameters)


ACCEPTED = {
    "L101 two tags at once": "policy p { when product.tags in [a] and product.tags in [b] action pr }",
    "L101 an alternative that excludes another": (
        "policy p { when environment.name == dev or environment.name == qa action pr }"
    ),
    "L101 a prefix and a suffix": (
        'policy p { when environment.name matches "p*" and environment.name matches "*d" action pr }'
    ),
    "L102 a label that may be missing": 'access a { teams t allow retry when product.labels.team matches "*" }',
    "L102 a kind in an access rule": "access a { teams t allow retry when environment.kind != prod }",
    "L103 a name that is not declared": (
        "policy p { when environment.name == later and environment.kind == prod action pr }"
    ),
    "L103 one of several names fits": (
        "policy p { when environment.name in [dev, prod] and environment.kind == prod action pr }"
    ),
    "L104 other priorities": "policy p { action pr } policy q priority 1 { soak 1h }",
    "L105 the same value for two labels": (
        'policy p { when product.labels.a == "x" and product.labels.b == "x" action pr }'
    ),
    "L106 equal values": "policy p { action pr } policy q { when environment.kind == prod action pr }",
    "L106 a better policy hides the tie": (
        "policy p { action pr } policy q { when environment.kind == prod "
        "action commit } policy r priority 1 { action pr }"
    ),
    "L107 no template is at hand": "policy p { action pr post-action whatever }",
    "L107 none is no workflow": f"policy p {{ action pr pre-action none }}\n{workflow('smoke')}",
    "L109 a parameter of the commit after it": (
        f"policy p {{ action commit post-action smoke }}\n{workflow('smoke', '{name: COMMIT_SHA}')}"
    ),
    "L109 what an earlier hook may add": (
        "flow f { trigger dev step qa after dev on success tell }\n" + workflow("tell", "{name: TICKET}")
    ),
    "L109 a value": f"policy p {{ action pr pre-action smoke }}\n{workflow('smoke', '{name: X, value: y}')}",
    "L110 an action from elsewhere": (
        f"policy p {{ post-action smoke }} policy q priority 1 {{ action pr "
        f"}}\n{workflow('smoke', '{name: COMMIT_SHA}')}"
    ),
    "L111 a parameter of its own": (
        f"policy p {{ action pr pre-action smoke }}\n{workflow('smoke', '{name: DEPTH, value: 1}')}"
    ),
    "L112 a window that a step names": (
        "window w { days mon from 09:00 to 10:00 } flow f { trigger dev step qa after dev { window w } }"
    ),
    "L112 a window that a requirement asks for": (
        'window w { days mon from 09:00 to 10:00 } require r "t" { when environment.kind == prod that window == w }'
    ),
    "L115 nobody is said to approve": "access a { teams x allow retry } policy p { approvals 1 from y }",
    "L116 one of several patterns": 'policy p { when environment.name matches ["a", "b*"] action pr }',
    "L117 another short value": 'policy p { when product.labels.tier == "2" action pr }',
    "L117 another word": 'policy p { when product.labels.team == "warehouse" action pr }',
    "L117 another number": 'policy p { when product.labels.team == "storefront2" action pr }',
    "L118 another tag": "policy p { when product.tags in [stateless] action pr }",
    "L119 another zone": (
        'window v { days mon from 09:00 to 10:00 } window w { days mon from 09:00 to 10:00 zone "Europe/Berlin" }'
    ),
    "L120 one after the other": (
        "freeze a { from 2026-01-01 to 2026-01-02 } freeze b { from 2026-01-03 to 2026-01-04 }"
    ),
    "L120 of different things": (
        "freeze a { from 2026-01-01 to 2026-01-09 when environment.kind == prod }"
        "freeze b { from 2026-01-03 to 2026-01-04 when environment.tags in [live] }"
    ),
    "L121 a key of one's own": (
        'template t { promote "Chart.yaml" "$.deployment", "$.x" promote "values.yaml" "$.appversion" }'
    ),
    "L121 a chart in a folder": 'template t { promote "charts/web/Chart.yaml" "$.appVersion" }',
    "L122 a longer name": 'template t { promote "values.yaml" "$..image.tag", "$.image.imagetag", "$.tag" }',
    "L123 an earlier flow that is narrower": (
        'product q { labels team = "x" flow narrow when message == "a" flow wide }'
        "flow narrow { trigger dev step qa after dev } flow wide { trigger dev step qa after dev }"
    ),
    "L124 a pre-action from a policy": (
        "policy p { action none pre-action w } policy q priority 1 { when environment.kind == prod soak 1h }"
    ),
    "L125 without any policy": "",
    "L127 just enough time": "policy p { when environment.kind == prod soak 7h }",
    "L129 the marks of commit messages": (
        'product q { labels team = "x" flow standard when message matches ["fix(ui)*: *", "*[skip]*", "v1.*"] }'
    ),
    "L201 an approval": "policy p { action commit approvals 1 }",
    "L201 no production": "policy p { when environment.kind == non-prod action commit } policy q { action pr }",
    "L203 a stage behind production": (
        "flow f { trigger dev step qa after dev step prod after qa step copy after prod timeout 1h }"
        "environment copy { kind non-prod }"
    ),
    "L203 the second production step": (
        "flow f { trigger dev step qa after dev step prod after qa step prod2 after prod timeout 1h }"
        "environment prod2 { kind prod }"
    ),
    "L205 not production": "policy p { when environment.kind == non-prod rollback never }",
    "L205 a default for everything": "policy p { rollback never }",
    "L206 addresses without a password": (
        'product q { labels team = "x" annotations a = "https://git@github.com/x/y.git", b = "http://u:$PASS@h", '
        'c = "https://user:password-example@h/" }'
    ),
    "L206 the hash of a commit": (
        'product q { labels team = "x" annotations a = "da39a3ee5e6b4b0d3255bfef95601890afd80709" }'
    ),
    "L207 a condition": "access a { teams t allow approve when environment.kind == prod }",
    "L207 only to stop": "access a { teams t allow terminate, retry }",
    "L208 production to production": (
        "flow f { trigger prod step prod2 after prod timeout 1h } environment prod2 { kind prod }"
    ),
    "L209 a whole chart": 'template t { promote "Chart.yaml" "*" }',
    "L302 a dotted name": 'environment "eu.prod-1" { kind prod }',
    "L304 a tag in tags": "policy p { when stateful in product.tags action pr }",
    "L305 one tag": "policy p { when product.tags in [stateful] action pr }",
    "L305 one branch": 'product q { labels team = "x" flow standard when branch in ["main"] }',
    "L306 other attributes": "policy p { when product.name == a or environment.name == b action pr }",
    "L307 a kind in an access rule": "access a { teams t allow retry when environment.kind != prod }",
    "L309 two ways of one length": (
        "flow f { trigger dev step qa after dev step uat after dev step prod after qa, uat timeout 1h }"
        "environment uat { kind non-prod }"
    ),
    "L310 two values of one label": (
        'policy p { when product.labels.tier == "1" soak 1h } policy q { when product.labels.tier == "2" soak 2h }'
    ),
    "L310 two names": "policy p { when product.name == a soak 1h } policy q { when product.name == b soak 2h }",
    "L310 two kinds": (
        "policy p { when environment.kind == prod soak 1h } policy q { when environment.kind == non-prod soak 2h }"
    ),
    "L311 two neighbours": "policy p priority 1 { soak 1h } policy q priority 2 { action pr }",
    "L312 a description": 'require r { description "why" when environment.kind == prod that action == pr }',
    "L404 a name that exists": f'policy p {{ action pr post-action "old_one" }}\n{workflow("old_one")}',
    "L405 a workflow of that name": f'policy p {{ action pr post-action "none" }}\n{workflow("none")}',
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_is_right_is_accepted(case: str) -> None:
    code = case.partition(" ")[0]
    assert [found for found in findings(f"{PLACES}\n{ACCEPTED[case]}") if found.code == code] == []


def test_a_very_long_flow_is_looked_at_in_bounds() -> None:
    count = 3000
    places = "".join(f"environment e{number} {{ kind non-prod }}\n" for number in range(count))
    steps = "".join(f"  step e{number} after e{number - 1} {{ soak 1h }}\n" for number in range(1, count))
    product = 'product shop { labels team = "x" flow long }\n'
    found = findings(
        f"{places}{product}policy p {{ action pr }}\nflow long {{\n  trigger e0\n{steps}  timeout 1d\n}}\n"
    )
    assert "L127" in {one.code for one in found}
    assert "L203" not in {one.code for one in found}
