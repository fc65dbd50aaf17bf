"""Each kind of entity as the data of its manifest. Source: domain, entities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, assert_never

from adapters.manifests.kinds import KINDS
from adapters.manifests.limits import LARGEST_NUMBER, SMALLEST_NUMBER
from adapters.manifests.to_data.metadata import manifest
from adapters.manifests.to_data.refusals import Data, Refusals, Refused
from adapters.manifests.to_data.selectors import git_selectors, label_selector, policy_selector
from adapters.manifests.to_data.settings import hooks_data, policy_data, setting_value
from engine.model.entities import (
    Access,
    Environment,
    EnvironmentKind,
    Flow,
    Freeze,
    Policy,
    Product,
    PromotionSpec,
    Require,
    Step,
    Template,
    Window,
)
from grammar.nodes import Test

Entity = Environment | Product | Template | Policy | Flow | Require | Window | Freeze | Access | Test
"""Everything that a workspace declares by itself."""

_TYPES = {EnvironmentKind.PROD: "PROD", EnvironmentKind.NON_PROD: "NON_PROD"}

Sayable = TypeVar("Sayable", Environment, Product, Template, Policy, Flow)


def data_of(entity: Entity) -> Data | Refused:
    """Return the manifest of an entity as dicts, lists, strings and whole numbers.

    Args:
        entity: of a workspace without errors.

    Returns:
        The manifest, its keys in the order they are written; or everything that it cannot say, each at its place.
    """
    match entity:
        case Environment():
            return _made("environment", entity, _environment)
        case Product():
            return _made("product", entity, _product)
        case Template():
            return _made("template", entity, _template)
        case Policy():
            return _made("policy", entity, _policy)
        case Flow():
            return _made("flow", entity, _flow)
        case Require():
            return _formless("require", entity.name, entity)
        case Window():
            return _formless("window", entity.name, entity)
        case Freeze():
            return _formless("freeze", entity.name, entity)
        case Access():
            return _formless("access", entity.name, entity)
        case Test():
            return _formless("test", entity.title.text, entity)
        case _:
            assert_never(entity)


def _made(keyword: str, entity: Sayable, make: Callable[[Sayable, Refusals], Data]) -> Data | Refused:
    refusals = Refusals(f"{keyword} `{entity.name}`", entity.span)
    data = make(entity, refusals)
    return Refused(refusals.title, tuple(refusals.reasons)) if refusals.reasons else data


def _formless(keyword: str, name: str, entity: Require | Window | Freeze | Access | Test) -> Refused:
    refusals = Refusals(f"{keyword} `{name}`", entity.span)
    refusals.add("Y040", f"{refusals.title} has no manifest form", help="keep it in a `.promo` file")
    return Refused(refusals.title, tuple(refusals.reasons))


def _environment(environment: Environment, refusals: Refusals) -> Data:
    spec: Data = {"kind": _TYPES[environment.kind]}
    if environment.clusters:
        spec["clusters"] = [
            {"name": cluster.name} | ({"namespaces": list(cluster.namespaces)} if cluster.namespaces else {})
            for cluster in environment.clusters
        ]
    if environment.tags:
        spec["tags"] = list(environment.tags)
    return _manifest("Environment", environment, spec, refusals)


def _product(product: Product, refusals: Refusals) -> Data:
    if product.applications:
        help = f"annotate each application with `codefresh.io/product: {product.name}`"
        refusals.add("Y045", "a manifest cannot list the applications of a product", help=help)
    if product.tags:
        refusals.add("Y045", "a manifest cannot say the tags of a product", help="use labels, or keep it as it is")
    spec: Data = {}
    if product.template is not None:
        spec["promotionTemplateRef"] = product.template
    inline = _promotion(product.promotion, refusals)
    if inline:
        spec["promotionTemplate"] = inline
    flows: list[Data] = []
    for use in product.flows:
        selectors = git_selectors(use.when, refusals)
        flows.append({"name": use.flow} | ({"gitTriggerSelectors": selectors} if selectors else {}))
    if flows:
        spec["promotionFlows"] = flows
    if product.concurrency is not None:
        spec["concurrency"] = product.concurrency.value
    oldest, newest = KINDS["Product"].versions
    version = newest if product.concurrency is not None else product.api_version or oldest
    return _manifest("Product", product, spec, refusals, version)


def _template(template: Template, refusals: Refusals) -> Data:
    spec: Data = {
        "applicationSourceSelector": label_selector(template.when, refusals),
        "priority": _priority(template.priority, refusals),
    }
    return _manifest("PromotionTemplate", template, spec | _promotion(template.promotion, refusals), refusals)


def _policy(policy: Policy, refusals: Refusals) -> Data:
    spec: Data = {"priority": _priority(policy.priority, refusals)}
    selector = policy_selector(policy.when, refusals)
    if selector:
        spec["selector"] = selector
    spec["policy"] = policy_data(policy.settings, refusals)
    return _manifest("PromotionPolicy", policy, spec, refusals)


def _flow(flow: Flow, refusals: Refusals) -> Data:
    spec: Data = {"triggerEnvironment": flow.trigger}
    for setting in flow.trigger_settings:
        if setting.name != "post-action":
            refusals.add("Y041", f"a manifest cannot say `{setting.name}` of a trigger environment", setting.span)
            continue
        value = setting_value(setting, refusals)
        if value is not None:
            spec["postTrigger"] = value
    if flow.steps:
        spec["steps"] = [_step(step, refusals) for step in flow.steps]
    hooks = hooks_data(flow.hooks)
    if hooks:
        spec["hooks"] = hooks
    if flow.timeout is not None:
        spec["promotionTimeoutLimit"] = flow.timeout // 60
        if flow.timeout % 60:
            refusals.add("Y044", "a manifest counts the timeout in whole minutes", help="round it to minutes")
    return _manifest("PromotionFlow", flow, spec, refusals)


def _step(step: Step, refusals: Refusals) -> Data:
    data: Data = {"environment": step.environment, "dependsOn": list(step.after)}
    policy = policy_data(step.settings, refusals)
    if policy:
        data["policy"] = policy
    hooks = hooks_data(step.hooks)
    if hooks:
        data["hooks"] = hooks
    return data


def _promotion(promotion: PromotionSpec, refusals: Refusals) -> Data:
    data: Data = {}
    version = promotion.version_source
    if version is not None:
        data["versionSource"] = {"file": version.file, "jsonPath": version.json_path}
    if promotion.files == ():
        refusals.add("Y042", "a manifest cannot say that no file is promoted")
    elif promotion.files is not None:
        data["promotion"] = {file.file: {"jsonPaths": list(file.json_paths)} for file in promotion.files}
    return data


def _priority(priority: int, refusals: Refusals) -> int:
    if not SMALLEST_NUMBER <= priority <= LARGEST_NUMBER:
        refusals.add("Y010", f"the priority {priority} is out of range", help="write fewer digits")
    return priority


def _manifest(
    kind: str,
    entity: Environment | Product | Template | Policy | Flow,
    spec: dict[str, Any],
    refusals: Refusals,
    version: str | None = None,
) -> Data:
    known = KINDS[kind]
    api_version = f"{known.group}/{version or known.versions[-1]}"
    return manifest(api_version, kind, entity.name, entity.metadata, spec, refusals)
