"""The content of `.promo` text as Kubernetes-style YAML: what readers of YAML are given in its place.

Everything that is written comes along, also what the real manifest kinds cannot say (conditions, gates), so that
both forms hold the same information; comments are left out.
"""

from __future__ import annotations

from typing import Any, assert_never

import yaml

from grammar import expressions, nodes
from grammar.parser import parse


def yaml_twin(text: str) -> str:
    """Return the policies, flows, products and environments of a text as YAML documents."""
    parsed = parse(text)
    assert not parsed.diagnostics
    documents = [_document(declaration) for declaration in parsed.file.declarations]
    return yaml.dump_all(documents, Dumper=yaml.CSafeDumper, sort_keys=False, explicit_start=True)


def _document(declaration: nodes.Declaration) -> dict[str, object]:
    assert isinstance(declaration, nodes.Policy | nodes.Flow | nodes.Product | nodes.Environment)
    metadata: dict[str, Any] = {"name": declaration.name.text}
    spec: dict[str, Any] = {}
    if isinstance(declaration, nodes.Policy) and declaration.priority is not None:
        spec["priority"] = declaration.priority
    for item in declaration.items:
        if not _add_to_metadata(metadata, item):
            _add_to_spec(spec, item)
    kind = type(declaration).__name__
    kind = kind if kind in ("Product", "Environment") else f"Promotion{kind}"
    return {"apiVersion": "codefresh.io/v1beta1", "kind": kind, "metadata": metadata, "spec": spec}


def _add_to_metadata(metadata: dict[str, Any], item: object) -> bool:
    match item:
        case nodes.Description():
            metadata.setdefault("annotations", {})["description"] = item.text.text
        case nodes.Labels():
            metadata["labels"] = {pair.key.text: pair.value.text for pair in item.pairs}
        case nodes.Annotations():
            metadata.setdefault("annotations", {}).update({pair.key.text: pair.value.text for pair in item.pairs})
        case _:
            return False
    return True


def _add_to_spec(spec: dict[str, Any], item: object) -> None:
    match item:
        case nodes.When():
            spec["selector"] = _condition(item.condition)
        case nodes.Setting():
            spec.setdefault("policy", {})[item.keyword] = _value(item.value)
        case nodes.Trigger():
            spec["triggerEnvironment"] = {"environment": item.environment.text, **_settings(item.items)}
        case nodes.Step():
            step = {"environment": item.environment.text, "dependsOn": [name.text for name in item.after]}
            spec.setdefault("steps", []).append(step | _settings(item.items))
        case nodes.Hook():
            spec.setdefault("hooks", {})[item.event] = item.workflow.text
        case nodes.Timeout():
            spec["promotionTimeoutLimit"] = item.seconds // 60
        case nodes.Kind():
            spec["kind"] = item.name.text
        case _:
            raise AssertionError(f"no YAML for {type(item).__name__}")


def _settings(items: tuple[nodes.Setting | nodes.Hook, ...]) -> dict[str, object]:
    settings = {item.keyword: _value(item.value) for item in items if isinstance(item, nodes.Setting)}
    hooks = {item.event: item.workflow.text for item in items if isinstance(item, nodes.Hook)}
    return {**({"policy": settings} if settings else {}), **({"hooks": hooks} if hooks else {})}


def _value(value: nodes.SettingValue) -> object:
    match value:
        case nodes.NameValue():
            return value.name.text
        case nodes.DurationValue():
            return f"{value.seconds}s"
        case nodes.ApprovalsValue():
            return {"count": value.count, "teams": [team.text for team in value.teams]}
        case _:
            assert_never(value)


def _condition(condition: expressions.Expression) -> dict[str, object]:
    match condition:
        case expressions.And():
            return {"all": [_condition(operand) for operand in condition.operands]}
        case expressions.Or():
            return {"any": [_condition(operand) for operand in condition.operands]}
        case expressions.Not():
            return {"not": _condition(condition.operand)}
        case expressions.Comparison():
            key, values = _operand(condition.left), _operand(condition.right)
            return {"key": key, "operator": condition.operator, "values": values}
        case expressions.Passed():
            return {"passed": condition.environment}
        case _:
            assert_never(condition)


def _operand(operand: expressions.Operand) -> object:
    match operand:
        case expressions.Word():
            return operand.text
        case expressions.Path():
            return ".".join(operand.parts)
        case expressions.Text() | expressions.Number():
            return operand.value
        case expressions.Duration():
            return f"{operand.seconds}s"
        case expressions.Alternatives():
            return [_operand(item) for item in operand.items]
        case _:
            assert_never(operand)
