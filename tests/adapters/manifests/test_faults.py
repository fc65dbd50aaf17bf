"""What is wrong with a manifest is said once, at its place, with what to do."""

from __future__ import annotations

import pytest

from adapters.manifests import ManifestLimits, read
from grammar.diagnostics import Diagnostic, Severity
from grammar.span import SourceText

POLICY = """\
apiVersion: codefresh.io/v1beta1
kind: PromotionPolicy
metadata:
  name: reviewed
spec:
  priority: 1
  policy:
    action: pr
"""
FLOW = """\
apiVersion: codefresh.io/v1beta1
kind: PromotionFlow
metadata:
  name: standard
spec:
  triggerEnvironment: dev
  steps:
    - environment: prod
      dependsOn: [dev]
"""
PRODUCT = """\
apiVersion: codefresh.io/v1beta1
kind: Product
metadata:
  name: trio
spec:
  promotionFlows:
    - name: standard
      gitTriggerSelectors:
        - key: commitMessage
          operator: In
          values: ["*go*"]
"""
TEMPLATE = """\
apiVersion: codefresh.io/v1beta1
kind: PromotionTemplate
metadata:
  name: base
spec:
  applicationSourceSelector:
    matchExpressions:
      - key: team
        operator: Exists
  priority: 0
  promotion:
    Chart.yaml:
      jsonPaths: [$.version]
"""
ENVIRONMENT = """\
apiVersion: promo.io/v1alpha1
kind: Environment
metadata:
  name: dev
spec:
  kind: NON_PROD
  clusters:
    - name: in-cluster
      namespaces: [dev]
"""


def faults(text: str, *, named: bool = False, limits: ManifestLimits | None = None) -> list[str]:
    """Return the errors and warnings of a text: place, code, message and help, each on one line."""
    found = read(text, "x.yaml", named=named, limits=limits or ManifestLimits())
    return [shown(diagnostic, text) for diagnostic in found.diagnostics]


def shown(diagnostic: Diagnostic, text: str) -> str:
    line, column = SourceText("x.yaml", text).position(diagnostic.span.start)
    help = f" ({diagnostic.help})" if diagnostic.help else ""
    mark = "" if diagnostic.severity is Severity.ERROR else "warning "
    return f"{line}:{column} {mark}{diagnostic.code} {diagnostic.message}{help}"


