"""What is read, what is passed over, and what becomes of Argo's kinds."""

from __future__ import annotations

import pytest

from adapters.manifests import read
from engine.model.argo import Application, Hydrator, Parameter, Source, WorkflowTemplate
from grammar import nodes
from grammar.parser import parse
from tests.adapters.manifests import test_faults as good

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: trio-dev
  namespace: argocd
  labels: {team: a}
  annotations: {codefresh.io/product: trio}
  finalizers: [x]
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: dev}
  source: {repoURL: https://git.example.com/a.git, path: ./apps/dev/, targetRevision: main, helm: {unknown: 1}}
  syncPolicy: {automated: {prune: true}}
status: {anything: 1}
"""
WORKFLOW = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: smoke
  annotations: {codefresh.io/workflow-origin: promotion}
spec:
  arguments:
    parameters:
      - name: APP_NAME
      - {name: COUNT, value: 5}
      - {name: EMPTY, value: ""}
      - {name: NOTHING, value: }
      - {name: MODE, default: fast}
  templates:
    - name: main
      outputs: {parameters: [{name: b, globalName: B, valueFrom: {path: /x}}, {name: c}]}
    - name: steps
      steps:
        - - name: one
            inline: {outputs: {parameters: [{name: a, globalName: A}]}}
"""


def application(text: str) -> Application:
    found = read(text, "x.yaml")
    assert found.diagnostics == ()
    (one,) = found.applications
    return one


def codes(text: str, *, named: bool = False) -> list[str]:
    return [found.code for found in read(text, "x.yaml", named=named).diagnostics]


def test_an_application() -> None:
    assert application(APPLICATION) == Application(
        name="trio-dev",
        namespace="argocd",
        project="default",
        server="https://kubernetes.default.svc",
        target_namespace="dev",
        sources=(Source("https://git.example.com/a.git", "apps/dev", "main"),),
        labels={"team": "a"},
        annotations={"codefresh.io/product": "trio"},
        auto_sync=True,
    )


def test_an_application_with_several_sources() -> None:
    text = APPLICATION.replace("  source: {", "  sources:\n  - {repoURL: x, chart: c, targetRevision: 1.2.3}\n  - {")
    assert application(text).sources == (
        Source("x", "", "1.2.3", chart="c"),
        Source("https://git.example.com/a.git", "apps/dev", "main"),
    )


def test_an_application_with_a_hydrator() -> None:
    head, tail = APPLICATION.split("  source: {")[0], "  syncPolicy: {automated: {enabled: false}}\n"
    text = f"""{head}  sourceHydrator:
    drySource: {{repoURL: x, path: ., targetRevision: main}}
    syncSource: {{targetBranch: env/dev, path: out}}
    hydrateTo: {{targetBranch: env/dev-next}}
{tail}"""
    found = application(text)
    assert found.sources == ()
    assert found.hydrator == Hydrator(Source("x", "", "main"), "env/dev", "out", "env/dev-next")
    assert not found.auto_sync


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("server: https://kubernetes.default.svc", "server: a, name: b", "Y015"),
        ("server: https://kubernetes.default.svc, ", "", "Y006"),
        ("path: ./apps/dev/", "path: ../apps", "Y016"),
        ("path: ./apps/dev/, ", "", "Y006"),
        ("targetRevision: main", "targetRevison: main", "Y005"),
        ("targetRevision: main", "targetRevision: 1.10", "Y007"),
        ("project: default\n", "projects: default\n", "Y006"),
        ("  source: {", "  src: {", "Y006"),
        ("{team: a}", "{team: true}", "Y007"),
        ("automated: {prune: true}", "automated: true", "Y007"),
    ],
)
def test_an_application_that_argo_cd_would_refuse(old: str, new: str, code: str) -> None:
    assert old in APPLICATION
    text = APPLICATION.replace(old, new)
    found = read(text, "x.yaml")
    assert code in [diagnostic.code for diagnostic in found.diagnostics]
    assert found.applications == ()


