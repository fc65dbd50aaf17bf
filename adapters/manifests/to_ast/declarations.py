"""Each kind as its declaration. Source: domain, entities."""

from __future__ import annotations

from collections.abc import Callable

from adapters.manifests.place import Place
from adapters.manifests.to_ast.conditions import policy_condition, template_condition, trigger_condition
from adapters.manifests.to_ast.metadata import metadata_items, name, names, string
from engine.model.settings import SETTING_BY_MANIFEST_FIELD, SettingType
from grammar import nodes

_HOOKS = {"onStart": "start", "onSuccess": "success", "onFail": "failure"}
_KINDS = {"PROD": "prod", "NON_PROD": "non-prod"}
_CONCURRENCY_VERSION = "v1beta2"


def declaration(root: Place) -> nodes.Declaration:
    """Return the declaration that a manifest says; its shape must have been checked."""
    return _BY_KIND[root.need("kind").text](root)


def _environment(root: Place) -> nodes.Environment:
    items: list[nodes.EnvironmentItem] = [*metadata_items(root)]
    kind = root.need("spec", "kind")
    items.append(nodes.Kind(nodes.Name(_KINDS[kind.text], kind.span), kind.whole))
    tags = root.get("spec", "tags")
    if tags is not None and tags.items():
        items.append(nodes.Tags(names(tags.items()), tags.whole))
    for cluster in root.items("spec", "clusters"):
        items.append(nodes.Cluster(name(cluster.need("name")), names(cluster.items("namespaces")), cluster.span))
    return nodes.Environment(name(root.need("metadata", "name")), tuple(items), root.span)


def _product(root: Place) -> nodes.Product:
    items: list[nodes.ProductItem] = [*metadata_items(root)]
    reference = root.get("spec", "promotionTemplateRef")
    if reference is not None:
        items.append(nodes.TemplateReference(name(reference), reference.whole))
    items += _promotion(root.get("spec", "promotionTemplate"))
    for flow in root.items("spec", "promotionFlows"):
        condition = trigger_condition(flow.items("gitTriggerSelectors"))
        items.append(nodes.FlowUse(name(flow.need("name")), condition, flow.span))
    concurrency = root.get("spec", "concurrency")
    version = root.need("apiVersion")
    if concurrency is not None:
        items.append(nodes.Concurrency(name(concurrency), concurrency.whole))
    elif version.text.endswith(f"/{_CONCURRENCY_VERSION}"):
        items.append(nodes.ApiVersion(nodes.Name(_CONCURRENCY_VERSION, version.span), version.whole))
    return nodes.Product(name(root.need("metadata", "name")), tuple(items), root.span)


def _template(root: Place) -> nodes.Template:
    items: list[nodes.TemplateItem] = [*metadata_items(root)]
    selector = root.need("spec", "applicationSourceSelector")
    condition = template_condition(selector)
    if condition is not None:
        items.append(nodes.When(condition, selector.whole))
    items += _promotion(root.get("spec"))
    priority = root.need("spec", "priority").number
    return nodes.Template(name(root.need("metadata", "name")), priority, tuple(items), root.span)


def _policy(root: Place) -> nodes.Policy:
    items: list[nodes.PolicyItem] = [*metadata_items(root)]
    selector = root.get("spec", "selector")
    condition = policy_condition(selector)
    if selector is not None and condition is not None:
        items.append(nodes.When(condition, selector.whole))
    items += _settings(root.get("spec", "policy"))
    priority = root.need("spec", "priority").number
    return nodes.Policy(name(root.need("metadata", "name")), priority, tuple(items), root.span)


def _flow(root: Place) -> nodes.Flow:
    items: list[nodes.FlowItem] = [*metadata_items(root)]
    trigger = root.need("spec", "triggerEnvironment")
    items.append(nodes.Trigger(name(trigger), _trigger_settings(root), trigger.whole))
    for step in root.items("spec", "steps"):
        inside: tuple[nodes.Setting | nodes.Hook, ...] = (*_settings(step.get("policy")), *_hooks(step.get("hooks")))
        after = names(step.items("dependsOn"))
        items.append(nodes.Step(name(step.need("environment")), after, inside, step.span))
    items += _hooks(root.get("spec", "hooks"))
    limit = root.get("spec", "promotionTimeoutLimit")
    if limit is not None:
        items.append(nodes.Timeout(limit.number * 60, limit.whole))
    return nodes.Flow(name(root.need("metadata", "name")), tuple(items), root.span)


def _trigger_settings(root: Place) -> tuple[nodes.Setting, ...]:
    """Return the post-action of the trigger environment. Source: domain, promotion flow, `postTrigger`."""
    post = root.get("spec", "postTrigger")
    if post is None:
        return ()
    return (nodes.Setting("post-action", nodes.NameValue(_workflow(post)), post.whole, post.key_span),)


def _promotion(owner: Place | None) -> list[nodes.VersionSource | nodes.Promote]:
    """Return where the version is and what is promoted, of an inline template or of a template's own `spec`."""
    if owner is None:
        return []
    items: list[nodes.VersionSource | nodes.Promote] = []
    version = owner.get("versionSource")
    if version is not None:
        file, path = version.need("file"), version.need("jsonPath")
        items.append(nodes.VersionSource(string(file), string(path), version.whole))
    for promoted in owner.pairs("promotion"):
        file_name = nodes.StringValue(promoted.key.text if promoted.key else "", promoted.key_span)
        paths = tuple(string(path) for path in promoted.items("jsonPaths"))
        items.append(nodes.Promote(file_name, paths, promoted.whole))
    return items


def _settings(owner: Place | None) -> list[nodes.Setting]:
    """Return the settings of a `policy` mapping, in the order written."""
    if owner is None:
        return []
    settings: list[nodes.Setting] = []
    for place in owner.pairs():
        spec = SETTING_BY_MANIFEST_FIELD[place.key.text if place.key is not None else ""]
        value = _workflow(place) if spec.type is SettingType.WORKFLOW else name(place)
        settings.append(nodes.Setting(spec.name, nodes.NameValue(value), place.whole, place.key_span))
    return settings


def _workflow(place: Place) -> nodes.Name:
    """Return a workflow's name; one that is called "none" is quoted, so that it is not the word `none`."""
    return nodes.Name(place.text, place.span, quoted=place.text == "none")


def _hooks(owner: Place | None) -> list[nodes.Hook]:
    hooks: list[nodes.Hook] = []
    for field, event in _HOOKS.items():
        place = owner.get(field) if owner is not None else None
        if place is not None:
            hooks.append(nodes.Hook(event, _workflow(place), place.whole))
    return hooks


_BY_KIND: dict[str, Callable[[Place], nodes.Declaration]] = {
    "Environment": _environment,
    "Product": _product,
    "PromotionTemplate": _template,
    "PromotionPolicy": _policy,
    "PromotionFlow": _flow,
}
