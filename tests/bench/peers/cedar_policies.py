"""cedarpy: one `permit` a policy; Cedar says which of them hold, and the settings are merged in Python.

Cedar has no values to return, so merging inside it is not possible. Policies and entities are parsed once.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.peers.engine import Answer, Engine, merged
from tests.bench.policy_set import Pair, PolicySet, Rule


def _permit(number: int, rule: Rule) -> str:
    principal = f'principal == Product::"{rule.product}"' if rule.product else "principal"
    resource = f'resource == Environment::"{rule.environment}"' if rule.environment else "resource"
    tests = [
        *([f'context.team == "{rule.team}"'] if rule.team else []),
        *([f'context.environment like "{rule.prefix}*"'] if rule.prefix else []),
        *([f'context.kind == "{rule.kind}"'] if rule.kind else []),
    ]
    when = f" when {{ {' && '.join(tests)} }}" if tests else ""
    return f'@id("{number}") permit({principal}, action, {resource}){when};'


def _prepare(policies: PolicySet) -> Callable[[Pair], Answer]:
    import cedarpy

    parsed = cedarpy.PolicySet.from_str("\n".join(_permit(*found) for found in enumerate(policies.rules)))
    entities = cedarpy.Entities.from_json_str("[]")

    def decide(pair: Pair) -> Answer:
        request = {
            "principal": {"type": "Product", "id": pair.product},
            "action": {"type": "Action", "id": "promote"},
            "resource": {"type": "Environment", "id": pair.environment},
            "context": {"team": pair.team, "environment": pair.environment, "kind": pair.kind},
        }
        found = cedarpy.is_authorized(request, parsed, entities).diagnostics.id_annotations_by_reason
        return merged(policies.rules, sorted(int(number) for number in found.values()))

    return decide


CEDAR = Engine("cedarpy (Cedar)", _prepare)
