"""Hypothesis strategies for valid manifests, as plain data; they follow the published resource definitions."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Data = dict[str, Any]

_ODD = (
    "",
    *("1.0", "yes", "y", "on", "null", "~", "2026-12-24", "12:30", "0x1f", "1e3", "none", "<<", "="),
    *("- a", "a: b", "a #b", "#", "{x}", "---", "...", "%", "@", "`", "!t", "&a", "*a", "|", ">", "?", "a:b", "-"),
    *("line\nbreak", "two\n\nlines\n", "\n", "  lead", "trail ", "\ttab", "quo'te", 'quo"te', "x" * 200),
    *("\u2028", "\ufeff", "\x85", "\x00", "é", "🚀"),
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(_ODD)
_LOWER = "abcxyz019"
_words = st.text(_LOWER, min_size=1, max_size=6)
object_names = _words | st.builds("{}-{}".format, _words, _words) | st.builds("{}.{}".format, _words, _words)
names = object_names | st.sampled_from(
    "none dev prod commit a.b x_y 1 1h true 0 Y in and or not passed matches when after on flow message".split()
)
label_names = object_names | st.sampled_from(["a_b", "A.b-C", "on", "1.0", "Y", "0x1", "a" * 63])
label_keys = label_names | st.builds("{}/{}".format, object_names, label_names)
label_values = st.just("") | label_names
files = st.sampled_from(
    ["Chart.yaml", "values.yaml", "a/b.json", "1", "on", "é.yaml", "a b.yaml", "#.yaml", "x: y.yaml"]
)
json_paths = st.sampled_from(["$", "$.a", "$..image", "appVersion", "$['a b']", "$.a[?@.b=='c']", "*x*", ""])


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Data]:
    """Return mappings that have some of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


def few(element: st.SearchStrategy[Any], at_least: int = 1, unique: bool = False) -> st.SearchStrategy[list[Any]]:
    """Return short lists."""
    return st.lists(element, min_size=at_least, max_size=3, unique=unique)


def manifest(kind: str, api_version: str, spec: st.SearchStrategy[Data]) -> st.SearchStrategy[Data]:
    """Return whole manifests of a kind."""
    metadata = st.fixed_dictionaries(
        {"name": object_names},
        optional={
            "namespace": object_names.filter(lambda name: "." not in name),
            "labels": st.dictionaries(label_keys, label_values, max_size=3),
            "annotations": st.dictionaries(label_keys | st.just("description"), texts, max_size=3),
        },
    )
    return st.fixed_dictionaries(
        {"apiVersion": st.just(api_version), "kind": st.just(kind), "metadata": metadata, "spec": spec}
    )


version_source = st.fixed_dictionaries({"file": files, "jsonPath": json_paths})
promotion = st.dictionaries(
    files,
    st.fixed_dictionaries({"jsonPaths": st.just(["*"]) | few(json_paths, unique=True)}),
    min_size=1,
    max_size=3,
)
git_selectors = few(
    st.fixed_dictionaries(
        {
            "key": st.sampled_from(["commitMessage", "gitRevision"]),
            "operator": st.sampled_from(["In", "NotIn"]),
            "values": few(texts | st.sampled_from(["*", "*hotfix*", "main"])),
        }
    )
)
product_flows = few(st.fixed_dictionaries({"name": names}, optional={"gitTriggerSelectors": git_selectors}))
_product = {
    "promotionTemplateRef": names,
    "promotionTemplate": optional(versionSource=version_source, promotion=promotion),
    "promotionFlows": product_flows,
}
products = manifest("Product", "codefresh.io/v1beta1", optional(**_product)) | manifest(
    "Product", "codefresh.io/v1beta2", optional(**_product, concurrency=st.sampled_from(["queue", "terminate"]))
)