CASES = {
    "an unknown field": (
        POLICY.replace("priority", "prioritty"),
        [
            "5:1 Y006 `priority` is missing in `spec` (add `priority:`)",
            "6:3 Y005 `spec` has no field `prioritty` (did you mean `priority`?)",
        ],
    ),
    "a field in the wrong place": (
        POLICY.replace("  priority: 1\n", "").replace("metadata:", "priority: 1\nmetadata:"),
        [
            "3:1 Y005 a manifest has no field `priority` (it belongs into `spec`)",
            "6:1 Y006 `priority` is missing in `spec` (add `priority:`)",
        ],
    ),
    "a field of the other version": (
        PRODUCT.replace("spec:\n", "spec:\n  concurrency: queue\n"),
        ["6:3 Y005 `spec` has no field `concurrency` (`concurrency` needs `apiVersion: codefresh.io/v1beta2`)"],
    ),
    "a number where a string is expected": (
        POLICY.replace("name: reviewed", "name: reviewed\n  annotations:\n    version: 1.0"),
        ['6:14 Y007 `metadata.annotations.version` must be a string, not a number (`1.0`) (quote it: "1.0")'],
    ),
    "a boolean of the older YAML": (
        POLICY.replace("name: reviewed", "name: reviewed\n  labels: {team: y}"),
        ['5:18 Y007 `metadata.labels.team` must be a string, not a boolean (`y`) (quote it: "y")'],
    ),
    "a key that is no string": (
        POLICY.replace("name: reviewed", "name: reviewed\n  labels: {on: a}"),
        ['5:12 Y004 a key must be a string, and `on` is a boolean (quote it: "on")'],
    ),
    "a word that is not one of the choices": (
        POLICY.replace("action: pr", "action: comit"),
        ["8:13 Y008 `spec.policy.action` must be `commit`, `pr` or `none`, not `comit` (did you mean `commit`?)"],
    ),
    "an environment type that is none": (
        POLICY.replace("  policy:", "  selector: {targetEnvironment: {types: [prod]}}\n  policy:"),
        [
            "7:42 Y008 `spec.selector.targetEnvironment.types[0]` must be `PROD` or `NON_PROD`, not `prod` "
            "(did you mean `PROD`?)"
        ],
    ),
    "an empty list": (
        POLICY.replace("  policy:", "  selector: {product: {names: []}}\n  policy:"),
        ["7:31 Y009 `spec.selector.product.names` is empty (leave it out to match all of them)"],
    ),
    "a scalar where a list is expected": (
        FLOW.replace("[dev]", "dev"),
        ["9:18 Y007 `spec.steps[0].dependsOn` must be a list, not a string (`dev`) (write it as a list: [dev])"],
    ),
    "a missing field of a list's element": (
        FLOW.replace("    - environment: prod\n      dependsOn", "    - dependsOn"),
        ["8:7 Y006 `environment` is missing in `spec.steps[0]` (add `environment:`)"],
    ),
    "a timeout of no time": (
        FLOW + "  promotionTimeoutLimit: 0\n",
        [
            "10:26 Y010 `spec.promotionTimeoutLimit` must be at least 1, not 0 "
            "(it counts minutes; leave it out for the default of a day)"
        ],
    ),
    "a number in quotes": (
        POLICY.replace("priority: 1", 'priority: "1"'),
        ["6:13 Y007 `spec.priority` must be a whole number, not a string (`1`) (write it without quotes: 1)"],
    ),
    "a number with a fraction": (
        POLICY.replace("priority: 1", "priority: 1.5"),
        ["6:13 Y007 `spec.priority` must be a whole number, not a number (`1.5`)"],
    ),
    "a number beyond what a .promo file can say": (
        POLICY.replace("priority: 1", "priority: 1000000000000"),
        ["6:13 Y010 `spec.priority` must be at most 999999999999, not 1000000000000"],
    ),
    "a field without a value": (
        FLOW.replace("dependsOn: [dev]", "dependsOn: [dev]\n      hooks:"),
        ["10:7 Y007 `spec.steps[0].hooks` has no value (give it a value, or remove it)"],
    ),
    "a spec without a value": (
        "apiVersion: codefresh.io/v1beta1\nkind: PromotionFlow\nmetadata: {name: a}\nspec:\n",
        ["1:1 Y006 `spec` is missing (add `spec:`)"],
    ),
    "a key that stands twice": (
        POLICY + "  priority: 2\n",
        ["9:3 Y003 the key `priority` stands twice in one mapping (keep one of them)"],
    ),
    "a tag": (
        POLICY.replace("name: reviewed", "name: !secret reviewed"),
        ["4:9 Y004 the tag `!secret` means nothing here (remove it)"],
    ),
    "a selector with values it cannot have": (
        TEMPLATE.replace("Exists", "Exists\n        values: [a]"),
        ["10:9 Y015 `Exists` takes no `values` (remove them, or use `In` or `NotIn`)"],
    ),
    "a selector without the values it needs": (
        TEMPLATE.replace("Exists", "In"),
        ["9:9 Y009 `In` needs `values` (list at least one value)"],
    ),
    "a promotion of nothing": (
        TEMPLATE[: TEMPLATE.index("    Chart.yaml")].rstrip() + " {}\n",
        ["11:14 Y009 `spec.promotion` is empty (leave it out to promote every file, or name the files)"],
    ),
    "a misspelt kind": (
        POLICY.replace("PromotionPolicy", "PromotionPolcy"),
        ["2:7 Y011 `PromotionPolcy` is no kind of `codefresh.io` (did you mean `PromotionPolicy`?)"],
    ),
    "an unknown version": (
        POLICY.replace("v1beta1", "v1"),
        ["1:13 Y012 `PromotionPolicy` has no version `v1` (write `apiVersion: codefresh.io/v1beta1`)"],
    ),
    "an unknown version of a kind with two": (
        PRODUCT.replace("v1beta1", "v1"),
        ["1:13 Y012 `Product` has no version `v1` (write `apiVersion: codefresh.io/v1beta1 or codefresh.io/v1beta2`)"],
    ),
    "a misspelt group": (
        PRODUCT.replace("codefresh.io", "codefrash.io"),
        [
            "1:13 Y012 `Product` is no kind of `codefrash.io` "
            "(write `apiVersion: codefresh.io/v1beta1 or codefresh.io/v1beta2`)"
        ],
    ),
    "an environment in the other group": (
        ENVIRONMENT.replace("promo.io/v1alpha1", "codefresh.io/v1beta1"),
        ["1:13 Y012 `Environment` is no kind of `codefresh.io` (write `apiVersion: promo.io/v1alpha1`)"],
    ),
    "a pre-release kind": (
        POLICY.replace("codefresh.io/v1beta1", "csdp.codefresh.io/v1"),
        [
            "1:13 Y013 `csdp.codefresh.io/v1` is a pre-release form of `PromotionPolicy` that nothing reads any more "
            "(write `apiVersion: codefresh.io/v1beta1`, and the fields of that version)"
        ],
    ),
    "no version": (
        POLICY.replace("apiVersion: codefresh.io/v1beta1\n", ""),
        ["1:1 Y006 `apiVersion` is missing (add `apiVersion: codefresh.io/v1beta1`)"],
    ),
    "a name that no cluster takes": (
        POLICY.replace("name: reviewed", "name: Reviewed"),
        [
            "4:9 warning Y017 `Reviewed` is no name for a Kubernetes object; a cluster would refuse it "
            "(names have lower case letters, digits, `-` and `.`, and begin and end with a letter or digit)"
        ],
    ),
    "a label value that no cluster takes": (
        POLICY.replace("name: reviewed", "name: reviewed\n  labels: {team: 'the a team'}"),
        [
            "5:18 warning Y017 `the a team` is no value that Kubernetes takes for a label; a cluster would refuse it "
            "(use an annotation for free text)"
        ],
    ),
    "text that is not YAML": (
        POLICY.replace("name: reviewed", "name: re: viewed"),
        [
            "4:11 Y001 not valid YAML: mapping values are not allowed in this context "
            "(put a value that holds `: ` in quotes, or mend the indentation)"
        ],
    ),
    "a line without a colon": (
        POLICY.replace("spec:", "spec<"),
        [
            "5:1 Y001 not valid YAML: could not find expected ':' while scanning a simple key "
            "(this line lacks a `:` after its key)"
        ],
    ),
    "an alias without an anchor": (
        POLICY.replace("pr\n", "*pr\n"),
        ["8:13 Y001 the alias `*pr` has no anchor `&pr` before it"],
    ),
    "a control character": (
        POLICY.replace("name: reviewed", "name: é\x07"),
        ["4:10 Y001 not valid YAML: control characters are not allowed"],
    ),
    "a merge of a string": (
        POLICY.replace("action: pr", "<<: pr"),
        ["8:9 Y004 a merge key `<<` needs a mapping or a list of mappings"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_a_fault_is_said_where_it_stands(text: str, expected: list[str]) -> None:
    assert faults(text) == expected


@pytest.mark.parametrize("text", [POLICY, FLOW, PRODUCT, TEMPLATE, ENVIRONMENT])
def test_the_texts_that_are_spoilt_above_are_good(text: str) -> None:
    found = read(text, "x.yaml")
    assert found.diagnostics == ()
    assert len(found.file.declarations) == 1


def test_a_broken_manifest_does_not_hide_the_others() -> None:
    text = "\n---\n".join([POLICY.replace("pr\n", "x\n"), FLOW, "a: b", PRODUCT, POLICY.replace("pr\n", "*x\n")])
    found = read(text, "x.yaml")
    assert [declaration.name.text for declaration in found.file.declarations] == ["standard", "trio"]
    assert [diagnostic.code for diagnostic in found.diagnostics] == ["Y008", "Y001"]


def test_a_key_that_stands_twice_shows_the_first() -> None:
    (found,) = read(POLICY + "  priority: 2\n", "x.yaml").diagnostics
    (label,) = found.labels
    assert SourceText("x.yaml", POLICY).position(label.span.start).line == 6


def test_bounds_are_said() -> None:
    assert faults(POLICY, limits=ManifestLimits(size=10)) == [
        "1:1 Y002 file has 127 characters, more than the limit of 10 (split it into several files)"
    ]
    deep = POLICY.replace("reviewed", "[" * 200)
    assert "more than 100 collections inside each other" in faults(deep)[0]
    bomb = (
        POLICY + "x0: &x0 [a, a]\n" + "".join(f"x{i}: &x{i} [{', '.join([f'*x{i - 1}'] * 9)}]\n" for i in range(1, 12))
    )
    assert "more than 500,000 values, those behind aliases counted" in faults(bomb)[0]


def test_only_so_many_findings_are_shown() -> None:
    found = faults("\n---\n".join([POLICY.replace("pr\n", "x\n")] * 5), limits=ManifestLimits(findings=3))
    assert len(found) == 4
    assert "more than 3 problems in this file; the rest is not shown" in found[-1]