def test_what_argo_cd_ignores_is_said() -> None:
    text = APPLICATION.replace("  source: {", "  sources: [{repoURL: x, path: z}]\n  source: {")
    found = read(text, "x.yaml")
    assert [diagnostic.message for diagnostic in found.diagnostics] == [
        "`source` is ignored, because there are `sources`"
    ]
    assert [source.path for source in found.applications[0].sources] == ["z"]


def test_a_workflow_template() -> None:
    found = read(WORKFLOW, "x.yaml")
    assert found.diagnostics == ()
    assert found.workflows == (
        WorkflowTemplate(
            name="smoke",
            parameters=(
                Parameter("APP_NAME"),
                Parameter("COUNT", has_value=True),
                Parameter("EMPTY", has_value=True),
                Parameter("NOTHING"),
                Parameter("MODE", has_value=True),
            ),
            promotion=True,
            exports=("A", "B"),
        ),
    )


def test_the_older_mark_and_the_scope_of_a_workflow_template() -> None:
    text = WORKFLOW.replace("kind: W", "kind: ClusterW").replace(
        "annotations: {codefresh.io/workflow-origin: promotion}", "labels: {codefresh.io/promotion: 'true'}"
    )
    (found,) = read(text, "x.yaml").workflows
    assert (found.promotion, found.old_mark, found.cluster_scoped) == (True, True, True)


def test_every_kind_as_it_would_be_written_in_promo() -> None:
    texts = [good.ENVIRONMENT, good.PRODUCT, good.TEMPLATE, good.POLICY, good.FLOW]
    found = read("---\n".join(texts), "x.yaml")
    promo = """
        environment dev { kind non-prod cluster in-cluster namespaces dev }
        product trio { flow standard when message matches "*go*" }
        template base priority 0 { when application.labels.team matches "*" promote "Chart.yaml" "$.version" }
        policy reviewed priority 1 { action pr }
        flow standard { trigger dev step prod after dev }
    """
    assert found.file.declarations == parse(promo).file.declarations


def test_spans_point_into_the_yaml() -> None:
    (policy,) = read(good.POLICY, "x.yaml").file.declarations
    assert isinstance(policy, nodes.Policy)
    (setting,) = policy.items
    assert isinstance(setting, nodes.Setting)
    assert good.POLICY[setting.span.start : setting.span.end] == "action: pr"
    assert good.POLICY[policy.name.span.start : policy.name.span.end] == "reviewed"


def test_lists_anchors_and_merge_keys() -> None:
    text = """\
apiVersion: v1
kind: List
items:
  - apiVersion: codefresh.io/v1beta1
    kind: PromotionPolicy
    metadata: {name: a}
    spec: &base
      priority: 1
      policy: {action: pr}
  - apiVersion: codefresh.io/v1beta1
    kind: PromotionPolicy
    metadata: {name: b}
    spec:
      <<: *base
      priority: 2
"""
    first, second = read(text, "x.yaml").file.declarations
    assert isinstance(first, nodes.Policy)
    assert isinstance(second, nodes.Policy)
    assert (first.priority, second.priority) == (1, 2)
    assert first.items == second.items
    typed = text.replace("v1\n", "codefresh.io/v1beta1\n", 1).replace("kind: List", "kind: PromotionPolicyList")
    assert len(read(typed, "x.yaml").file.declarations) == 2


def test_what_only_a_server_sets_is_accepted_and_noted() -> None:
    text = good.POLICY.replace("  name:", "  uid: 1\n  creationTimestamp: null\n  managedFields: [{a: b}]\n  name:")
    found = read(text + "status: {x: 1}\n", "x.yaml")
    assert found.diagnostics == ()
    assert [diagnostic.message for diagnostic in found.unsayable] == [
        "`metadata.uid` is left out: a server sets it",
        "`metadata.managedFields` is left out: a server sets it",
        "`status` is left out: a server sets it",
    ]
    assert len(found.file.declarations) == 1


