"""What the manifest form cannot say is refused with its place and its reason, and nothing else is."""

from __future__ import annotations

import pytest

from adapters.manifests.to_data import Refused, data_of
from engine.model.build import build_workspace
from engine.model.workspace import Workspace
from grammar.parser import parse
from grammar.span import SourceText

WORLD = """
environment dev { kind non-prod }
environment prod { kind prod }
window office { days mon from 09:00 to 17:00 }
flow other { trigger dev }
product given { flow other }
"""


def workspace(text: str) -> Workspace:
    parsed = parse(WORLD + text, "x.promo")
    assert parsed.diagnostics == ()
    built = build_workspace([parsed.file])
    assert [found.message for found in built.diagnostics if found.is_error] == []
    return built.workspace


def reasons(text: str) -> list[str]:
    """Return why the first entity of a text has no manifest, each with its place in that text."""
    made = workspace(text)
    entities = [
        *(entity for name, entity in made.environments.items() if name not in ("dev", "prod")),
        *(entity for name, entity in made.products.items() if name != "given"),
        *made.templates.values(),
        *made.policies.values(),
        *(entity for name, entity in made.flows.items() if name != "other"),
        *made.requires.values(),
        *(entity for name, entity in made.windows.items() if name != "office"),
        *made.freezes.values(),
        *made.access.values(),
        *made.tests,
    ]
    data = data_of(entities[0])
    if not isinstance(data, Refused):
        return []
    source = SourceText("x.promo", WORLD + text)
    lines = WORLD.count("\n")
    places = [(source.position(reason.span.start), reason) for reason in data.reasons]
    return [f"{place.line - lines}:{place.column} {reason.code} {reason.message}" for place, reason in places]


CASES = {
    'require a "t" { that action == pr }': ["1:1 Y040 require `a` has no manifest form"],
    "window a { days mon from 09:00 to 17:00 }": ["1:1 Y040 window `a` has no manifest form"],
    "freeze a { from 2026-12-20 to 2027-01-02 }": ["1:1 Y040 freeze `a` has no manifest form"],
    "access a { teams b allow promote }": ["1:1 Y040 access `a` has no manifest form"],
    'test "a" { product given expect dev { action pr } }': ["1:1 Y040 test `a` has no manifest form"],
    "policy a { soak 2h\n approvals 1\n window office\n rollback never\n action pr }": [
        "1:12 Y041 a manifest cannot say `soak`",
        "2:2 Y041 a manifest cannot say `approvals`",
        "3:2 Y041 a manifest cannot say `window`",
        "4:2 Y041 a manifest cannot say `rollback`",
    ],
    "policy a { pre-action none }": [
        "1:12 Y043 a manifest cannot say `pre-action none`: there it would name a workflow called `none`"
    ],
    'policy a { pre-action "none" }': [],
    "policy a { when product.name == b or product.name == c action pr }": [
        "1:17 Y042 the selector of a policy cannot say `or`: all of its parts must fit"
    ],
    "policy a { when not product.name == b action pr }": [
        "1:17 Y042 the selector of a policy cannot say the opposite of a test of `product.name`: "
        "it only lists what fits"
    ],
    "policy a { when environment.name != prod action pr }": [
        "1:17 Y042 the selector of a policy cannot say the opposite of a test of `environment.name`: "
        "it only lists what fits"
    ],
    'policy a { when product.labels.team == "x" action pr }': [
        "1:17 Y042 the selector of a policy cannot ask about `product.labels.team`"
    ],
    'policy a { when environment.clusters == "x" action pr }': [
        "1:17 Y042 the selector of a policy cannot ask about `environment.clusters`"
    ],
    'policy a { when product.name matches "b*" action pr }': [
        "1:17 Y042 the selector of a policy cannot say `product.name matches`: it has no patterns"
    ],
    "policy a { when product.tags in [b] and product.tags in [c] action pr }": [
        "1:41 Y042 the selector of a policy asks about `product.tags` only once"
    ],
    'policy a { when product.name matches "b" action pr }': [],
    "policy Upper { action pr }": ["1:1 Y046 `Upper` is no name for a Kubernetes object"],
    'policy a { labels team = "the a team" action pr }': [
        "1:1 Y046 `the a team` is no value that Kubernetes takes for the label `team`"
    ],
    'policy a { annotations "a b" = "c" action pr }': [
        "1:1 Y046 `a b` is no key that Kubernetes takes for an annotation"
    ],
    'template a { when application.name == b promote "x" "*" }': [
        "1:19 Y042 the selector of a template cannot ask about `application.name`, only about labels"
    ],
    'template a { when application.labels.b matches "c*" promote "x" "*" }': [
        "1:19 Y042 the selector of a template cannot say `application.labels.b matches`: it has no patterns"
    ],
    "product a { tags b applications c }": [
        "1:1 Y045 a manifest cannot list the applications of a product",
        "1:1 Y045 a manifest cannot say the tags of a product",
    ],
    'product a { flow other when author == "b" }': ["1:29 Y042 a Git trigger selector cannot ask about `author`"],
    'product a { flow other when branch == "b" }': ["1:29 Y042 a Git trigger selector cannot ask about `branch`"],
    'product a { flow other when message == "b*" }': [
        '1:29 Y042 a Git trigger selector takes the `*` of "b*" for any text, not for itself'
    ],
    'product a { flow other when message == "b" or message == "c" }': [
        "1:29 Y042 a Git trigger selector cannot say `or`: all of its parts must fit"
    ],
    'product a { flow other when not (message == "b" and revision == "c") }': [
        "1:29 Y042 a Git trigger selector cannot say the opposite of a condition: it only lists what fits"
    ],
    "flow a { trigger dev timeout 90s }": ["1:1 Y044 a manifest counts the timeout in whole minutes"],
    "flow a { trigger dev { post-action none } }": [
        "1:24 Y043 a manifest cannot say `post-action none`: there it would name a workflow called `none`"
    ],
    "flow a { trigger dev step prod after dev { action pr\n soak 1h } }": ["2:2 Y041 a manifest cannot say `soak`"],
    "flow a { trigger dev timeout 90m }": [],
}