_requirements = st.one_of(
    st.fixed_dictionaries({"key": label_keys, "operator": st.sampled_from(["In", "NotIn"]), "values": few(texts)}),
    st.fixed_dictionaries({"key": label_keys, "operator": st.sampled_from(["Exists", "DoesNotExist"])}),
)
templates = manifest(
    "PromotionTemplate",
    "codefresh.io/v1beta1",
    st.fixed_dictionaries(
        {
            "applicationSourceSelector": optional(
                matchLabels=st.dictionaries(label_keys, texts, max_size=3), matchExpressions=few(_requirements, 0)
            ),
            "priority": st.integers(-1000, 1000) | st.sampled_from([-99_999_999_999, 999_999_999_999]),
        },
        optional={"versionSource": version_source, "promotion": promotion},
    ),
)

settings = optional(preAction=names, action=st.sampled_from(["commit", "pr", "none"]), postAction=names)
hooks = optional(onStart=names, onSuccess=names, onFail=names)
policies = manifest(
    "PromotionPolicy",
    "codefresh.io/v1beta1",
    st.fixed_dictionaries(
        {"priority": st.integers(-1000, 1000), "policy": settings},
        optional={
            "selector": optional(
                product=optional(names=few(names), tags=few(names)),
                targetEnvironment=optional(
                    names=few(names),
                    types=few(st.sampled_from(["PROD", "NON_PROD"])),
                    tags=few(names),
                ),
            )
        },
    ),
)


@st.composite
def _flow_specs(draw: st.DrawFn) -> Data:
    """Return flows whose steps form an order: each depends on some environments before it."""
    environments = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    steps = []
    for position, environment in enumerate(environments[1:], 1):
        after = draw(st.lists(st.sampled_from(environments[:position]), min_size=1, max_size=3, unique=True))
        steps.append({"environment": environment, "dependsOn": after} | draw(optional(policy=settings, hooks=hooks)))
    spec: Data = {"triggerEnvironment": environments[0]}
    if steps or draw(st.booleans()):
        spec["steps"] = draw(st.permutations(steps))
    limit = st.integers(1, 366 * 1440)
    return spec | draw(optional(postTrigger=names, hooks=hooks, promotionTimeoutLimit=limit))


flows = manifest("PromotionFlow", "codefresh.io/v1beta1", _flow_specs())

environments = manifest(
    "Environment",
    "promo.io/v1alpha1",
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["PROD", "NON_PROD"])},
        optional={
            "clusters": st.lists(
                st.fixed_dictionaries(
                    {"name": names | st.just("https://kubernetes.default.svc")},
                    optional={"namespaces": few(names, 0, unique=True)},
                ),
                max_size=3,
                unique_by=lambda cluster: cluster["name"],
            ),
            "tags": few(names, 0, unique=True),
        },
    ),
)

manifests = products | templates | policies | flows | environments


def canonical(data: Data) -> Data:
    """Return what an exported manifest of the same meaning says.

    Optional collections that are empty are left out. A requirement `In` of one value that stands before every
    requirement of another shape is a member of `matchLabels`, which Kubernetes defines to mean the same.
    """
    spec = _without_empty(data["spec"])
    if data["kind"] == "PromotionTemplate":
        spec = spec | {"applicationSourceSelector": _canonical_selector(spec.get("applicationSourceSelector", {}))}
    if data["kind"] == "PromotionPolicy":
        spec = spec | {"policy": spec.get("policy", {})}
    return data | {"metadata": _without_empty(data["metadata"]), "spec": spec}


def _canonical_selector(selector: Data) -> Data:
    labels = dict(selector.get("matchLabels", {}))
    expressions = list(selector.get("matchExpressions", []))
    while expressions and expressions[0]["operator"] == "In" and len(expressions[0]["values"]) == 1:
        if expressions[0]["key"] in labels:
            break
        first = expressions.pop(0)
        labels[first["key"]] = first["values"][0]
    return _without_empty({"matchLabels": labels, "matchExpressions": expressions})


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in ({}, [])}
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value
