"""zen-engine: a decision table that collects every row that holds; the settings are merged in Python.

A table a setting that stops at its first hit would merge inside the engine; it took 1.5 times as long at 1,000
policies.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.bench.peers.engine import Answer, Engine, facts, merged
from tests.bench.policy_set import Pair, PolicySet, Rule

_COLUMNS = ("product", "team", "environment", "kind")


def _row(number: int, rule: Rule) -> dict[str, str]:
    place = f'startsWith($, "{rule.prefix}")' if rule.prefix else json.dumps(rule.environment or "")
    return {
        "_id": f"row-{number}",
        "product": json.dumps(rule.product) if rule.product else "",
        "team": json.dumps(rule.team) if rule.team else "",
        "environment": place if rule.prefix or rule.environment else "",
        "kind": json.dumps(rule.kind) if rule.kind else "",
        "number": str(number),
    }


def _prepare(policies: PolicySet) -> Callable[[Pair], Answer]:
    import zen

    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": name, "name": name, "field": name} for name in _COLUMNS],
        "outputs": [{"id": "number", "name": "number", "field": "number"}],
        "rules": [_row(number, rule) for number, rule in enumerate(policies.rules)],
    }
    place = {"x": 0, "y": 0}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": place},
        {"id": "table", "type": "decisionTableNode", "name": "table", "position": place, "content": table},
        {"id": "out", "type": "outputNode", "name": "out", "position": place},
    ]
    edges = [
        {"id": "first", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "second", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def decide(pair: Pair) -> Answer:
        rows = decision.evaluate(facts(pair))["result"]
        return merged(policies.rules, (int(row["number"]) for row in rows))

    return decide


ZEN = Engine("zen-engine", _prepare)