@pytest.mark.parametrize(("text", "expected"), CASES.items(), ids=CASES.keys())
def test_what_a_manifest_cannot_say(text: str, expected: list[str]) -> None:
    assert reasons(text) == expected


def test_what_a_manifest_says_of_each_entity() -> None:
    made = workspace("""
product trio {
  description "three" labels team = "x" annotations owner = "y" namespace ops
  template base version "Chart.yaml" "$.version" promote "values.yaml" "$.a", "$.b"
  flow other when message not matches "*wip*" and revision in ["main", "next"]
  concurrency terminate
}
template base priority 5 {
  when application.labels.a == "1" and application.labels.b in ["1", "2"] and application.labels.c matches "*"
    and application.labels.d not matches "*" and application.labels.e == "1" and application.labels.f != "1"
}
""")
    assert data_of(made.products["trio"]) == {
        "apiVersion": "codefresh.io/v1beta2",
        "kind": "Product",
        "metadata": {
            "name": "trio",
            "namespace": "ops",
            "labels": {"team": "x"},
            "annotations": {"description": "three", "owner": "y"},
        },
        "spec": {
            "promotionTemplateRef": "base",
            "promotionTemplate": {
                "versionSource": {"file": "Chart.yaml", "jsonPath": "$.version"},
                "promotion": {"values.yaml": {"jsonPaths": ["$.a", "$.b"]}},
            },
            "promotionFlows": [
                {
                    "name": "other",
                    "gitTriggerSelectors": [
                        {"key": "commitMessage", "operator": "NotIn", "values": ["*wip*"]},
                        {"key": "gitRevision", "operator": "In", "values": ["main", "next"]},
                    ],
                }
            ],
            "concurrency": "terminate",
        },
    }
    template = data_of(made.templates["base"])
    assert isinstance(template, dict)
    assert template["spec"] == {
        "applicationSourceSelector": {
            "matchLabels": {"a": "1"},
            "matchExpressions": [
                {"key": "b", "operator": "In", "values": ["1", "2"]},
                {"key": "c", "operator": "Exists"},
                {"key": "d", "operator": "DoesNotExist"},
                {"key": "e", "operator": "In", "values": ["1"]},
                {"key": "f", "operator": "NotIn", "values": ["1"]},
            ],
        },
        "priority": 5,
    }