PASSED_OVER = {
    "Helm values": ("image:\n  tag: 1\n", {"YAML that is no Kubernetes object": 1}),
    "docker compose": ("version: '3'\nservices: {a: {image: b}}\n", {"YAML that is no Kubernetes object": 1}),
    "other kinds": ("apiVersion: apps/v1\nkind: Deployment\n---\nkind: Service\n", {"Deployment": 1, "Service": 1}),
    "a kind of our groups that is not ours": (
        "apiVersion: codefresh.io/v1beta1\nkind: PromotionTask\n---\napiVersion: argoproj.io/v1alpha1\nkind: Rollout\n",
        {"PromotionTask": 1, "Rollout": 1},
    ),
    "an everyday word in another group": ("apiVersion: app.k8s.io/v1beta1\nkind: Application\n", {"Application": 1}),
    "a kind without a version": ("kind: Product\nname: x\n", {"YAML that is no Kubernetes object": 1}),
    "a chart's template that is not YAML": (
        APPLICATION.replace("metadata:", "{{- if .Values.on }}\nmetadata:") + "{{- end }}\n",
        {"templates of manifests": 1},
    ),
    "a chart's template that is YAML": (
        APPLICATION.replace("trio-dev", "{{ .Values.name }}"),
        {"templates of manifests": 1},
    ),
    "a quoted placeholder": (APPLICATION.replace("trio-dev", "'{{name}}-dev'"), {"templates of manifests": 1}),
    "a placeholder without quotes": (
        APPLICATION.replace("targetRevision: main", "targetRevision: {{ .Values.revision }}"),
        {"templates of manifests": 1},
    ),
    "a placeholder in a policy": (
        good.POLICY.replace("action: pr", "action: '{{ .Values.action }}'"),
        {"templates of manifests": 1},
    ),
    "broken YAML of somebody else": (
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\na: b: c\n",
        {"unreadable YAML": 1},
    ),
    "a list of scalars": ("- codefresh.io\n- b\n", {"YAML that is no Kubernetes object": 1}),
    "nothing": ("# codefresh.io\n", {}),
}


@pytest.mark.parametrize(("text", "counted"), PASSED_OVER.values(), ids=PASSED_OVER.keys())
def test_what_is_somebody_elses_business_is_counted(text: str, counted: dict[str, int]) -> None:
    found = read(text, "x.yaml")
    assert found.diagnostics == ()
    assert (found.file.declarations, found.applications, found.workflows) == ((), (), ())
    assert dict(found.passed_over) == counted


def test_broken_text_that_was_meant_as_one_of_ours_is_an_error() -> None:
    assert codes(good.POLICY + "a: b: c\n") == ["Y001"]
    assert codes('{\n  "apiVersion": "codefresh.io/v1beta1",\n  "kind": "Product",\n  "metadata": {\n}\n') == ["Y001"]


def test_a_patch_may_be_excluded() -> None:
    text = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {project: b}\n"
    (found,) = read(text, "x.yaml").diagnostics
    assert found.help == "add `destination:`; if this is a patch, `exclude` it in `promo.toml`"


def test_placeholders_of_argo_are_its_own() -> None:
    text = WORKFLOW.replace("name: COUNT, value: 5", "name: COUNT, value: '{{ .x }}{{workflow.name}}'")
    assert len(read(text, "x.yaml").workflows) == 1


def test_a_file_that_was_asked_for_must_be_yaml() -> None:
    assert codes("a: b: c\n", named=True) == ["Y001"]
    assert codes("a: {{- if .Values.x }}-b\n", named=True) == ["Y014"]
    assert codes("a: b\n", named=True) == []


def test_a_byte_order_mark_and_windows_line_ends_move_nothing() -> None:
    text = "\ufeff" + good.POLICY.replace("pr\n", "prr\n").replace("\n", "\r\n")
    (found,) = read(text, "x.yaml").diagnostics
    assert text[found.span.start : found.span.end] == "prr"
